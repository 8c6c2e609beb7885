namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim that tells classes and nothing else, whatever the one behind it can tell: an attack that needs more does not
/// compile against it.
/// </summary>
/// <param name="inner">The victim behind it.</param>
public sealed class LabelOnlyVictim(ILabelVictim inner) : ILabelVictim
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>As many evaluations as the victim behind it needs.</summary>
    public long QueryCost => inner.QueryCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => inner.Labels(images);
}
