using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// HopSkipJump: estimates the normal of the decision boundary at a boundary point from the classes of random points around it,
/// steps along the normal, and returns to the boundary on the line to the clean image. (Chen, Jordan, Wainwright,
/// "HopSkipJumpAttack: A Query-Efficient Decision-Based Attack", IEEE S&amp;P 2020, algorithm 2.)
/// </summary>
/// <remarks>
/// The result is the nearest queried point, which may differ from the last iterate. Differences from the paper: step halving and
/// bisection end after a bounded number of queries, whatever the victim answers; a step without an adversarial point leaves the
/// point unchanged.
/// </remarks>
public sealed record HopSkipJump : IAttack<ILabelVictim>
{
    const double FirstRadius = 0.1;
    const int MaxPoints = 128, MaxHalvings = 50;
    const ulong IterationPurpose = 2UL << 32;

    /// <summary>
    /// As in Foolbox 2.4 and the paper: starts from one noise image, with up to 10,000 failed draws. (Foolbox blends the noise and
    /// compares results in L2, also for L∞; here both use the norm itself.)
    /// </summary>
    public static HopSkipJump Foolbox24 { get; } = new() { StartBlends = 1, NoiseDraws = 10_001 };

    /// <inheritdoc/>
    public string Name => "hopskipjump";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>None: the attack searches for the nearest adversarial image.</summary>
    public double? Epsilon => null;

    /// <summary>The norm of the minimised distance: L2 or L∞.</summary>
    public Norm BallNorm { get; init => field = Legal.L2OrLInf(value, nameof(BallNorm)); } = Norm.L2;

    /// <summary>The number of steps; at least 1.</summary>
    public int Iterations { get; init => field = Legal.AtLeast(1, value, nameof(Iterations)); } = 64;

    /// <summary>The number of points of the first estimate; iteration t takes √t times as many.</summary>
    public int FirstEvaluations { get; init => field = Legal.AtLeast(1, value, nameof(FirstEvaluations)); } = 100;

    /// <summary>The maximum number of points of an estimate.</summary>
    public int MaxEvaluations { get; init => field = Legal.AtLeast(1, value, nameof(MaxEvaluations)); } = 10_000;

    /// <summary>
    /// γ, the precision of the boundary search: for d pixels γ/(d·√d) (L2) or γ/d² (L∞), relative to the distance.
    /// </summary>
    public double Gamma { get; init => field = Legal.Positive(value, nameof(Gamma)); } = 1;

    /// <summary>
    /// Images that may be adversarial. An untargeted attack tries them if no noise is adversarial; a targeted attack tries them
    /// first.
    /// </summary>
    public IReadOnlyList<float[]> Starts { get; init => field = GivenImages.Checked(value, nameof(Starts)); } = new GivenImages([]);

    /// <summary>
    /// The number of adversarial noise images that are blended with the image; the nearest blend is the start; at least 1.
    /// </summary>
    public int StartBlends { get; init => field = Legal.AtLeast(1, value, nameof(StartBlends)); } = 10;

    /// <summary>The maximum number of noise images tried to find <see cref="StartBlends"/> adversarial ones; at least 1.</summary>
    public int NoiseDraws { get; init => field = Legal.AtLeast(1, value, nameof(NoiseDraws)); } = 1000;

