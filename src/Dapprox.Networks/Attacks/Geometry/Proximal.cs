namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// Proximal operators of norms in a diagonal metric: the z that minimises Σ dᵢ·(zᵢ − rᵢ)² / 2 + μ·‖z‖. (Parikh, Boyd, "Proximal
/// Algorithms", 2014, section 6, for dᵢ = 1.)
/// </summary>
static class Proximal
{
    // Newton's method needs some five steps.
    const int MaxSteps = 50;
    const double Tolerance = 1e-12;

    /// <summary>Replaces r by z. No number changes its sign or grows.</summary>
    /// <param name="norm">L1, L2 or L∞.</param>
    /// <param name="r">The vector, in place.</param>
    /// <param name="metric">d, above 0.</param>
    /// <param name="mu">μ, above 0.</param>
    public static void Shrink(Norm norm, double[] r, double[] metric, double mu)
    {
        switch (norm)
        {
            case Norm.L1:
                for (int i = 0; i < r.Length; i++)
                    r[i] = Math.CopySign(Math.Max(Math.Abs(r[i]) - mu / metric[i], 0), r[i]);
                break;
            case Norm.L2:
                double length = Length(r, metric, mu);
                for (int i = 0; i < r.Length; i++)
                    r[i] *= metric[i] * length / (metric[i] * length + mu);
                break;
            default:
                double most = Most(r, metric, mu);
                for (int i = 0; i < r.Length; i++)
                    r[i] = Math.Clamp(r[i], -most, most);
                break;
        }
    }

    /// <summary>
    /// ‖z‖₂, the root s of √Σ (dᵢ·rᵢ / (dᵢ·s + μ))² = 1, by Newton's method on the reciprocal, which is almost linear; 0 if there is none.
    /// </summary>
    static double Length(double[] r, double[] metric, double mu)
    {
        double s = 0;
        for (int step = 0; step < MaxSteps; step++)
        {
            double squares = 0, slope = 0;
            for (int i = 0; i < r.Length; i++)
            {
                double divisor = metric[i] * s + mu, ratio = metric[i] * r[i] / divisor;
                squares += ratio * ratio;
                slope += ratio * ratio * metric[i] / divisor;
            }

            double root = Math.Sqrt(squares);
            if (s == 0 && root <= 1)
                return 0;
            double moved = (root - 1) * squares / slope;
            s += moved;
            if (Math.Abs(moved) <= Tolerance * s)
                break;
        }

        return s;
    }

    /// <summary>‖z‖∞, the root t of Σ dᵢ·max(|rᵢ| − t, 0) = μ, by Newton's method, exact after some steps; 0 if there is none.</summary>
    static double Most(double[] r, double[] metric, double mu)
    {
        double t = 0;
        for (int step = 0; step < MaxSteps; step++)
        {
            double sum = -mu, weight = 0;
            for (int i = 0; i < r.Length; i++)
            {
                double size = Math.Abs(r[i]);
                if (size > t)
                {
                    sum += metric[i] * size;
                    weight += metric[i];
                }
            }

            double next = sum > 0 ? sum / weight : 0;
            if (next <= t)
                break;
            t = next;
        }

        return t;
    }
}
