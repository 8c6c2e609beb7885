using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Options;

/// <summary>The options of commands that can calibrate the network for its multipliers before they use it.</summary>
sealed class CalibrationOptions
{
    readonly Option<int?> calibrate = Values.OptionalInteger(
        "--calibrate",
        $"Calibrate the network for each multiplier first, on N images without labels, {Calibration.DefaultImages} unless said: the first "
            + "training images, or those of --calibration-images. 'dapprox calibrate' describes it. [default: use the network as it is]",
        min: 1, bare: Calibration.DefaultImages);

    readonly Option<string?> pictures = new("--calibration-images")
    {
        HelpName = "DIR|FILE",
        Description = "The images for --calibrate and --quantise where --images has images of your own: other ones than those, without "
            + "labels."
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [calibrate, pictures];

    /// <summary>Loads the calibration images; null without calibration.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="images">The options for the network and its images.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="used">The images that the command uses, none of which may be among the calibration images.</param>
    /// <param name="isOptional">Whether the calibration images are used without calibration, too.</param>
    /// <exception cref="InputException">There are no such images, or the network is calibrated already.</exception>
    public Dataset? Load(ParseResult parse, ImageOptions images, Network network, Dataset used, bool isOptional = false)
    {
        if (parse.GetValue(calibrate) is not int count)
        {
            return parse.GetValue(pictures) is null || isOptional
                ? null
                : throw new InputException("--calibration-images is given without --calibrate; give both, or neither");
        }

        FittedHeader.ThrowIfFitted(images.Model(parse));
        return Unused(parse, "--calibrate", images, network, used, count);
    }

    /// <summary>Loads images that the command does not use otherwise: training images, or those of --calibration-images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="option">The option that takes them, for messages.</param>
    /// <param name="images">The options for the network and its images.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="used">The images that the command uses, none of which may be among them.</param>
    /// <param name="count">The maximum number of images.</param>
    /// <exception cref="InputException">There are no such images.</exception>
    public Dataset Unused(ParseResult parse, string option, ImageOptions images, Network network, Dataset used, int count)
    {
        string? folder = parse.GetValue(pictures);
        if (images.Pictures(parse) is string own)
        {
            return folder is null || Path.GetFullPath(folder) == Path.GetFullPath(own)
                ? throw new InputException(
                    $"{option} takes images that are not used otherwise, and --images has those that are; give --calibration-images "
                        + "DIR with other pictures")
                : images.Unlabelled(parse, folder, network, count);
        }

        if (folder is not null)
            throw new InputException(
                $"--calibration-images is given without --images; a data set has training images for {option}: leave it out");
        if (used.Split == Split.Train && used.Offset < count)
            throw new InputException(
                $"{option} takes the first {count} training images, and --split train uses them, too; give --skip {count}, or more");
        return images.Images(parse, network, Split.Train, count);
    }

    /// <summary>The end of a text that identifies a network: whether it is calibrated.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) => parse.GetValue(calibrate) is int count ? $", calibrated on {count} images" : "";

    /// <summary>The images in words: <c>512 training images of cifar-10 (fingerprint 0123456789abcdef)</c>.</summary>
    /// <param name="images">The calibration images.</param>
    public static string Describe(Dataset images) =>
        $"{images.Count} {(images.Split == Split.Train ? "training " : "")}images of {images.Name} (fingerprint {Fingerprint.Of(images)})";

    /// <summary>Adds the number of calibration images to a result in JSON, if the network is calibrated.</summary>
    /// <param name="json">The result.</param>
    /// <param name="images">The calibration images, or null.</param>
    public static void AddTo(JsonObject json, Dataset? images)
    {
        if (images is not null)
            json["calibrationImages"] = images.Count;
    }

    /// <summary>Calibrates a network, with progress on a terminal.</summary>
    /// <param name="network">The network on its multipliers.</param>
    /// <param name="images">The calibration images.</param>
    /// <param name="cancellation">Stops the calibration.</param>
    public static Calibration Run(Network network, Tensor images, CancellationToken cancellation) => ProgressBar.While(
        "calibrating", network.Layers.Count,
        progress => Calibration.Of(network, images, progress: () => progress(1), cancellation: cancellation));
}
