namespace Dapprox.Statistics;

/// <summary>Student's t distribution.</summary>
static class StudentT
{
    /// <summary>The 97.5 % quantile, which makes two-sided 95 % intervals, by bisection.</summary>
    /// <param name="degrees">The degrees of freedom; at least 1.</param>
    public static double Quantile975(int degrees)
    {
        double low = 0, high = 16;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (Within(middle, degrees) < 0.95)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>P(|t| ≤ a) for a ≥ 0 (Abramowitz, Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4).</summary>
    static double Within(double a, int degrees)
    {
        double angle = Math.Atan(a / Math.Sqrt(degrees)), sine = Math.Sin(angle), square = Math.Cos(angle) * Math.Cos(angle);
        bool odd = degrees % 2 == 1;
        double term = odd ? Math.Cos(angle) : 1, sum = degrees == 1 ? 0 : term;
        for (int k = odd ? 3 : 2; k <= degrees - 2; k += 2)
        {
            term *= square * (k - 1) / k;
            sum += term;
        }

        return odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
    }
}
