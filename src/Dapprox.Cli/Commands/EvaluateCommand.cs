using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox evaluate</c>: the accuracy of a network.</summary>
static class EvaluateCommand
{
    public static Command Create()
    {
        var variant = new VariantOptions();
        Option<MultiplierChoice?> multiplier = SharedOptions.AnyMultiplier();
        Option<int?> first = SharedOptions.First("Classify this many images at most, after those skipped.");
        Option<string?> logits = new("--logits")
        {
            HelpName = "FILE",
            Description = "Also write the logits, as CSV: one image a line in the data set's order, one column a class, no titles. "
                + "Numbers are round-trip exact. A name that ends in .npy gives an array of NumPy, float32, images × classes.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "evaluate", "Measure a network's accuracy: the fraction of images that it classifies correctly.",
            "The interval is the 95 % confidence interval of the accuracy over images of this kind (Wilson). With --json: accuracy, "
                + "correct, count, interval [low, high], seconds (classifying only, without loading); with "
                + $"--calibrate also calibrationImages, their number, and with --quantise quantisation {QuantiseOptions.Fields}; "
                + $"{LogitNotes.Fields}.");
        variant.AddTo(command, multiplier);
        foreach (Option option in (Option[])[first, logits, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            (Network exact, Dataset images) = variant.Load(parse, parse.GetValue(first));
            Multiplier hardware = variant.Fitting(parse, parse.GetValue(multiplier), exact);
            VariantOptions.Preparation preparation = variant.Prepare(parse, exact, images);
            Network network = variant.On(parse, exact, preparation, cancellation)(hardware);

            var watch = Stopwatch.StartNew();
            Evaluation result = Evaluate(network, images, parse.GetValue(logits), cancellation);
            double seconds = watch.Elapsed.TotalSeconds;

            if (parse.GetValue(json))
            {
                JsonObject values = Json(result, seconds);
                variant.AddTo(values, parse, preparation, hardware);
                LogitNotes.AddTo(values, LogitNotes.Of(network, result.Logits!), result.Logits!);
                Output.PrintJson(values);
            }
            else
            {
                Print(variant.Describe(parse, network, images, hardware, preparation), result, seconds);
            }

            LogitNotes.Warn(network.Name, result.Logits!);
            Output.NoteMantissas(hardware);
            return Task.CompletedTask;
        });
        return command;
    }

    static Evaluation Evaluate(Network network, Dataset images, string? logitsFile, CancellationToken cancellation) =>
        ProgressBar.While("classifying", images.Count, progress =>
        {
            if (logitsFile is null)
                return Evaluation.Of(network, images, batch => progress(batch.Batch), cancellation);
            bool isArray = logitsFile.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);
            Evaluation? result = null;
            AtomicFile.Write(logitsFile, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                if (isArray)
                    NumPyArray.WriteHeader(stream, "<f4", images.Count, network.Classes);
                result = Evaluation.Of(network, images, batch =>
                {
                    for (int i = 0; i < batch.Batch; i++)
                    {
                        if (isArray)
                            NumPyArray.WriteNumbers(stream, batch.Row(i));
                        else
                            writer.WriteLine(string.Join(
                                ',', batch.Row(i).ToArray().Select(logit => logit.ToString("R", CultureInfo.InvariantCulture))));
                    }

                    progress(batch.Batch);
                }, cancellation);
            });
            return result!;
        });

    static JsonObject Json(Evaluation result, double seconds) => new()
    {
        ["accuracy"] = result.Accuracy,
        ["correct"] = result.Correct,
        ["count"] = result.Count,
        ["interval"] = new JsonArray(result.Interval.Low, result.Interval.High),
        ["seconds"] = seconds,
    };

    static void Print(string title, Evaluation result, double seconds)
    {
        Output.Print(title);
        Output.PrintFields(
            ("accuracy", $"{Output.Percent(result.Accuracy, result.Count)} ({result.Correct} of {result.Count} images)"),
            (
                "95 % interval",
                $"{Output.Percent(result.Interval.Low, result.Count)} to {Output.Percent(result.Interval.High, result.Count)}"),
            ("time", $"{seconds:F2} s"));
    }
}
