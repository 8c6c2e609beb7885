using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// GeoDA: takes the decision boundary for a plane. It estimates the normal at a boundary point from the classes of random points around it,
/// and goes from the image along the normal to the boundary; there it estimates again, with more points. (Rahmati, Moosavi-Dezfooli,
/// Frossard, Dai, "GeoDA: A Geometric Framework for Black-Box Adversarial Attacks", CVPR 2020, algorithm 1.)
/// </summary>
/// <remarks>
/// Differences from the paper: the points around lie at a fraction of the distance to the image, since the boundary of an approximate
/// network is rough at small scale; the mean sign is subtracted, as in HopSkipJump; a new boundary point is kept only if it is nearer.
/// </remarks>
public sealed record GeoDA : IAttack<ILabelVictim>
{
    // λ of section 4.2: from one estimate to the next the points become λ^(−2/3) times as many.
    const double Lambda = 0.6;

    // The distance of the points of an estimate from the boundary point, relative to its distance from the image.
    const double Radius = 0.1;

    // The search along the normal begins where the plane is, and goes on in steps of this factor.
    const double Growth = 1.1;
    const int MaxGrowths = 30;

    const double Tolerance = 1e-4;
    const int NoiseDraws = 1000, MaxPoints = 128;
    const ulong EstimatePurpose = 8UL << 32;

    /// <inheritdoc/>
    public string Name => "geoda";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>None: the attack searches for the nearest adversarial image.</summary>
    public double? Epsilon => null;

    /// <summary>The norm of the minimised distance: L2 or L∞.</summary>
    public Norm BallNorm { get; init => field = Legal.L2OrLInf(value, nameof(BallNorm)); } = Norm.L2;

    /// <summary>The number of points of all estimates together; at least 1.</summary>
    public int Evaluations { get; init => field = Legal.AtLeast(1, value, nameof(Evaluations)); } = 10_000;

    /// <summary>The number of estimates; at least 1.</summary>
    public int Iterations { get; init => field = Legal.AtLeast(1, value, nameof(Iterations)); } = 10;

    /// <summary>The part of the spatial frequencies that the normal has, the lowest in each direction; above 0 and at most 1.</summary>
    public double Frequencies { get; init => field = Legal.Within(1, value, nameof(Frequencies)); } = 0.5;

    /// <summary>
    /// Images that may be adversarial. An untargeted attack tries them if no noise is adversarial; a targeted attack tries them
    /// first.
    /// </summary>
    public IReadOnlyList<float[]> Starts { get; init => field = GivenImages.Checked(value, nameof(Starts)); } = new GivenImages([]);

    /// <summary>
    /// The number of adversarial noise images that are blended with the image; the nearest blend is the start; at least 1.
    /// </summary>
    public int StartBlends { get; init => field = Legal.AtLeast(1, value, nameof(StartBlends)); } = 10;

    /// <inheritdoc/>
    public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
    {
        if (await DecisionStart.Find(victim, image, BallNorm, Starts, StartBlends, NoiseDraws) is not float[] point)
            return StopReason.NoStart;
        point = await DecisionStart.Nearer(victim, image, point, BallNorm, Tolerance);
        var frequencies = new LowFrequencies(image.Shape, Frequencies);
        double growth = Math.Pow(Lambda, -2.0 / 3);
        double first = Evaluations * (growth - 1) / (Math.Pow(growth, Iterations) - 1);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            int count = Math.Max(1, (int)(first * Math.Pow(growth, iteration)));
            double[] normal = await Normal(victim, image, point, frequencies, count, iteration);
            float[]? far = await Along(victim, image, point, normal);
            if (far is not null)
            {
                float[] near = await DecisionStart.Nearer(victim, image, far, BallNorm, Tolerance);
                if (DecisionStart.Distance(image, near, BallNorm) < DecisionStart.Distance(image, point, BallNorm))
                    point = near;
            }

            image.Progress = (iteration + 1.0) / Iterations;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>
    /// The normal into the wrong class (section 3.3): Σ(ρ − mean ρ)·η over points η away from the boundary point, where ρ is 1 for an
    /// adversarial point and else −1; without the mean if all are equal.
    /// </summary>
    static async Task<double[]> Normal(
        ILabelVictim victim, AttackedImage image, float[] point, LowFrequencies frequencies, int count, int iteration)
    {
        CounterRandom random = image.Random(EstimatePurpose + (ulong)iteration);
        double radius = Radius * DecisionStart.Distance(image, point, Norm.L2);
        double[] weighted = new double[point.Length], all = new double[point.Length];
        int signs = 0;
        for (int done = 0; done < count;)
        {
            Tensor points = Tensor.Unfilled([Math.Min(MaxPoints, count - done), .. image.Shape]);
            for (int i = 0; i < points.Batch; i++)
                Around(ref random, point, radius, frequencies, points.Row(i));
            int[] labels = await image.Labels(victim, points);
            for (int i = 0; i < labels.Length; i++)
            {
                int sign = image.IsReached(labels[i]) ? 1 : -1;
                signs += sign;
                Add(points.Row(i), point, sign, weighted, all);
            }

            done += points.Batch;
        }

        double mean = Math.Abs(signs) == count ? 0 : (double)signs / count;
        for (int i = 0; i < weighted.Length; i++)
            weighted[i] -= mean * all[i];
        return weighted;
    }

    static void Around(ref CounterRandom random, float[] point, double radius, LowFrequencies frequencies, Span<float> result)
    {
        frequencies.Fill(ref random, result);
        double scale = radius / Math.Max(Vectors.Norm2(result), double.Epsilon);
        for (int i = 0; i < result.Length; i++)
            result[i] = (float)Math.Clamp(point[i] + scale * result[i], 0, 1);
    }

    static void Add(ReadOnlySpan<float> asked, float[] point, int sign, double[] weighted, double[] all)
    {
        for (int i = 0; i < all.Length; i++)
        {
            double away = (double)asked[i] - point[i];
            weighted[i] += sign * away;
            all[i] += away;
        }
    }

    /// <summary>
    /// An adversarial image on the ray from the image along the normal w (L2) or its signs (L∞), the nearest change that crosses a plane;
    /// null if none is found. With v for that direction, the plane through the boundary point is met at ⟨point − image, w⟩ / ⟨v, w⟩.
    /// </summary>
    async Task<float[]?> Along(ILabelVictim victim, AttackedImage image, float[] point, double[] normal)
    {
        double[] ray = BallNorm == Norm.LInf ? Array.ConvertAll(normal, component => (double)Math.Sign(component)) : normal;
        double plane = 0, slope = 0, largest = 0;
        for (int i = 0; i < normal.Length; i++)
        {
            plane += ((double)point[i] - image.Clean[i]) * normal[i];
            slope += ray[i] * normal[i];
            largest = Math.Max(largest, Math.Abs(ray[i]));
        }

        // An estimate that points away from the wrong class says nothing.
        double length = plane / slope;
        for (int growth = 0; growth < MaxGrowths && length * largest > 0; growth++, length *= Growth)
        {
            float[] far = new float[normal.Length];
            for (int i = 0; i < far.Length; i++)
                far[i] = (float)Math.Clamp(image.Clean[i] + length * ray[i], 0, 1);
            if (image.IsReached(await image.Label(victim, far)))
                return far;
        }

        return null;
    }
}
