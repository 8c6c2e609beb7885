using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Training;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox finetune</c>: trains a network further, for an approximate multiplier.</summary>
static class FinetuneCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        Option<MultiplierChoice?> multiplier = SharedOptions.AnyMultiplier();
        var quantise = new QuantiseOptions();
        Option<LayerSelection> layers = SharedOptions.Layers();
        Option<int?> first = SharedOptions.First("Train on this many images at most.");
        Option<int> calibrate = Values.Integer(
            "--calibrate", "Calibrate on the first N of the images before training, as 'dapprox calibrate' does; 0 for not at all.", min: 0,
            otherwise: Calibration.DefaultImages);
        Option<bool> learnScales = new("--learn-scales")
        {
            Description = "Learn the scales of activations and weights of a quantised network as well (LSQ: Esser et al. 2020), with sgd "
                + "or nesterov; zero points stay.",
        };
        var settings = new TrainingSettings([("", TrainingOptions.Finetuning)], ofIntegers: true);
        Option<string> output = LearntFile.Output();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "finetune", "Train a network further, for an approximate multiplier.",
            "The forward pass uses the multiplier, the backward pass the gradient that --gradient names. Weights, biases and "
                + "batch normalisations are trained; other constants stay. With --quantise the network is quantised first, and its "
                + "scales stay unless --learn-scales is given; gradients pass through rounding, but not to activations that are clamped. "
                + "The network is calibrated next. It is trained on the training images of the data set, or on all pictures of --images; "
                + "one in ten is held out, in adversarial training perturbed. The numbers of the epoch that classifies most of these "
                + "correctly are saved; if no epoch is as good as the calibrated network, its numbers are (bestEpoch 0). The same options "
                + "give the same numbers on every processor and with any number of threads. With a data set the saved file is read back "
                + "and evaluated on the test images, on the multiplier. With "
                + "--json: model, dataset, multiplier, file, initialValidationAccuracy, bestEpoch, validationAccuracy, "
                + "testAccuracy (null for pictures of your own), epochs (each with epoch, loss, trainAccuracy, "
                + "validationAccuracy), seconds.");
        foreach (Option option in (Option[])[
            .. images.All, multiplier, layers, .. quantise.All, first, calibrate, learnScales, .. settings.All, output, json,
        ])
            command.Add(option);
        command.KeepsState = settings.Checkpoint;
        command.SetAction((parse, cancellation) =>
        {
            string file = parse.GetValue(output)!, model = images.Model(parse);
            LayerSelection selection = parse.GetValue(layers)!;
            LearntFile.Probe(file, model, quantise.IsGiven(parse));
            (Network exact, Dataset training) = images.Load(parse, Split.Train, parse.GetValue(first) ?? int.MaxValue);
            Multiplier hardware = quantise.Fitting(parse, parse.GetValue(multiplier), exact, selection);
            TrainingOptions options = settings.Read(parse, TrainingOptions.Finetuning);
            var watch = Stopwatch.StartNew();
            Network network = quantise.Images(parse, exact) is int ranges
                ? quantise.Measure(parse, exact, training.First(ranges), selection, cancellation).With(hardware)
                : exact.With(hardware, selection);
            Trainer.ThrowIfUnfit(Learning(network), options);
            if (parse.GetValue(calibrate) is > 0 and int count)
            {
                FittedHeader.ThrowIfFitted(model);
                Dataset calibrating = training.First(count);
                network = CalibrationOptions.Run(network, calibrating.Images(0, calibrating.Count), cancellation).Network;
                Output.Note($"note: before the training it is calibrated on {CalibrationOptions.Describe(calibrating)}");
            }

            var reports = new List<EpochReport>();
            TrainingResult result = TrainingReport.Train(Learning(network), training, options, reports, cancellation);
            double seconds = watch.Elapsed.TotalSeconds;
            LearntFile.Save(file, model, result.Network,
            [
                .. FittedHeader.Trained(hardware.Name, selection.Name),
                new("trained_on", CalibrationOptions.Describe(training)),
                new("trained_epochs", options.Epochs.ToString(CultureInfo.InvariantCulture)),
                new("trained_seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
            ], images.Onnx(parse, model));
            Evaluation? judged = images.AreOwn(parse) ? null : Evaluation.Of(
                (network.IsQuantised ? TrainedModels.Load(file) : images.Reload(parse, Path.GetFullPath(file)))
                    .With(hardware, selection),
                images.Images(parse, exact, Split.Test),
                cancellation: cancellation);
            if (parse.GetValue(json))
                TrainingReport.PrintJson("model", exact.Name, result, file, hardware, judged, reports, seconds);
            else
                TrainingReport.Print(exact.Name, result, file, hardware, judged, seconds);
            Output.NoteMantissas(hardware);
            return Task.CompletedTask;

            Network Learning(Network own) => parse.GetValue(learnScales) ? LearntScales.Of(own) : own;
        });
        return command;
    }
}
