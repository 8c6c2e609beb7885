using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dapprox.Cli.Terminal;

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
            Output.PrintFields(("", command.Details));
        }

        return 0;
    }
}