    /// <inheritdoc/>
    public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
    {
        int pixels = image.Clean.Length;
        double tolerance = BallNorm == Norm.L2 ? Gamma / (pixels * Math.Sqrt(pixels)) : Gamma / ((double)pixels * pixels);
        if (image.State is null)
        {
            if (await DecisionStart.Find(victim, image, BallNorm, Starts, StartBlends, NoiseDraws) is not float[] start)
                return StopReason.NoStart;
            image.State = await Nearer(victim, image, start, tolerance, 1);
        }

        while (image.State.Iteration <= Iterations)
        {
            int iteration = image.State.Iteration;
            float[] point = image.State.Point;
            double distance = DecisionStart.Distance(image, point, BallNorm);
            // √d·θ·distance (L2) and d·θ·distance (L∞, section IV) are equal for their θ. The distance is taken before the last
            // bisection (x̃ in algorithm 2).
            double radius = iteration == 1 ? FirstRadius : Gamma / pixels * image.State.Numbers[0];
            double[] direction = await Estimate(victim, image, point, radius, iteration);
            float[] moved = await Step(victim, image, point, direction, distance / Math.Sqrt(iteration));
            image.State = await Nearer(victim, image, moved, tolerance, iteration + 1);
            image.Progress = (double)iteration / Iterations;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>The point where the line to the clean image meets the boundary, and the distance before the search.</summary>
    async Task<AttackState> Nearer(ILabelVictim victim, AttackedImage image, float[] far, double tolerance, int iteration) => new(
        iteration, await DecisionStart.Nearer(victim, image, far, BallNorm, tolerance), [DecisionStart.Distance(image, far, BallNorm)]);

    /// <summary>
    /// The estimated direction into the wrong class, of unit norm (section IV): the mean of random directions u, each weighted by
    /// the sign φ of its answer minus the mean sign; if all signs are equal, the mean sign is not subtracted.
    /// </summary>
    async Task<double[]> Estimate(ILabelVictim victim, AttackedImage image, float[] point, double radius, int iteration)
    {
        int count = (int)Math.Min(FirstEvaluations * Math.Sqrt(iteration), MaxEvaluations);
        CounterRandom random = image.Random(IterationPurpose + (ulong)iteration);
        double[] inside = new double[point.Length], all = new double[point.Length];
        int insideCount = 0;
        for (int done = 0; done < count;)
        {
            Tensor points = Tensor.Unfilled([Math.Min(MaxPoints, count - done), .. image.Shape]);
            for (int i = 0; i < points.Batch; i++)
                Around(ref random, point, radius, points.Row(i));
            int[] labels = await image.Labels(victim, points);
            for (int i = 0; i < labels.Length; i++)
            {
                bool reached = image.IsReached(labels[i]);
                insideCount += reached ? 1 : 0;
                Add(points.Row(i), point, all, reached ? inside : null);
            }

            done += points.Batch;
        }

        // Σ(φ − mean φ)·u with φ = ±1 is 2(Σ over the inside − fraction inside · Σ over all).
        double insideFraction = insideCount == 0 || insideCount == count ? 0 : (double)insideCount / count;
        double sign = insideCount == 0 ? -1 : 1;
        double[] estimate = insideCount == 0 ? all : inside;
        for (int i = 0; i < estimate.Length; i++)
            estimate[i] = sign * (estimate[i] - insideFraction * all[i]);
        return Normalized(estimate);
    }

    /// <summary>A point at a distance in a random direction, clipped to [0, 1].</summary>
    void Around(ref CounterRandom random, float[] point, double radius, Span<float> result)
    {
        if (BallNorm == Norm.L2)
            Normals.Fill(ref random, result);
        else
        {
            foreach (ref float component in result)
                component = random.NextSingle(-1, 1);
        }

        double scale = radius / Vectors.Norm2(result);
        for (int i = 0; i < result.Length; i++)
            result[i] = (float)Math.Clamp(point[i] + scale * result[i], 0, 1);
    }

    /// <summary>Adds the direction that was queried, after clipping to [0, 1].</summary>
    static void Add(ReadOnlySpan<float> asked, ReadOnlySpan<float> point, double[] all, double[]? inside)
    {
        for (int i = 0; i < all.Length; i++)
            all[i] += (double)asked[i] - point[i];
        for (int i = 0; i < inside?.Length; i++)
            inside[i] += (double)asked[i] - point[i];
    }

    double[] Normalized(double[] estimate)
    {
        double length = Math.Sqrt(estimate.Sum(component => component * component));
        return Array.ConvertAll(estimate, component => BallNorm == Norm.LInf ? Math.Sign(component) : length == 0 ? 0 : component / length);
    }

    /// <summary>The end of the step, halved until it is adversarial; the point itself if no step is.</summary>
    static async Task<float[]> Step(ILabelVictim victim, AttackedImage image, float[] point, double[] direction, double length)
    {
        for (int halving = 0; halving < MaxHalvings; halving++, length /= 2)
        {
            float[] moved = new float[point.Length];
            for (int i = 0; i < moved.Length; i++)
                moved[i] = (float)Math.Clamp(point[i] + length * direction[i], 0, 1);
            if (moved.AsSpan().SequenceEqual(point))
                break;
            if (image.IsReached(await image.Label(victim, moved)))
                return moved;
        }

        return point;
    }
}
