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

    /// <summary>
    /// One share divided by another of other images, with the interval of the normal law of the logarithm (Katz, Baptista, Azen, Pike,
    /// "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34, 1978), half an image added to each number
    /// (Walter, "The distribution of Levin's measure of attributable risk", Biometrika 62, 1975), so that there may be none; NaN where
    /// there is nothing to divide by.
    /// </summary>
    /// <param name="share">The share that is divided.</param>
    /// <param name="by">The share that it is divided by.</param>
    public static Estimate Ratio(Share share, Share by)
    {
        ArgumentNullException.ThrowIfNull(share);
        ArgumentNullException.ThrowIfNull(by);
        const double Half = 0.5;
        if (share.Of == 0 || by.Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double logarithm = Math.Log((share.Count + Half) / (share.Of + Half) / ((by.Count + Half) / (by.Of + Half)));
        double deviation = Math.Sqrt(1 / (share.Count + Half) - 1 / (share.Of + Half) + 1 / (by.Count + Half) - 1 / (by.Of + Half));
        double ratio = share.Value!.Value / by.Value!.Value;
        return new Estimate(
            ratio, Math.Min(ratio, Math.Exp(logarithm - Normal95 * deviation)), Math.Max(ratio, Math.Exp(logarithm + Normal95 * deviation)));
    }
}
