using System.CommandLine;
using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Options;

/// <summary>
/// The options for a network's file: what an ONNX file leaves open, the preprocessing of its images, and the folding of batch
/// normalisations.
/// </summary>
sealed class NetworkOptions
{
    const int LongestSide = 1 << 20;

    readonly Option<double[]> mean = Numbers(
        "--mean", "0.485,0.456,0.406", "The mean to subtract from pixels in [0, 1]: one number, or one per channel. [default: 0]");
    readonly Option<double[]> deviation = Numbers(
        "--deviation", "0.229,0.224,0.225",
        "The standard deviation to divide by, likewise; 0.00392157 for a network that takes pixels up to 255. [default: 1]");
    readonly Option<Choice<ImageLayout>> layout = Values.Choice<ImageLayout>(
        "--layout", "The network's input layout: channels first, or channels last as in Keras.", new("nchw", ImageLayout.Nchw),
        new("nhwc", ImageLayout.Nhwc));

    readonly Option<string?> output = new("--output")
    {
        HelpName = "NAME",
        Description = "The tensor of an ONNX file that is the logits: an output, or what any node gives. [default: the only output]",
    };

    readonly Option<int[]> inputShape = Values.Option<int[]>(
        "--input-shape", "C,H,W",
        "The shape of an image, such as 3,224,224, where an ONNX file leaves it open; where it does not, images of this shape are "
            + "reshaped to the file's. [default: that of the file]",
        text => Array.ConvertAll(
            text.Split(','),
            number => (int)Values.Number(
                "--input-shape", number.Trim(), size => size >= 1 && size <= LongestSide && size == Math.Floor(size),
                $"integers from 1 to {LongestSide} with commas between them, such as 3,224,224")));

    readonly Option<bool> fold = new(
        "--fold-batch-norm")
    {
        Description = "Fold batch normalisation into the convolution or dense layer before it, as deployed "
            + "networks often do. The approximate products are then those of the folded weights."
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [output, inputShape, mean, deviation, layout, fold];

    /// <summary>What the command line says about an ONNX file.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="model">The network's name or file.</param>
    /// <exception cref="InputException">Something is said, and the file is no ONNX file.</exception>
    public OnnxOptions Onnx(ParseResult parse, string model)
    {
        var options = new OnnxOptions { Output = parse.GetValue(output), InputShape = Shape(parse) };
        if (options != new OnnxOptions() && !model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            throw new InputException(
                $"{(options.Output is null ? "--input-shape" : "--output")} is for an ONNX file, and '{model}' is none; leave it out");
        return options;
    }

    /// <summary>Whether the images have the order of the network's file.</summary>
    /// <param name="parse">The command line.</param>
    public bool IsInOrder(ParseResult parse) => parse.GetValue(layout).Value == ImageLayout.Nchw;

    /// <summary>The network with its preprocessing, folded if requested.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network as read from its file.</param>
    /// <exception cref="InputException">The options do not fit the network.</exception>
    public Network Apply(ParseResult parse, Network network) =>
        Of(parse).ApplyTo(parse.GetValue(fold) ? BatchNormalizationFolding.Fold(network) : network);

    /// <summary>Identifies the preparation; empty for none.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse)
    {
        Preprocessing preprocessing = Of(parse);
        return (parse.GetValue(output) is string name ? $", output {name}" : "")
            + (Shape(parse) is int[] shape ? $", images {string.Join('×', shape)}" : "")
            + (parse.GetValue(fold) ? ", batch normalisations folded" : "")
            + (
                preprocessing == Preprocessing.None
                    ? ""
                    : $", mean {string.Join(',', preprocessing.Mean)}, deviation {string.Join(',', preprocessing.Deviation)}, "
                        + $"{preprocessing.Layout}");
    }

    int[]? Shape(ParseResult parse) => parse.GetValue(inputShape) is { Length: > 0 } shape ? shape : null;

    Preprocessing Of(ParseResult parse)
    {
        double[] means = parse.GetValue(mean) ?? [], deviations = parse.GetValue(deviation) ?? [];
        return means.Length == 0 && deviations.Length == 0 && parse.GetValue(layout).Value == ImageLayout.Nchw
            ? Preprocessing.None
            : new Preprocessing(means.Length == 0 ? [0] : means, deviations.Length == 0 ? [1] : deviations, parse.GetValue(layout).Value);
    }

    // Repeated values are kept: channels may have equal numbers.
    static Option<double[]> Numbers(string name, string example, string description) => Values.Option(
        name, "X,…", description,
        text => Array.ConvertAll(
            text.Split(','),
            number => Values.Number(
                name, number.Trim(), _ => true, $"one number, or one for each channel with commas between them, such as {example}")));
}
