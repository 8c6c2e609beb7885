using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim whose gradients are those at a randomly resized copy of the image, so that examples depend less on the details of one
/// network and transfer better (Xie et al., CVPR 2019, algorithm 1). Labels and logits are those at the image itself.
/// </summary>
/// <param name="inner">The wrapped victim.</param>
/// <param name="probability">The probability that a copy is resized, from 0 to 1.</param>
/// <param name="seed">Determines the copies, with the bits of the image.</param>
public sealed class DiverseVictim(IGradientVictim inner, double probability, ulong seed) : IGradientVictim
{
    readonly AveragingVictim copies = new(inner, new RandomResize(probability), samples: 1, seed);

    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <inheritdoc/>
    public long QueryCost => inner.QueryCost;

    /// <summary>The inner victim's, and one query for the logits at the image.</summary>
    public long GradientCost => inner.GradientCost + inner.QueryCost;

    /// <inheritdoc/>
    public long BackwardCost => inner.BackwardCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => inner.Labels(images);

    /// <inheritdoc/>
    public Tensor Logits(Tensor images) => inner.Logits(images);

    /// <inheritdoc/>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss) =>
        (inner.Logits(images), copies.InputGradient(images, loss).Gradient);
}
