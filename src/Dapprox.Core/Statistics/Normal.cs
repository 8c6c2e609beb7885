namespace Dapprox.Statistics;

/// <summary>The standard normal distribution, and the error function, which is the same thing scaled.</summary>
static class Normal
{
    /// <summary>The 97.5 % quantile, which makes two-sided 95 % intervals.</summary>
    public const double Quantile975 = 1.959963984540054;

    /// <summary>erf(x) = P(|N(0, 1)| ≤ x·√2) for x ≥ 0; odd.</summary>
    public static double ErrorFunction(double x) => double.IsNaN(x) ? x : Math.CopySign(Within(Math.Abs(x) * Math.Sqrt(2)), x);

    /// <summary>P(N(0, 1) ≤ x).</summary>
    public static double Distribution(double x) => 0.5 * (1 + ErrorFunction(x / Math.Sqrt(2)));

    /// <summary>The a for which |N(0, 1)| ≤ a has the given probability, by bisection.</summary>
    public static double QuantileWithin(double probability)
    {
        double low = 0, high = 8;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (Within(middle) < probability)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>
    /// P(|N(0, 1)| ≤ a) = √(2/π)·e^(−a²/2)·Σ a^(2n+1) / (1·3·5⋯(2n+1)) for a ≥ 0; all terms are positive, so none cancels. (Abramowitz,
    /// Stegun, "Handbook of Mathematical Functions", 7.1.6.)
    /// </summary>
    static double Within(double a)
    {
        // Beyond, it is 1 to the last bit of binary64.
        if (a > 8.5)
            return 1;
        double term = a, sum = a;
        for (int n = 1; term > 1e-17 * sum; n++)
        {
            term *= a * a / (2 * n + 1);
            sum += term;
        }

        return Math.Sqrt(2 / Math.PI) * Math.Exp(-a * a / 2) * sum;
    }
}
