namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// The shortest step from an image to a hyperplane within [0, 1], by sorting. (Croce, Hein 2020, "Minimally distorted …", section
/// 2.2 and, for L1 and L∞, appendix A; Hein, Andriushchenko, NeurIPS 2017, propositions 2.1 and 2.2.)
/// </summary>
static class BoxProjection
{
    /// <summary>
    /// The step z − x of minimal norm with ⟨w, z − x⟩ + f = 0 and z in [0, 1]; if no such z exists, the step to the nearest corner.
    /// </summary>
    /// <remarks>
    /// Each pixel moves towards the hyperplane up to its bound: for L∞ all by the same λ, for L2 by λ·|w|. Their contribution, Σ
    /// rate·min(λ, end), grows with λ and has a kink where a pixel reaches its bound. For L1 the pixels with the largest |w| move to their
    /// bounds, one after the other.
    /// </remarks>
    /// <param name="x">The image, pixels in [0, 1].</param>
    /// <param name="w">The hyperplane's normal, finite.</param>
    /// <param name="f">The value of the linear function at the image.</param>
    /// <param name="norm">L1, L2 or L∞.</param>
    public static double[] Step(ReadOnlySpan<float> x, ReadOnlySpan<float> w, double f, Norm norm)
    {
        if (norm == Norm.L1)
            return SparseStep(x, w, f);
        double[] step = new double[x.Length], room = new double[x.Length], ends = new double[x.Length];
        int[] order = new int[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            room[i] = Room(x[i], w[i], f);
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

    static double[] SparseStep(ReadOnlySpan<float> x, ReadOnlySpan<float> w, double f)
    {
        double[] step = new double[x.Length], sizes = new double[x.Length];
        int[] order = new int[x.Length];
        for (int i = 0; i < x.Length; i++)
            (sizes[i], order[i]) = (-Math.Abs((double)w[i]), i);
        Array.Sort(sizes, order);
        double missing = Math.Abs(f);
        foreach (int i in order)
        {
            if (missing <= 0 || w[i] == 0)
                break;
            double size = Math.Abs((double)w[i]), room = Room(x[i], w[i], f), length = Math.Min(missing / size, room);
            step[i] = IsUp(w[i], f) ? length : -length;
            // What rounding left would move the next pixel, all the way if its weight is tiny.
            if (length < room)
                break;
            missing -= length * size;
        }

        return step;
    }

    /// <summary>How far a pixel can move towards the hyperplane.</summary>
    static double Room(float x, float w, double f) => w == 0 ? 0 : IsUp(w, f) ? 1.0 - x : x;

    static bool IsUp(float w, double f) => (w > 0) == (f < 0);
}
