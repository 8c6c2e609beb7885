using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Options;

/// <summary>The options of commands that can quantise the network before they use it.</summary>
sealed class QuantiseOptions
{
    readonly Option<int?> quantise = Values.Option<int?>(
        "--quantise", "int8",
        "Quantise the network first, without training: its layers multiply integers of so many bits, int4 to int8, and --multiplier is a "
            + "multiplier of integers. Weights are symmetric. Activations are signed and symmetric for a signed multiplier, else unsigned "
            + "with a zero point. A multiplier of fewer bits quantises its layers to these. Batch normalisations are folded. "
            + "[default: floats]",
        text => text.StartsWith("int", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            && bits is >= MinBits and <= IntegerFormat.MaxBits
            ? bits
            : throw new InputException($"--quantise is '{text}'; give int{MinBits} to int{IntegerFormat.MaxBits}"));

    readonly Option<Choice<RangeMethod>> range = Range();

    readonly Option<int> images = Values.Integer(
        "--range-images", "The number of images on which the ranges are measured: the first training images, or of --calibration-images.",
        min: 1, otherwise: PostTrainingQuantisation.DefaultImages);

    readonly Option<Choice<bool>> scales = WeightScales();

    readonly Option<bool> equalise = Equalise();

    readonly Option<Choice<SignHandling>> signs = SharedOptions.Signs();

    readonly SignOptions sign = new();

    /// <summary>The fewest bits with which a network without retraining is of use.</summary>
    public const int MinBits = 4;

    /// <summary>The property of a result in JSON, for help.</summary>
    public const string Fields = "{bits, activations (formats), range, weightScales, equalised, signs, images}";

    /// <summary>The option that chooses the ranges of activations.</summary>
    public static Option<Choice<RangeMethod>> Range() => Values.Choice<RangeMethod>(
        "--range", "How the range of the activations of a layer is chosen; numbers outside are clamped.",
        new("minmax", RangeMethod.MinMax), new("percentile", RangeMethod.Percentile), new("mse", RangeMethod.Mse),
        new("entropy", RangeMethod.Entropy));

    /// <summary>The option that chooses the scales of weights; true for one for each output channel.</summary>
    public static Option<Choice<bool>> WeightScales() => Values.Choice<bool>(
        "--weight-scales", "The scales of weights: one for each output channel, or one for a layer.",
        new("per-channel", true), new("per-tensor", false));

    /// <summary>The option that equalises weights.</summary>
    public static Option<bool> Equalise() => new("--equalise")
    {
        Description = "Make the ranges of the weights of neighbouring layers equal first, channel by channel, by powers of two: with exact "
            + "products of floats no logit changes (Nagel et al., ICCV 2019).",
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [quantise, range, images, scales, equalise, signs, .. sign.All];

    /// <summary>Those that say whether the integers of a circuit or a table are signed.</summary>
    public IEnumerable<Option> OfSigns => sign.All;

    /// <summary>Whether the integers of a circuit or a table are signed; null for what it says.</summary>
    public bool? IsSigned(ParseResult parse) => sign.Read(parse);

    /// <summary>Refuses options that say how, where nothing is quantised.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="isQuantised">Whether the network is quantised already, so that circuits and tables multiply integers.</param>
    /// <exception cref="InputException">There is such an option.</exception>
    void ThrowIfIdle(ParseResult parse, bool isQuantised)
    {
        Option[] idle = [range, images, scales, equalise, signs, .. isQuantised ? [] : sign.All];
        if (parse.GetValue(quantise) is null
            && idle.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is Option given)
            throw new InputException($"{given.Name} is given without --quantise; give both, or neither");
    }

    /// <summary>Whether the layers of the network multiply integers, as it is or after --quantise.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network as it was loaded.</param>
    bool IsQuantised(ParseResult parse, Network network) => network.IsQuantised || IsGiven(parse);

    /// <summary>Whether the network is to be quantised.</summary>
    public bool IsGiven(ParseResult parse) => parse.GetValue(quantise) is not null;

    /// <summary>A multiplier for the network: circuits and tables multiply integers if it is quantised.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="choice">The multiplier as given; null for the exact one.</param>
    /// <param name="network">The network as it was loaded.</param>
    /// <param name="layers">The layers that it replaces.</param>
    /// <exception cref="InputException">It cannot be read, or names layers as well.</exception>
    public Multiplier Find(ParseResult parse, MultiplierChoice? choice, Network network, LayerSelection layers)
    {
        // A quantised file has no network of floats, so exact is exact-int8.
        choice = choice is null || (choice.Given == Multipliers.All[0].Name && network.IsQuantised) ? Default(parse, network) : choice;
        Multiplier found = choice.Find(IsQuantised(parse, network), IsSigned(parse), layers);
        if (parse.GetValue(quantise) is int bits)
        {
            foreach (IntegerMultiplier narrow in Integers(found).Where(own => Math.Min(own.FirstWidth, own.SecondWidth) < bits))
            {
                Output.NoteFact($"{narrow.Name} has operands of "
                    + (narrow.FirstWidth == narrow.SecondWidth ? $"{narrow.FirstWidth}" : $"{narrow.FirstWidth} and {narrow.SecondWidth}")
                    + " bits; its layers are quantised to these");
            }
        }

        return found;
    }

    /// <summary>The one multiplier of a command, which fits the network.</summary>
    /// <inheritdoc cref="Find"/>
    /// <exception cref="InputException">It cannot be read, or multiplies floats where integers are multiplied, or the reverse.</exception>
    public Multiplier Fitting(ParseResult parse, MultiplierChoice? choice, Network network, LayerSelection layers)
    {
        Multiplier multiplier = Find(parse, choice, network, layers);
        bool isQuantised = IsQuantised(parse, network);
        if (isQuantised == multiplier.MultipliesIntegers)
            return multiplier;
        throw new InputException(isQuantised
            ? $"{multiplier.Name} multiplies floats, and the network integers; name a multiplier of integers, such as "
                + $"{ExactIntegerMultiplier.Int8}" + (network.IsQuantised ? "" : ", or leave out --quantise")
            : $"{multiplier.Name} multiplies integers, and the network floats; quantise it: --quantise int8");
    }

    /// <summary>The exact multiplier of the network, which is taken where none is named.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network as it was loaded.</param>
    public MultiplierChoice Default(ParseResult parse, Network network) =>
        new(IsQuantised(parse, network) ? ExactIntegerMultiplier.Int8.Name : Multipliers.All[0].Name);

    /// <summary>Refuses what does not go together, and says on how many images ranges are measured; null for a network that is left as
    /// it is.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network as it was loaded.</param>
    /// <exception cref="InputException">An option of quantisation stands without it, or the network is quantised already.</exception>
    public int? Images(ParseResult parse, Network network)
    {
        ThrowIfIdle(parse, network.IsQuantised);
        if (parse.GetValue(quantise) is null)
            return null;
        return network.IsQuantised
            ? throw new InputException($"{network.Name} is quantised already; leave out --quantise")
            : parse.GetValue(images);
    }

    /// <summary>How the network is quantised.</summary>
    /// <param name="parse">The command line, with --quantise.</param>
    /// <param name="layers">The layers that are quantised.</param>
    public PostTrainingQuantisation Options(ParseResult parse, LayerSelection layers) => new()
    {
        ActivationBits = parse.GetValue(quantise)!.Value,
        WeightBits = parse.GetValue(quantise)!.Value,
        IsPerChannel = parse.GetValue(scales).Value,
        Equalises = parse.GetValue(equalise),
        Method = parse.GetValue(range).Value,
        Signs = parse.GetValue(signs).Value,
        Layers = layers,
    };

    /// <summary>Measures the ranges of activations, with progress on a terminal.</summary>
    /// <param name="parse">The command line, with --quantise.</param>
    /// <param name="network">The network of floats.</param>
    /// <param name="ranges">The images on which they are measured.</param>
    /// <param name="layers">The layers that are quantised.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public ActivationRanges Measure(
        ParseResult parse, Network network, Dataset ranges, LayerSelection layers, CancellationToken cancellation)
    {
        PostTrainingQuantisation options = Options(parse, layers);
        return ProgressBar.While("quantising", ranges.Count, progress =>
            options.Measure(network, ranges.Images(0, ranges.Count), done => progress(done), cancellation));
    }

    static IEnumerable<IntegerMultiplier> Integers(Multiplier multiplier) =>
        (multiplier is LayerMultipliers several ? several.Multipliers : [multiplier]).OfType<IntegerMultiplier>();

    /// <summary>The quantisation in words: <c>int8, minmax, per-channel</c>.</summary>
    public string Describe(ParseResult parse) =>
        $"int{parse.GetValue(quantise)}, {parse.GetValue(range)}, {parse.GetValue(scales)}, "
            + $"{(parse.GetValue(equalise) ? "equalised, " : "")}signs: {parse.GetValue(signs)}";

    /// <summary>The quantisation as a property of a result.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="images">The number of images on which ranges were measured.</param>
    /// <param name="multipliers">The multipliers, the sign of which decides on the activations.</param>
    public JsonObject Json(ParseResult parse, int images, params IEnumerable<Multiplier> multipliers) => new()
    {
        ["bits"] = parse.GetValue(quantise),
        ["activations"] = new JsonArray([.. multipliers
            .SelectMany(Integers)
            .Select(multiplier => new IntegerFormat(
                Math.Min(parse.GetValue(quantise)!.Value, multiplier.FirstWidth), multiplier.IsSigned).ToString()).Distinct()
            .Select(name => JsonValue.Create(name))]),
        ["range"] = parse.GetValue(range).Name,
        ["weightScales"] = parse.GetValue(scales).Name,
        ["equalised"] = parse.GetValue(equalise),
        ["signs"] = parse.GetValue(signs).Name,
        ["images"] = images,
    };
}
