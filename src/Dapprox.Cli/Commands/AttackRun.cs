using System.CommandLine;
using System.Diagnostics;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Attacks;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Commands;

/// <summary>What all attacks share: options, the run over all images, budgets and gradient estimators, the results.</summary>
static class AttackRun
{
    const string Measured = "the success rate is the fraction of the correctly classified images that the attacked network misclassifies after the attack (with --targeted: classifies as the target class), by a fresh forward pass. Robust accuracy is the fraction of all images that it still classifies correctly. Mean and median distances (L2, L∞, L0) are over the adversarial examples, mean queries over all attacked images. The transfer rate to another network is the fraction of the adversarial examples that fool it, among those whose clean image it classifies correctly.";

    const string Json = " With --json: attack, count, cleanCorrect, results, one entry per ε (a single one with epsilon null for the nearest images) with epsilon, success, meanL2, medianL2, meanLinf, meanL0, meanQueries, transfer {name: rate}, seconds, robustAccuracy, meanQueriesToBest, survivesRounding (fraction of the adversarial examples that remain adversarial with 8-bit pixels), reasons {why attacks ended: images}, backward [{rule, success, meanL2, meanQueries}]; and norm, settings, curve [[ε, robust accuracy], …]: one point per ε, or every step of the curve where the attack finds the nearest example; null where nothing was found to average.";

    // Images of each class to begin at: several, since a network may get one or two of them wrong.
    const int StartsOfAClass = 3;

    const string AllRules = "adaptive";

    static readonly FloatMultiplier[] DefaultTryOn = [ExactMultiplier.Rounded, AxFpm.Released];

