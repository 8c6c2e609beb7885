using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Options;

/// <summary>The options for a network, its images and its hardware.</summary>
sealed class VariantOptions
{
    readonly ImageOptions images = new();
    readonly Option<Choice<Split>> split = SharedOptions.Split();
    readonly Option<int> skip = SharedOptions.Skip();
    readonly Option<LayerSelection> layers = SharedOptions.Layers();
    readonly Option<Choice<Accumulation>> accumulate = SharedOptions.Accumulate();

    /// <summary>Adds the options to a command: the images first, then the hardware.</summary>
    /// <param name="multipliers">The command's own options that name multipliers.</param>
    public void AddTo(Command command, params Option[] multipliers)
    {
        foreach (Option option in (Option[])[.. images.All, split, skip, .. multipliers, layers, accumulate])
            command.Add(option);
    }

    /// <summary>Loads the network, exact in all layers, and the images that are not skipped.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="first">The number of images that are enough, after those skipped; null for all.</param>
    /// <exception cref="InputException">The network or the images cannot be loaded, they do not fit, or no image is left.</exception>
    public (Network Network, Dataset Images) Load(ParseResult parse, int? first = null) =>
        images.Load(parse, parse.GetValue(split).Value, first ?? int.MaxValue, parse.GetValue(skip));

    /// <summary>All images of the split, with those that are skipped.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network that the images are for.</param>
    /// <exception cref="InputException">The images cannot be loaded.</exception>
    public Dataset Whole(ParseResult parse, Network network) => images.Images(parse, network, parse.GetValue(split).Value);

    /// <summary>
    /// The first training images, whatever is attacked, or the first of a user's own pictures: for gradient estimators that measure the
    /// network, and for attacks that seek one perturbation for many images.
    /// </summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network that the images are for.</param>
    /// <param name="count">The maximum number of images.</param>
    /// <exception cref="InputException">The images cannot be loaded.</exception>
    public Tensor Training(ParseResult parse, Network network, int count)
    {
        Dataset training = images.Images(
            parse, network, images.AreOwn(parse) ? parse.GetValue(split).Value : Networks.Data.Split.Train, count);
        return training.Images(0, training.Count);
    }

    /// <summary>The network with a multiplier in the selected layers and the selected accumulator format.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    public Network With(ParseResult parse, Network network, Arithmetic.FloatMultiplier multiplier) =>
        network.With(multiplier, parse.GetValue(layers), parse.GetValue(accumulate).Value);

    /// <summary>
    /// The network with each multiplier, as <see cref="With"/> gives it, calibrated for it where there are images for that.
    /// </summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="calibration">The calibration images; null to leave the network as it is.</param>
    /// <param name="cancellation">Stops a calibration.</param>
    public Func<Arithmetic.FloatMultiplier, Network> On(
        ParseResult parse, Network network, Dataset? calibration, CancellationToken cancellation)
    {
        if (calibration is null)
            return multiplier => With(parse, network, multiplier);
        Tensor pixels = calibration.Images(0, calibration.Count);
        var calibrated = new Dictionary<Arithmetic.FloatMultiplier, Network>();
        return multiplier =>
        {
            if (!calibrated.TryGetValue(multiplier, out Network? one))
            {
                one = CalibrationOptions.Run(With(parse, network, multiplier), pixels, cancellation).Network;
                calibrated.Add(multiplier, one);
            }

            return one;
        };
    }

    /// <summary>The images on which the network is calibrated; null for none.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="options">The options that ask for it.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="used">The images that the command uses.</param>
    /// <exception cref="InputException">There are no such images, or the network is calibrated already.</exception>
    public Dataset? CalibrationImages(ParseResult parse, CalibrationOptions options, Network network, Dataset used) =>
        options.Load(parse, images, network, used);

    /// <summary>The layers that a multiplier replaces, and the format of the sums.</summary>
    /// <param name="parse">The command line.</param>
    public (LayerSelection Layers, Accumulation Accumulation) Hardware(ParseResult parse) =>
        (parse.GetValue(layers)!, parse.GetValue(accumulate).Value);

    /// <summary>The network, the images and the hardware as the first properties of a result.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="used">The images that the command uses.</param>
    public JsonObject Json(ParseResult parse, Network network, Dataset used) => new()
    {
        ["network"] = network.Name,
        ["dataset"] = used.Name,
        ["split"] = SplitOf(used),
        ["count"] = used.Count,
        ["layers"] = parse.GetValue(layers)!.Name,
        ["accumulate"] = $"{parse.GetValue(accumulate)}",
    };

    /// <summary>The same in one line, above a table with a row for each multiplier.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="used">The images that the command uses.</param>
    /// <param name="calibration">The images on which the networks are calibrated; null for none.</param>
    public string Heading(ParseResult parse, Network network, Dataset used, Dataset? calibration) =>
        $"{network.Name} on {used.Name} ({SplitOf(used)}), {used.Count} images, layers: {parse.GetValue(layers)}, sums in "
            + $"{parse.GetValue(accumulate)}"
            + (calibration is null ? "" : $", calibrated on {CalibrationOptions.Describe(calibration)}");

    // A user's own pictures are in no split that the command line names.
    static string SplitOf(Dataset used) => used.Split.ToString().ToLowerInvariant();

    /// <summary>Identifies the network, the images and the hardware.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{images.Identify(parse)} ({parse.GetValue(split)}, from image {parse.GetValue(skip)}), {parse.GetValue(layers)} layers, sums in "
            + $"{parse.GetValue(accumulate)}";

    /// <summary>One line that describes the network, the images and the hardware.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="data">The images.</param>
    /// <param name="calibration">The images on which the network is calibrated; null for none.</param>
    public string Describe(
        ParseResult parse, Network network, Dataset data, Arithmetic.FloatMultiplier multiplier, Dataset? calibration)
    {
        string where = parse.GetValue(layers) == LayerSelection.All ? "all layers" : $"the layers '{parse.GetValue(layers)}'";
        return $"{network.Name} on {data.Name} ({parse.GetValue(split)}), {multiplier.Name} in {where}, sums in "
            + $"{parse.GetValue(accumulate)}"
            + (calibration is null ? "" : $", calibrated on {CalibrationOptions.Describe(calibration)}");
    }
}
