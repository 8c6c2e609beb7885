using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox quantise</c>: writes a network whose layers multiply integers.</summary>
static class QuantiseCommand
{
    const string Ending = ".onnx";

    public static Command Create()
    {
        var images = new ImageOptions(labelled: false);
        Option<LayerSelection> layers = SharedOptions.Layers();
        Option<int> first = Values.Integer(
            "--first",
            "Measure the ranges of activations on the first N training images of the data set, or pictures of --images in the order of "
                + "their names.",
            min: 1, otherwise: PostTrainingQuantisation.DefaultImages);
        Option<Choice<RangeMethod>> range = QuantiseOptions.Range();
        Option<Choice<bool>> scales = QuantiseOptions.WeightScales();
        Option<bool> equalise = QuantiseOptions.Equalise();
        Option<int> bits = Values.Option<int>(
            "--bits", "N", $"The bits of weights and activations, {QuantiseOptions.MinBits} to {IntegerFormat.MaxBits}.",
            text => (int)Values.ParseInteger("--bits", text, QuantiseOptions.MinBits, IntegerFormat.MaxBits));
        bits.DefaultValueFactory = _ => IntegerFormat.MaxBits;
        Option<bool> signed = new("--signed-activations")
        {
            Description = "Activations are signed and symmetric. [default: unsigned, with a zero point]",
        };
        Option<string> output = new("--out") { HelpName = "FILE", Description = $"The {Ending} file to write.", Required = true };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "quantise", "Write a network whose layers multiply integers as an ONNX file, without training.",
            "Layers with weights multiply integers afterwards, with sums of 32 bits, and everything between them stays as "
                + "it is. Weights are symmetric. The ranges of activations are measured on images without labels, which are "
                + "never those of the test split. Batch normalisations are folded into the weights. The file has QuantizeLinear "
                + "and DequantizeLinear of ONNX before each layer, and a Clip between them for fewer than eight bits; "
                + "preparations such as --mean are in it, so they are left out with it. Read by this program, it has the logits "
                + "of 'dapprox evaluate --quantise', bit for bit; other programs add floats, and differ where a sum lies "
                + "between two integers. With --json: model, bits, activations (the format), range, weightScales, equalised, "
                + "layers, images, count, fingerprint, file, quantisation [{layer, scale, zeroPoint (of its inputs)}], seconds.");
        foreach (Option option in (Option[])[.. images.All, layers, first, range, scales, equalise, bits, signed, output, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            string file = parse.GetValue(output)!;
            if (!file.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
                throw new InputException($"--out is '{file}'; give a file that ends in {Ending}");
            AtomicFile.Probe(file);
            (Network exact, Dataset some) = images.Load(parse, Split.Train, parse.GetValue(first));
            var options = new PostTrainingQuantisation
            {
                ActivationBits = parse.GetValue(bits),
                WeightBits = parse.GetValue(bits),
                IsSigned = parse.GetValue(signed),
                IsPerChannel = parse.GetValue(scales).Value,
                Equalises = parse.GetValue(equalise),
                Method = parse.GetValue(range).Value,
                Layers = parse.GetValue(layers)!,
            };

            var watch = Stopwatch.StartNew();
            Network network = ProgressBar.While("quantising", some.Count, progress =>
                options.Run(exact, some.Images(0, some.Count), done => progress(done), cancellation));
            double seconds = watch.Elapsed.TotalSeconds;

            IMultiplies[] quantised = [.. network.Layers.OfType<IMultiplies>().Where(layer => layer.Quantisation is not null)];
            if (quantised.Length == 0)
                throw new InputException($"--layers {parse.GetValue(layers)} selects no layer with weights of {exact.Name}; select others");
            OnnxModels.Save(file, network);
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["model"] = exact.Name,
                    ["bits"] = options.WeightBits,
                    ["activations"] = $"{new IntegerFormat(options.ActivationBits, options.IsSigned)}",
                    ["range"] = parse.GetValue(range).Name,
                    ["weightScales"] = parse.GetValue(scales).Name,
                    ["equalised"] = options.Equalises,
                    ["layers"] = parse.GetValue(layers)!.Name,
                    ["images"] = some.Name,
                    ["count"] = some.Count,
                    ["fingerprint"] = Fingerprint.Of(some),
                    ["file"] = file,
                    ["quantisation"] = new JsonArray([.. quantised.Select(layer => new JsonObject
                    {
                        ["layer"] = ((Layer)layer).Name,
                        ["scale"] = layer.Quantisation!.Activations.Scale,
                        ["zeroPoint"] = layer.Quantisation.Activations.ZeroPoint,
                    })]),
                    ["seconds"] = seconds,
                });
            }
            else
            {
                Print(
                    $"{file}: {exact.Name} in the layers '{parse.GetValue(layers)}', int{options.WeightBits}, {parse.GetValue(range)}, "
                        + $"{parse.GetValue(scales)}{(options.Equalises ? ", equalised" : "")}, ranges of "
                        + $"{CalibrationOptions.Describe(some)} in {seconds:F1} s",
                    quantised);
            }

            return Task.CompletedTask;
        });
        return command;
    }

    static void Print(string title, IEnumerable<IMultiplies> layers)
    {
        Output.Print(title);
        Output.PrintTable(
            ["layer", "inputs", ">from", ">to", ">step", ">zero point"],
            layers.Select(layer =>
            {
                AffineQuantisation format = layer.Quantisation!.Activations;
                return (string[])
                [
                    ((Layer)layer).Name, $"{format.Format}", Number(format.Dequantise(format.Format.Low)),
                    Number(format.Dequantise(format.Format.High)), Number(format.Scale), $"{format.ZeroPoint}",
                ];
            }));
    }

    static string Number(float number) => number.ToString("G4", CultureInfo.InvariantCulture);
}
