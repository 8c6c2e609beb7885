using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Training;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox train</c>: weights for an architecture.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        Argument<TorchArchitecture> architecture = Values.Argument(
            "ARCHITECTURE", $"The network: {string.Join(", ", TorchArchitecture.All.Select(known => known.Name))}.",
            text => Names.Find("architecture", text, TorchArchitecture.All, known => known.Name));
        Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
        Option<string?> data = SharedOptions.Data();
        Option<int?> epochs = Integer("--epochs", "The number of epochs.", 1, options => options.Epochs);
        Option<int?> batchSize = Integer("--batch-size", "The batch size.", 1, options => options.BatchSize);
        Option<Optimiser?> optimiser = Values.Option<Optimiser?>("--optimiser", "adam|sgd",
            Described("adam, or sgd with a momentum of 0.9.", options => options.Optimiser.ToString().ToLowerInvariant()),
            text => Names.Find("optimiser", text, Enum.GetValues<Optimiser>(), known => known.ToString().ToLowerInvariant()));
        Option<double?> rate = Number(
            "--learning-rate", "The initial learning rate; it falls to zero along half a cosine.", number => number > 0,
            "a number above 0, such as 0.001", options => options.LearningRate);
        Option<double?> decay = Number(
            "--weight-decay", "The weight decay (L2).", number => number >= 0, "a number of at least 0, such as 0.0005",
            options => options.WeightDecay);
        Option<int?> shift = Integer(
            "--shift", "Augmentation: shift each image by up to this many pixels in each direction.", 0, options => options.Shift);
        Option<double?> adversarial = Number(
            "--adversarial-epsilon",
            "Adversarial training: train on images perturbed by up to this much per pixel against the network (Wong et al. 2020); 0 for "
                + "none.",
            number => number is >= 0 and <= 1, "a number from 0 to 1, such as 0.1", options => options.AdversarialEpsilon);
        Option<double?> rotation = Number(
            "--rotation", "Augmentation: rotate each image by up to this many degrees in either direction.",
            number => number is >= 0 and <= 180, "a number of degrees from 0 to 180", options => options.Rotation);
        Option<bool?> flip = Values.Option<bool?>("--flip", "true|false",
            Described("Augmentation: mirror every second image.", options => options.Flip ? "true" : "false"),
            text => bool.TryParse(text, out bool flips) ? flips : throw new InputException($"--flip is '{text}'; give true or false"));
        Option<int?> threads = Integer("--threads", "The number of threads; the weights depend on it.", 1, options => options.Threads);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> output = new("--out")
        {
            HelpName = "FILE",
            Description = "The safetensors file of the weights. [default: ARCHITECTURE-DATASET.safetensors]",
        };
        Option<string?> checkpoint = new("--checkpoint")
        {
            HelpName = "FILE",
            Description = "Save the state here after each epoch. If the file exists, training resumes from it, to the weights of an "
                + "uninterrupted training. [default: none]",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "train", "Train a network on a data set, with exact arithmetic.",
            "Minimises the cross-entropy. One training image in ten is held out, and the weights of the epoch that classifies most of "
                + "these correctly are saved. The same options give the same weights on the same kind of processor. Finally the saved "
                + "file is read back and evaluated on the test images. With --json: architecture, dataset, file, bestEpoch, "
                + "validationAccuracy, testAccuracy, epochs (each with epoch, loss, trainAccuracy, validationAccuracy), seconds.")
        {
            architecture, dataset, data, epochs, batchSize, optimiser, rate, decay, shift, rotation, flip, adversarial, threads, seed,
            output, checkpoint, json,
        };
        command.KeepsState = checkpoint;
        command.SetAction((parse, cancellation) =>
        {
            TorchArchitecture network = parse.GetValue(architecture)!;
            string name = (parse.GetValue(dataset) ?? Datasets.All[0]).Name;
            Dataset training = Datasets.Load(name, Split.Train, parse.GetValue(data));
            Dataset test = Datasets.Load(name, Split.Test, parse.GetValue(data));
            string file = parse.GetValue(output) ?? $"{network.Name}-{name}.safetensors";
            AtomicFile.Probe(file);
            TrainingOptions defaults = network.Defaults;
            TrainingOptions options = defaults with
            {
                Epochs = parse.GetValue(epochs) ?? defaults.Epochs,
                BatchSize = parse.GetValue(batchSize) ?? defaults.BatchSize,
                Optimiser = parse.GetValue(optimiser) ?? defaults.Optimiser,
                LearningRate = parse.GetValue(rate) ?? defaults.LearningRate,
                WeightDecay = parse.GetValue(decay) ?? defaults.WeightDecay,
                Shift = parse.GetValue(shift) ?? defaults.Shift,
                Rotation = parse.GetValue(rotation) ?? defaults.Rotation,
                AdversarialEpsilon = parse.GetValue(adversarial) ?? defaults.AdversarialEpsilon,
                Flip = parse.GetValue(flip) ?? defaults.Flip,
                Threads = parse.GetValue(threads) ?? defaults.Threads,
                Seed = parse.GetValue(seed),
                CheckpointPath = parse.GetValue(checkpoint),
            };

            var watch = Stopwatch.StartNew();
            var reports = new List<EpochReport>();
            TrainingResult result = Train(network, training, options, reports, cancellation);
            double seconds = watch.Elapsed.TotalSeconds;
            result.Save(file);
            Evaluation judged = Evaluation.Of(TrainedModels.Load(Path.GetFullPath(file)), test, cancellation: cancellation);

            if (parse.GetValue(json))
                Output.PrintJson(Json(result, file, judged, reports, seconds));
            else
                Print(result, file, judged, seconds);
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>A help text with the defaults of all architectures.</summary>
    static string Described(string text, Func<TrainingOptions, object> value)
    {
        string[] values = [
            .. TorchArchitecture.All.Select(known => string.Create(CultureInfo.InvariantCulture, $"{value(known.Defaults)}"))];
        string shown = values.Distinct().Count() == 1 ? values[0] : string.Join(
            ", ", TorchArchitecture.All.Zip(values, (known, one) => $"{one} for {known.Name}"));
        return $"{text} [default: {shown}]";
    }

    static Option<int?> Integer(string name, string text, int min, Func<TrainingOptions, object> value) =>
        Values.Option<int?>(name, "N", Described(text, value), given => (int)Values.ParseInteger(name, given, min, int.MaxValue));

    static Option<double?> Number(
        string name, string text, Func<double, bool> isLegal, string legal, Func<TrainingOptions, object> value) =>
        Values.Option<double?>(name, "X", Described(text, value), given => Values.Number(name, given, isLegal, legal));

    static TrainingResult Train(
        TorchArchitecture network, Dataset data, TrainingOptions options, List<EpochReport> reports, CancellationToken cancellation)
    {
        return ProgressBar
            .While($"training {network.Name}", report => Trainer.Train(network, data, options, new Listener<EpochReport>(epoch =>
        {
            reports.Add(epoch);
            Output.Note(Line(epoch, options.Epochs));
            report((double)epoch.Epoch / options.Epochs, $"training {network.Name}, {epoch.Epoch} of {options.Epochs} epochs");
        }), cancellation));
    }

    static string Line(EpochReport report, int epochs) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {report.Epoch} of {epochs}: loss {report.Loss:F4}, accuracy {Output.Percent(report.TrainAccuracy)}, held-out "
            + $"{Output.Percent(report.ValidationAccuracy)}{(report.Best ? ", best" : "")}");

    static JsonObject Json(TrainingResult result, string file, Evaluation judged, List<EpochReport> reports, double seconds) => new()
    {
        ["architecture"] = result.Architecture.Name,
        ["dataset"] = result.Dataset,
        ["file"] = file,
        ["bestEpoch"] = result.BestEpoch,
        ["validationAccuracy"] = result.ValidationAccuracy,
        ["testAccuracy"] = judged.Accuracy,
        ["epochs"] = new JsonArray([.. reports.Select(report => new JsonObject
        {
            ["epoch"] = report.Epoch,
            ["loss"] = report.Loss,
            ["trainAccuracy"] = report.TrainAccuracy,
            ["validationAccuracy"] = report.ValidationAccuracy,
        })]),
        ["seconds"] = seconds,
    };

    static void Print(TrainingResult result, string file, Evaluation judged, double seconds)
    {
        Output.Print($"{file}: {result.Architecture.Name} trained on {result.Dataset} in {seconds:F1} s");
        Output.Print(
            $"best epoch {result.BestEpoch}: {Output.Percent(result.ValidationAccuracy)} of the held-out images, "
                + $"{Output.Percent(judged.Accuracy)} of the test images ({judged.Correct} of {judged.Count})");
    }
}
