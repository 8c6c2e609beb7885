using CsCheck;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests;

public class WilsonTests
{
    // Half the last printed digit of the worked values.
    const double PrintedDigits = 5e-5;

    [Theory]
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I, method 3.
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_PublishedExamples_GivesThePrintedEnds(int successes, int trials, double low, double high)
    {
        (double gotLow, double gotHigh) = Wilson.Interval(successes, trials);

        Assert.Equal(low, gotLow, PrintedDigits);
        Assert.Equal(high, gotHigh, PrintedDigits);
    }

    [Fact]
    public void Interval_AnyProportion_LiesInUnitRangeAroundIt() =>
        Gen.Long[1, 1_000_000].SelectMany(trials => Gen.Long[0, trials].Select(successes => (successes, trials))).Sample(given =>
        {
            (double low, double high) = Wilson.Interval(given.successes, given.trials);

            double share = (double)given.successes / given.trials;
            Assert.True(0 <= low && low <= share && share <= high && high <= 1 && low < high);
        });

    [Fact]
    public void Interval_NoTrials_KnowsNothing() => Assert.Equal((0.0, 1.0), Wilson.Interval(0, 0));

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Interval_MoreOrFewerThanPossible_IsRefused(int successes, int trials) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(successes, trials));
}
