using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace DefensiveApproximation.Cli;

/// <summary>The usual help, and below it the details of a <see cref="DocumentedCommand"/>.</summary>
sealed class Help : SynchronousCommandLineAction
{
    readonly HelpAction usual = new();

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand command)
        {
            Console.WriteLine("Details:");
            // In a pipe there is no width to wrap at, nor to fill up with blanks.
            if (Console.IsOutputRedirected)
                Console.WriteLine($"  {command.Details}");
            else
                Output.Results.Write(new Padder(new Text(command.Details), new Padding(2, 0, 0, 1)));
        }

        return 0;
    }
}
