namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// Shrinks numbers towards 0 by a common threshold: the projection onto an L1 ball, alone or together with bounds. (Duchi, Shalev-Shwartz,
/// Singer, Chandra, "Efficient Projections onto the ℓ1-Ball for Learning in High Dimensions", ICML 2008; with bounds: Croce, Hein, "Mind
/// the box: ℓ1-APGD for sparse adversarial attacks on image classifiers", ICML 2021, proposition 2.2.)
/// </summary>
static class SoftThreshold
{
    /// <summary>
    /// The smallest λ of at least 0 with <c>Σ min(max(size − λ, 0), room) ≤ total</c>. The sum is piecewise linear in λ and never grows;
    /// its kinks, where a number leaves its bound and where it becomes 0, are visited in descending order.
    /// </summary>
    /// <param name="sizes">The numbers' sizes, at least 0.</param>
    /// <param name="rooms">Their bounds, at least 0; infinite for none.</param>
    /// <param name="total">The largest sum, at least 0.</param>
    public static double Find(ReadOnlySpan<double> sizes, ReadOnlySpan<double> rooms, double total)
    {
        // Below a size the sum grows by 1 for each unit of λ less; below size − room it no longer does.
        double[] kinks = new double[2 * sizes.Length];
        int[] slopes = new int[kinks.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            (kinks[2 * i], slopes[2 * i]) = (-sizes[i], 1);
            (kinks[2 * i + 1], slopes[2 * i + 1]) = (-Math.Max(sizes[i] - rooms[i], 0), -1);
        }

        Array.Sort(kinks, slopes);
        double lambda = double.PositiveInfinity, sum = 0;
        int slope = 0;
        for (int i = 0; i < kinks.Length && -kinks[i] >= 0; i++)
        {
            double next = -kinks[i];
            double grown = slope == 0 ? sum : sum + slope * (lambda - next);
            if (grown > total)
                return lambda - (total - sum) / slope;
            (lambda, sum) = (next, grown);
            slope += slopes[i];
        }

        return 0;
    }
}
