using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// RayS: searches for the direction of signs along which the decision boundary is nearest in L∞. It flips blocks of signs, halves, quarters
/// and so on down to pixels, and keeps a flip that brings the boundary nearer. (Chen, Gu, "RayS: A Ray Searching Method for Hard-label
/// Adversarial Attack", KDD 2020, algorithms 2 and 3.)
/// </summary>
/// <remarks>
/// It draws no random numbers. Differences from the paper: the first radius is 1, which reaches a corner of [0, 1]; a flip must bring the
/// boundary nearer by the tolerance; after single pixels it begins again with the whole image, and ends when a pass finds nothing.
/// </remarks>
public sealed record RayS : IAttack<ILabelVictim>
{
    /// <inheritdoc/>
    public string Name => "rays";

    /// <summary>L∞.</summary>
    public Norm Norm => Norm.LInf;

    /// <summary>None: the attack searches for the nearest adversarial image.</summary>
    public double? Epsilon => null;

    /// <summary>The number of queries after which no further flip is tried; at least 1.</summary>
    public int Queries { get; init => field = Legal.AtLeast(1, value, nameof(Queries)); } = 10_000;

    /// <summary>The precision of the boundary search, relative to the radius; above 0 and at most 1.</summary>
    public double Tolerance { get; init => field = Legal.Within(1, value, nameof(Tolerance)); } = 1e-3;

    /// <inheritdoc/>
    public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
    {
        int pixels = image.Clean.Length;
        int[] signs = [.. Enumerable.Repeat(1, pixels)];
        double? radius = await Nearer(victim, image, signs, null);
        bool improved = true;
        while (improved && image.Queries < Queries)
        {
            improved = false;
            for (int blocks = 1, last = 0; last < pixels; last = blocks, blocks = Math.Min(2 * blocks, pixels))
            {
                for (int block = 0; block < blocks && image.Queries < Queries; block++)
                {
                    int first = (int)((long)block * pixels / blocks), end = (int)((block + 1L) * pixels / blocks);
                    Flip(signs.AsSpan(first..end));
                    if (await Nearer(victim, image, signs, radius) is double nearer)
                        (radius, improved) = (nearer, true);
                    else
                        Flip(signs.AsSpan(first..end));
                    image.Progress = Math.Min(1, (double)image.Queries / Queries);
                }
            }
        }

        return radius is null ? StopReason.NoStart : StopReason.BudgetSpent;
    }

    /// <summary>
    /// The radius at which a direction meets the boundary, if it is smaller than the best by the tolerance; otherwise null. Directions that
    /// are no better cost one query.
    /// </summary>
    async Task<double?> Nearer(ILabelVictim victim, AttackedImage image, int[] signs, double? best)
    {
        double high = best is double radius ? radius * (1 - Tolerance) : 1, low = 0;
        if (!image.IsReached(await image.Label(victim, Point(image.Clean, signs, high))))
            return null;
        while (high - low > Tolerance * high)
        {
            double middle = (low + high) / 2;
            if (image.IsReached(await image.Label(victim, Point(image.Clean, signs, middle))))
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    static float[] Point(ReadOnlySpan<float> clean, int[] signs, double radius)
    {
        float[] point = new float[signs.Length];
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)Math.Clamp(clean[i] + radius * signs[i], 0, 1);
        return point;
    }

    static void Flip(Span<int> signs)
    {
        foreach (ref int sign in signs)
            sign = -sign;
    }
}
