using System.CommandLine;

namespace Dapprox.Cli.Terminal;

/// <summary>A command whose help has details beyond its one-line summary.</summary>
/// <param name="summary">One line that says what the command does.</param>
/// <param name="details">What is measured, and what <c>--json</c> prints.</param>
sealed class DocumentedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>What is measured, and what <c>--json</c> prints.</summary>
    public string Details { get; } = details;

    /// <summary>
    /// The option with the file or folder of an interrupted run's state: with it, or with its default, the same command resumes.
    /// Null if no state is kept.
    /// </summary>
    public Option? KeepsState { get; set; }
}
