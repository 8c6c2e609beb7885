using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// HopSkipJump: from a point on the boundary of the wrong class, the direction of the boundary is estimated from the classes
/// of random points around it; a step is made in that direction, and the way back to the clean image leads to the boundary
/// again. (Chen, Jordan, Wainwright, "HopSkipJumpAttack: A Query-Efficient Decision-Based Attack", IEEE S&amp;P 2020,
/// algorithm 2.)
/// </summary>
/// <remarks>
/// The nearest point of all that were asked about is the result, which need not be the last iterate. Differences from the
/// paper: halving the step and bisecting end after a bounded number of queries, whatever the victim answers; and a step that
/// finds nothing adversarial leaves the point where it is.
/// </remarks>
public sealed record HopSkipJump : IAttack<ILabelVictim>
{
    const double FirstRadius = 0.1;
    const int MaxPoints = 128, MaxHalvings = 50;
    const ulong IterationPurpose = 2UL << 32;

    /// <summary>
    /// As in Foolbox 2.4 and the paper: one image of noise to begin with, which is looked for until more than 10,000 were in
    /// vain. (There the noise is blended and results are compared in L2, also for L∞; here in the norm itself.)
    /// </summary>
    public static HopSkipJump Foolbox24 { get; } = new() { StartBlends = 1, NoiseDraws = 10_001 };

    /// <inheritdoc/>
    public string Name => "hopskipjump";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>None: it looks for the nearest adversarial image.</summary>
    public double? Epsilon => null;

    /// <summary>The norm in which the nearest is looked for: L2 or L∞.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.L2;

    /// <summary>How many steps; at least 1.</summary>
    public int Iterations { get; init => field = Legal.AtLeast(1, value, nameof(Iterations)); } = 64;

    /// <summary>How many points the first estimate takes; that of iteration t takes √t times as many.</summary>
    public int FirstEvaluations { get; init => field = Legal.AtLeast(1, value, nameof(FirstEvaluations)); } = 100;

    /// <summary>How many points an estimate takes at most.</summary>
    public int MaxEvaluations { get; init => field = Legal.AtLeast(1, value, nameof(MaxEvaluations)); } = 10_000;

    /// <summary>
    /// γ, which says how near the boundary is approached: for d pixels to γ/(d·√d) (L2) or γ/d² (L∞) of the distance.
    /// </summary>
    public double Gamma { get; init => field = Legal.Positive(value, nameof(Gamma)); } = 1;

    /// <summary>Images that may be adversarial: for where noise is not, and tried before noise where a class is aimed at.</summary>
    public IReadOnlyList<float[]> Starts { get; init => field = StartImages.Checked(value, nameof(Starts)); } = new StartImages([]);

    /// <summary>How many adversarial images of noise are brought nearer, to begin with the nearest; at least 1.</summary>
    public int StartBlends { get; init => field = Legal.AtLeast(1, value, nameof(StartBlends)); } = 10;

    /// <summary>How many images of noise are tried at most until as many as wanted are adversarial; at least 1.</summary>
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
            // √d·θ·distance (L2) and d·θ·distance (L∞, section IV) are the same with their θ; the distance is that before the
            // last bisection (algorithm 2, where x̃ is the point before it).
            double radius = iteration == 1 ? FirstRadius : Gamma / pixels * image.State.Numbers[0];
            double[] direction = await Estimate(victim, image, point, radius, iteration);
            float[] moved = await Step(victim, image, point, direction, distance / Math.Sqrt(iteration));
            image.State = await Nearer(victim, image, moved, tolerance, iteration + 1);
            image.Progress = (double)iteration / Iterations;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>The point where the way to the clean image meets the boundary, and the distance from which it was sought.</summary>
    async Task<AttackState> Nearer(ILabelVictim victim, AttackedImage image, float[] far, double tolerance, int iteration) => new(
        iteration, await DecisionStart.Nearer(victim, image, far, BallNorm, tolerance), [DecisionStart.Distance(image, far, BallNorm)]);

    /// <summary>
    /// The estimated direction into the wrong class, of length 1 in the norm (section IV): the mean of random
    /// directions u, each with the sign φ of its answer less the mean of the signs, unless all are the same.
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

        // Σ(φ − mean φ)·u with φ = ±1 is 2(Σ over the inside − share inside · Σ over all).
        double share = insideCount == 0 || insideCount == count ? 0 : (double)insideCount / count;
        double sign = insideCount == 0 ? -1 : 1;
        double[] estimate = insideCount == 0 ? all : inside;
        for (int i = 0; i < estimate.Length; i++)
            estimate[i] = sign * (estimate[i] - share * all[i]);
        return Normalized(estimate);
    }

    /// <summary>A point at a distance in a random direction, moved into [0, 1].</summary>
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

    /// <summary>Adds the direction that was really asked about, after moving into [0, 1].</summary>
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

    /// <summary>The step, halved until it is adversarial; the point itself where no step is.</summary>
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
