using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Options;

/// <summary>The options of commands that can quantise the network before they use it.</summary>
sealed class QuantiseOptions
{
    readonly Option<int?> quantise = Values.Option<int?>(
        "--quantise", "int8",
        "Quantise the network first, without training: its layers multiply integers of so many bits, int4 to int8, and --multiplier is a "
            + "multiplier of integers. Weights are symmetric. Activations are signed and symmetric for a signed multiplier, else unsigned "
            + "with a zero point. Batch normalisations are folded. [default: floats]",
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

    readonly Option<Choice<SignHandling>> signs = SharedOptions.Signs();

    readonly SignOptions sign = new();

    /// <summary>The fewest bits with which a network without retraining is of use.</summary>
    public const int MinBits = 4;

    /// <summary>The property of a result in JSON, for help.</summary>
    public const string Fields = "{bits, activations (formats), range, weightScales, signs, images}";

    /// <summary>The option that chooses the ranges of activations.</summary>
    public static Option<Choice<RangeMethod>> Range() => Values.Choice<RangeMethod>(
        "--range", "How the range of the activations of a layer is chosen; numbers outside are clamped.",
        new("minmax", RangeMethod.MinMax), new("percentile", RangeMethod.Percentile), new("mse", RangeMethod.Mse),
        new("entropy", RangeMethod.Entropy));

    /// <summary>The option that chooses the scales of weights; true for one for each output channel.</summary>
    public static Option<Choice<bool>> WeightScales() => Values.Choice<bool>(
        "--weight-scales", "The scales of weights: one for each output channel, or one for a layer.",
        new("per-channel", true), new("per-tensor", false));

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [quantise, range, images, scales, signs, .. sign.All];

    /// <summary>Whether the integers of a circuit or a table are signed; null for what it says.</summary>
    public bool? IsSigned(ParseResult parse) => sign.Read(parse);

    /// <summary>Refuses options that say how, where nothing is quantised.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="isQuantised">Whether the network is quantised already, so that circuits and tables multiply integers.</param>
    /// <exception cref="InputException">There is such an option.</exception>
    public void ThrowIfIdle(ParseResult parse, bool isQuantised)
    {
        Option[] idle = [range, images, scales, signs, .. isQuantised ? [] : sign.All];
        if (parse.GetValue(quantise) is null
            && idle.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is Option given)
            throw new InputException($"{given.Name} is given without --quantise; give both, or neither");
    }

    /// <summary>How the network is quantised; null to leave it as it is.</summary>
    /// <param name="parse">The command line.</param>
    public (PostTrainingQuantisation Quantisation, int Images)? Value(ParseResult parse) => parse.GetValue(quantise) is int bits
        ? (new PostTrainingQuantisation
        {
            ActivationBits = bits,
            WeightBits = bits,
            IsPerChannel = parse.GetValue(scales).Value,
            Method = parse.GetValue(range).Value,
            Signs = parse.GetValue(signs).Value,
        }, parse.GetValue(images))
        : null;

    /// <summary>The quantisation in words: <c>int8, minmax, per-channel</c>.</summary>
    public string Describe(ParseResult parse) =>
        $"int{parse.GetValue(quantise)}, {parse.GetValue(range)}, {parse.GetValue(scales)}, signs: {parse.GetValue(signs)}";

    /// <summary>The quantisation as a property of a result.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="images">The number of images on which ranges were measured.</param>
    /// <param name="multipliers">The multipliers, the sign of which decides on the activations.</param>
    public JsonObject Json(ParseResult parse, int images, params IEnumerable<Multiplier> multipliers) => new()
    {
        ["bits"] = parse.GetValue(quantise),
        ["activations"] = new JsonArray([.. multipliers.OfType<IntegerMultiplier>().Select(
            multiplier => $"{new IntegerFormat(parse.GetValue(quantise)!.Value, multiplier.IsSigned)}").Distinct()
            .Select(name => JsonValue.Create(name))]),
        ["range"] = parse.GetValue(range).Name,
        ["weightScales"] = parse.GetValue(scales).Name,
        ["signs"] = parse.GetValue(signs).Name,
        ["images"] = images,
    };
}
