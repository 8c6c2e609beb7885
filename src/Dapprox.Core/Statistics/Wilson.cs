namespace Dapprox.Statistics;

/// <summary>
/// The score interval for a proportion (Wilson, "Probable Inference, the Distribution of Succession, and Statistical Inference",
/// Journal of the American Statistical Association 22, 1927). Unlike the textbook interval it stays inside [0, 1] and has a
/// width also where all or none of the trials succeed.
/// </summary>
public static class Wilson
{
    /// <summary>
    /// The 95 % interval <c>(p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n)</c>, p = successes / n, n = trials.
    /// </summary>
    /// <param name="successes">From 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 0.</param>
    /// <returns>Proportions, 0 ≤ low ≤ p ≤ high ≤ 1; without trials nothing is known: 0 and 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static (double Low, double High) Interval(long successes, long trials) => Interval(successes, trials, Normal.Quantile975);

    /// <summary>The interval with any quantile <c>z</c> of the standard normal distribution.</summary>
    internal static (double Low, double High) Interval(long successes, long trials, double z)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (trials == 0)
            return (0, 1);
        double n = trials, p = successes / n, z2 = z * z;
        double centre = p + z2 / (2 * n);
        double radius = z * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        double scale = 1 + z2 / n;
        // At the ends the formula gives p itself, and rounding must not lead past it.
        return (successes == 0 ? 0 : (centre - radius) / scale, successes == trials ? 1 : (centre + radius) / scale);
    }
}
