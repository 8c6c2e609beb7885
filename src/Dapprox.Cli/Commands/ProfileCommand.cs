using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox profile</c>: the error of a multiplier.</summary>
static class ProfileCommand
{
    const long DefaultSamples = 10_000_000;

    public static Command Create()
    {
        Argument<FloatMultiplier> name = Values.Argument(
            "NAME", $"The multiplier: {SharedOptions.MultiplierForms}.", CircuitFiles.FindMultiplier);
        Option<OperandDistribution?> distribution = Values.Option<OperandDistribution?>(
            "--distribution", string.Join('|', OperandDistribution.All.Select(known => known.Name)),
            $"How operands are drawn: {string.Join("; ", OperandDistribution.All.Select(known => $"{known.Name}, {known.Summary}"))}. "
                + $"[default: {OperandDistribution.All[0].Name}]",
            OperandDistribution.Find);
        Option<long?> samples = Values.Option<long?>(
            "--samples", "N", $"The number of products measured. [default: {DefaultSamples}]", ParseSamples);
        Option<int?> bits = Values.Option<int?>(
            "--bits", "N",
            "Instead of a sample, measure all pairs of numbers in [1, 2) with at most this many significant bits, 1 to "
                + $"{ErrorMeasurement.MaxBits}.",
            ParseBits);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> plot = new("--plot")
        {
            HelpName = "FILE",
            Description = "Also draw the noise as PNG: the error against the exact product, and the distribution of the relative error.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "profile", "Measure the error of a multiplier against the exact real product.",
            "With ŷ the multiplier's product and y the exact one: MRED is the mean of |ŷ − y| / |y| over all y that are not zero; NMED "
                + "the mean of |ŷ − y| divided by the normaliser, the largest |y| possible under the distribution (normal: the largest "
                + "that occurred); bias the mean of ŷ − y; above exact the fraction with |ŷ| > |y|. Intervals are 95 % (normal "
                + "approximation; Wilson for fractions). With --json: multiplier, law, samples, seed, bits, mred, nmed, normaliser, "
                + "meanError, bias, shareAbove, each of these but the normaliser with an Interval [low, high] of that name, worstError "
                + "and worstRelativeError {error, activation, weight, product, exact}, zeroProducts, notFinite, histogram {scale, width, "
                + "counts, below, above} of (ŷ − y) / y, seconds.")
        {
            name, distribution, samples, bits, seed, plot, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            FloatMultiplier multiplier = parse.GetValue(name)!;
            string? figure = parse.GetValue(plot);
            var watch = Stopwatch.StartNew();
            ErrorMetrics metrics;
            if (parse.GetValue(bits) is int significant)
            {
                Refuse("--samples", parse.GetValue(samples) is not null);
                Refuse("--plot", figure is not null);
                if (parse.GetValue(distribution) is OperandDistribution given && given != OperandDistribution.Mantissa)
                    throw new InputException(
                        $"--bits takes all mantissas, not the distribution {given}; leave out --distribution, or give --distribution "
                            + $"{OperandDistribution.Mantissa}");
                metrics = ProgressBar.While(
                    "measuring", 1,
                    progress => ErrorMeasurement.AllPairs(multiplier, significant, progress: progress, cancellation: cancellation));
            }
            else
            {
                OperandDistribution chosen = parse.GetValue(distribution) ?? OperandDistribution.All[0];
                metrics = ProgressBar.While("measuring", 1, progress => ErrorMeasurement.Sample(
                    multiplier, chosen, parse.GetValue(samples) ?? DefaultSamples, parse.GetValue(seed), progress: progress,
                    cancellation: cancellation));
                if (figure is not null)
                {
                    byte[] png = NoiseFigure.Draw(NoiseProfile.Measure(metrics, multiplier, chosen, parse.GetValue(seed)));
                    AtomicFile.Write(figure, stream => stream.Write(png));
                }
            }

            double seconds = watch.Elapsed.TotalSeconds;
            if (parse.GetValue(json))
                Output.PrintJson(Json(metrics, seconds));
            else
                Print(metrics, figure, seconds);
            Output.NoteMantissas(multiplier);
            return Task.CompletedTask;
        });
        return command;
    }

    static void Refuse(string option, bool given)
    {
        if (given)
            throw new InputException($"{option} is for samples, and --bits measures all pairs; leave out one of them");
    }

    static long? ParseSamples(string text) => Values.ParseInteger("--samples", text, 1, ErrorMeasurement.MaxSamples);

    static int? ParseBits(string text) => (int)Values.ParseInteger("--bits", text, 1, ErrorMeasurement.MaxBits);

    static JsonObject Json(ErrorMetrics metrics, double seconds)
    {
        var json = new JsonObject
        {
            ["multiplier"] = metrics.Multiplier,
            ["law"] = metrics.Distribution,
            ["samples"] = metrics.Samples,
            ["seed"] = metrics.Seed,
            ["bits"] = metrics.Bits,
            ["normaliser"] = metrics.Normaliser,
        };
        foreach ((string name, Estimate estimate) in new[]
        {
            ("mred", metrics.MeanRelativeError), ("nmed", metrics.NormalisedMeanError), ("meanError", metrics.MeanAbsoluteError),
            ("bias", metrics.Bias), ("shareAbove", metrics.ShareAbove),
        })
            Output.AddEstimate(json, name, estimate);

        json["worstError"] = Worst(metrics.WorstAbsolute);
        json["worstRelativeError"] = Worst(metrics.WorstRelative);
        json["zeroProducts"] = metrics.ZeroProducts;
        json["notFinite"] = metrics.NotFinite;
        json["histogram"] = new JsonObject
        {
            ["scale"] = metrics.RelativeErrors.Scale,
            ["width"] = metrics.RelativeErrors.Width,
            ["counts"] = new JsonArray([.. metrics.RelativeErrors.Counts.Select(count => JsonValue.Create(count))]),
            ["below"] = metrics.RelativeErrors.Below,
            ["above"] = metrics.RelativeErrors.Above,
        };
        json["seconds"] = seconds;
        return json;
    }

    static JsonObject Worst(WorstProduct worst) => new()
    {
        ["error"] = worst.Error,
        ["activation"] = worst.Activation,
        ["weight"] = worst.Weight,
        ["product"] = worst.Product,
        ["exact"] = worst.Exact,
    };

    static void Print(ErrorMetrics metrics, string? figure, double seconds)
    {
        string origin = metrics.Seed is ulong seed ? $", seed {seed}" : "";
        Output.Print($"{metrics.Multiplier}: {metrics.Samples:N0} products, {metrics.DistributionSummary}{origin}, {seconds:F2} s");
        Output.PrintTable(["error", ">value", "~95 % interval"],
        [
            Row("MRED, mean |ŷ − y| / |y|", metrics.MeanRelativeError),
            Row($"NMED, mean |ŷ − y| / {metrics.Normaliser:G6}", metrics.NormalisedMeanError),
            Row("mean |ŷ − y|", metrics.MeanAbsoluteError),
            Row("bias, mean ŷ − y", metrics.Bias),
            ["above exact, |ŷ| > |y|", Output.Percent(metrics.ShareAbove.Value), metrics.Bits is null
                ? $"{Output.Percent(metrics.ShareAbove.Low)} to {Output.Percent(metrics.ShareAbove.High)}" : "complete"],
            .. metrics.NotFinite > 0 ? (string[][])[["not finite, left out", $"{metrics.NotFinite:N0}", ""]] : [],
        ]);
        Output.PrintFields(
            ("worst |ŷ − y|", $"{metrics.WorstAbsolute.Error:G6}: {Describe(metrics.WorstAbsolute)}"),
            ("worst |ŷ − y| / |y|", $"{metrics.WorstRelative.Error:G6}: {Describe(metrics.WorstRelative)}"));
        PrintHistogram(metrics.RelativeErrors);
        Output.PrintFields(("figure", figure ?? ""));
    }

    static string[] Row(string name, Estimate estimate) =>
        [name, $"{estimate.Value:G6}", estimate.Low == estimate.High ? "complete" : $"{estimate.Low:G6} to {estimate.High:G6}"];

    static string Describe(WorstProduct worst) => $"{worst.Activation:R} × {worst.Weight:R} = {worst.Product:R}";

    /// <summary>The histogram with five bins per line, without empty lines at the ends.</summary>
    static void PrintHistogram(ErrorHistogram histogram)
    {
        const int BinsPerLine = 5, Width = 36;
        long[] lines = histogram.Counts.Chunk(BinsPerLine).Select(bins => bins.Sum()).ToArray();
        long all = histogram.Counts.Sum() + histogram.Below + histogram.Above, max = lines.Max();
        if (max == 0)
            return;
        Console.WriteLine("relative error (ŷ − y) / y");
        int first = Array.FindIndex(lines, count => count > 0), last = Array.FindLastIndex(lines, count => count > 0);
        for (int i = first; i <= last; i++)
        {
            double low = -histogram.Scale + i * BinsPerLine * histogram.Width, high = low + BinsPerLine * histogram.Width;
            string bar = new('█', (int)Math.Round((double)Width * lines[i] / max));
            Console.WriteLine(
                $"  {$"{100 * low:+0.######;-0.######;0}",9} to {$"{100 * high:+0.######;-0.######;0} %",-11} "
                    + $"{Output.Percent((double)lines[i] / all),8}  {bar}");
        }
    }
}
