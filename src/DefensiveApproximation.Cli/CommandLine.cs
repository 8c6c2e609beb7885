using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using DefensiveApproximation.Cli.Commands;

namespace DefensiveApproximation.Cli;

/// <summary>
/// The whole command line: the commands there are, and what becomes of whatever goes wrong in one. An error of the
/// user's is one line on stderr and the exit code 1; a bug keeps its stack trace.
/// </summary>
static class CommandLine
{
    const int Failure = 1;

    /// <summary>Parses, runs the command, and says how it ended.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <returns>The exit code: 0, or 1 after an error, or 130 after Ctrl-C.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var interruption = new Interruption();
        try
        {
            // No response files: a value that begins with @ is a value.
            ParseResult parse = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (ParseErrors.First(parse) is string error)
                return Fail(error);
            var settings = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parse.InvokeAsync(settings, interruption.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Output.Note("cancelled");
            await interruption.OutlastRequestAsync().ConfigureAwait(false);
            return Interruption.ExitCode;
        }
        catch (InputException e)
        {
            return Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Trouble with a file comes as an InputException that names it.
            return Fail($"cannot write the output: {e.Message.TrimEnd('.')}; let it go to a terminal, a pipe that is read, or a file with room");
        }
    }

    static RootCommand Root()
    {
        var root = new RootCommand("""
            Neural networks on approximate multipliers: what happens to their accuracy and to their robustness against adversarial examples.

            The multipliers are modelled bit for bit, run in trained networks without retraining, and attacked. Wherever a number is printed, --json prints it as one JSON object on stdout instead. An error is one line on stderr, with exit code 1.
            """)
        {
            CompareCommand.Create(),
            MultipliersCommand.Create(),
            MultiplyCommand.Create(),
            EvaluateCommand.Create(),
            AttackCommand.Create(),
            AttacksCommand.Create(),
            ProfileCommand.Create(),
            CircuitCommand.Create(),
            CellsCommand.Create(),
            ExploreCommand.Create(),
            ReproduceCommand.Create(),
            SubmitCommand.Create(),
            AuditCommand.Create(),
            ResultsCommand.Create(),
            TrainCommand.Create(),
            DatasetsCommand.Create(),
            ModelsCommand.Create(),
            ModelCommand.Create(),
        };
        var help = new Help();
        root.Options.OfType<HelpOption>().Single().Action = help;
        root.SetAction(help.Invoke);
        return root;
    }

    static int Fail(string message)
    {
        Output.Note($"error: {OneLine(message)}");
        return Failure;
    }

    /// <summary>File names and other people's messages can hold line breaks and escape sequences.</summary>
    static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Aggregate(new StringBuilder(), (line, c) => line.Append(char.IsControl(c) ? '?' : c)).ToString();
}
