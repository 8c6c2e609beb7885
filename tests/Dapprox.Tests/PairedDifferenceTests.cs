using CsCheck;
using Dapprox.Foundation;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests;

public class PairedDifferenceTests
{
    static readonly Gen<PairedDifference> Any =
        from first in Gen.Int[0, 60]
        from second in Gen.Int[0, 60]
        from same in Gen.Int[0, 300]
        where first + second + same > 0
        select new PairedDifference(first, second, first + second + same);

    // By hand: binomial tails of a fair coin.
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(5, 0, 0.0625)]
    [InlineData(6, 0, 0.03125)]
    [InlineData(8, 2, 2 * (1 + 10 + 45) / 1024.0)]
    [InlineData(3, 3, 1)]
    public void PValue_OfFewImages_IsTwiceTheBinomialTail(int first, int second, double expected)
    {
        Assert.Equal(expected, new PairedDifference(first, second, 200).PValue, 1e-12);
        Assert.Equal(expected, new PairedDifference(second, first, 200).PValue, 1e-12);
    }

    [Fact]
    public void Interval_ContainsTheDifference_AndIsAntisymmetric() => Any.Sample(given =>
    {
        Estimate interval = given.Interval, other = (given with { FirstOnly = given.SecondOnly, SecondOnly = given.FirstOnly }).Interval;

        Assert.True(-1 <= interval.Low && interval.Low <= given.Value && given.Value <= interval.High && interval.High <= 1);
        Assert.Equal(-interval.High, other.Low, 1e-12);
        Assert.Equal(-interval.Low, other.High, 1e-12);
    });

    // Tango 1998, section 3: without discordant images the ends are ±z²/(n + z²), which is Wilson's upper end of 0 of n.
    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    public void Interval_OfNoDiscordantImages_IsWilsonsOfZero(int images)
    {
        Estimate interval = new PairedDifference(0, 0, images).Interval;

        Assert.Equal(Wilson.Interval(0, images).High, interval.High, 1e-9);
        Assert.Equal(-Wilson.Interval(0, images).High, interval.Low, 1e-9);
    }

    // Of a thousand drawn samples about 950 intervals contain the true difference; four standard deviations of the count are 28.
    [Theory]
    [InlineData(0.10, 0.05, 100)]
    [InlineData(0.30, 0.10, 200)]
    [InlineData(0.02, 0.02, 200)]
    public void Interval_ContainsTheTruth_In95Of100Samples(double first, double second, int images)
    {
        var random = new CounterRandom(5, (ulong)images);
        int covered = 0;
        for (int sample = 0; sample < 1000; sample++)
        {
            int b = 0, c = 0;
            for (int i = 0; i < images; i++)
            {
                float draw = random.NextSingle(0, 1);
                b += draw < first ? 1 : 0;
                c += draw >= first && draw < first + second ? 1 : 0;
            }

            Estimate interval = new PairedDifference(b, c, images).Interval;
            covered += interval.Low <= first - second && first - second <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered, 922, 978);
    }

    [Fact]
    public void Between_CountsWhatOneHasAndTheOtherHasNot() => Assert.Equal(
        new PairedDifference(2, 1, 5),
        PairedDifference.Between([1, 2, 3, 4, 5], new HashSet<int> { 1, 2, 3, 9 }, new HashSet<int> { 3, 4 }));
}
