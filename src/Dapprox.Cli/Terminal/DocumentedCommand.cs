using System.CommandLine;

namespace Dapprox.Cli.Terminal;

/// <summary>A command whose own help says more than the line that lists it among others.</summary>
/// <param name="summary">One line: what it does.</param>
/// <param name="details">What is measured, and what <c>--json</c> prints.</param>
sealed class DocumentedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>What is measured, and what <c>--json</c> prints.</summary>
    public string Details { get; } = details;

    /// <summary>
    /// The option that says where an interrupted run keeps what it has done: with it, or where it has a default, the same command
    /// goes on where it stopped. Null where nothing is kept.
    /// </summary>
    public Option? KeepsState { get; set; }
}