    /// <summary>The command of an attack.</summary>
    public static Command Command(AttackEntry entry)
    {
        var subject = new VariantOptions();
        Option<Choice<Preset>> preset = Values.Choice("--preset", "The settings that are not given: those of the attacks' papers, some of them strengthened, or of Foolbox 2.4, which \"Defensive Approximation\" used.",
            [new("strong", Preset.Strong), .. entry.HasReleased ? (Choice<Preset>[])[new("released", Preset.Released)] : []]);
        Option<Epsilon[]> epsilon = entry.Budget == Budget.Minimal
            ? Refused<Epsilon[]>("--epsilon", $"{entry.Name} finds the nearest adversarial example and takes no --epsilon; leave it out, the curve has the robust accuracy at every ε")
            : Values.List("--epsilon", "X,…", "The perturbation budget ε for pixels in [0, 1], as a number or a fraction: 0.1, 8/255; or several, with commas between them." + (entry.Budget == Budget.Either ? " [default: find the smallest that succeeds]" : ""),
                text => Epsilon.Parse("--epsilon", text, number => number > 0 && (number <= 1 || entry.Norms.Length > 1), "a number or a fraction above 0, up to 1, such as 0.1 or 8/255, or several: 0.1,0.2"));
        epsilon.Required = entry.Budget == Budget.Fixed;
        Option<bool> targeted = entry.CanTarget
            ? new("--targeted") { Description = "Target the class after the true one, (label + 1) mod classes, instead of any wrong one." }
            : Refused<bool>("--targeted", $"{entry.Name} is defined for any wrong class only; leave out --targeted, or choose another attack (dapprox attacks)");
        Option<GradientEstimator[]> gradient = entry.Knowledge == Knowledge.Gradients
            ? Values.Flattened("--gradient", "NAME,…", $"The gradient estimator for an approximate network (BPDA): {string.Join(", ", GradientEstimator.All.Select(rule => rule.Name))}, or {AllRules} for all of them; with several, the nearest adversarial example of each image counts. {GradientEstimator.GainMatched.Name} measures the network on the first {GradientWeights.CalibrationImages} training images. [default: {GradientEstimator.All[0].Name}]",
                text => string.Equals(text, AllRules, StringComparison.OrdinalIgnoreCase) ? GradientEstimator.All : [GradientEstimator.Find(text)])
            : Refused<GradientEstimator[]>("--gradient", $"{entry.Name} uses no gradient; leave out --gradient");
        Option<long?> mostQueries = Values.Option<long?>("--max-queries", "N", "The most queries per image, in evaluations of the network. [default: no limit]",
            text => (long)Values.Number("--max-queries", text, number => number is >= 1 and <= 1e15 && number == Math.Floor(number), "an integer of at least 1"));
        Option<string?> resume = new("--resume")
        {
            HelpName = "FILE",
            Description = "Save the state of the attack here, periodically and when interrupted. If the file exists, the attack continues from it, to the results of an uninterrupted run.",
        };
        var command = new DocumentedCommand(entry.Name, $"{entry.Summary} ({entry.Source})", Details(entry))
        {
            KeepsState = entry.CanResume ? resume : null,
        };
        Option<FloatMultiplier> target = SharedOptions.Multiplier();
        Option<FloatMultiplier[]> tryOn = Values.List("--try-on", "NAME,…", $"Measure the transfer to the network with these multipliers. [default: {string.Join(',', DefaultTryOn.Select(multiplier => multiplier.Name))}]", CircuitFiles.FindMultiplier);
        Option<FloatMultiplier[]> correctOn = Values.List("--correct-on", "NAME,…", "Attack only images that the network classifies correctly with each of these multipliers. [default: all images]", CircuitFiles.FindMultiplier);
        Option<int?> first = SharedOptions.First("Attack at most this many images, counted after --skip and --correct-on.");
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> save = Values.Option<string?>(
            "--save", "DIR", "Write into this folder: records.parquet, one row per image and run; adversarial.safetensors or adversarial-EPS.safetensors with the tensors clean, adversarial (the last attempt where the attack fails), labels and success (1 or 0); grid.png, a picture of some; curve.png, the robust accuracy against ε.",
            text => Values.Folder("--save", text));
        Option<bool> json = SharedOptions.Json();
        foreach (Option option in (Option[])[preset, epsilon, targeted, .. entry.Options, mostQueries, gradient, .. entry.CanResume ? (Option[])[resume] : []])
            command.Add(option);
        subject.AddTo(command, target, tryOn, correctOn);
        foreach (Option option in (Option[])[first, seed, save, json])
            command.Add(option);

        command.SetAction((parse, cancellation) =>
        {
            (Network exact, Dataset whole, Dataset data) = subject.Load(parse);
            Network On(FloatMultiplier multiplier) => subject.With(parse, exact, multiplier);
            FloatMultiplier[] others = parse.GetValue(tryOn) is { Length: > 0 } named ? named : DefaultTryOn;
            Network attacked = On(parse.GetValue(target)!);
            Epsilon?[] budgets = parse.GetValue(epsilon) is { Length: > 0 } given ? [.. given.DistinctBy(epsilon => epsilon.Value).Cast<Epsilon?>()] : [null];
            GradientEstimator[] rules = entry.Knowledge != Knowledge.Gradients ? [GradientEstimator.All[0]]
                : parse.GetValue(gradient) is { Length: > 0 } chosen ? chosen : [GradientEstimator.All[0]];
            IReadOnlyList<float[]> starts = entry.Knowledge == Knowledge.Labels && entry.Budget == Budget.Minimal && (parse.GetValue(targeted) || parse.GetValue(preset).Value == Preset.Strong) ? Starts(whole) : [];
            IAttack<IGradientVictim>[] attacks = Array.ConvertAll(budgets, budget => Make(entry, new AttackSetting(parse, parse.GetValue(preset).Value, budget?.Value, parse.GetValue(targeted), starts), data.Channels * data.Height * data.Width));
            string? folder = parse.GetValue(save);
            if (folder is not null)
                AttackFolder.Probe(folder);

            Network[] filter = parse.GetValue(correctOn)!.Select(On).ToArray();
            int[] places = Evaluation.CorrectOn(filter, data, parse.GetValue(first) ?? int.MaxValue, cancellation);
            if (places.Length == 0)
                throw new InputException($"no image of {data.Name} is classified correctly by the network with each multiplier of --correct-on; name fewer, or skip fewer images");

            string title = $"{entry.Name} against {subject.Describe(parse, exact, data, parse.GetValue(target)!)}";
            AttackCheckpoint? checkpoint = parse.GetValue(resume) is string file
                ? AttackCheckpoint.Open(file, $"{title}, weights {Fingerprint.Of(exact)}, images {Fingerprint.Of(whole)}, {attacks[0]}, seed {parse.GetValue(seed)}{(parse.GetValue(targeted) ? ", targeted" : "")}, at most {parse.GetValue(mostQueries)} queries")
                : null;
            Network[] tried = others.Select(On).ToArray();
            Tensor calibration = rules.Any(rule => rule.Measures) ? subject.Calibration(parse, exact) : Tensor.Zeros([0, .. exact.InputShape]);
            (GradientEstimator Rule, IGradientVictim Victim)[] victims = Array.ConvertAll(rules, rule => (rule, rule.Victim(attacked, calibration, parse.GetValue(seed))));
            Func<int, int>? aim = parse.GetValue(targeted) ? label => (label + 1) % exact.Classes : null;

            AttackResult[] results = ProgressBar.While(entry.Name, (double)budgets.Length * rules.Length * places.Length, progress => attacks.Zip(budgets, (attack, budget) =>
            {
                var watch = Stopwatch.StartNew();
                (GradientEstimator Rule, TransferAttack Outcome)[] byRule = victims
                    .Select(victim => (victim.Rule, TransferAttack.Run(
                        attack, victim.Victim, tried, data, places, parse.GetValue(seed), aim, parse.GetValue(mostQueries) ?? long.MaxValue, checkpoint, progress, cancellation)))
                    .ToArray();
                return new AttackResult(attack, budget, byRule, watch.Elapsed.TotalSeconds);
            }).ToArray());

            var report = new AttackReport(entry, title, [.. others.Select(other => other.Name)], results);
            IReadOnlyList<string> files = folder is null ? [] : AttackFolder.Save(folder, report, data, places, [(parse.GetValue(target)!.Name, attacked), .. others.Zip(tried, (other, network) => (other.Name, network))]);
            if (parse.GetValue(json))
                Output.PrintJson(report.Json());
            else
                report.Print(files);
            Output.NoteMantissas([parse.GetValue(target)!, .. others]);
            return Task.CompletedTask;
        });
        return command;
    }

