using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>What an attacker sees who learns nothing but the class of an image (decision-based attacks).</summary>
public interface ILabelVictim
{
    /// <summary>The shape of one image: <c>[channels, height, width]</c>; pixels lie in [0, 1].</summary>
    ReadOnlySpan<int> InputShape { get; }

    /// <summary>How many classes there are.</summary>
    int Classes { get; }

    /// <summary>
    /// How many evaluations of the network one answer takes, for one image; at least 1. More than 1 where the victim
    /// averages over variants of the image.
    /// </summary>
    long QueryCost => 1;

    /// <summary>The class of every image; −1 where the victim has no answer, because its scores are not numbers.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    int[] Labels(Tensor images);
}

/// <summary>What an attacker sees who learns the scores of an image too (score-based attacks).</summary>
public interface IScoreVictim : ILabelVictim
{
    /// <summary>The logits of every image.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <returns><c>[batch, classes]</c>.</returns>
    Tensor Logits(Tensor images);
}

/// <summary>What an attacker sees who knows the network (white-box attacks).</summary>
public interface IGradientVictim : IScoreVictim
{
    /// <summary>
    /// How many evaluations of the network, forward or forward and backward, one gradient takes, for one image; at least
    /// 1. More than 1 where the victim estimates or averages it.
    /// </summary>
    long GradientCost => 1;

    /// <summary>
    /// How many evaluations the gradients of several losses at one image take at most, asked in one question; at least 1. Less
    /// than as many times <see cref="GradientCost"/> where the victim uses its evaluations for all of them.
    /// </summary>
    /// <param name="losses">How many losses; at least 1.</param>
    long CostOfGradients(int losses) => losses * GradientCost;

    /// <summary>The logits of every image, and the gradient of a loss with respect to the image.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="loss">Gives the gradient of an image's loss with respect to its logits; may be called from several threads.</param>
    /// <returns>Logits <c>[batch, classes]</c>, and the gradient, shaped like the images.</returns>
    (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss);
}
