using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Experiments.Figures;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit metrics</c>: the error of a circuit as an integer multiplier.</summary>
static class CircuitMetricsCommand
{
    const long DefaultSamples = 10_000_000;

    public static Command Create()
    {
        Argument<Netlist> circuit = Values.Argument("CIRCUIT", $"The circuit: {CircuitConversion.Given}.", CircuitFiles.Load);
        Option<IntegerDistribution> distribution = Distribution("How operands are distributed", IntegerDistribution.Uniform);
        Option<long?> samples = Values.Option<long?>(
            "--samples", "N",
            $"Measure this many random pairs of operands. [default: all pairs if there are at most {CircuitMeasurement.MaxPairs} (12 "
                + $"by 12 bits), otherwise {DefaultSamples}]",
            ParseSamples);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> plot = new("--plot")
        {
            HelpName = "FILE",
            Description = "Also draw the mean error over the operands as PNG.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "metrics", "Measure the error of a circuit as an unsigned integer multiplier.",
            "With ŷ the circuit's number, y = a·b, and operands of n and m bits: error probability is the fraction of pairs with ŷ ≠ y; "
                + "MAE the mean of |ŷ − y|; worst case the largest |ŷ − y|; MRE, which is also MRED, the mean of |ŷ − y| / y over all y "
                + "that are not zero, worst relative the largest of these; MSE the mean of (ŷ − y)²; NMED is MAE divided by the largest "
                + "product (2ⁿ − 1)(2ᵐ − 1), where EvoApproxLib divides by 2^(n + m); bias the mean of ŷ − y; above exact the fraction "
                + "with ŷ > y. Of samples, intervals are 95 % (normal approximation; Wilson for fractions), and the worst is the worst "
                + "that occurred. With --json: circuit, law, samples, seed (null if all pairs were measured), errorProbability, mae, "
                + "worstCase, mre, worstRelative, mse, mred, nmed, bias, shareAbove, the means and fractions with an Interval [low, high] "
                + "of that name, normaliser, worstCaseAt and worstRelativeAt {a, b, product}, perBit (the fraction of pairs in which a "
                + "bit is wrong, the lowest first), heatMap {a [low, high], b [low, high], meanErrors: the mean of ŷ − y, rows by the "
                + "high bits of a, columns by those of b}, seconds.")
        {
            circuit, distribution, samples, seed, plot, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            Netlist netlist = parse.GetValue(circuit)!;
            IntegerDistribution chosen = parse.GetValue(distribution)!;
            var watch = Stopwatch.StartNew();
            long? asked = parse.GetValue(samples);
            CircuitMetrics metrics = ProgressBar
                .While("measuring", 1, progress => asked is null && CircuitMeasurement.Pairs(netlist, chosen) <= CircuitMeasurement.MaxPairs
                ? CircuitMeasurement.AllPairs(netlist, chosen, progress: progress, cancellation: cancellation)
                : CircuitMeasurement.Sample(
                    netlist, chosen, asked ?? DefaultSamples, parse.GetValue(seed), progress: progress, cancellation: cancellation));
            double seconds = watch.Elapsed.TotalSeconds;
            string? figure = parse.GetValue(plot);
            if (figure is not null)
            {
                byte[] png = ErrorMapFigure.Draw(metrics);
                AtomicFile.Write(figure, stream => stream.Write(png));
            }

            if (parse.GetValue(json))
                Output.PrintJson(Json(metrics, seconds));
            else
                Print(metrics, figure, seconds);
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>The distribution of a circuit's operands.</summary>
    /// <param name="description">The purpose, without a full stop.</param>
    /// <param name="otherwise">The default.</param>
    public static Option<IntegerDistribution> Distribution(string description, IntegerDistribution otherwise)
    {
        Option<IntegerDistribution> distribution = Values.Option(
            "--distribution", string.Join('|', IntegerDistribution.All.Select(known => known.Name)),
            $"{description}: {string.Join("; ", IntegerDistribution.All.Select(known => $"{known.Name}, {known.Summary}"))}.",
            IntegerDistribution.Find);
        distribution.DefaultValueFactory = _ => otherwise;
        return distribution;
    }

    static long? ParseSamples(string text) => Values.ParseInteger("--samples", text, 1, CircuitMeasurement.MaxSamples);

    static JsonObject Json(CircuitMetrics metrics, double seconds)
    {
        var json = new JsonObject
        {
            ["circuit"] = metrics.Circuit,
            ["law"] = metrics.Distribution.Name,
            ["samples"] = metrics.Samples,
            ["seed"] = metrics.Seed,
        };
        foreach ((string name, Estimate estimate) in new[]
        {
            ("errorProbability", metrics.ErrorProbability), ("mae", metrics.MeanAbsoluteError), ("mre", metrics.MeanRelativeError),
            ("mse", metrics.MeanSquaredError), ("mred", metrics.MeanRelativeError), ("nmed", metrics.NormalisedMeanError),
            ("bias", metrics.Bias), ("shareAbove", metrics.ShareAbove),
        })
            Output.AddEstimate(json, name, estimate);

        json["worstCase"] = metrics.WorstAbsolute.Error;
        json["worstCaseAt"] = Pair(metrics.WorstAbsolute);
        json["worstRelative"] = metrics.WorstRelative.Error;
        json["worstRelativeAt"] = Pair(metrics.WorstRelative);
        json["normaliser"] = metrics.Normaliser;
        json["perBit"] = new JsonArray([.. metrics.BitErrors.Select(rate => Output.Number(rate.Value))]);
        double[,] means = metrics.Map.MeanErrors;
        json["heatMap"] = new JsonObject
        {
            ["a"] = new JsonArray(metrics.Map.First.Low, metrics.Map.First.High),
            ["b"] = new JsonArray(metrics.Map.Second.Low, metrics.Map.Second.High),
            ["meanErrors"] = new JsonArray([.. Enumerable.Range(0, means.GetLength(0)).Select(row =>
                new JsonArray([.. Enumerable.Range(0, means.GetLength(1)).Select(column => Output.Number(means[row, column]))]))]),
        };
        json["seconds"] = seconds;
        return json;
    }

    static JsonObject Pair(WorstPair worst) => new()
    {
        ["a"] = worst.A,
        ["b"] = worst.B,
        ["product"] = worst.Product,
    };

    static void Print(CircuitMetrics metrics, string? figure, double seconds)
    {
        string origin = metrics.Seed is ulong seed ? $"{metrics.Samples:N0} random pairs, seed {seed}" : $"all {metrics.Samples:N0} pairs";
        Output.Print($"{metrics.Circuit}: {origin}, {metrics.Distribution.Summary}, {seconds:F2} s");
        bool complete = metrics.Seed is null;
        Output.PrintTable(["error", ">value", "~95 % interval"],
        [
            Fraction("error probability, ŷ ≠ y", metrics.ErrorProbability),
            Mean("MAE, mean |ŷ − y|", metrics.MeanAbsoluteError),
            Mean($"NMED, MAE / {metrics.Normaliser:G6}", metrics.NormalisedMeanError),
            Mean("MRED, mean |ŷ − y| / y", metrics.MeanRelativeError),
            Mean("MSE, mean (ŷ − y)²", metrics.MeanSquaredError),
            Mean("bias, mean ŷ − y", metrics.Bias),
            Fraction("above exact, ŷ > y", metrics.ShareAbove),
        ]);
        Output.PrintFields(
            ("worst case |ŷ − y|", $"{metrics.WorstAbsolute.Error:G6}{Describe(metrics.WorstAbsolute)}"),
            ("worst case |ŷ − y| / y", $"{metrics.WorstRelative.Error:G6}{Describe(metrics.WorstRelative)}"),
            ("wrong bits, lowest first, in %", string.Join(' ', metrics.BitErrors.Select(rate => $"{100 * rate.Value:F1}"))),
            ("figure", figure ?? ""));

        string[] Mean(string name, Estimate estimate) =>
            [name, $"{estimate.Value:G6}", complete ? "complete" : $"{estimate.Low:G6} to {estimate.High:G6}"];
        string[] Fraction(string name, Estimate estimate) =>
            [name, Output.Percent(estimate.Value), complete ? "complete" : $"{Output.Percent(estimate.Low)} to "
                + $"{Output.Percent(estimate.High)}"];
    }

    static string Describe(WorstPair worst) => worst.Error == 0 ? "" : $": {worst.A} × {worst.B} = {worst.Product}";
}
