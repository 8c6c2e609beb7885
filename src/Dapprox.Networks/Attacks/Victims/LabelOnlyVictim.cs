namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim that gives only classes, whatever the inner victim gives: an attack that needs more does not compile against it.
/// </summary>
/// <param name="inner">The wrapped victim.</param>
public sealed class LabelOnlyVictim(ILabelVictim inner) : ILabelVictim
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>The query cost of the inner victim.</summary>
    public long QueryCost => inner.QueryCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => inner.Labels(images);
}
