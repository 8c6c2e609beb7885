using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests;

public class EstimateTests
{
    // Quantiles of Abramowitz and Stegun, "Handbook of Mathematical Functions", table 26.10, A = 0.95.
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(4, 2.776)]
    [InlineData(5, 2.571)]
    [InlineData(10, 2.228)]
    [InlineData(29, 2.045)]
    public void MeanOfFew_HasTheIntervalOfStudent(int degrees, double quantile)
    {
        double[] numbers = [.. Enumerable.Range(0, degrees + 1).Select(i => (double)i * i)];
        double mean = numbers.Average();
        double deviation = Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / degrees);

        Estimate estimate = Estimate.MeanOfFew(numbers);

        Assert.Equal(mean, estimate.Value, tolerance: 1e-12);
        Assert.Equal(quantile, estimate.Radius / deviation * Math.Sqrt(numbers.Length), tolerance: 6e-4);
    }

    [Fact]
    public void MeanOfFew_OfOne_HasNoInterval() =>
        Assert.Equal(new Estimate(7, double.NegativeInfinity, double.PositiveInfinity), Estimate.MeanOfFew([7]));
}
