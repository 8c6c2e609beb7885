using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>The result of an attack on one image.</summary>
public sealed record AttackRecord
{
    /// <summary>The position of the image in its data set.</summary>
    public required int Image { get; init; }

    /// <summary>The true class.</summary>
    public required int Label { get; init; }

    /// <summary>The target class; null for an untargeted attack.</summary>
    public required int? Target { get; init; }

    /// <summary>The victim's class for the clean image; −1 for no answer.</summary>
    public required int CleanPrediction { get; init; }

    /// <summary>The victim's class for the adversarial image, by a fresh forward pass; −1 for no answer.</summary>
    public required int Prediction { get; init; }

    /// <summary>
    /// Whether the fresh pass confirms that the attack changed a correct class into a wanted one, with the required lead
    /// (<see cref="IAttack{TVictim}.Confidence"/>).
    /// </summary>
    public required bool Success { get; init; }

    /// <summary>Why the attack stopped.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>The candidate, pixels in [0, 1]; the clean image if nothing was tried.</summary>
    public required float[] Adversarial { get; init; }

    /// <summary>The distances of the candidate from the clean image.</summary>
    public required Distances Distances { get; init; }

    /// <summary>
    /// The logit of the true class minus the largest other at the adversarial image: negative if the victim is fooled. Null if the
    /// victim gives no scores.
    /// </summary>
    public required double? Margin { get; init; }

    /// <summary>
    /// Whether it remains adversarial, with any lead, after every pixel is rounded to a multiple of 1/255, as in a picture file;
    /// null without success.
    /// </summary>
    public required bool? SurvivesRounding { get; init; }

    /// <summary>
    /// The number of queries. The checks of the clean image and of the result do not count.
    /// </summary>
    public required long Queries { get; init; }

    /// <summary>The number of queries until this adversarial image was found; null without success.</summary>
    public required long? QueriesToBest { get; init; }

    /// <summary>The number of gradients, each of one loss at one point.</summary>
    public required long GradientCalls { get; init; }

    /// <summary>
    /// The number of backward passes of these gradients: none where a gradient is estimated from scores, several where it is a mean. Each
    /// has a forward pass, which counts among the queries.
    /// </summary>
    public long BackwardPasses { get; init; }

    /// <summary>Whether the victim classified the clean image correctly, so that the image was attacked.</summary>
    public bool CleanCorrect => CleanPrediction == Label;
}
