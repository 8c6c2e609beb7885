using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// The start of decision-based attacks: an adversarial image at any distance, moved along the straight line towards the clean image.
/// </summary>
static class DecisionStart
{
    // As in Foolbox 2.4.
    const double BlendTolerance = 1e-3;

    const int MaxPoints = 128;
    const ulong NoisePurpose = 1UL << 32;

    /// <summary>
    /// Searches for a start in uniform noise and then, if none is adversarial, among given images. A targeted attack tries the
    /// given images first, since noise is rarely of the target class.
    /// </summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="image">The image under attack.</param>
    /// <param name="norm">The norm of the distance: L2 or L∞.</param>
    /// <param name="given">Images that may be adversarial; all are queried, and the nearest adversarial one is the start.</param>
    /// <param name="wanted">The number of adversarial noise images that are blended; the nearest blend is the start.</param>
    /// <param name="draws">The maximum number of noise images.</param>
    /// <returns>An adversarial image; null if none is found.</returns>
    public static async Task<float[]?> Find(
        ILabelVictim victim, AttackedImage image, Norm norm, IReadOnlyList<float[]> given, int wanted, int draws)
    {
        List<float[]> found = image.IsTargeted ? await Given(victim, image, norm, given) : await Noise(victim, image, wanted, draws);
        if (found.Count == 0)
            found = image.IsTargeted ? await Noise(victim, image, wanted, draws) : await Given(victim, image, norm, given);

        float[]? nearest = null;
        foreach (float[] start in found)
        {
            float[] blend = await Nearer(victim, image, start, norm, BlendTolerance);
            if (nearest is null || Distance(image, blend, norm) < Distance(image, nearest, norm))
                nearest = blend;
        }

        return nearest;
    }

    /// <summary>
    /// Finds by bisection where the path from an adversarial image to the clean one leaves the wrong class: along the straight line
    /// for L2, and by tighter bounds on the change for L∞.
    /// </summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="image">The image under attack.</param>
    /// <param name="far">The adversarial image.</param>
    /// <param name="norm">L2 or L∞.</param>
    /// <param name="tolerance">The precision, relative to the distance; above 0.</param>
    /// <returns>The nearest adversarial image among the queried points; <paramref name="far"/> if there is none.</returns>
    public static async Task<float[]> Nearer(ILabelVictim victim, AttackedImage image, float[] far, Norm norm, double tolerance)
    {
        double low = 0, high = 1, distance = Distance(image, far, norm);
        float[] nearest = far;
        while (high - low > tolerance)
        {
            double middle = (low + high) / 2;
            if (middle == low || middle == high)
                break;
            float[] between = Between(image.Clean, far, norm, middle, distance);
            if (image.IsReached(await image.Label(victim, between)))
                (high, nearest) = (middle, between);
            else
                low = middle;
        }

        return nearest;
    }

    /// <summary>The distance of a point from the clean image.</summary>
    public static double Distance(AttackedImage image, ReadOnlySpan<float> point, Norm norm) =>
        Distances.Between(image.Clean, point).In(norm);

    static float[] Between(ReadOnlySpan<float> clean, float[] far, Norm norm, double fraction, double distance)
    {
        float[] point = new float[far.Length];
        for (int i = 0; i < point.Length; i++)
        {
            double change = (double)far[i] - clean[i];
            double kept = norm == Norm.LInf ? Math.Clamp(change, -fraction * distance, fraction * distance) : fraction * change;
            point[i] = (float)(clean[i] + kept);
        }

        return point;
    }

    /// <summary>The nearest adversarial image among the given ones; null if there is none.</summary>
    static async Task<List<float[]>> Given(ILabelVictim victim, AttackedImage image, Norm norm, IReadOnlyList<float[]> given)
    {
        List<float[]> adversarial = await Adversarial(victim, image, given);
        return adversarial.Count == 0 ? [] : [adversarial.MinBy(start => Distance(image, start, norm))!];
    }

    static async Task<List<float[]>> Noise(ILabelVictim victim, AttackedImage image, int wanted, int draws)
    {
        CounterRandom random = image.Random(NoisePurpose);
        var found = new List<float[]>();
        for (int drawn = 0; drawn < draws && found.Count < wanted;)
        {
            var some = new float[Math.Min(wanted - found.Count, draws - drawn)][];
            for (int i = 0; i < some.Length; i++)
            {
                some[i] = new float[image.Clean.Length];
                foreach (ref float pixel in some[i].AsSpan())
                    pixel = random.NextSingle(0, 1);
            }

            found.AddRange(await Adversarial(victim, image, some));
            drawn += some.Length;
        }

        return found;
    }

    static async Task<List<float[]>> Adversarial(ILabelVictim victim, AttackedImage image, IReadOnlyList<float[]> points)
    {
        var found = new List<float[]>();
        foreach (float[][] some in points.Chunk(MaxPoints))
        {
            int[] labels = await image.Labels(victim, new Tensor([.. some.SelectMany(point => point)], [some.Length, .. image.Shape]));
            found.AddRange(some.Where((_, i) => image.IsReached(labels[i])));
        }

        return found;
    }
}
