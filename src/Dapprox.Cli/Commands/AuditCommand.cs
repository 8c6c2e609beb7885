using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox audit</c>: the checks of a robustness claim.</summary>
static class AuditCommand
{
    // Of these, the logits are looked at before the attacks.
    const int SurveyedImages = 250;

    // The longest time for which .NET can wait is 24.8 days.
    const double MostMinutes = int.MaxValue / 60_000;

    public static Command Create()
    {
        var images = new ImageOptions();
        var calibration = new CalibrationOptions();
        Option<int> skip = SharedOptions.Skip();
        Option<int?> first = SharedOptions.First(
            "Audit on the first N images after the skipped ones; the scale determines how many are attacked.");
        Option<string[]> multiplier = Values.Flattened<string>(
            "--multiplier", "NAME,…",
            "The multiplier of the defence: a name that 'dapprox multipliers' lists, a circuit description or a circuit file. Several "
                + "make a randomised (moving-target) defence: a random one of them classifies each image. A multiplier for each layer is "
                + $"{AssignedLayers.Form}: ax-fpm:convolutions+heap-like:dense. [default: ax-fpm, with --quantise "
                + $"{ExactIntegerMultiplier.Int8}]",
            text => [text]);
        Option<LayerSelection> layers = SharedOptions.Layers();
        var quantise = new QuantiseOptions();
        Option<AuditScale> scale = Values.Option("--scale", string.Join('|', AuditScale.All.Select(known => known.Name)), "How much is "
            + "run: quick, minutes on digits; standard, an hour or more. A circuit that is simulated gate by gate takes about thirty "
            + "times as long.",
            text => Names.Find("scale", text, AuditScale.All, known => known.Name));
        scale.DefaultValueFactory = _ => AuditScale.All[0];
        Option<Epsilon[]> epsilon = Values.List(
            "--epsilon", "X,…",
            "The budgets for pixels in [0, 1], as numbers or fractions; the first decides, the others are for the curve. [default: "
                + $"{Usual(Norm.LInf, 1)} for grey images, {Usual(Norm.LInf, 3)} for colour images; in L2 {Usual(Norm.L2, 1)} and "
                + $"{Usual(Norm.L2, 3)}; in L1 {Usual(Norm.L1, 1)} and {Usual(Norm.L1, 3)}]",
            text => Epsilon.Parse("--epsilon", text, number => number > 0, "a number or a fraction above 0, such as 0.1 or 8/255"));
        Option<Choice<Norm>> norm = Values.Choice(
            "--norm", "The norm of the budgets.",
            new Choice<Norm>("linf", Norm.LInf), new Choice<Norm>("l2", Norm.L2), new Choice<Norm>("l1", Norm.L1));
        Option<string?> undefended = new("--undefended")
        {
            HelpName = "FILE|NAME",
            Description = "The network that the defence is compared with, on exact multipliers, where the defence has other weights. "
                + "[default: that of --model]",
        };
        Option<double?> minutes = Values.Option<double?>(
            "--minutes", "X",
            "End after about this many minutes. What was not run is undecided; the same command goes on from there. "
                + "[default: run everything]",
            text => Values.Number("--minutes", text, number => number > 0, "a number of minutes above 0, such as 30"));
        Option<string> output = RunOptions.Folder(
            "The folder of the audit: audit.html, audit.md, audit.json, figures/, units/, and what is needed to continue: plan.json, "
                + "checkpoints/, failures/, locks/. The same audit on the same folder continues where it stopped; each other audit needs "
                + "a folder of its own.",
            RunOptions.AuditFolder);
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "audit", "Audit a robustness claim: adaptive attacks, transfer beyond the decision boundary, controls.",
            "Twenty checks, each with its claim, measurement, interval, test and outcome: passed, failed, or undecided where the"
                + " images are too few, with the number that would do. Two claims follow. The defence is more robust than the "
                + $"undefended network: {string.Join(", ", Audit.DecideRobustness)} decide. Fewer adversarial examples of the "
                + "undefended network transfer to it than to networks with changes that are no defence: "
                + $"{string.Join(", ", Audit.DecideTransfer)} decide. S1 to S16 ask whether the attacks are strong enough: unbounded "
                + "attack, monotone in ε, convergence, restarts, losses, gradients, adaptive attacks with several gradient estimators,"
                + " and, at standard scale, AutoAttack. T1 to T4 compare: transfer at growing distance and confidence, transfer to "
                + "controls (exact weights scaled by the gain of Ax-FPM, the same with noise of equal variance, bfloat16, an "
                + "independently trained network), and robust accuracy at equal ε. Networks are compared on the same images, by "
                + "McNemar’s exact test. The defence with calibrated parameters stands beside it for information; --calibrate audits "
                + "that one. The network may be your own (--model) and so may the pictures (--images, --labels); gains are then "
                + "measured on the first of these pictures, or on those of --calibration-images, and there is no independently trained"
                + " control. With --json: what audit.json holds; its nonFinite {count, layer} are the images with a NaN or an infinity "
                + $"among their logits, of the first {SurveyedImages}, and the first layer that gives one.");
        foreach (Option option in (Option[])[
            .. images.All, skip, first, multiplier, layers, .. quantise.All, .. calibration.All, undefended, epsilon, norm, scale,
            minutes, output, seed, json,
        ])
            command.Add(option);
        command.KeepsState = output;
        command.SetAction((parse, cancellation) =>
        {
            bool isQuantised = quantise.IsGiven(parse);
            MultiplierAssignment[] assignments = Assignments(
                parse.GetValue(multiplier) is { Length: > 0 } given ? given : [isQuantised ? ExactIntegerMultiplier.Int8.Name : "ax-fpm"],
                parse.GetValue(layers)!, isQuantised);
            (Network network, Dataset some) = images.Load(
                parse, Split.Test, parse.GetValue(first) ?? int.MaxValue, parse.GetValue(skip));
            string name = images.Model(parse);
            if (network.IsQuantised)
                throw new InputException(
                    $"{network.Name} is quantised, and an audit compares a defence with its network of floats; give that one, and "
                        + "--quantise int8");
            int? ranges = quantise.Images(parse, network);
            Dataset? measured = ranges is int count ? calibration.Unused(parse, "--quantise", images, network, some, count) : null;
            Dataset? calibrated = calibration.Load(parse, images, network, some, isOptional: isQuantised);
            VariantQuantisation? quantisation = measured is null ? null
                : new(quantise.Options(parse, parse.GetValue(layers)!), measured.Count, quantise.IsSigned(parse));
            ModelVariant[] members =
            [
                .. assignments.Select(assignment => new ModelVariant(name, assignment)
                {
                    CalibrationImages = calibrated?.Count ?? 0,
                    Quantisation = quantisation,
                }),
            ];
            string title = members.Length == 1
                ? members[0].Title
                : $"one of {string.Join(", ", members.Select(member => member.Title))} at random";
            var defence = new Defence(title, some, members) { HasTrainingImages = !images.AreOwn(parse) };
            Norm inNorm = parse.GetValue(norm)!.Value;
            Epsilon[] budgets = parse.GetValue(epsilon)!;
            foreach (Epsilon budget in budgets)
                budget.ThrowIfBeyondAllImages(inNorm, some.Channels * some.Height * some.Width);
            Threat threat = budgets.Length > 0
                ? new(inNorm, [.. budgets.Select(budget => budget.Value)])
                : Threat.Usual(inNorm, some.Channels);
            var folder = new RunFolder(parse.GetValue(output)!);
            var context = new RunContext(folder, images.DataFolder(parse), parse.GetValue(seed))
            {
                Audit = $"{title} ({Path.GetFileName(name)}, {some.Name}, {threat}, {parse.GetValue(scale)} scale)",
            };
            context.Use(name, network, images.Preparation(parse));
            if (parse.GetValue(undefended) is string other)
            {
                Network compared = images.Reload(parse, other);
                Evaluation.ThrowIfUnfit(compared, some);
                context.Use(other, compared, images.Preparation(parse));
                defence = defence with { Undefended = new ModelVariant(other, MultiplierAssignment.Exact) };
            }

            var audit = new Audit(defence, threat, parse.GetValue(scale)!);
            context.Use(some, images.AreOwn(parse)
                ? Larger(measured, calibrated) ?? images.Images(
                    parse, network, Split.Test, Math.Max(Calibration.DefaultImages, GradientWeights.CalibrationImages))
                : null);
            Network[] networks = [.. members.Prepend(defence.Undefended).Select(variant => context.Network(variant, some.Name))];
            LogitSurvey[] surveys =
            [
                .. networks.Select(one => LogitSurvey.Of(
                    one, some, [.. Enumerable.Range(0, Math.Min(SurveyedImages, some.Count))], cancellation)),
            ];
            string[] warnings =
            [
                .. surveys.SelectMany((survey, i) => survey.Warnings.Select(warning =>
                    $"{networks[i].Name} with {(i == 0 ? "exact" : members[i - 1].Title)} {warning}")),
            ];
            foreach (string warning in warnings)
                Output.Note($"warning: {warning}");
            if (Evaluation.CorrectOn(networks, some, 1, cancellation).Length == 0)
                throw new InputException(
                    $"no image of {some.Name} is classified correctly by both the undefended network and the defence, so there is "
                        + "nothing to attack; give another model, other images or another multiplier");
            RunInfo run = RunInfo.Here(
                string.Join(' ', parse.Tokens.Select(token => token.Value).Prepend("dapprox")), TimeProvider.System.GetUtcNow());

            RunWithin(parse.GetValue(minutes), audit, context, cancellation);
            AuditResult result = audit.Judge(context, run);
            result = result with
            {
                Notes = [.. LogitNotes.End(network).Concat(warnings).Select(note => $"{note}."), .. result.Notes],
                NonFinite = surveys.Select(survey => new NonFiniteLogits(survey.NonFinite, survey.NonFiniteLayer))
                    .MaxBy(survey => survey.Count)!,
            };
            AuditReport.Save(folder.Path, result);
            if (parse.GetValue(json))
                Output.PrintJson(JsonNode.Parse(ResultsJson.Write(result))!.AsObject());
            else
                Print(result, folder);
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>Runs what is left of an audit, or what of it can be run in the time given.</summary>
    static void RunWithin(double? minutes, Audit audit, RunContext context, CancellationToken cancellation)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (minutes is double most)
            budget.CancelAfter(TimeSpan.FromMinutes(Math.Min(most, MostMinutes)));
        try
        {
            RunOptions.Run(audit.Units, context, budget.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The time is over; the judgement says what is missing.
        }
    }

    // Both are the first of the same images.
    static Dataset? Larger(Dataset? one, Dataset? other) => one is null || other?.Count > one.Count ? other : one;

    static MultiplierAssignment[] Assignments(string[] given, LayerSelection layers, bool isQuantised)
    {
        MultiplierAssignment[] assignments = [.. given.Select(text => Assignment(text, layers, isQuantised))];
        // Columns are named after the members, and SQL column names are case-insensitive.
        return assignments.GroupBy(
            assignment => $"{assignment}", StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new InputException($"--multiplier names {string.Join(" and ", twice)}, which are the same; name each multiplier once")
            : assignments;
    }

    static MultiplierAssignment Assignment(string text, LayerSelection layers, bool isQuantised)
    {
        var choice = MultiplierChoice.Parse(text);
        return new(Parts(choice.Parts(isQuantised, layers).Select(part => (Named(part.Multiplier, isQuantised), part.Layers))))
        {
            // A file may name many layers.
            Name = choice.IsAssignment && File.Exists(text) ? Path.GetFileName(text) : null,
        };
    }

    // Layers are exact unless something else is said.
    static IReadOnlyList<(string Multiplier, string Layers)> Parts(params IEnumerable<(string Multiplier, string Layers)> parts) =>
        parts.All(part => part.Multiplier == Multipliers.All[0].Name || part.Multiplier == ExactIntegerMultiplier.Int8.Name)
            ? []
            : [.. parts];

    /// <summary>The multiplier's name; for a circuit file, the file name, whatever name the file contains.</summary>
    static string Named(string text, bool isQuantised)
    {
        if (isQuantised)
            return text == Multipliers.All[0].Name ? ExactIntegerMultiplier.Int8.Name : text;
        FloatMultiplier found = CircuitFiles.FindMultiplier(text);
        return CircuitFiles.IsFile(text) ? text : found.Name;
    }

    static void Print(AuditResult result, RunFolder folder)
    {
        Output.Print($"Audit of {result.Defence}: {result.Model}, {result.Dataset}, {result.Threat}, {result.Scale} scale");
        Console.WriteLine();
        Output.PrintTable(
            ["no.", "~check", "outcome"], result.Checks.Select(check => (string[])[check.Id, check.Name, Text(check)]));
        foreach (CheckResult check in result.Checks.Where(check => check.Outcome == Outcome.Failed))
        {
            Console.WriteLine();
            Output.Print($"{check.Id} failed: {check.Meaning}");
            Output.PrintFields(("claim", check.Claim), ("measured", check.Measured), ("rule", check.Rule));
        }

        Console.WriteLine();
        foreach (string note in result.Notes)
            Output.Print(note);
        foreach (ClaimResult claim in result.Claims)
            Output.Print(claim.Conclusion);
        Console.WriteLine();
        Output.PrintFields(("all checks", Path.Combine(folder.Path, "audit.md")), ("report", Path.Combine(folder.Path, "audit.html")));
    }

    static string Usual(Norm norm, int channels)
    {
        var threat = Threat.Usual(norm, channels);
        return string.Join(',', threat.Epsilons.Select(threat.Text));
    }

    static string Text(CheckResult check) => check.Outcome switch
    {
        Outcome.Passed => "passed",
        Outcome.Failed => "FAILED",
        Outcome.Undecided when !check.IsRun => "undecided (not run)",
        Outcome.Undecided => check.ImagesNeeded is int images ? $"undecided (needs {images:N0} images)" : "undecided",
        _ => "for information",
    };
}
