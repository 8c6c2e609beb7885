using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Search;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox evolve</c>: finds cheap circuits whose error keeps a bound.</summary>
static class EvolveCommand
{
    const int DefaultGenerations = 100_000;

    // The beginning of the source of a circuit.
    const string Evolve = "dapprox evolve";

    const string DefaultFolder = "evolved", FrontFile = "front.csv", StateFile = "state.json";

    // Of circuits that differ less in their errors only the cheapest is written.
    const double LeastStep = 0.95;

    public static Command Create()
    {
        Argument<string> seedCircuit = Values.Argument(
            "SEED",
            $"The circuit to begin with: {CircuitConversion.Given}. One that does not keep the bound is repaired first, if it is near.",
            given => given);
        Option<ErrorMetric> metric = Values.Option(
            "--metric", string.Join('|', ErrorMetric.All.Select(known => known.Name)),
            "The metric of the error that is bounded, over all pairs of operands: "
                + $"{string.Join("; ", ErrorMetric.All.Select(known => $"{known.Name}, {known.Summary}"))}.",
            ErrorMetric.Find);
        metric.Required = true;
        metric.CompletionSources.Add([.. ErrorMetric.All.Select(known => known.Name)]);
        Option<double> atMost = Values.Option(
            "--at-most", "X", "The bound: a number for mae, wce and mse, a fraction for mre and ep.",
            text => Values.Number("--at-most", text, number => number >= 0, "a number of at least 0"));
        atMost.Required = true;
        Option<Choice<EvolutionObjective>> objective = Values.Choice<EvolutionObjective>(
            "--objective", "What is minimised.",
            new("area", EvolutionObjective.Area), new("energy", EvolutionObjective.Energy), new("delay", EvolutionObjective.Delay));
        var signs = new SignOptions();
        var operands = new OperandOptions();
        var avoidBias = new Option<bool>("--avoid-bias")
        {
            Description = "Also keep the same mean with the signs of the errors within a tenth of the bound: of ŷ − y for mae, of "
                + "(ŷ − y) / max(1, |y|) for mre; for wce and mse the mean of ŷ − y within a tenth of X, or of its root.",
        };
        Option<int> generations = Values.Integer(
            "--generations",
            $"How many generations, rounded up to a multiple of {Evolution.LongestEpoch:N0} (of fewer above 16 bits of operands).", 0,
            DefaultGenerations);
        Option<double?> minutes = Values.Option<double?>(
            "--minutes", "M", "Stop after so many minutes, if there are generations left.",
            text => Values.Number("--minutes", text, number => number > 0, "a number above 0"));
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> state = new("--state")
        {
            HelpName = "FILE",
            Description = "Save the state of the search in this file, and resume from it if it exists, also with more generations. "
                + $"[default: {StateFile} in DIR]",
        };
        Option<string> folder = Values.Option("--out", "DIR", "The folder for the circuits.", text => Values.Folder("--out", text));
        folder.DefaultValueFactory = _ => DefaultFolder;
        Option<LibertyLibrary?> liberty = Liberty();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "evolve", "Evolve a multiplier of integers to the cheapest circuit whose error keeps a bound.",
            "Cartesian genetic programming (Miller 2011; Vašíček and Sekanina, IEEE TEVC 2015) over ANDs, XORs and inverters: "
                + $"{Evolution.Islands} islands, each with {Evolution.Children} children a generation, of which the cheapest that keeps "
                + "the "
                + "bound is the next parent. With ŷ the circuit's number and y = a·b, mre is the mean of |ŷ − y| / max(1, |y|) over all "
                + $"pairs. Operands of together at most {EvolutionProblem.MaxExhaustiveBits} bits are measured exhaustively, and no "
                + $"circuit that is written exceeds the bound; wider ones, of together at most {EvolutionProblem.MaxProductBits} bits, are "
                + "measured "
                + $"on the same {EvolutionProblem.SampledPairs:N0} pairs in the search and on others in the result, which is called "
                + "sampled. "
                + "In the search an XOR counts three ANDs for area and energy, two for delay; the table has the price of 'dapprox circuit "
                + $"cost --distribution uniform', relative to the exact array. The folder gets {FrontFile} and the circuits within the "
                + "bound that are Pareto-optimal by error and the cost of the search, as JSON and Verilog, the cheapest first; of two "
                + "whose errors differ by less than 5 % the cheaper one. For wce the cheapest circuit is all. The same seed and "
                + "generations give the same circuits, with any number of threads. Ctrl-C ends the search and writes the circuits so "
                + "far, without prices. With --operands-from the metric that is bounded is the mean over the products of the network on "
                + "training images (weighted error: Vašíček, Mrázek, Sekanina, DATE 2019); pairs that do not occur there do not count. Its "
                + "column is weighted; the other errors are over all pairs alike. With --json: search, weightedBy {network, dataset, "
                + "split, images, fingerprint, layers, signs, products (counted)} or null, generations, children (measured circuits), "
                + $"folder, front, an array of {{{EvolvedTable.JsonHelp}; with --operands-from also weightedError}}, seconds.")
        {
            seedCircuit, metric, atMost, objective,
        };
        foreach (Option option in (Option[])[
            .. signs.All, avoidBias, .. operands.All, generations, minutes, seed, state, folder, liberty, json,
        ])
            command.Add(option);
        command.KeepsState = folder;
        command.SetAction((parse, cancellation) =>
        {
            var watch = Stopwatch.StartNew();
            string given = parse.GetValue(seedCircuit)!;
            Netlist circuit = CircuitFiles.Load(given, Output.NoteFact);
            Netlist start = circuit.WithSign(signs.Read(parse) ?? circuit.IsSigned);
            if (operands.IsGiven(parse) && parse.GetValue(metric) == ErrorMetric.Wce)
                throw new InputException("--operands-from weights a mean, and wce is none; bound mae, mre, mse or ep");
            OperandWeights? weights = operands.IsGiven(parse) ? operands.Read(parse, start, cancellation) : null;
            var problem = new EvolutionProblem
            {
                Start = start,
                Weights = weights?.Pairs,
                Metric = parse.GetValue(metric)!,
                AtMost = parse.GetValue(atMost),
                Objective = parse.GetValue(objective).Value,
                AvoidsBias = parse.GetValue(avoidBias),
                Seed = parse.GetValue(seed),
            };
            var evolution = new Evolution(problem);
            string target = parse.GetValue(folder)!;
            AtomicFile.Probe(Path.Combine(target, FrontFile));
            string file = parse.GetValue(state) ?? Path.Combine(target, StateFile);
            long last = parse.GetValue(generations);
            EvolutionState reached = EvolutionStateFile.Load(file, evolution);
            AtomicFile.Probe(file);
            try
            {
                SearchProgress.Run(
                    "evolving", last, reached, Generations,
                    own => Generations(own) < last && !(watch.Elapsed.TotalMinutes >= parse.GetValue(minutes))
                        ? reached = evolution.Next(own, cancellation: cancellation)
                        : null,
                    own => EvolutionStateFile.Save(file, evolution, own));
            }
            catch (OperationCanceledException)
            {
                Write(isPriced: false, CancellationToken.None);
                throw;
            }

            EvolvedRow[] rows = Write(isPriced: true, cancellation);
            if (rows.Length == 0)
            {
                throw new InputException(
                    $"no circuit with {(weights is null ? "" : "weighted ")}{problem.Metric} of at most "
                        + $"{parse.GetValue(atMost).ToString(CultureInfo.InvariantCulture)} was found from {given} in "
                        + $"{Generations(reached):N0} generations; give more --generations, a larger bound, or a SEED that keeps it");
            }

            double seconds = watch.Elapsed.TotalSeconds;
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["search"] = evolution.Summary,
                    ["weightedBy"] = weights?.Json,
                    ["generations"] = Generations(reached),
                    ["children"] = Generations(reached) * Evolution.Children * Evolution.Islands,
                    ["folder"] = target,
                    ["front"] = new JsonArray([.. rows.Select(row => row.Json())]),
                    ["seconds"] = seconds,
                });
                return Task.CompletedTask;
            }

            Output.Print($"{evolution.Summary}, {Generations(reached):N0} generations");
            EvolvedTable.Print(rows, weights is null ? null : problem.Metric);
            if (weights is not null)
                Output.Print($"weighted {problem.Metric}: by {weights.Summary}; the other errors are over all pairs of operands");
            string sampled = problem.IsSampled ? "; errors are sampled" : "";
            Output.Print(
                $"{rows.Length} {(rows.Length == 1 ? "circuit" : "circuits")} in {target}, costs relative to the exact array{sampled}, "
                    + $"{seconds:F1} s");
            return Task.CompletedTask;

            // How many there were.
            long Generations(EvolutionState own) => own.Epoch * evolution.EpochLength;

            EvolvedRow[] Write(bool isPriced, CancellationToken cancellation)
            {
                EvolvedCircuit[] front = Thinned(evolution.Front(reached));
                if (front.Length == 0)
                    return [];
                string source = Source(given, parse, Generations(reached));
                (string Name, Netlist Circuit)[] circuits = [.. front.Select((one, i) => (NameOf(i), one.Circuit))];
                // Those of an earlier search are not of this front.
                for (int i = front.Length; IsEvolved(Path.Combine(target, NameOf(i) + ".json")); i++)
                {
                    File.Delete(Path.Combine(target, NameOf(i) + ".json"));
                    File.Delete(Path.Combine(target, NameOf(i) + ".v"));
                }

                foreach ((string name, Netlist made) in circuits)
                {
                    var document = new CircuitDocument(made.WithName(name)) { Source = source };
                    CircuitFiles.Write(document, Path.Combine(target, name + ".json"));
                    CircuitFiles.Write(document, Path.Combine(target, name + ".v"));
                }

                EvolvedRow[] rows = EvolvedTable.Measure(
                    [.. circuits.Select(one => (one.Name, (IntegerMultiplier)new IntegerCircuit(one.Circuit)))], isPriced,
                    parse.GetValue(liberty), cancellation);
                if (weights is not null)
                    rows = [.. rows.Zip(front, (row, one) => row with { WeightedError = one.Error })];
                AtomicFile.WriteText(Path.Combine(target, FrontFile), CsvText.Of(rows.Select(row => row.Json())));
                return rows;
            }

            string Source(string given, ParseResult parse, long generations)
            {
                var words = new List<string>
                {
                    Evolve, given, "--metric", problem.Metric.Name, "--at-most",
                    problem.AtMost.ToString(CultureInfo.InvariantCulture),
                };
                if (problem.Objective != EvolutionObjective.Area)
                    words.AddRange(["--objective", parse.GetValue(objective).Name]);
                if (problem.Start.IsSigned != circuit.IsSigned)
                    words.Add(problem.Start.IsSigned ? "--signed" : "--unsigned");
                if (problem.AvoidsBias)
                    words.Add("--avoid-bias");
                words.AddRange(weights?.Words ?? []);
                words.Add(string.Create(CultureInfo.InvariantCulture, $"--seed {problem.Seed} --generations {generations}"));
                return string.Join(' ', words);
            }
        });
        return command;
    }

    /// <summary>The library to which circuits are mapped.</summary>
    public static Option<LibertyLibrary?> Liberty() => Values.Option<LibertyLibrary?>(
        "--liberty", "FILE",
        "Also map the circuits, their gates as they are written, to this standard-cell library (Liberty, .lib or .lib.gz) with Yosys and "
            + "ABC, which have to be installed, and give their areas.",
        LibertyLibrary.Load);

    static string NameOf(int place) => string.Create(CultureInfo.InvariantCulture, $"evolved-{place + 1:D2}");

    /// <summary>Whether a file is a circuit that this command wrote.</summary>
    static bool IsEvolved(string path)
    {
        try
        {
            return File.Exists(path) && CircuitFiles.Read(path).Source.StartsWith(Evolve, StringComparison.Ordinal);
        }
        catch (InputException)
        {
            return false;
        }
    }

    static EvolvedCircuit[] Thinned(IReadOnlyList<EvolvedCircuit> front)
    {
        var kept = new List<EvolvedCircuit>();
        foreach (EvolvedCircuit one in front)
        {
            if (kept.Count == 0 || one.Error <= LeastStep * kept[^1].Error)
                kept.Add(one);
        }

        return [.. kept];
    }
}
