using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests;

public class BinomialTests
{
    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(7, 0.5)]
    [InlineData(12, 0.05)]
    [InlineData(12, 0.97)]
    public void UpperTail_IsTheSumOfTheTerms(int trials, double probability)
    {
        for (int successes = 0; successes <= trials; successes++)
        {
            double sum = Enumerable.Range(successes, trials - successes + 1).Sum(k => Term(k, trials, probability));

            Assert.Equal(sum, Binomial.UpperTail(successes, trials, probability), 1e-12);
        }
    }

    [Fact]
    public void UpperTail_AtTheEnds()
    {
        Assert.Equal(1, Binomial.UpperTail(0, 10, 0));
        Assert.Equal(0, Binomial.UpperTail(1, 10, 0));
        Assert.Equal(1, Binomial.UpperTail(10, 10, 1));
        Assert.Equal(0.5, Binomial.UpperTail(50_001, 100_001, 0.5), 1e-6);
    }

    [Fact]
    public void LowerBound_OfAllAndOfNone_IsKnown()
    {
        Assert.Equal(Math.Pow(0.001, 1.0 / 1000), Binomial.LowerBound(1000, 1000, 0.001), 1e-15);
        Assert.Equal(0, Binomial.LowerBound(0, 1000, 0.001));
        Assert.Equal(0.001, Binomial.UpperTail(900, 1000, Binomial.LowerBound(900, 1000, 0.001)), 1e-9);
    }

    // The bound's promise, summed over everything that can happen: it is too high with a probability of at most α.
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void LowerBound_IsTooHighWithAProbabilityOfAtMostAlpha(double alpha)
    {
        const int Trials = 40;
        double[] bounds = [.. Enumerable.Range(0, Trials + 1).Select(k => Binomial.LowerBound(k, Trials, alpha))];
        for (int i = 1; i < 100; i++)
        {
            double probability = i / 100.0;

            double tooHigh = Enumerable.Range(0, Trials + 1).Where(k => bounds[k] > probability).Sum(k => Term(k, Trials, probability));

            Assert.InRange(tooHigh, 0, alpha + 1e-12);
        }
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 10, 1)]
    [InlineData(10, 10, 2.0 / 1024)]
    [InlineData(0, 10, 2.0 / 1024)]
    [InlineData(9, 10, 22.0 / 1024)]
    public void EvenTest_IsTheProbabilityOfALargerDifference(int successes, int trials, double expected) =>
        Assert.Equal(expected, Binomial.EvenTest(successes, trials), 1e-12);

    static double Term(int successes, int trials, double probability)
    {
        double term = Math.Pow(probability, successes) * Math.Pow(1 - probability, trials - successes);
        for (int i = 1; i <= successes; i++)
            term *= (trials - successes + i) / (double)i;
        return term;
    }
}
