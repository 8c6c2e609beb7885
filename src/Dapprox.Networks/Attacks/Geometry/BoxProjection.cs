namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// The shortest step from an image to a hyperplane within [0, 1], by sorting. (Croce, Hein 2020, "Minimally distorted …", section
/// 2.2 and, for L∞, appendix A; Hein, Andriushchenko, NeurIPS 2017, propositions 2.1 and 2.2.)
/// </summary>
static class BoxProjection
{
    /// <summary>
    /// The step z − x of minimal norm with ⟨w, z − x⟩ + f = 0 and z in [0, 1]; if no such z exists, the step to the nearest corner.
    /// </summary>
    /// <remarks>
    /// Each pixel moves towards the hyperplane up to its bound: for L∞ all by the same λ, for L2 by λ·|w|. Their contribution, Σ
    /// rate·min(λ, end), grows with λ and has a kink where a pixel reaches its bound.
    /// </remarks>
    /// <param name="x">The image, pixels in [0, 1].</param>
    /// <param name="w">The hyperplane's normal, finite.</param>
    /// <param name="f">The value of the linear function at the image.</param>
    /// <param name="norm">L2 or L∞.</param>
    public static double[] Step(ReadOnlySpan<float> x, ReadOnlySpan<float> w, double f, Norm norm)
    {
        double[] step = new double[x.Length], room = new double[x.Length], ends = new double[x.Length];
        int[] order = new int[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            room[i] = w[i] == 0 ? 0 : IsUp(w[i], f) ? 1.0 - x[i] : x[i];
            ends[i] = w[i] == 0 || norm == Norm.LInf ? room[i] : room[i] / Math.Abs((double)w[i]);
            order[i] = i;
        }

        Array.Sort((double[])ends.Clone(), order);
        // The growth rate of all pixels below their bounds; summed from the end, since differences would cancel.
        double[] rates = new double[x.Length + 1];
        for (int i = x.Length - 1; i >= 0; i--)
            rates[i] = rates[i + 1] + (norm == Norm.LInf ? Math.Abs((double)w[order[i]]) : (double)w[order[i]] * w[order[i]]);

        double missing = Math.Abs(f), lambda = 0;
        int arrived = 0;
        for (; arrived < x.Length && missing > rates[arrived] * (ends[order[arrived]] - lambda); arrived++)
        {
            missing -= rates[arrived] * (ends[order[arrived]] - lambda);
            lambda = ends[order[arrived]];
        }

        lambda = arrived == x.Length ? double.PositiveInfinity : missing == 0 ? lambda : lambda + missing / rates[arrived];
        for (int i = 0; i < step.Length; i++)
        {
            double length = w[i] == 0 ? 0 : Math.Min(norm == Norm.LInf ? lambda : lambda * Math.Abs((double)w[i]), room[i]);
            step[i] = IsUp(w[i], f) ? length : -length;
        }

        return step;
    }

    static bool IsUp(float w, double f) => (w > 0) == (f < 0);
}
