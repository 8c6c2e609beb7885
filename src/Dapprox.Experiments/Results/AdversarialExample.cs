using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Results;

/// <summary>The prediction of a network for an adversarial image.</summary>
/// <param name="Network">The name of the network in captions: <c>exact</c>, <c>ax-fpm</c>.</param>
/// <param name="Class">The name of the predicted class.</param>
/// <param name="Right">Whether the prediction is correct.</param>
public readonly record struct ExamplePrediction(string Network, string Class, bool Right);

/// <summary>An adversarial example as it is drawn.</summary>
public sealed record AdversarialExample
{
    /// <summary>The clean image, <c>[channels, height, width]</c>, pixels in [0, 1].</summary>
    public required float[] Clean { get; init; }

    /// <summary>The adversarial image, of the same shape.</summary>
    public required float[] Adversarial { get; init; }

    /// <summary>1 for grey, 3 for red, green, blue.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows of the image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of the image.</summary>
    public required int Width { get; init; }

    /// <summary>The attack, as the caption names it: <c>PGD, ε = 0.1</c>.</summary>
    public required string Attack { get; init; }

    /// <summary>The name of the true class.</summary>
    public required string Label { get; init; }

    /// <summary>The predictions of networks for the adversarial image, that of the attacked one first.</summary>
    public required IReadOnlyList<ExamplePrediction> Predictions { get; init; }

    /// <summary>The L2 distance from the clean image.</summary>
    public required double L2 { get; init; }

    /// <summary>The example of an attack's record.</summary>
    /// <param name="attack">The attack, as the caption names it.</param>
    /// <param name="data">The data set of the image.</param>
    /// <param name="clean">The clean image, <c>[channels, height, width]</c>, pixels in [0, 1].</param>
    /// <param name="record">The outcome of the attack.</param>
    /// <param name="labels">Networks by name and their classes for the adversarial image, the attacked one first; −1 for no answer.</param>
    public static AdversarialExample Of(
        string attack, Dataset data, float[] clean, AttackRecord record, IEnumerable<(string Network, int Label)> labels) => new()
        {
            Clean = clean,
            Adversarial = record.Adversarial,
            Channels = data.Channels,
            Height = data.Height,
            Width = data.Width,
            Attack = attack,
            Label = data.Classes[record.Label],
            L2 = record.Distances.L2,
            Predictions = [.. labels.Select(answer => new ExamplePrediction(
                answer.Network, answer.Label < 0 ? "no answer" : data.Classes[answer.Label], answer.Label == record.Label))],
        };
}
