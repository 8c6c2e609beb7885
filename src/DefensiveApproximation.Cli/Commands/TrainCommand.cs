using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Formats;
using DefensiveApproximation.Networks.Models;
using DefensiveApproximation.Training;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox train</c>: weights for an architecture.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        var defaults = new TrainingOptions();
        Argument<TorchArchitecture> architecture = Values.Argument(
            "ARCHITECTURE", $"The network: {string.Join(", ", TorchArchitecture.All.Select(known => known.Name))}.",
            text => Names.Find("architecture", text, TorchArchitecture.All, known => known.Name));
        Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
        Option<string?> data = SharedOptions.Data();
        Option<int> epochs = Values.Integer("--epochs", "How many times to go through the training images.", 1, defaults.Epochs);
        Option<int> batchSize = Values.Integer("--batch-size", "Images that one step of the optimiser sees.", 1, defaults.BatchSize);
        Option<double> rate = Values.Option("--learning-rate", "X", "First step size of Adam; it falls to zero along half a cosine.",
            text => Values.Number("--learning-rate", text, number => number > 0, "a number above 0, such as 0.001"));
        rate.DefaultValueFactory = _ => defaults.LearningRate;
        Option<int> shift = Values.Integer("--shift", "Augmentation: move each image by up to this many pixels each way.", 0, defaults.Shift);
        Option<double> rotation = Values.Option("--rotation", "X", "Augmentation: turn each image by up to this many degrees either way.",
            text => Values.Number("--rotation", text, number => number is >= 0 and <= 180, "a number of degrees from 0 to 180"));
        rotation.DefaultValueFactory = _ => defaults.Rotation;
        Option<int> threads = Values.Integer("--threads", "Threads to train with; the weights depend on it.", 1, defaults.Threads);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> output = new("--out")
        {
            HelpName = "FILE",
            Description = "Where the weights go, as safetensors. [default: ARCHITECTURE-DATASET.safetensors]",
        };
        Option<string?> checkpoint = new("--checkpoint")
        {
            HelpName = "FILE",
            Description = "Keep the state here after each epoch. When the file is there, training goes on from it, to the weights that an uninterrupted training gives. [default: none]",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "train", "Train a network on a data set, with exact arithmetic.",
            "Minimises the cross-entropy with Adam. One training image in ten is held out, and the weights of the epoch that classifies most of these correctly are saved. The same options give the same weights on the same kind of processor. In the end the saved file is read back and judged on the test images. With --json: architecture, dataset, file, bestEpoch, validationAccuracy, testAccuracy, epochs (each with epoch, loss, trainAccuracy, validationAccuracy), seconds.")
        {
            architecture, dataset, data, epochs, batchSize, rate, shift, rotation, threads, seed, output, checkpoint, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            TorchArchitecture network = parse.GetValue(architecture)!;
            string name = (parse.GetValue(dataset) ?? Datasets.All[0]).Name;
            Dataset training = Datasets.Load(name, Split.Train, parse.GetValue(data));
            Dataset test = Datasets.Load(name, Split.Test, parse.GetValue(data));
            string file = parse.GetValue(output) ?? $"{network.Name}-{name}.safetensors";
            AtomicFile.Probe(file);
            var options = new TrainingOptions
            {
                Epochs = parse.GetValue(epochs),
                BatchSize = parse.GetValue(batchSize),
                LearningRate = parse.GetValue(rate),
                Shift = parse.GetValue(shift),
                Rotation = parse.GetValue(rotation),
                Threads = parse.GetValue(threads),
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

    static TrainingResult Train(TorchArchitecture network, Dataset data, TrainingOptions options, List<EpochReport> reports, CancellationToken cancellation)
    {
        if (Console.IsErrorRedirected)
        {
            return Trainer.Train(network, data, options, new Listener<EpochReport>(report =>
            {
                reports.Add(report);
                Output.Note(Line(report, options.Epochs));
            }), cancellation);
        }

        return Output.Notes.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("training", maxValue: options.Epochs);
                return Trainer.Train(network, data, options, new Listener<EpochReport>(report =>
                {
                    reports.Add(report);
                    Output.Notes.WriteLine(Line(report, options.Epochs));
                    task.Value = report.Epoch;
                }), cancellation);
            });
    }

    static string Line(EpochReport report, int epochs) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {report.Epoch} of {epochs}: loss {report.Loss:F4}, accuracy {Output.Percent(report.TrainAccuracy)}, held-out {Output.Percent(report.ValidationAccuracy)}{(report.Best ? ", best" : "")}");

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
        Console.WriteLine($"{file}: {result.Architecture.Name} trained on {result.Dataset} in {seconds:F1} s");
        Console.WriteLine($"best epoch {result.BestEpoch}: {Output.Percent(result.ValidationAccuracy)} of the held-out images, {Output.Percent(judged.Accuracy)} of the test images ({judged.Correct} of {judged.Count})");
    }
}
