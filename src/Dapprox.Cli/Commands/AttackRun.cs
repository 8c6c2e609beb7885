using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary>The command of one attack: its options, the campaign they describe, the results.</summary>
sealed class AttackRun
{
    const string Measured =
        "the success rate is the fraction of the correctly classified images that the attacked network misclassifies after the "
        + "attack (with --targets: classifies as the target class), by a fresh forward pass. Robust accuracy is the fraction of "
        + "all images that it still classifies correctly. Mean and median distances (L2, L∞, L1, L0) are over the adversarial "
        + "examples, mean queries over all attacked images. The transfer rate to another network is the fraction of the "
        + "adversarial examples that fool it, among those whose clean image it classifies correctly.";

    const string Json =
        " With --json: attack, count, cleanCorrect, results, one entry per ε (a single one with epsilon null for the nearest "
        + "images) with epsilon, success, meanL2, medianL2, meanLinf, medianLinf, meanL1, medianL1, meanL0, medianL0, meanQueries, "
        + "transfer {name: rate}, seconds, robustAccuracy, meanQueriesToBest, survivesRounding (fraction of the adversarial "
        + "examples that remain adversarial with 8-bit pixels), reasons {why attacks ended: images}, backward [{rule, success, "
        + "meanL2, meanQueries}], meanGradientCalls, meanForward and meanBackward (gradients, forward passes and backward passes per "
        + "attacked image: a query is a forward pass, a gradient by backpropagation one of each, an estimated gradient forward passes "
        + "only), successInterval, robustAccuracyInterval and transferInterval {name: interval} (95 %, Wilson); and norm, settings, "
        + "curve [[ε, robust accuracy], …]: one point per ε, or every step of the curve where the attack "
        + "finds the nearest example; null where nothing was found to average; with --targets also targets; with --calibrate also "
        + $"calibrationImages, their number; {LogitNotes.Fields}.";

    const string AllEstimators = "adaptive";

    const int ExamplesOfUniversal = 500;

    static readonly Choice<TargetChoice>[] TargetChoices =
    [
        new("all", TargetChoice.All), new("least-likely", TargetChoice.LeastLikely), new("next", TargetChoice.Next),
        new("random", TargetChoice.Random),
    ];

    static readonly MultiplierChoice[] DefaultTryOn = [new(ExactMultiplier.Rounded.Name), new(AxFpm.Released.Name)];

    // In a quantised network.
    static readonly MultiplierChoice[] QuantisedTryOn = [new(ExactIntegerMultiplier.Int8.Name)];

    readonly AttackEntry entry;
    readonly AttackInput[] own;
    readonly VariantOptions variant = new();
    readonly Option<MultiplierChoice?> multiplier = SharedOptions.AnyMultiplier();
    readonly Option<int?> first = SharedOptions.First("Attack at most this many images, counted after --skip and --correct-on.");
    readonly Option<ulong> seed = SharedOptions.Seed();
    readonly Option<bool> json = SharedOptions.Json();
    readonly Option<Choice<AttackPreset>> preset;
    readonly Option<Epsilon[]> epsilon;
    readonly Option<Choice<TargetChoice>?> targets;
    readonly Option<bool> targeted;
    readonly Option<GradientEstimator[]> gradient;
    readonly Option<double> diversity;

    readonly Option<long?> maxQueries = Values.Option<long?>(
        "--max-queries", "N", "The maximum number of queries per image, in evaluations of the network. [default: no limit]",
        text => (long)Values.Number(
            "--max-queries", text, number => number is >= 1 and <= 1e15 && number == Math.Floor(number), "an integer of at least 1"));

    readonly Option<string?> resume = new("--resume")
    {
        HelpName = "FILE",
        Description =
            "Save the state of the attack here, periodically and when interrupted. If the file exists, the attack continues "
            + "from it, to the results of an uninterrupted run.",
    };

    readonly Option<MultiplierChoice[]> tryOn = Values.List(
        "--try-on", "NAME,…",
        "Measure the transfer to the network with these multipliers. "
            + $"[default: {string.Join(',', DefaultTryOn.Select(multiplier => multiplier.Given))}; in a quantised network "
            + $"{QuantisedTryOn[0].Given}]",
        text => MultiplierChoice.Parse(text));

    readonly Option<MultiplierChoice[]> togetherWith = Values.List(
        "--together-with", "NAME,…",
        "Attack the mean of the logits of the network with --multiplier and with these multipliers: an ensemble of surrogates, whose "
            + "examples transfer better (Liu et al. 2017), or a defence that draws one of them. [default: none]",
        text => MultiplierChoice.Parse(text));

