using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>A victim that gives only the class of an image (decision-based attacks).</summary>
public interface ILabelVictim
{
    /// <summary>The shape of one image: <c>[channels, height, width]</c>; pixels lie in [0, 1].</summary>
    ReadOnlySpan<int> InputShape { get; }

    /// <summary>The number of classes.</summary>
    int Classes { get; }

    /// <summary>
    /// The number of evaluations of the network per answer and image; at least 1; more if the victim averages over variants of the image.
    /// </summary>
    long QueryCost => 1;

    /// <summary>The class of every image; −1 if the victim has no answer because its scores are NaN.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    int[] Labels(Tensor images);
}

/// <summary>A victim that also gives the scores of an image (score-based attacks).</summary>
public interface IScoreVictim : ILabelVictim
{
    /// <summary>The logits of every image.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <returns><c>[batch, classes]</c>.</returns>
    Tensor Logits(Tensor images);
}

/// <summary>A victim that also gives gradients (white-box attacks).</summary>
public interface IGradientVictim : IScoreVictim
{
    /// <summary>
    /// The number of evaluations of the network, forward or forward and backward, per gradient and image; at least 1; more if the
    /// victim estimates or averages it.
    /// </summary>
    long GradientCost => 1;

    /// <summary>
    /// The number of backward passes of the network per gradient and image: 0 if the victim estimates it from scores, more than 1 if it
    /// averages.
    /// </summary>
    long BackwardCost => 1;

    /// <summary>
    /// The maximum number of evaluations for the gradients of several losses at one image in one query; at least 1. It is less than
    /// a multiple of <see cref="GradientCost"/> if the losses share evaluations.
    /// </summary>
    /// <param name="losses">The number of losses; at least 1.</param>
    long CostOfGradients(int losses) => losses * GradientCost;

    /// <summary>The logits of every image, and the gradient of a loss with respect to the image.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="loss">Gives the gradient of an image's loss with respect to its logits; may be called from several threads.</param>
    /// <returns>Logits <c>[batch, classes]</c>, and the gradient, shaped like the images.</returns>
    (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss);
}
