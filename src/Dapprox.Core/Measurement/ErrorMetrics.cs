using Dapprox.Statistics;

namespace Dapprox.Measurement;

/// <summary>One product, with what it should have been.</summary>
/// <param name="Activation">Operand A.</param>
/// <param name="Weight">Operand B.</param>
/// <param name="Product">What the multiplier gives.</param>
/// <param name="Error">How far off: absolute or relative, as the member that holds this says.</param>
public readonly record struct WorstProduct(float Activation, float Weight, float Product, double Error)
{
    /// <summary>The real product, exact in binary64.</summary>
    public double Exact => (double)Activation * Weight;
}

/// <summary>
/// How often the signed relative error fell into each of equally wide bins from −<see cref="Scale"/> to +<see cref="Scale"/>.
/// </summary>
/// <param name="Scale">The end of the last bin: a power of two.</param>
/// <param name="Counts">How many errors fell into each bin; a bin contains its lower end, the last one its upper end too.</param>
/// <param name="Below">How many errors were below −<paramref name="Scale"/>.</param>
/// <param name="Above">How many were above it.</param>
public sealed record ErrorHistogram(double Scale, IReadOnlyList<long> Counts, long Below, long Above)
{
    /// <summary>How many bins there are.</summary>
    public const int Bins = 100;

    /// <summary>The width of a bin.</summary>
    public double Width => 2 * Scale / Bins;
}

/// <summary>
/// The error of a multiplier under a stated distribution of its operands. With ŷ the product it gives and y the exact real product
/// (which binary64 holds without rounding), the error is ŷ − y.
/// </summary>
/// <remarks>
/// Definitions follow J. Liang, J. Han, F. Lombardi, "New Metrics for the Reliability of Approximate and Probabilistic
/// Adders", IEEE Transactions on Computers 62(9), 2013, applied to real products. Products that are not finite numbers are
/// counted in <see cref="NotFinite"/> and left out of everything else.
/// </remarks>
public sealed record ErrorMetrics
{
    /// <summary>The multiplier's name.</summary>
    public required string Multiplier { get; init; }

    /// <summary>The name of the distribution of the operands.</summary>
    public required string Distribution { get; init; }

    /// <summary>The distribution, described in a few words.</summary>
    public required string DistributionSummary { get; init; }

    /// <summary>The number of products measured.</summary>
    public required long Samples { get; init; }

    /// <summary>The seed that determined the sample; null where all pairs were measured.</summary>
    public required ulong? Seed { get; init; }

    /// <summary>The number of significant bits of the mantissas whose pairs were all measured; null for a sample.</summary>
    public required int? Bits { get; init; }

    /// <summary>MRED, the mean of |ŷ − y| / |y| over all y that are not zero.</summary>
    public required Estimate MeanRelativeError { get; init; }

    /// <summary>The mean of (ŷ − y) / y over the same y: above 0 where magnitudes come out too large on average.</summary>
    public required Estimate MeanSignedRelativeError { get; init; }

    /// <summary>NMED, the mean of |ŷ − y| divided by <see cref="Normaliser"/>.</summary>
    public required Estimate NormalisedMeanError { get; init; }

    /// <summary>
    /// The divisor of NMED: the least upper bound of |y| under the distribution, or, where it has none, the largest |y| that occurred.
    /// </summary>
    public required double Normaliser { get; init; }

    /// <summary>The mean of |ŷ − y|.</summary>
    public required Estimate MeanAbsoluteError { get; init; }

    /// <summary>The mean of ŷ − y.</summary>
    public required Estimate Bias { get; init; }

    /// <summary>The product with the largest |ŷ − y|.</summary>
    public required WorstProduct WorstAbsolute { get; init; }

    /// <summary>The product with the largest |ŷ − y| / |y|.</summary>
    public required WorstProduct WorstRelative { get; init; }

    /// <summary>The fraction of products with |ŷ| &gt; |y|.</summary>
    public required Estimate ShareAbove { get; init; }

    /// <summary>How many exact products were zero; they have no relative error.</summary>
    public required long ZeroProducts { get; init; }

    /// <summary>How many products were infinite or no number.</summary>
    public required long NotFinite { get; init; }

    /// <summary>The signed relative error, (ŷ − y) / y: above 0 where the magnitude came out too large.</summary>
    public required ErrorHistogram RelativeErrors { get; init; }
}