    readonly Option<MultiplierChoice[]> correctOn = Values.List(
        "--correct-on", "NAME,…",
        "Attack only images that the network classifies correctly with each of these multipliers. [default: all images]",
        text => MultiplierChoice.Parse(text));

    readonly Option<string?> save = Values.Option<string?>(
        "--save", "DIR",
        "Write into this folder: records.parquet, one row per image and run; adversarial.safetensors or "
            + "adversarial-EPS.safetensors with the tensors clean, adversarial (the last candidate if the attack fails), labels and "
            + "success (1 or 0); grid.png, a picture of some; curve.png, the robust accuracy against ε.",
        text => Values.Folder("--save", text));

    AttackRun(AttackEntry entry)
    {
        this.entry = entry;
        own = AttackInput.Of(entry);
        preset = Values.Choice(
            "--preset",
            "The source of the settings that are not given: the attacks' papers, some strengthened, or Foolbox 2.4, "
                + "which \"Defensive Approximation\" used.",
            [.. entry.Presets.Select(preset => new Choice<AttackPreset>(preset.Name, preset))]);
        epsilon = entry.Budget == AttackBudget.None
            ? Refused<Epsilon[]>(
                "--epsilon",
                $"{entry.Name} finds the nearest adversarial example and takes no --epsilon; "
                    + "leave it out: the curve has the robust accuracy at every ε")
            : Values.List(
                "--epsilon", "X,…",
                "The perturbation budget ε for pixels in [0, 1], as a number or a fraction: 0.1, 8/255; or several, with commas between "
                    + "them." + (entry.Budget == AttackBudget.Optional ? " [default: find the smallest that succeeds]" : ""),
                text => Epsilon.Parse(
                    "--epsilon", text, number => number > 0 && (number <= 1 || entry.Norms.Count > 1),
                    "a number or a fraction above 0, up to 1, such as 0.1 or 8/255, or several: 0.1,0.2"));
        epsilon.Required = entry.Budget == AttackBudget.Required;
        targeted = entry.CanTarget
            ? new("--targeted") { Description = "The same as --targets next." }
            : Refused<bool>(
                "--targeted",
                $"{entry.Name} is defined for any wrong class only; leave out --targeted, or choose another attack (dapprox attacks)");
        targets = entry.CanTarget
            ? Values.Option<Choice<TargetChoice>?>(
                "--targets", string.Join('|', TargetChoices.Select(choice => choice.Name)),
                "Aim at a class instead of any wrong one: every wrong class in turn, of which the nearest success counts; the one with the "
                    + "smallest logit at the clean image; the one after the true one, (label + 1) mod classes; or one at random. "
                    + "[default: any wrong class]",
                text => Names.Find("value of --targets", text, TargetChoices, choice => choice.Name))
            : Refused<Choice<TargetChoice>?>(
                "--targets",
                $"{entry.Name} is defined for any wrong class only; leave out --targets, or choose another attack (dapprox attacks)");
        gradient = entry.Access == Access.Gradients
            ? Values.Flattened(
                "--gradient", "NAME,…",
                $"The gradient estimator for an approximate network (BPDA): {string.Join(", ", GradientEstimator.All)}, or "
                    + $"{AllEstimators} for all of them; with several, the nearest adversarial example of each image counts. "
                    + $"{GradientEstimator.GainMatched} measures the network on the first {GradientWeights.CalibrationImages} training "
                    + $"images. [default: {GradientEstimator.All[0]}]",
                text => Names.Find(
                    "gradient estimator", text,
                    GradientEstimator.All.Select(one => (Name: $"{one}", Chosen: (IReadOnlyList<GradientEstimator>)[one]))
                        .Append((Name: AllEstimators, Chosen: GradientEstimator.All)),
                    known => known.Name).Chosen)
            : Refused<GradientEstimator[]>("--gradient", $"{entry.Name} uses no gradient; leave out --gradient");
        diversity = entry.Access == Access.Gradients
            ? Values.Option(
                "--input-diversity", "P",
                "Take each gradient, with this probability, at a randomly resized copy of the image, so that examples transfer better (Xie "
                    + "et al. 2019). [default: 0]",
                text => Values.Number("--input-diversity", text, number => number is >= 0 and <= 1, "a number from 0 to 1, such as 0.5"))
            : Refused<double>("--input-diversity", $"{entry.Name} uses no gradient; leave out --input-diversity");
    }

