namespace Dapprox.Statistics;

/// <summary>
/// The count, mean and sum of squared deviations of numbers seen so far, which can be merged (Chan, Golub, LeVeque,
/// "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", COMPSTAT 1982, equation 2.1).
/// </summary>
readonly record struct Moments(long Count, double Mean, double SquaredDeviations)
{
    /// <summary>From plain sums, whose cancellation does no harm over the few thousand numbers of one block.</summary>
    public static Moments FromSums(long count, double sum, double squares)
    {
        if (count == 0)
            return default;
        double mean = sum / count;
        return new Moments(count, mean, Math.Max(0, squares - sum * mean));
    }

    /// <summary>The moments of both sets of numbers together.</summary>
    public Moments With(Moments other)
    {
        long count = Count + other.Count;
        if (count == 0)
            return default;
        double shift = other.Mean - Mean;
        return new Moments(
            count,
            Mean + shift * other.Count / count,
            SquaredDeviations + other.SquaredDeviations + shift * shift * Count / count * other.Count);
    }

    /// <summary>
    /// The mean, with its 95 % interval by the normal approximation; without an interval where the whole population was measured. NaN
    /// where there are no numbers.
    /// </summary>
    public Estimate Estimate(bool complete)
    {
        if (Count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);
        double half = complete || Count < 2 ? 0 : Normal.Quantile975 * Math.Sqrt(SquaredDeviations / (Count - 1) / Count);
        return new Estimate(Mean, Mean - half, Mean + half);
    }
}
