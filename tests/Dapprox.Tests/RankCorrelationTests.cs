using CsCheck;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests;

public class RankCorrelationTests
{
    [Fact]
    public void Spearman_WorkedExample_IsThatValue()
    {
        // Two values share the ranks 2 and 3. By hand: ranks 1, 2.5, 2.5, 4 and 2, 1, 3, 4.
        double[] first = [10, 20, 20, 30], second = [5, 1, 7, 9];

        Assert.Equal(3 / Math.Sqrt(4.5 * 5), RankCorrelation.Spearman(first, second), 12);
    }

    [Fact]
    public void Spearman_OfAnIncreasingFunction_IsOne() => Gen.Int[-100, 100].Array[2, 30]
        .Where(values => values.Distinct().Count() > 1)
        .Sample(values =>
        {
            double[] given = [.. values];
            Assert.Equal(1, RankCorrelation.Spearman(given, [.. given.Select(value => Math.Exp(value / 50))]), 1e-9);
            Assert.Equal(-1, RankCorrelation.Spearman(given, [.. given.Select(value => -value)]), 1e-9);
        });

    [Fact]
    public void Spearman_WithoutOrder_IsNaN()
    {
        Assert.True(double.IsNaN(RankCorrelation.Spearman([1, 1, 1], [1, 2, 3])));
        Assert.True(double.IsNaN(RankCorrelation.Spearman([1], [2])));
        Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman([1, 2], [1]));
    }
}