    /// <summary>The command of an attack.</summary>
    /// <param name="entry">The attack.</param>
    public static Command Command(AttackEntry entry)
    {
        var run = new AttackRun(entry);
        var command = new DocumentedCommand(
            entry.Name, $"{entry.Summary} ({entry.Source})",
            (entry.Budget == AttackBudget.None ? "Results: " : "For each ε: ") + Measured + Json)
        {
            KeepsState = entry.CanResume ? run.resume : null,
        };
        Option[] attack =
        [
            run.preset, run.epsilon, run.targets, run.targeted, .. run.own.Select(input => input.Option), run.maxQueries, run.gradient,
            run.diversity,
        ];
        foreach (Option option in entry.CanResume ? [.. attack, run.resume] : attack)
            command.Add(option);
        run.variant.AddTo(command, run.multiplier, run.togetherWith, run.tryOn, run.correctOn);
        foreach (Option option in (Option[])[run.first, run.seed, run.save, run.json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            run.Run(parse, cancellation);
            return Task.CompletedTask;
        });
        return command;
    }

    void Run(ParseResult parse, CancellationToken cancellation)
    {
        Choice<TargetChoice>? aim = Aim(parse);
        (Network exact, Dataset data) = variant.Load(parse);
        Multiplier target = variant.Fitting(parse, parse.GetValue(multiplier), exact);
        Multiplier[] others = Array.ConvertAll(
            parse.GetValue(tryOn) is { Length: > 0 } named ? named : target.MultipliesIntegers ? QuantisedTryOn : DefaultTryOn,
            choice => variant.Find(parse, choice, exact));
        (IAttack<IGradientVictim> Attack, Epsilon? Epsilon)[] attacks = Attacks(parse, exact, data);
        string? folder = parse.GetValue(save);
        if (folder is not null)
            AttackFolder.Probe(folder);

        VariantOptions.Preparation preparation = variant.Prepare(parse, exact, data);
        Func<Multiplier, Network> on = variant.On(parse, exact, preparation, cancellation);
        Network attacked = on(target);
        Network[] tried = [.. others.Select(on)];
        Multiplier[] ensemble = Array.ConvertAll(parse.GetValue(togetherWith)!, choice => variant.Find(parse, choice, exact));
        var campaign = new Campaign(data, attacked)
        {
            InputDiversity = parse.GetValue(diversity),
            Estimators = parse.GetValue(gradient) is { Length: > 0 } chosen ? chosen : [GradientEstimator.All[0]],
            Calibration = () => variant.Training(parse, exact, GradientWeights.CalibrationImages),
            TogetherWith = [.. ensemble.Select(on)],
            CorrectOn = [.. parse.GetValue(correctOn)!.Select(choice => on(variant.Find(parse, choice, exact)))],
            First = parse.GetValue(first) ?? int.MaxValue,
            TriedOn = tried,
            Targets = aim?.Value,
            MaxQueries = parse.GetValue(maxQueries) ?? long.MaxValue,
            Seed = parse.GetValue(seed),
        };
        int[] indices = campaign.Select(cancellation);
        if (indices.Length == 0)
        {
            throw new InputException($"no image of {data.Name} is classified correctly by the network with each multiplier of "
                + "--correct-on; name fewer, or skip fewer images");
        }

        LogitSurvey survey = campaign.Survey(cancellation);
        LogitNotes.Warn(attacked.Name, survey);
        List<string> notes = [.. LogitNotes.Of(attacked, survey)];
        if (entry.LeftOut(exact.Classes) is string leftOut)
        {
            Output.NoteFact(leftOut);
            notes.Add(leftOut);
        }

        string title = $"{entry.Name} against {variant.Describe(parse, exact, data, target, preparation)}"
            + (ensemble.Length == 0 ? "" : $", together with {string.Join(", ", ensemble.Select(member => member.Name))}")
            + (campaign.InputDiversity == 0 ? "" : $", input diversity {campaign.InputDiversity.ToString(CultureInfo.InvariantCulture)}");
        // The state is one of all images, so that it goes on with others that are skipped now.
        AttackCheckpoint? checkpoint = parse.GetValue(resume) is string file
            ? AttackCheckpoint.Open(
                file,
                $"{title}, weights {Fingerprint.Of(exact)}, images {Fingerprint.Of(variant.Whole(parse, exact))}, {attacks[0].Attack}, "
                    + $"seed {parse.GetValue(seed)}{TargetedIdentity(aim)}, "
                    + $"at most {parse.GetValue(maxQueries)} queries")
            : null;
        AttackResult[] results = ProgressBar.While(entry.Name, attacks.Length, progress => Array.ConvertAll(attacks, one =>
        {
            var watch = Stopwatch.StartNew();
            CampaignResult outcome = campaign.Run(one.Attack, checkpoint, progress, cancellation);
            return new AttackResult(outcome, one.Epsilon, watch.Elapsed.TotalSeconds);
        }));

        int broken = results.Max(result => result.Worst.Records.Count(record => record.Reason == StopReason.NonFinite));
        if (broken > 0)
        {
            notes.Add($"on {broken} images the attack ended at non-finite logits or gradients; none counts as fooled");
            Output.Note($"warning: {notes[^1]}");
        }

        var report = new AttackReport(entry, title, [.. others.Select(other => other.Name)], results);
        IReadOnlyList<string> files = folder is null ? [] : AttackFolder.Save(
            folder, report, data, indices, [(target.Name, attacked), .. others.Zip(tried, (other, network) => (other.Name, network))]);
        if (parse.GetValue(json))
        {
            JsonObject result = report.Json();
            if (aim is { } choice)
                result["targets"] = choice.Name;
            variant.AddTo(result, parse, preparation, [target, .. ensemble, .. others]);
            LogitNotes.AddTo(result, notes, survey);
            Output.PrintJson(result);
        }
        else
            report.Print(files);
        Output.NoteMantissas([target, .. ensemble, .. others]);
    }

