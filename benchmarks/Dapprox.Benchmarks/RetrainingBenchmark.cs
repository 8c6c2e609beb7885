using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Training;
using Dapprox.Statistics;

namespace Dapprox.Benchmarks;

/// <summary>
/// What retraining on an approximate multiplier of integers brings with each gradient estimator: the accuracy on the test images before
/// it, after calibration, and after it.
/// </summary>
/// <remarks>
/// Every training is a file in a folder, and so is the state of one that was interrupted, so a run that was ended goes on where it was.
/// </remarks>
/// <param name="folder">The folder; made if there is none.</param>
/// <param name="epochs">The epochs of a training.</param>
/// <param name="images">The first training images that it takes, those held out included.</param>
/// <param name="seeds">How many trainings there are of each kind: seeds 1, 2, ….</param>
sealed class RetrainingBenchmark(string folder, int epochs, int images, int seeds)
{
    public const string Name = "retraining";

    const string Model = "resnet-8-cifar-10", Data = "cifar-10";

    static readonly string[] Multipliers = ["evo8u-mre-0.05", "evo8u-mre-0.1", "evo8u-mre-0.2"];

    readonly Dataset training = Datasets.Load(Data, Split.Train).First(images);
    readonly Dataset test = Datasets.Load(Data, Split.Test);

    /// <summary>Runs it.</summary>
    /// <param name="output">Receives the table.</param>
    /// <param name="arguments">The folder, epochs, images and seeds; names of multipliers may follow.</param>
    public static void Run(TextWriter output, string[] arguments)
    {
        if (arguments is not [string folder, string epochs, string images, string seeds, .. string[] multipliers])
            throw new InputException("give a folder, epochs, images and seeds: 'retraining runs/retraining 10 50000 3'");
        new RetrainingBenchmark(folder, Number("epochs", epochs), Number("images", images), Number("seeds", seeds)).Print(
            output, multipliers.Length == 0 ? Multipliers : multipliers);
    }

    void Print(TextWriter output, string[] multipliers)
    {
        Directory.CreateDirectory(folder);
        ProductGradient[] gradients = Enum.GetValues<ProductGradient>();
        output.WriteLine(
            $"{Model} with 8 bits, {epochs} epochs on {training.Count:N0} training images, half width "
                + $"{ProductDerivatives.DefaultHalfWidth}, as 'dapprox finetune' does otherwise. Per cent of {test.Count:N0} test "
                + "images: one network before retraining, and "
                + (seeds == 1 ? "one seed after it." : $"the mean of {seeds} seeds after it, with the 95 % interval (Student's t)."));
        output.WriteLine();
        output.WriteLine($"| multiplier | before | calibrated | {string.Join(" | ", gradients.Select(OptionOf))} |");
        output.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", gradients.Length + 2))}");
        ActivationRanges ranges = new PostTrainingQuantisation().Measure(
            TrainedModels.Load(Model), training.Images(0, Math.Min(PostTrainingQuantisation.DefaultImages, training.Count)));
        foreach (string name in multipliers)
        {
            Network before = ranges.With(CircuitFiles.FindIntegers(name, isSigned: null));
            Lazy<Network> calibrated = new(() => Calibration.Of(
                before, training.Images(0, Math.Min(Calibration.DefaultImages, training.Count))).Network);
            string[] cells =
            [
                Percent(Once($"{name}-before-{images}", () => Accuracy(before))),
                Percent(Once($"{name}-calibrated-{images}", () => Accuracy(calibrated.Value))),
                .. gradients.Select(gradient => Interval(
                    [.. Enumerable.Range(1, seeds).Select(seed => Retrained(name, calibrated, gradient, (ulong)seed))])),
            ];
            output.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
            output.Flush();
        }
    }

    /// <summary>The word for it in 'dapprox finetune --gradient'.</summary>
    static string OptionOf(ProductGradient gradient) => gradient switch
    {
        ProductGradient.StraightThrough => "straight-through",
        ProductGradient.Smoothed => "smoothed",
        ProductGradient.Window => "window",
        _ => "window-2d",
    };

    double Retrained(string multiplier, Lazy<Network> calibrated, ProductGradient gradient, ulong seed)
    {
        string name = $"{multiplier}-{gradient}-{epochs}-{images}-{seed}", state = PathOf($"{name}.checkpoint");
        return Once(name, () =>
        {
            var watch = Stopwatch.StartNew();
            TrainingResult result = Trainer.Train(
                calibrated.Value, training,
                TrainingOptions.Finetuning with { Epochs = epochs, Gradient = gradient, Seed = seed, CheckpointPath = state },
                new Listener<EpochReport>(report => Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: epoch {report.Epoch}, loss {report.Loss:F4}, {report.ValidationAccuracy:P2}, "
                        + $"{watch.Elapsed:hh\\:mm\\:ss}"))));
            double accuracy = Accuracy(result.Network);
            File.Delete(state);
            return accuracy;
        });
    }

    /// <summary>A number from its file, or computed and written there.</summary>
    double Once(string name, Func<double> compute)
    {
        string path = PathOf($"{name}.json");
        if (File.Exists(path))
            return JsonSerializer.Deserialize<double>(File.ReadAllText(path));
        double number = compute();
        AtomicFile.WriteText(path, JsonSerializer.Serialize(number));
        return number;
    }

    string PathOf(string file) => Path.Combine(folder, file);

    double Accuracy(Network network) => Evaluation.Of(network, test).Accuracy;

    static int Number(string what, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new InputException($"the number of {what} is '{text}'; give an integer of at least 1");

    static string Percent(double accuracy) => (100 * accuracy).ToString("F2", CultureInfo.InvariantCulture);

    static string Interval(double[] accuracies)
    {
        var mean = Estimate.MeanOfFew(accuracies);
        return double.IsFinite(mean.Low) ? $"{Percent(mean.Value)} ({Percent(mean.Low)}–{Percent(mean.High)})" : Percent(mean.Value);
    }
}
