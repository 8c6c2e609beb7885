namespace Dapprox.Statistics;

/// <summary>A number known from a sample, with its 95 % confidence interval; known exactly, the three are equal.</summary>
/// <param name="Value">The point estimate.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    // The normal distribution's interval of fewer is too narrow.
    const int MinForInterval = 10;

    /// <summary>Half the width of the interval.</summary>
    public double Radius => (High - Low) / 2;

    /// <summary>The estimate divided by a positive constant.</summary>
    /// <param name="divisor">A positive constant.</param>
    public Estimate Over(double divisor) => new(Value / divisor, Low / divisor, High / divisor);

    /// <summary>
    /// A proportion, with the interval of <see cref="Wilson"/>; without an interval where the whole population was measured.
    /// </summary>
    internal static Estimate OfProportion(long count, long of, bool complete)
    {
        double share = (double)count / of;
        (double low, double high) = complete ? (share, share) : Wilson.Interval(count, of);
        return new Estimate(share, low, high);
    }

    /// <summary>
    /// The mean, with the interval of the normal distribution; NaN of no numbers, and without an interval, that is, with an infinite
    /// one, of fewer than ten.
    /// </summary>
    /// <param name="numbers">Independent observations, in any order.</param>
    public static Estimate Mean(IReadOnlyCollection<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double mean = numbers.Average();
        if (numbers.Count < MinForInterval)
            return new Estimate(mean, double.NegativeInfinity, double.PositiveInfinity);
        double squares = numbers.Sum(number => (number - mean) * (number - mean));
        double half = Normal.Quantile975 * Math.Sqrt(squares / (numbers.Count - 1) / numbers.Count);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>
    /// The mean of few observations, with the interval of Student's t distribution; without an interval, that is, with an infinite one, of
    /// a single one.
    /// </summary>
    /// <param name="numbers">Independent observations, nearly normally distributed, in any order; at least one.</param>
    public static Estimate MeanOfFew(IReadOnlyCollection<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        double mean = numbers.Average();
        if (numbers.Count == 1)
            return new Estimate(mean, double.NegativeInfinity, double.PositiveInfinity);
        double squares = numbers.Sum(number => (number - mean) * (number - mean));
        double half = StudentT.Quantile975(numbers.Count - 1) * Math.Sqrt(squares / (numbers.Count - 1) / numbers.Count);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>
    /// The median, of an even number the mean of the two in the middle, with the interval between the order statistics n/2 − 0.98·√n and
    /// 1 + n/2 + 0.98·√n (the normal approximation of the binomial distribution), rounded outwards; NaN of no numbers, and without an
    /// interval of
    /// fewer than ten.
    /// </summary>
    /// <param name="numbers">Independent observations, in any order.</param>
    public static Estimate Median(IReadOnlyCollection<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double[] ordered = [.. numbers.Order()];
        int count = ordered.Length;
        double median = (ordered[(count - 1) / 2] + ordered[count / 2]) / 2;
        if (count < MinForInterval)
            return new Estimate(median, double.NegativeInfinity, double.PositiveInfinity);
        double half = Normal.Quantile975 * Math.Sqrt(count) / 2;
        return new Estimate(
            median,
            ordered[Math.Max(0, (int)Math.Floor(count / 2.0 - half) - 1)],
            ordered[Math.Min(count - 1, (int)Math.Ceiling(count / 2.0 + half))]);
    }

    /// <summary>
    /// One proportion divided by another of other images, with the interval of the normal distribution of the logarithm (Katz,
    /// Baptista, Azen, Pike,
    /// "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34, 1978), half an image added to each number
    /// (Walter, "The distribution of Levin's measure of attributable risk", Biometrika 62, 1975), so that there may be none; NaN where
    /// there is nothing to divide by.
    /// </summary>
    /// <param name="proportion">The proportion that is divided.</param>
    /// <param name="by">The proportion that it is divided by.</param>
    public static Estimate Ratio(Proportion proportion, Proportion by)
    {
        ArgumentNullException.ThrowIfNull(proportion);
        ArgumentNullException.ThrowIfNull(by);
        const double Half = 0.5;
        if (proportion.Of == 0 || by.Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double logarithm = Math.Log((proportion.Count + Half) / (proportion.Of + Half) / ((by.Count + Half) / (by.Of + Half)));
        double deviation =
            Math.Sqrt(1 / (proportion.Count + Half) - 1 / (proportion.Of + Half) + 1 / (by.Count + Half) - 1 / (by.Of + Half));
        double ratio = proportion.Value!.Value / by.Value!.Value;
        return new Estimate(
            ratio,
            Math.Min(ratio, Math.Exp(logarithm - Normal.Quantile975 * deviation)),
            Math.Max(ratio, Math.Exp(logarithm + Normal.Quantile975 * deviation)));
    }
}
