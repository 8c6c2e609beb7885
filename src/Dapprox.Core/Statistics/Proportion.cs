namespace Dapprox.Statistics;

/// <summary>How many of some images something holds for, with the 95 % Wilson interval.</summary>
/// <param name="Count">How many.</param>
/// <param name="Of">Of how many; at least 0.</param>
public sealed record Proportion(int Count, int Of)
{
    /// <summary>The proportion, 0 to 1; null of no images.</summary>
    public double? Value => Of == 0 ? null : (double)Count / Of;

    /// <summary>The lower end of the interval.</summary>
    public double Low => Wilson.Interval(Count, Of).Low;

    /// <summary>The upper end of the interval.</summary>
    public double High => Wilson.Interval(Count, Of).High;
}
