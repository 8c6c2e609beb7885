using System.Collections.Concurrent;
using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Terminal;
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
        quantise.ThrowIfIdle(parse, network.IsQuantised);
        (PostTrainingQuantisation, int Images)? asked = quantise.Value(parse);
        if (asked is not null && network.IsQuantised)
            throw new InputException($"{network.Name} is quantised already; leave out --quantise");
        return new Preparation(
            asked is null ? null : calibration.Unused(parse, "--quantise", images, network, used, asked.Value.Images),
            calibration.Load(parse, images, network, used, isOptional: asked is not null));
    }

    /// <summary>The one multiplier of a command, which fits the network.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="choice">The multiplier as given; null for the exact one.</param>
    /// <param name="network">The exact network.</param>
    /// <exception cref="InputException">It cannot be read, or multiplies floats where integers are multiplied, or the reverse.</exception>
    public Multiplier Fitting(ParseResult parse, MultiplierChoice? choice, Network network)
    {
        Multiplier multiplier = Find(parse, choice, network);
        bool isQuantised = IsQuantised(parse, network);
        if (isQuantised == multiplier is IntegerMultiplier)
            return multiplier;
        throw new InputException(isQuantised
            ? $"{multiplier.Name} multiplies floats, and the network integers; name a multiplier of integers, such as "
                + $"{ExactIntegerMultiplier.Int8}" + (network.IsQuantised ? "" : ", or leave out --quantise")
            : $"{multiplier.Name} multiplies integers, and the network floats; quantise it: --quantise int8");
    }

    /// <summary>A multiplier for the network: circuits and tables multiply integers if it is quantised.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="choice">The multiplier as given; null for the exact one.</param>
    /// <param name="network">The exact network.</param>
    /// <exception cref="InputException">It cannot be read.</exception>
    public Multiplier Find(ParseResult parse, MultiplierChoice? choice, Network network)
    {
        // A quantised file has no network of floats, so exact is exact-int8.
        choice = choice is null || (choice.Given == Multipliers.All[0].Name && network.IsQuantised) ? Default(parse, network) : choice;
        return choice.Find(IsQuantised(parse, network), quantise.IsSigned(parse));
    }

    /// <summary>The exact multiplier of the network, which is taken where none is named.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    public MultiplierChoice Default(ParseResult parse, Network network) =>
        new(IsQuantised(parse, network) ? ExactIntegerMultiplier.Int8.Name : Multipliers.All[0].Name);

    /// <summary>The network as it was loaded, exact, with the selected accumulator format.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    public Network Exact(ParseResult parse, Network network) => network.With(
        network.IsQuantised ? ExactIntegerMultiplier.Int8 : Multipliers.All[0], accumulation: parse.GetValue(accumulate).Value);

    bool IsQuantised(ParseResult parse, Network network) => network.IsQuantised || quantise.Value(parse) is not null;

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
        var quantised = new ConcurrentDictionary<bool, Lazy<Network>>();
        Network Replaced(Multiplier multiplier) => Base(multiplier).With(multiplier, selection, accumulation);
        if (preparation.Calibration is not Dataset some)
            return Replaced;
        Tensor pixels = some.Images(0, some.Count);
        var calibrated = new ConditionalWeakTable<Multiplier, Lazy<Network>>();
        return multiplier => calibrated.GetValue(
            multiplier, own => new(() => CalibrationOptions.Run(Replaced(own), pixels, cancellation).Network)).Value;

        Network Base(Multiplier multiplier)
        {
            if (multiplier is not IntegerMultiplier { IsSigned: bool isSigned } || preparation.Ranges is not Dataset ranges)
                return network;
            PostTrainingQuantisation options = quantise.Value(parse)!.Value.Quantisation with { IsSigned = isSigned, Layers = selection };
            return quantised.GetOrAdd(isSigned, _ => new(() => ProgressBar.While("quantising", ranges.Count, progress =>
                options.Run(network, ranges.Images(0, ranges.Count), done => progress(done), cancellation)))).Value;
        }
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
            + $"{parse.GetValue(accumulate)}{Prepared(parse, preparation)}";

    // A user's own pictures are in no split that the command line names.
    static string SplitOf(Dataset used) => used.Split.ToString().ToLowerInvariant();

    /// <summary>Identifies the network, the images and the hardware.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{images.Identify(parse)} ({parse.GetValue(split)}, from image {parse.GetValue(skip)}), {parse.GetValue(layers)} layers, sums in "
            + $"{parse.GetValue(accumulate)}{(quantise.Value(parse) is null ? "" : $", {quantise.Describe(parse)}")}"
            + calibration.Identify(parse);

    /// <summary>One line that describes the network, the images and the hardware.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="data">The images.</param>
    /// <param name="preparation">How the network is prepared.</param>
    public string Describe(ParseResult parse, Network network, Dataset data, Multiplier multiplier, Preparation preparation)
    {
        string where = parse.GetValue(layers) == LayerSelection.All ? "all layers" : $"the layers '{parse.GetValue(layers)}'";
        string sums = multiplier is IntegerMultiplier ? "int32" : $"{parse.GetValue(accumulate)}";
        return $"{network.Name} on {data.Name} ({parse.GetValue(split)}), {multiplier.Name} in {where}, sums in {sums}"
            + Prepared(parse, preparation);
    }

    string Prepared(ParseResult parse, Preparation preparation) =>
        (preparation.Ranges is Dataset ranges
            ? $", quantised ({quantise.Describe(parse)}, ranges of {CalibrationOptions.Describe(ranges)})"
            : "")
        + (preparation.Calibration is Dataset some ? $", calibrated on {CalibrationOptions.Describe(some)}" : "");
}
