namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim that tells scores and classes but no gradients, whatever the one behind it can tell: an attack that needs
/// gradients does not compile against it.
/// </summary>
/// <param name="inner">The victim behind it.</param>
public sealed class ScoreOnlyVictim(IScoreVictim inner) : IScoreVictim
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>As many evaluations as the victim behind it needs.</summary>
    public long QueryCost => inner.QueryCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => inner.Labels(images);

    /// <inheritdoc/>
    public Tensor Logits(Tensor images) => inner.Logits(images);
}
