using System.Numerics;
using Dapprox.Statistics;

namespace Dapprox.Measurement;

/// <summary>A product of integers, with how far off it is.</summary>
/// <param name="A">The first operand.</param>
/// <param name="B">The second operand.</param>
/// <param name="Product">What the multiplier gives.</param>
/// <param name="Error">How far off: absolute or relative, as the member that holds this says.</param>
public readonly record struct WorstPair(BigInteger A, BigInteger B, BigInteger Product, double Error);

/// <summary>
/// The mean of the error over the operands, in a grid: each operand's range is cut into equal parts by its highest free bits.
/// </summary>
/// <param name="MeanErrors">
/// The mean of ŷ − y, by the part of the first operand and that of the second; NaN where no pair was measured.
/// </param>
/// <param name="First">The first operand's range: its lowest value, and one more than its highest.</param>
/// <param name="Second">The second operand's.</param>
public sealed record ErrorMap(double[,] MeanErrors, (double Low, double High) First, (double Low, double High) Second);

/// <summary>
/// The error of a multiplier of integers under a stated distribution of its operands. With ŷ the number it gives and y = a·b, the error is
/// ŷ − y.
/// </summary>
/// <remarks>
/// The definitions are EvoApproxLib's (Mrazek, Hrbacek, Vasicek, Sekanina, "EvoApprox8b", DATE 2017), and for MRED and NMED
/// those of J. Liang, J. Han, F. Lombardi, "New Metrics for the Reliability of Approximate and Probabilistic Adders", IEEE
/// Transactions on Computers 62(9), 2013. EvoApproxLib's MAE% and WCE% are MAE and worst case divided by 2^(n + m), the
/// number of products that the output of an exact multiplier has room for; NMED is divided by the largest exact product.
/// </remarks>
public sealed record IntegerMetrics
{
    /// <summary>The multiplier's name.</summary>
    public required string Multiplier { get; init; }

    /// <summary>Whether numbers were taken in two's complement.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>The distribution of the operands.</summary>
    public required IntegerDistribution Distribution { get; init; }

    /// <summary>The number of pairs of operands measured.</summary>
    public required long Samples { get; init; }

    /// <summary>The seed that determined the sample; null where all pairs were measured.</summary>
    public required ulong? Seed { get; init; }

    /// <summary>EP, the fraction of pairs with ŷ ≠ y.</summary>
    public required Estimate ErrorProbability { get; init; }

    /// <summary>MAE, also called MED: the mean of |ŷ − y|.</summary>
    public required Estimate MeanAbsoluteError { get; init; }

    /// <summary>NMED: the mean of |ŷ − y| divided by <see cref="Normaliser"/>.</summary>
    public required Estimate NormalisedMeanError { get; init; }

    /// <summary>The largest exact product of operands of n and m bits: (2ⁿ − 1)(2ᵐ − 1), or 2^(n + m − 2) with a sign.</summary>
    public required double Normaliser { get; init; }

    /// <summary>WCE: the pair with the largest |ŷ − y|; in a sample the largest that occurred, so a lower bound.</summary>
    public required WorstPair WorstAbsolute { get; init; }

    /// <summary>
    /// MRE, which is also MRED: the mean of |ŷ − y| / |y| over the pairs with y ≠ 0. (EvoApproxLib's numbers come out when y = 0
    /// is left out, from the sum and from the count.)
    /// </summary>
    public required Estimate MeanRelativeError { get; init; }

    /// <summary>The mean of |ŷ − y| / max(1, |y|) over all pairs, also those with y = 0.</summary>
    public required Estimate MeanRelativeErrorWithZeros { get; init; }

    /// <summary>WCRE: the pair with the largest |ŷ − y| / |y|, y ≠ 0; in a sample a lower bound.</summary>
    public required WorstPair WorstRelative { get; init; }

    /// <summary>MSE: the mean of (ŷ − y)².</summary>
    public required Estimate MeanSquaredError { get; init; }

    /// <summary>The mean of ŷ − y.</summary>
    public required Estimate Bias { get; init; }

    /// <summary>The fraction of pairs with ŷ &gt; y.</summary>
    public required Estimate ShareAbove { get; init; }

    /// <summary>
    /// For each bit, the lowest first, the fraction of pairs in which that of ŷ is not that of y. There are as many as the wider
    /// of ŷ and y has.
    /// </summary>
    public required IReadOnlyList<Estimate> BitErrors { get; init; }

    /// <summary>The mean error by the values of the operands.</summary>
    public required ErrorMap Map { get; init; }
}
