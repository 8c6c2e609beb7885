using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox calibrate</c>: fits the biases of a network to an approximate multiplier.</summary>
static class CalibrateCommand
{
    public static Command Create()
    {
        var images = new ImageOptions(labelled: false);
        Option<MultiplierChoice?> multiplier = SharedOptions.AnyMultiplier();
        var quantise = new QuantiseOptions();
        Option<LayerSelection> layers = SharedOptions.Layers();
        Option<Choice<Accumulation>> accumulate = SharedOptions.Accumulate();
        Option<int> first = Values.Integer(
            "--first", "Calibrate on the first N training images of the data set, or pictures of --images in the order of their names.",
            min: 1, otherwise: Calibration.DefaultImages);
        Option<string> output = LearntFile.Output();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "calibrate", "Fit a network's biases and batch normalisations to an approximate multiplier, without training.",
            "An approximate multiplier that enlarges products on average enlarges the outputs of each layer, and biases do not grow with "
                + "them. Calibration measures the gain of each layer on images without labels, multiplies its bias by the gain accumulated "
                + "up to there, and corrects it so that each channel has the mean of the exact network times that gain; a batch "
                + "normalisation gets statistics with which its outputs have the mean and variance of the exact network. No weight "
                + "changes, except by a power of two before logits, a clip or a sum of branches of different gain. Layers are calibrated "
                + "in order, each on the outputs of those before it; docs/calibration.md has the formulas and their sources. The images "
                + "are never those of the test split. A .safetensors file says in its header for which multiplier and on which images "
                + "it is calibrated, and commands that read it repeat that. With --json: model, multiplier, layers, accumulate, images, "
                + "count, fingerprint, file, calibration [{layer, gain (accumulated), change (the largest change of a bias or of a mean of "
                + "a batch normalisation), exponent (of the power of two that multiplies the weights)}], seconds.");
        foreach (Option option in (Option[])[.. images.All, multiplier, layers, accumulate, .. quantise.All, first, output, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            string file = parse.GetValue(output)!, model = images.Model(parse);
            LayerSelection selection = parse.GetValue(layers)!;
            LearntFile.Probe(file, model, quantise.IsGiven(parse));
            FittedHeader.ThrowIfFitted(model);
            (Network exact, Dataset some) = images.Load(parse, Split.Train, parse.GetValue(first));
            Multiplier hardware = quantise.Fitting(parse, parse.GetValue(multiplier), exact, selection);
            if (hardware is ExactMultiplier)
            {
                Output.Note(
                    $"note: the products of {hardware.Name} are exact, and nothing is to be fitted; name the hardware with --multiplier");
            }

            Accumulation sums = parse.GetValue(accumulate).Value;
            Network network = quantise.Images(parse, exact) is int ranges
                ? quantise.Measure(parse, exact, some.First(ranges), selection, cancellation).With(hardware, sums)
                : exact.With(hardware, selection, sums);

            var watch = Stopwatch.StartNew();
            Calibration result = CalibrationOptions.Run(network, some.Images(0, some.Count), cancellation);
            double seconds = watch.Elapsed.TotalSeconds;

            LearntFile.Save(file, model, result.Network, FittedHeader.Calibrated(
                hardware.Name, parse.GetValue(layers)!.Name, parse.GetValue(accumulate).Name, some), images.Onnx(parse, model));
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["model"] = exact.Name,
                    ["multiplier"] = hardware.Name,
                    ["layers"] = parse.GetValue(layers)!.Name,
                    ["accumulate"] = parse.GetValue(accumulate).Name,
                    ["images"] = some.Name,
                    ["count"] = some.Count,
                    ["fingerprint"] = Fingerprint.Of(some),
                    ["file"] = file,
                    ["calibration"] = new JsonArray([.. result.Layers.Select(layer => new JsonObject
                    {
                        ["layer"] = layer.Layer,
                        ["gain"] = layer.Gain,
                        ["change"] = layer.Change,
                        ["exponent"] = layer.Exponent,
                    })]),
                    ["seconds"] = seconds,
                });
            }
            else
            {
                Print(
                    $"{file}: {exact.Name} for {hardware.Name} in the layers '{parse.GetValue(layers)}', sums in "
                        + $"{parse.GetValue(accumulate)}, calibrated on {CalibrationOptions.Describe(some)} in {seconds:F1} s",
                    result.Layers);
            }

            Output.NoteMantissas(hardware);
            return Task.CompletedTask;
        });
        return command;
    }

    static void Print(string title, IReadOnlyList<CalibratedLayer> layers)
    {
        bool isScaled = layers.Any(layer => layer.Exponent != 0);
        Output.Print(title);
        Output.PrintTable(
            ["layer", ">accumulated gain", ">largest change", .. isScaled ? (string[])[">weights ×"] : []],
            layers.Select(layer => (string[])
            [
                layer.Layer, Number(layer.Gain), Number(layer.Change),
                .. isScaled ? (string[])[layer.Exponent == 0 ? "" : $"2^{layer.Exponent}"] : [],
            ]));
        Output.Print("The largest change is that of a bias, or of a mean of a batch normalisation.");
    }

    static string Number(double number) => number.ToString("F3", CultureInfo.InvariantCulture);
}
