using DefensiveApproximation.Arithmetic;

namespace DefensiveApproximation.Experiments.Results;

/// <summary>Means and medians with 95 % intervals.</summary>
public static class Statistics
{
    // The 97.5 % quantile of the standard normal law.
    const double Normal95 = 1.959963984540054;

    // The normal law's interval of fewer is too narrow.
    const int FewestForInterval = 10;

    /// <summary>The mean, with the interval of the normal law; NaN of no numbers, and without an interval, that is, with an infinite one, of fewer than ten.</summary>
    /// <param name="numbers">The numbers.</param>
    public static Estimate Mean(IReadOnlyCollection<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double mean = numbers.Average();
        if (numbers.Count < FewestForInterval)
            return new Estimate(mean, double.NegativeInfinity, double.PositiveInfinity);
        double half = Normal95 * Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Count - 1) / numbers.Count);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>
    /// The median, of an even number the mean of the two in the middle, with the interval between the order statistics n/2 − 0.98·√n and
    /// 1 + n/2 + 0.98·√n (the normal approximation of the binomial law), rounded outwards; NaN of no numbers, and without an interval of
    /// fewer than ten.
    /// </summary>
    /// <param name="numbers">The numbers.</param>
    public static Estimate Median(IReadOnlyCollection<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double[] ordered = [.. numbers.Order()];
        int count = ordered.Length;
        double median = (ordered[(count - 1) / 2] + ordered[count / 2]) / 2;
        if (count < FewestForInterval)
            return new Estimate(median, double.NegativeInfinity, double.PositiveInfinity);
        double half = Normal95 * Math.Sqrt(count) / 2;
        return new Estimate(
            median,
            ordered[Math.Max(0, (int)Math.Floor(count / 2.0 - half) - 1)],
            ordered[Math.Min(count - 1, (int)Math.Ceiling(count / 2.0 + half))]);
    }
}
