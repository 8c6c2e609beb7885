using System.CommandLine;
using System.CommandLine.Help;
using Dapprox.Cli.Commands;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;

namespace Dapprox.Cli;

/// <summary>
/// The command line: the commands and the handling of errors. A user error is one line on stderr with exit code 1; a fault of the
/// program is one line with exit code 70.
/// </summary>
static class CommandLine
{
    const int Failure = 1;

    /// <summary>Former option names, for scripts that still use them.</summary>
    static readonly Dictionary<string, string> FormerNames = new()
    {
        ["--law"] = "--distribution",
        ["--backward"] = "--gradient",
        ["--target-model"] = "--multiplier",
    };

    /// <summary>Former option values, likewise: the option and the value.</summary>
    static readonly Dictionary<(string Option, string Value), string> FormerValues = new()
    {
        [("--preset", "released")] = "foolbox-2.4",
    };

    /// <summary>The commands by name, in the order of the help.</summary>
    static readonly Dictionary<string, Func<Command>> Commands = new()
    {
        ["compare"] = CompareCommand.Create,
        ["multipliers"] = MultipliersCommand.Create,
        ["datasheet"] = DatasheetCommand.Create,
        ["multiply"] = MultiplyCommand.Create,
        ["evaluate"] = EvaluateCommand.Create,
        ["calibrate"] = CalibrateCommand.Create,
        ["quantise"] = QuantiseCommand.Create,
        ["attack"] = AttackCommand.Create,
        ["attacks"] = AttacksCommand.Create,
        ["corrupt"] = CorruptCommand.Create,
        ["certify"] = CertifyCommand.Create,
        ["profile"] = ProfileCommand.Create,
        ["circuit"] = CircuitCommand.Create,
        ["cells"] = CellsCommand.Create,
        ["assign"] = AssignCommand.Create,
        ["explore"] = ExploreCommand.Create,
        ["evolve"] = EvolveCommand.Create,
        ["reproduce"] = ReproduceCommand.Create,
        ["submit"] = SubmitCommand.Create,
        ["audit"] = AuditCommand.Create,
        ["results"] = ResultsCommand.Create,
        ["train"] = TrainCommand.Create,
        ["finetune"] = FinetuneCommand.Create,
        ["datasets"] = DatasetsCommand.Create,
        ["models"] = ModelsCommand.Create,
        ["model"] = ModelCommand.Create,
        ["completion"] = CompletionCommand.Create,
    };

    /// <summary>Parses the arguments and runs the command.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <returns>The exit code: 0, 1 after an error, 70 after a fault of the program, 130 after Ctrl-C, or 143 after SIGTERM.</returns>
    public static Task<int> RunAsync(string[] args) => RunAsync(Root(args), args);

    /// <summary>Runs other commands than the program's own.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The words after the program's name.</param>
    internal static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        using var interruption = new Interruption();
        ParseResult? parse = null;
        try
        {
            // No response files: a value that begins with @ is a value.
            parse = root.Parse(WithPresentNames(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (ParseErrors.First(parse, () => Root()) is string error)
                return Fail(error);
            interruption.Message = Interrupted(parse, args);
            var settings = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parse.InvokeAsync(settings, interruption.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Output.Note(Interrupted(parse!, args));
            await interruption.OutlastRequestAsync().ConfigureAwait(false);
            return interruption.ExitCode;
        }
        catch (InputException e)
        {
            return Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file error is an InputException with the name of the file.
            return Fail(
                $"cannot write the output: {e.Message.TrimEnd('.')}; let it go to a terminal, a pipe that is read, or a file with room");
        }
        catch (Exception e)
        {
            return Faults.Report(e);
        }
    }

    /// <summary>One line: the command was interrupted, and how to resume it.</summary>
    static string Interrupted(ParseResult parse, string[] args)
    {
        if ((parse.CommandResult.Command as DocumentedCommand)?.KeepsState is not Option state)
            return "interrupted; nothing was kept";
        return parse.GetResult(state) is null
            ? $"interrupted; nothing was kept: give {state.Name} {state.HelpName}, and the same command resumes where it stopped"
            : $"interrupted; this resumes where it stopped: {Shell.CommandLine(args)}";
    }

    static string[] WithPresentNames(string[] args)
    {
        string[] words = [.. args];
        for (int i = 0; i < words.Length; i++)
        {
            string[] parts = words[i].Split('=', 2);
            if (FormerNames.TryGetValue(parts[0], out string? name))
                Present(ref parts[0], name);
            if (parts.Length > 1 && FormerValues.TryGetValue((parts[0], parts[1]), out string? value))
                Present(ref parts[1], value);
            else if (i > 0 && FormerValues.TryGetValue((words[i - 1], parts[0]), out string? following))
                Present(ref parts[0], following);
            words[i] = string.Join('=', parts);
        }

        return words;

        static void Present(ref string former, string present)
        {
            Output.Note($"note: {former} is called {present} now");
            former = present;
        }
    }

    /// <summary>
    /// The commands; only the one that the first word names, if any: the others load assemblies that it does not need.
    /// </summary>
    /// <param name="args">The words after the program's name.</param>
    internal static RootCommand Root(params string[] args)
    {
        var root = new RootCommand("""
            Neural networks on approximate multipliers: what happens to their accuracy and to their robustness against adversarial examples.

            The multipliers are modelled bit for bit, run in trained networks without retraining, and attacked.
            """ + " Wherever a number is printed, --json prints it as one JSON object on stdout instead. An error is one line on "
                + "stderr, with exit code 1.");
        foreach (Func<Command> create in Needed(args))
            root.Add(create());
        var help = new Help();
        root.Options.OfType<HelpOption>().Single().Action = help;
        root.SetAction(help.Invoke);
        return root;
    }

    static Func<Command>[] Needed(string[] args) =>
        args.Length > 0 && Commands.TryGetValue(args[0], out Func<Command>? one) ? [one] : [.. Commands.Values];

    static int Fail(string message)
    {
        Output.Note($"error: {Output.OneLine(message)}");
        return Failure;
    }
}
