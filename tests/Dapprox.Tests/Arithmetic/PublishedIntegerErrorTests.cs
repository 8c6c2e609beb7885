using Dapprox.Arithmetic;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

/// <summary>
/// Mean and largest relative errors against those that were published, in per cent.
/// </summary>
public class PublishedIntegerErrorTests
{
    // Of a million pairs the mean has a standard error of less than a thousandth of it.
    const int Samples = 1_000_000;
    const double SampledShare = 0.01;

    // Of numbers with two digits after the point, cut or rounded.
    const double LastDigit = 0.01;

    /// <summary>The names in the table of docs/circuits.md, with the errors that it shows.</summary>
    public static TheoryData<string, string, string, string> Shown => new(
        from line in File.ReadLines(Repository.Path("docs/circuits.md"))
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == 6 && IntegerMultipliers.IsMeant(cells[0].Trim('`'))
        select (cells[0].Trim('`'), cells[3], cells[4], cells[5]));

    [Theory]
    [MemberData(nameof(Shown))]
    public void Documentation_ShowsWhatIsMeasured(string name, string mean, string worstRelative, string worstCase)
    {
        IntegerMetrics metrics = All(IntegerMultipliers.Find(name));

        Assert.Equal(
            (mean, worstRelative, worstCase),
            (
                $"{100 * metrics.MeanRelativeError.Value:F2} %", $"{100 * metrics.WorstRelative.Error:F2} %",
                $"{metrics.WorstAbsolute.Error}"));
    }

    /// <summary>
    /// DRUM, Hashemi et al. 2015, table II: 16 bits, a thousand million random pairs; mean, largest and bias. The largest errors of k = 5
    /// to 8 are 12.86, 6.31, 3.1 and 1.54 there, of random pairs; here they are the bound, (1 + 2^(1 − k))² − 1.
    /// </summary>
    [Theory]
    [InlineData(3, 11.90, 56.25, 2.08)]
    [InlineData(4, 5.89, 26.56, 0.53)]
    [InlineData(5, 2.94, 12.89, 0.14)]
    [InlineData(6, 1.47, 6.35, 0.04)]
    [InlineData(7, 0.73, 3.15, 0.01)]
    [InlineData(8, 0.37, 1.57, 0.01)]
    public void Drum_HasItsPublishedErrors(int k, double mean, double largest, double bias)
    {
        IntegerMetrics metrics = Sample(new DrumMultiplier(16, k));

        Assert.InRange(metrics.MeanRelativeError.Value * 100, mean - 0.006 - SampledShare * mean, mean + 0.006 + SampledShare * mean);
        Assert.InRange(metrics.WorstRelative.Error * 100, 0.9 * largest, largest + 0.005);
        Assert.True(Math.Abs(RelativeBias(new DrumMultiplier(16, k)) * 100) < bias + 0.05);
    }

    /// <summary>
    /// Mitchell 1962: 11.1 % at most. The mean is 3.88 % in Mahalingam and Ranganathan, IEEE Trans. Computers 55(12), 2006, for 100,000
    /// products of 32 bits; ours, for a million products of 16 bits, is 3.85 %.
    /// </summary>
    [Fact]
    public void Mitchell_HasItsPublishedErrors()
    {
        IntegerMetrics metrics = Sample(new MitchellMultiplier(16));

        Assert.Equal(3.85, metrics.MeanRelativeError.Value * 100, 0.02);
        Assert.InRange(metrics.WorstRelative.Error, 0.11, 1.0 / 9);
        Assert.Equal(1.0 / 9, All(new MitchellMultiplier(8)).WorstRelative.Error, 1e-12);
        Assert.Equal(0, metrics.ShareAbove.Value);
    }

    /// <summary>Babić et al. 2011, page 31: means over all pairs of 8 and 12 bits without a zero, and bounds.</summary>
    [Theory]
    [InlineData(8, 0, 8.9131, 25)]
    [InlineData(8, 1, 0.8337, 6.25)]
    [InlineData(8, 2, 0.0708, 1.56)]
    [InlineData(8, 3, 0.0048, 0.39)]
    public void IterativeLog_HasItsPublishedErrors(int bits, int corrections, double mean, double bound)
    {
        IntegerMetrics metrics = All(new IterativeLogMultiplier(bits, corrections));

        Assert.Equal(mean, metrics.MeanRelativeError.Value * 100, 0.00006);
        Assert.InRange(metrics.WorstRelative.Error * 100, 0.5 * bound, bound);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(12, 0, 9.3692)]
    [InlineData(12, 1, 0.9726)]
    [InlineData(12, 2, 0.1029)]
    [InlineData(12, 3, 0.0106)]
    public void IterativeLog_OfTwelveBits_HasItsPublishedMean(int bits, int corrections, double mean) =>
        Assert.Equal(mean, All(new IterativeLogMultiplier(bits, corrections)).MeanRelativeError.Value * 100, 0.00006);

    /// <summary>Zendegani et al. 2017, section III: 11.1 % at most, where the error can have either sign.</summary>
    [Fact]
    public void Roba_HasItsPublishedBound()
    {
        IntegerMetrics metrics = All(new RobaMultiplier(8));

        Assert.Equal(1.0 / 9, metrics.WorstRelative.Error, 1e-12);
        Assert.InRange(metrics.ShareAbove.Value, 0.2, 0.6);
    }

    /// <summary>
    /// Kulkarni et al. 2011, table I: error probability, mean, largest. Their mean counts pairs with a zero as free of error, and ours
    /// leaves them out. The means of 4 and 12 bits are cut after two digits there: ours are 2.608 and 3.317.
    /// </summary>
    [Theory]
    [InlineData(2, 0.0625, 1.39)]
    [InlineData(4, 0.19, 2.60)]
    [InlineData(8, 0.46, 3.25)]
    public void Kulkarni_HasItsPublishedErrors(int bits, double probability, double mean)
    {
        IntegerMetrics metrics = All(new KulkarniMultiplier(bits));

        double nonZero = 1 - Math.Pow(2, -bits);
        Assert.Equal(probability, metrics.ErrorProbability.Value, LastDigit);
        Assert.Equal(mean, metrics.MeanRelativeError.Value * nonZero * nonZero * 100, LastDigit);
        Assert.Equal(2.0 / 9, metrics.WorstRelative.Error, 1e-12);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(12, 0.675, 3.31)]
    public void Kulkarni_OfTwelveBits_HasItsPublishedErrors(int bits, double probability, double mean) =>
        Kulkarni_HasItsPublishedErrors(bits, probability, mean);

    static IntegerMetrics All(IntegerMultiplier multiplier) => IntegerMeasurement.AllPairs(
        multiplier, IntegerDistribution.Uniform, cancellation: TestContext.Current.CancellationToken);

    static IntegerMetrics Sample(IntegerMultiplier multiplier) => IntegerMeasurement.Sample(
        multiplier, IntegerDistribution.Uniform, Samples, seed: 1, cancellation: TestContext.Current.CancellationToken);

    /// <summary>The mean of (ŷ − y) / y, which is a product of two means where operands are independent.</summary>
    static double RelativeBias(DrumMultiplier drum)
    {
        double ratio = Enumerable.Range(1, (1 << drum.FirstWidth) - 1)
            .Average(operand => (double)drum.Multiply((ulong)operand, 1) / operand);
        return ratio * ratio - 1;
    }
}
