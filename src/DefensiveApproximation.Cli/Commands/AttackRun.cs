using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary>What all attacks within a given distance share: options, the run over all images and every ε, the results.</summary>
static class AttackRun
{
    /// <summary>What the results mean, for help.</summary>
    public const string Measured = "For each ε: success is the share of the images, of those that the target classifies right, that it classifies wrong after the attack, found out by a fresh forward pass. Mean and median distances (L2, L∞, L0) are of the successful images, mean queries of all attacked ones. Transfer is, for each network to try on, the share of the successful images, of those whose clean image that network classifies right, that fool it. With --json: attack, count, cleanCorrect, and results, one entry per ε with epsilon, success, meanL2, medianL2, meanLinf, meanL0, meanQueries, transfer {name: share}, seconds; null where there is nothing to take a share or a mean of.";

    static readonly FloatMultiplier[] DefaultTryOn = [ExactMultiplier.Rounded, AxFpm.Released];

    sealed record Result(double Epsilon, AttackSummary Summary, TransferAttack Attack, double Seconds);

    /// <summary>Gives a command the options and the action.</summary>
    /// <param name="command">The command, called as the attack.</param>
    /// <param name="own">The attack's own options.</param>
    /// <param name="create">Makes the attack for an ε.</param>
    public static void AddTo(Command command, Option[] own, Func<ParseResult, double, IAttack<IGradientVictim>> create)
    {
        var subject = new SubjectOptions();
        Option<double[]> epsilon = Values.List("--epsilon", "X,…", "The largest change of a pixel, pixels from 0 to 1; several with commas between them.",
            text => Values.Number("--epsilon", text, number => number is >= 0 and <= 1, "a number from 0 to 1, such as 0.1, or several: 0.1,0.2"));
        epsilon.Required = true;
        Option<FloatMultiplier> target = Values.Option("--target-model", "NAME", "The multiplier of the network that is attacked.", Multipliers.Find);
        target.DefaultValueFactory = _ => Multipliers.All[0];
        Option<FloatMultiplier[]> tryOn = Values.List("--try-on", "NAME,…", $"The multipliers of the networks that the successful images are tried on. [default: {string.Join(',', DefaultTryOn.Select(multiplier => multiplier.Name))}]", Multipliers.Find);
        Option<FloatMultiplier[]> correctOn = Values.List("--correct-on", "NAME,…", "Take only images whose clean version the networks with all these multipliers classify right. [default: take all]", Multipliers.Find);
        Option<int?> first = SharedOptions.First("Attack this many images at most, counted after --skip and --correct-on.");
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> save = Values.Option<string?>(
            "--save", "DIR", "Write into this folder: records.csv, one line per image and ε; adversarial-EPS.safetensors with the tensors clean, adversarial and labels; grid.png, a picture of some.",
            text => Values.Folder("--save", text));
        Option<bool> json = SharedOptions.Json();
        subject.AddTo(command, [epsilon, .. own, target, tryOn, correctOn]);
        foreach (Option option in (Option[])[first, seed, save, json])
            command.Add(option);

        command.SetAction((parse, cancellation) =>
        {
            (Network exact, Dataset data) = subject.Load(parse);
            Network On(FloatMultiplier multiplier) => subject.With(parse, exact, multiplier);
            string? folder = parse.GetValue(save);
            if (folder is not null)
                AttackFolder.Probe(folder);

            Network[] filter = parse.GetValue(correctOn)!.Select(On).ToArray();
            int[] places = Evaluation.CorrectOn(filter, data, parse.GetValue(first) ?? int.MaxValue, cancellation);
            if (places.Length == 0)
                throw new InputException($"no image of {data.Name} is classified right by all of --correct-on; ask for fewer networks, or skip fewer images");

            FloatMultiplier[] others = parse.GetValue(tryOn) is { Length: > 0 } named ? named : DefaultTryOn;
            double[] sizes = parse.GetValue(epsilon)!;
            FloatMultiplier victim = parse.GetValue(target)!;
            Network attacked = On(victim);
            Network[] tried = others.Select(On).ToArray();
            Result[] results = Output.WithProgress(command.Name, (double)sizes.Length * places.Length, progress => sizes.Select(size =>
            {
                var watch = Stopwatch.StartNew();
                TransferAttack run = TransferAttack.Run(
                    create(parse, size), new NetworkVictim(attacked), tried, data, places, parse.GetValue(seed), progress: progress, cancellation: cancellation);
                return new Result(size, AttackSummary.Of(run.Records), run, watch.Elapsed.TotalSeconds);
            }).ToArray());

            if (folder is not null)
                AttackFolder.Save(folder, command.Name, data, places, [(victim.Name, attacked), .. others.Zip(tried, (other, network) => (other.Name, network))], [.. results.Select(result => (result.Epsilon, result.Attack.Records))]);
            if (parse.GetValue(json))
                Output.PrintJson(Json(command.Name, others, results));
            else
                Print($"{command.Name} against {subject.Describe(parse, exact, data, victim)}", others, results);
            return Task.CompletedTask;
        });
    }

    static JsonObject Json(string attack, FloatMultiplier[] others, Result[] results) => new()
    {
        ["attack"] = attack,
        ["count"] = results[0].Summary.Count,
        ["cleanCorrect"] = results[0].Summary.CleanCorrect,
        ["results"] = new JsonArray([.. results.Select(result => new JsonObject
        {
            ["epsilon"] = result.Epsilon,
            ["success"] = result.Summary.Success,
            ["meanL2"] = result.Summary.MeanL2,
            ["medianL2"] = result.Summary.MedianL2,
            ["meanLinf"] = result.Summary.MeanLInf,
            ["meanL0"] = result.Summary.MeanL0,
            ["meanQueries"] = result.Summary.MeanQueries,
            ["transfer"] = new JsonObject(others.Zip(result.Attack.Transfer, (other, share) => KeyValuePair.Create(other.Name, (JsonNode?)share))),
            ["seconds"] = result.Seconds,
        })]),
    };

    static void Print(string title, FloatMultiplier[] others, Result[] results)
    {
        AttackSummary summary = results[0].Summary;
        Console.WriteLine(title);
        Console.WriteLine($"{summary.Count} images, {summary.CleanCorrect} of them classified right and attacked");
        Table table = Output.Table(["ε", "success", "mean L2", "median L2", "mean L∞", "mean L0", "queries", .. others.Select(other => $"fools {other.Name}"), "time"]);
        foreach (TableColumn column in table.Columns)
            column.RightAligned();
        foreach (Result result in results)
        {
            summary = result.Summary;
            table.AddRow([
                $"{result.Epsilon}", Output.Percent(summary.Success), Text(summary.MeanL2), Text(summary.MedianL2), Text(summary.MeanLInf), Text(summary.MeanL0), Text(summary.MeanQueries),
                .. result.Attack.Transfer.Select(Output.Percent), $"{result.Seconds:F1} s"]);
        }

        Output.Results.Write(table);
    }

    static string Text(double? mean) => mean is double value ? $"{value:G4}" : "–";
}
