namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim that gives scores and classes but no gradients, whatever the inner victim gives: an attack that needs gradients does
/// not compile against it.
/// </summary>
/// <param name="inner">The wrapped victim.</param>
public sealed class ScoreOnlyVictim(IScoreVictim inner) : IScoreVictim
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>The query cost of the inner victim.</summary>
    public long QueryCost => inner.QueryCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => inner.Labels(images);

    /// <inheritdoc/>
    public Tensor Logits(Tensor images) => inner.Logits(images);
}