    static string Details(AttackEntry entry) => (entry.Budget == Budget.Minimal ? "Results: " : "For each ε: ") + Measured + Json;

    /// <summary>
    /// Images from which an attack that sees classes can begin where noise is not adversarial: the first of each class, by their
    /// labels and so without a question to the victim, and whichever images are skipped.
    /// </summary>
    static float[][] Starts(Dataset whole)
    {
        int[] places = [.. Enumerable.Range(0, whole.Count).GroupBy(place => whole.Labels[place]).SelectMany(places => places.Take(StartsOfAClass))];
        Tensor images = whole.Images(places);
        return [.. places.Select((_, i) => images.Row(i).ToArray())];
    }

    /// <summary>What an attack's own checks find wrong with its options is an input error, and so is an ε beyond all images.</summary>
    static IAttack<IGradientVictim> Make(AttackEntry entry, AttackSetting setting, int pixels)
    {
        IAttack<IGradientVictim> attack;
        try
        {
            attack = entry.Create(setting);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"{entry.Name}: {e.Message.Split(" (Parameter", 2)[0]} See dapprox attack {entry.Name} --help", e);
        }

        double most = attack.Norm == Norm.LInf ? 1 : Math.Sqrt(pixels);
        return attack.Epsilon > most
            ? throw new InputException($"--epsilon is {setting.Epsilon}, but no two images are further apart than {most:0.##} in {AttackEntry.SignOf(attack.Norm)}; give a smaller number, such as 0.1 (pixels lie between 0 and 1)")
            : attack;
    }

    /// <summary>An option that other attacks have and this one cannot have; it says why.</summary>
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