    /// <summary>How targets are chosen; null for an untargeted attack.</summary>
    Choice<TargetChoice>? Aim(ParseResult parse)
    {
        Choice<TargetChoice>? given = parse.GetValue(targets);
        if (parse.GetValue(targeted))
            return given is null ? TargetChoices.Single(choice => choice.Value == TargetChoice.Next) : throw new InputException(
                $"--targeted is --targets next, and --targets is {given}; leave out --targeted");
        if (given?.Value == TargetChoice.All && parse.GetValue(resume) is not null)
            throw new InputException(
                "--resume keeps the state of an attack at one target, and --targets all tries each; leave out --resume");
        return given;
    }

    /// <summary>The targets in the identity of a checkpoint.</summary>
    static string TargetedIdentity(Choice<TargetChoice>? aim) => aim?.Value switch
    {
        null => "",
        TargetChoice.Next => ", targeted",
        _ => $", targets {aim}",
    };

    /// <summary>The attack with each budget; a single attack without budget if none is given.</summary>
    (IAttack<IGradientVictim> Attack, Epsilon? Epsilon)[] Attacks(ParseResult parse, Network exact, Dataset data)
    {
        Epsilon?[] budgets = parse.GetValue(epsilon) is { Length: > 0 } given
            ? [.. given.DistinctBy(budget => budget.Value).Cast<Epsilon?>()]
            : [null];
        var settings = new AttackSettings
        {
            Preset = parse.GetValue(preset).Value,
            IsTargeted = Aim(parse) is not null,
            Starts = entry.TakesStarts ? GivenImages.OfEachClass(variant.Whole(parse, exact)) : new GivenImages([]),
            Examples = entry.TakesExamples
                ? GivenImages.Of(variant.Training(parse, exact, ExamplesOfUniversal))
                : new GivenImages([]),
            Values = own.Where(input => input.Value(parse) is not null).ToDictionary(input => input.Setting, input => input.Value(parse)!),
        };
        return Array.ConvertAll(budgets, budget =>
        {
            IAttack<IGradientVictim> attack = Make(settings with { Epsilon = budget?.Value });
            budget?.ThrowIfBeyondAllImages(attack.Norm, data.Channels * data.Height * data.Width);
            return (attack, budget);
        });
    }

    /// <summary>Reports invalid options found by the attack's own checks as input errors.</summary>
    IAttack<IGradientVictim> Make(AttackSettings settings)
    {
        try
        {
            return entry.Create(settings);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"{entry.Name}: {e.Message.Split(" (Parameter", 2)[0]} See dapprox attack {entry.Name} --help", e);
        }
    }

    /// <summary>An option that other attacks have and this one refuses, with the reason.</summary>
    static Option<T> Refused<T>(string name, string why) => new(name)
    {
        Hidden = true,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            result.AddError(why);
            return default!;
        },
    };
}
