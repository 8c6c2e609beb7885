using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
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
    readonly QuantiseOptions quantise = new();
    readonly CalibrationOptions calibration = new();

    /// <summary>Adds the options to a command: the images first, then the hardware.</summary>
    /// <param name="multipliers">The command's own options that name multipliers.</param>
    public void AddTo(Command command, params Option[] multipliers)
    {
        Option[] hardware = [.. multipliers, layers, accumulate, .. quantise.All, .. calibration.All];
        foreach (Option option in (Option[])[.. images.All, split, skip, .. hardware])
            command.Add(option);
    }

    /// <summary>
    /// Whether anything is said of a network, its images or its hardware; signs of integers may be those of a circuit alone.
    /// </summary>
    public bool IsGiven(ParseResult parse) =>
        ((Option[])[.. images.All, split, skip, layers, accumulate, .. quantise.All, .. calibration.All])
            .Except(quantise.OfSigns).Any(option => parse.GetResult(option) is { Implicit: false });

    /// <summary>A multiplier of integers, without a network.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="choice">The multiplier as given.</param>
    /// <exception cref="InputException">It cannot be read, or multiplies no integers.</exception>
    public IntegerMultiplier Integers(ParseResult parse, MultiplierChoice choice) =>
        choice.Find(isQuantised: true, quantise.IsSigned(parse), LayerSelection.All) as IntegerMultiplier
            ?? throw new InputException($"{choice.Given} is no multiplier of integers");

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

    /// <summary>Whether the images are a user's own pictures.</summary>
    /// <param name="parse">The command line.</param>
    public bool AreOwn(ParseResult parse) => images.AreOwn(parse);

    /// <summary>
    /// Labelled images to search and to train on, and others to judge on: the training images, or the first of a user's own pictures.
    /// </summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network that the images are for.</param>
    /// <param name="used">The images of <see cref="Load"/>.</param>
    /// <param name="count">The number of pictures to search on, or of training images.</param>
    /// <exception cref="InputException">There are too few images, or they cannot be loaded.</exception>
    public (Dataset Training, Dataset Judged) Divide(ParseResult parse, Network network, Dataset used, int count)
    {
        if (images.AreOwn(parse))
        {
            return used.Count > count
                ? (used.First(count), used.Skip(count))
                : throw new InputException(
                    $"there are {used.Count} pictures, and the search takes {count} of them, which leaves none to judge on; give "
                        + "--search-images or --validation-images a smaller number, or more pictures");
        }

        return used.Split == Networks.Data.Split.Train
            ? throw new InputException("the search takes the training images, and --split train judges on them; leave it out")
            : (images.Images(parse, network, Networks.Data.Split.Train), used);
    }

    /// <summary>How the network is prepared for its multipliers.</summary>
    /// <param name="Ranges">The images on which the ranges of activations are measured; null to leave it as it is.</param>
    /// <param name="Calibration">The images on which it is calibrated; null for none.</param>
    public sealed record Preparation(Dataset? Ranges, Dataset? Calibration);

    /// <summary>Loads the images that prepare the network.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="used">The images that the command uses.</param>
    /// <exception cref="InputException">There are no such images, or the network is calibrated or quantised already.</exception>
    public Preparation Prepare(ParseResult parse, Network network, Dataset used)
    {
        int? ranges = quantise.Images(parse, network);
        return new Preparation(
            ranges is int count ? calibration.Unused(parse, "--quantise", images, network, used, count) : null,
            calibration.Load(parse, images, network, used, isOptional: ranges is not null));
    }

    /// <summary>The one multiplier of a command, which fits the network; see <see cref="QuantiseOptions.Fitting"/>.</summary>
    public Multiplier Fitting(ParseResult parse, MultiplierChoice? choice, Network network) =>
        quantise.Fitting(parse, choice, network, parse.GetValue(layers)!);

    /// <summary>A multiplier for the network; see <see cref="QuantiseOptions.Find"/>.</summary>
    public Multiplier Find(ParseResult parse, MultiplierChoice? choice, Network network) =>
        quantise.Find(parse, choice, network, parse.GetValue(layers)!);

    /// <summary>The exact multiplier of the network, which is taken where none is named.</summary>
    public MultiplierChoice Default(ParseResult parse, Network network) => quantise.Default(parse, network);

    /// <summary>The network as it was loaded, exact, with the selected accumulator format.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    public Network Exact(ParseResult parse, Network network) => network.With(
        network.IsQuantised ? ExactIntegerMultiplier.Int8 : Multipliers.All[0], accumulation: parse.GetValue(accumulate).Value);

    /// <summary>
    /// The network with each multiplier in the selected layers: quantised first for one of integers, and then calibrated for it, where
    /// there are images for that.
    /// </summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="preparation">How it is prepared.</param>
    /// <param name="cancellation">Stops the preparation.</param>
    public Func<Multiplier, Network> On(
        ParseResult parse, Network network, Preparation preparation, CancellationToken cancellation)
    {
        LayerSelection selection = parse.GetValue(layers)!;
        Accumulation accumulation = parse.GetValue(accumulate).Value;
        // A search asks from several threads, and for thousands of multipliers.
        var measured = new Lazy<ActivationRanges>(() => quantise.Measure(parse, network, preparation.Ranges!, selection, cancellation));
        Network Replaced(Multiplier multiplier) => multiplier.MultipliesIntegers && preparation.Ranges is not null
            ? measured.Value.With(multiplier, accumulation)
            : network.With(multiplier, selection, accumulation);
        if (preparation.Calibration is not Dataset some)
            return Replaced;
        Tensor pixels = some.Images(0, some.Count);
        var calibrated = new ConditionalWeakTable<Multiplier, Lazy<Network>>();
        return multiplier => calibrated.GetValue(
            multiplier, own => new(() => CalibrationOptions.Run(Replaced(own), pixels, cancellation).Network)).Value;
    }

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

    /// <summary>Adds how the network is prepared to a result in JSON, if it is.</summary>
    /// <param name="json">The result.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="preparation">How it is prepared.</param>
    /// <param name="multipliers">The multipliers of the command.</param>
    public void AddTo(JsonObject json, ParseResult parse, Preparation preparation, params IEnumerable<Multiplier> multipliers)
    {
        if (preparation.Ranges is Dataset ranges)
            json["quantisation"] = quantise.Json(parse, ranges.Count, multipliers);
        CalibrationOptions.AddTo(json, preparation.Calibration);
    }

    /// <summary>The same in one line, above a table with a row for each multiplier.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="used">The images that the command uses.</param>
    /// <param name="preparation">How the networks are prepared.</param>
    public string Heading(ParseResult parse, Network network, Dataset used, Preparation preparation) =>
        $"{network.Name} on {used.Name} ({SplitOf(used)}), {used.Count} images, layers: {parse.GetValue(layers)}, sums in "
            + $"{(IsInt32(network, preparation) ? $"{IntegerAccumulator.Int32}, of floats in " : "")}{parse.GetValue(accumulate)}"
            + Prepared(parse, preparation);

    static bool IsInt32(Network network, Preparation preparation) => network.IsQuantised || preparation.Ranges is not null;

    // A user's own pictures are in no split that the command line names.
    static string SplitOf(Dataset used) => used.Split.ToString().ToLowerInvariant();

    /// <summary>Identifies the network, the images and the hardware.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{images.Identify(parse)} ({parse.GetValue(split)}, from image {parse.GetValue(skip)}), {parse.GetValue(layers)} layers, sums in "
            + $"{parse.GetValue(accumulate)}{(quantise.IsGiven(parse) ? $", {quantise.Describe(parse)}" : "")}"
            + calibration.Identify(parse);

    /// <summary>One line that describes the network, the images and the hardware.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="data">The images.</param>
    /// <param name="preparation">How the network is prepared.</param>
    public string Describe(ParseResult parse, Network network, Dataset data, Multiplier multiplier, Preparation preparation)
    {
        string where = parse.GetValue(layers) == LayerSelection.All ? "all layers" : $"the layers '{parse.GetValue(layers)}'";
        string sums = multiplier is IntegerMultiplier integers ? $"{integers.Accumulator}"
            : multiplier.MultipliesIntegers ? $"{IntegerAccumulator.Int32}" : $"{parse.GetValue(accumulate)}";
        return $"{network.Name} on {data.Name} ({parse.GetValue(split)}), {multiplier.Name} in {where}, sums in {sums}"
            + Prepared(parse, preparation);
    }

    string Prepared(ParseResult parse, Preparation preparation) =>
        (preparation.Ranges is Dataset ranges
            ? $", quantised ({quantise.Describe(parse)}, ranges of {CalibrationOptions.Describe(ranges)})"
            : "")
        + (preparation.Calibration is Dataset some ? $", calibrated on {CalibrationOptions.Describe(some)}" : "");
}
