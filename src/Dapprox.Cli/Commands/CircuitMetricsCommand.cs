using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
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
        Argument<string> circuit = Values.Argument(
            "CIRCUIT",
            $"The circuit: {CircuitConversion.Given}; a multiplier of integers that 'dapprox multipliers' lists, such as drum:8:k=6; or a "
                + $"table of all products: {string.Join(", ", TableFiles.Extensions)}.",
            given => given);
        var sign = new SignOptions();
        Option<IntegerDistribution> distribution = Distribution("How operands are distributed", IntegerDistribution.Uniform);
        Option<long?> samples = Values.Option<long?>(
            "--samples", "N",
            $"Measure this many random pairs of operands. [default: all pairs if there are at most {IntegerMeasurement.MaxPairs} (12 "
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
            "metrics", "Measure the error of a circuit, or of a table, as a multiplier of integers.",
            "With ŷ the circuit's number, y = a·b, and operands of n and m bits: error probability is the fraction of pairs with ŷ ≠ y; "
                + "MAE the mean of |ŷ − y|; worst case the largest |ŷ − y|; MRE, which is also MRED, the mean of |ŷ − y| / |y| over all y "
                + "that are not zero, worst relative the largest of these; with zeros, the mean of |ŷ − y| / max(1, |y|) over all y; MSE "
                + "the mean of (ŷ − y)²; NMED is MAE divided by the largest "
                + "product (2ⁿ − 1)(2ᵐ − 1), signed 2^(n + m − 2), where EvoApproxLib divides by 2^(n + m); bias the mean of "
                + "ŷ − y; above exact the fraction "
                + "with ŷ > y. Of samples, intervals are 95 % (normal approximation; Wilson for fractions), and the worst is the worst "
                + "that occurred. A table has one row for each a, from the least on. With --json: circuit, signed, law, samples, seed "
                + "(null if all pairs were measured), errorProbability, mae, worstCase, mre, mreWithZeros, worstRelative, mse, mred, "
                + "nmed, bias, shareAbove, the means and fractions with an Interval [low, high] "
                + "of that name, normaliser, worstCaseAt and worstRelativeAt {a, b, product}, perBit (the fraction of pairs in which a "
                + "bit is wrong, the lowest first), heatMap {a [low, high], b [low, high], meanErrors: the mean of ŷ − y, rows by the "
                + "high bits of a, columns by those of b}, seconds.")
        {
            circuit, distribution, samples, seed, plot,
        };
        foreach (Option option in (Option[])[.. sign.All, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            IntegerMultiplier multiplier = CircuitFiles.FindIntegers(parse.GetValue(circuit)!, sign.Read(parse), Output.NoteFact);
            IntegerDistribution chosen = parse.GetValue(distribution)!;
            var watch = Stopwatch.StartNew();
            long? asked = parse.GetValue(samples);
            IntegerMetrics metrics = ProgressBar
                .While("measuring", 1, progress =>
                asked is null && IntegerMeasurement.Pairs(multiplier, chosen) <= IntegerMeasurement.MaxPairs
                ? IntegerMeasurement.AllPairs(multiplier, chosen, progress: progress, cancellation: cancellation)
                : IntegerMeasurement.Sample(
                    multiplier, chosen, asked ?? DefaultSamples, parse.GetValue(seed), progress: progress, cancellation: cancellation));
            double seconds = watch.Elapsed.TotalSeconds;
            Warn(multiplier);
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

    static void Warn(IntegerMultiplier multiplier)
    {
        string? nearer = NearestReading.Of(multiplier) switch
        {
            Reading.SignedProduct when !multiplier.IsSigned => "products of signed numbers; --signed takes them so",
            Reading.UnsignedProduct when multiplier.IsSigned => "products of unsigned numbers; --unsigned takes them so",
            Reading.Sum => "a + b: this is no multiplier",
            _ => null,
        };
        if (nearer is not null)
            Output.Note($"warning: {multiplier.Name} is taken as {Sign(multiplier.IsSigned)}, and its numbers are nearer to {nearer}");
    }

    static string Sign(bool isSigned) => isSigned ? "signed" : "unsigned";

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

    static long? ParseSamples(string text) => Values.ParseInteger("--samples", text, 1, IntegerMeasurement.MaxSamples);

    static JsonObject Json(IntegerMetrics metrics, double seconds)
    {
        var json = new JsonObject
        {
            ["circuit"] = metrics.Multiplier,
            ["signed"] = metrics.IsSigned,
            ["law"] = metrics.Distribution.Name,
            ["samples"] = metrics.Samples,
            ["seed"] = metrics.Seed,
        };
        foreach ((string name, Estimate estimate) in new[]
        {
            ("errorProbability", metrics.ErrorProbability), ("mae", metrics.MeanAbsoluteError), ("mre", metrics.MeanRelativeError),
            ("mreWithZeros", metrics.MeanRelativeErrorWithZeros),
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
        ["a"] = (decimal)worst.A,
        ["b"] = (decimal)worst.B,
        ["product"] = (decimal)worst.Product,
    };

    static void Print(IntegerMetrics metrics, string? figure, double seconds)
    {
        string origin = metrics.Seed is ulong seed ? $"{metrics.Samples:N0} random pairs, seed {seed}" : $"all {metrics.Samples:N0} pairs";
        Output.Print($"{metrics.Multiplier}: {Sign(metrics.IsSigned)}, {origin}, {metrics.Distribution.Summary}, {seconds:F2} s");
        bool complete = metrics.Seed is null;
        Output.PrintTable(["error", ">value", "~95 % interval"],
        [
            Fraction("error probability, ŷ ≠ y", metrics.ErrorProbability),
            Mean("MAE, mean |ŷ − y|", metrics.MeanAbsoluteError),
            Mean($"NMED, MAE / {metrics.Normaliser:G6}", metrics.NormalisedMeanError),
            Mean("MRED, mean |ŷ − y| / |y|", metrics.MeanRelativeError),
            Mean("MRE with zeros", metrics.MeanRelativeErrorWithZeros),
            Mean("MSE, mean (ŷ − y)²", metrics.MeanSquaredError),
            Mean("bias, mean ŷ − y", metrics.Bias),
            Fraction("above exact, ŷ > y", metrics.ShareAbove),
        ]);
        Output.PrintFields(
            ("worst case |ŷ − y|", $"{metrics.WorstAbsolute.Error:G6}{Describe(metrics.WorstAbsolute)}"),
            ("worst case |ŷ − y| / |y|", $"{metrics.WorstRelative.Error:G6}{Describe(metrics.WorstRelative)}"),
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
