namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The search for the smallest sufficient weight c of a loss against a distance: c grows tenfold until one succeeds, up to 10¹⁰; then the
/// interval is bisected. (Carlini, Wagner 2017, section V-B.)
/// </summary>
/// <param name="first">The first c; above 0 and at most <see cref="Max"/>.</param>
sealed class ConstantSearch(double first)
{
    /// <summary>
    /// The largest c, as in the authors' program. A larger one makes the distance negligible and finally overflows binary64.
    /// </summary>
    public const double Max = 1e10;

    double low;

    /// <summary>The c to try.</summary>
    public double Constant { get; private set; } = first;

    /// <summary>The smallest c that has succeeded; infinite before the first.</summary>
    public double Sufficient { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether no c is left to try.</summary>
    public bool IsOver => low == Max;

    /// <summary>Tries the smallest sufficient c again.</summary>
    public void Repeat() => Constant = double.IsFinite(Sufficient) ? Sufficient : Constant;

    /// <summary>Chooses the next c.</summary>
    /// <param name="succeeded">Whether the last one succeeded.</param>
    public void Next(bool succeeded)
    {
        if (succeeded)
            Sufficient = Constant;
        else
            low = Constant;
        Constant = double.IsInfinity(Sufficient) ? Math.Min(10 * Constant, Max) : (low + Sufficient) / 2;
    }
}
