using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>What became of one image under attack.</summary>
public sealed record AttackRecord
{
    /// <summary>The position of the image in its data set.</summary>
    public required int Image { get; init; }

    /// <summary>The true class.</summary>
    public required int Label { get; init; }

    /// <summary>The class that was aimed at, or null for any wrong one.</summary>
    public required int? Target { get; init; }

    /// <summary>The victim's class for the clean image; −1 where it had no answer.</summary>
    public required int CleanPrediction { get; init; }

    /// <summary>The victim's class for the adversarial image, by a fresh forward pass; −1 where it had no answer.</summary>
    public required int Prediction { get; init; }

    /// <summary>
    /// Whether the attack turned a right answer into the wanted wrong one, with the lead that it asks for (<see
    /// cref="IAttack{TVictim}.Confidence"/>), by that fresh pass.
    /// </summary>
    public required bool Success { get; init; }

    /// <summary>Why the attack stopped.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>The attempt, pixels in [0, 1]; the clean image where nothing was tried.</summary>
    public required float[] Adversarial { get; init; }

    /// <summary>How far it is from the clean image.</summary>
    public required Distances Distances { get; init; }

    /// <summary>
    /// The true class's logit above the largest other at the adversarial image: negative where the victim is fooled. Null
    /// where the victim shows no scores.
    /// </summary>
    public required double? Margin { get; init; }

    /// <summary>
    /// Whether it is still classified as wanted, with whatever lead, when every pixel is rounded to a multiple of 1/255, as a
    /// picture file stores it; null without success.
    /// </summary>
    public required bool? SurvivesRounding { get; init; }

    /// <summary>
    /// How often the attack asked the victim. The check of the clean image before and of the result after it do not count.
    /// </summary>
    public required long Queries { get; init; }

    /// <summary>How many of the queries it took until this adversarial image was found; null without success.</summary>
    public required long? QueriesToBest { get; init; }

    /// <summary>How many gradients the attack asked for, each of one loss at one point.</summary>
    public required long GradientCalls { get; init; }

    /// <summary>Whether the victim classified the clean image right, so that there was something to attack.</summary>
    public bool CleanCorrect => CleanPrediction == Label;
}
