using System.CommandLine;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>The options that say how the numbers of a circuit or a table are meant.</summary>
sealed class SignOptions
{
    readonly Option<bool> signed = new("--signed")
    {
        Description = "The numbers are in two's complement. [default: what the file or the description says, else unsigned]",
    };

    readonly Option<bool> unsigned = new("--unsigned") { Description = "The numbers are unsigned, whatever the file says." };

    /// <summary>Both options.</summary>
    public IEnumerable<Option> All => [signed, unsigned];

    /// <summary>What is said; null for nothing.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="InputException">Both are given.</exception>
    public bool? Read(ParseResult parse) => (parse.GetValue(signed), parse.GetValue(unsigned)) switch
    {
        (true, true) => throw new InputException("--signed and --unsigned are given; leave out one of them"),
        (true, false) => true,
        (false, true) => false,
        _ => null,
    };
}
