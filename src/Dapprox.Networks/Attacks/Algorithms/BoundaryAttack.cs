using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The boundary attack: a random walk along the boundary of the wrong class. A step moves in a random direction on the sphere
/// around the clean image, then a little towards the image; it is accepted if it ends in the wrong class. (Brendel, Rauber, Bethge,
/// "Decision-Based Adversarial Attacks: Reliable Attacks Against Black-Box Machine Learning Models", ICLR 2018, section 2.)
/// </summary>
/// <remarks>
/// The lengths adapt to the success rates of the moves (section 2.3): every tenth step queries the move on the sphere by itself. A
/// move becomes longer if more than half succeed, and shorter if less than a fifth do. The walk ends early the second time the move
/// towards the image becomes negligibly short; the first time both lengths are reset.
/// </remarks>
public sealed record BoundaryAttack : IAttack<ILabelVictim>
{
    const int SphericalInterval = 10;

    // As in Foolbox 2.4.
    const int NoiseDraws = 1000;

    const ulong StepPurpose = 3UL << 32;

    /// <summary>As in Foolbox 2.4: 5000 steps, one direction at a time, from one blend of noise.</summary>
    public static BoundaryAttack Foolbox24 { get; } = new() { Steps = 5000, Together = 1, StartBlends = 1 };

    /// <inheritdoc/>
    public string Name => "boundary";

    /// <summary>L2.</summary>
    public Norm Norm => Norm.L2;

    /// <summary>None: the attack searches for the nearest adversarial image.</summary>
    public double? Epsilon => null;

    /// <summary>The number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 10_000;

    /// <summary>The maximum number of directions tried in a step until one succeeds; at least 1.</summary>
    public int Directions { get; init => field = Legal.AtLeast(1, value, nameof(Directions)); } = 25;

    /// <summary>The number of directions tried at a time; the one that leads nearest is taken; at least 1.</summary>
    public int Together { get; init => field = Legal.AtLeast(1, value, nameof(Together)); } = 5;

    /// <summary>The initial length of the move on the sphere, relative to the distance; above 0.</summary>
    public double SphericalStep { get; init => field = Legal.Positive(value, nameof(SphericalStep)); } = 1e-2;

    /// <summary>The initial length of the move towards the image, relative to the distance; above 0.</summary>
    public double SourceStep { get; init => field = Legal.Positive(value, nameof(SourceStep)); } = 1e-2;

    /// <summary>The factor by which lengths change; above 0.</summary>
    public double Adaptation { get; init => field = Legal.Positive(value, nameof(Adaptation)); } = 1.5;

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
        if (image.State is null)
        {
            if (await DecisionStart.Find(victim, image, Norm, Starts, StartBlends, NoiseDraws) is not float[] start)
                return StopReason.NoStart;
            image.State = new AttackState(0, start, new BoundarySteps(this).Numbers);
        }

        var steps = new BoundarySteps(this, image.State.Numbers);
        while (image.State.Iteration < Steps && !steps.Converged)
        {
            int step = image.State.Iteration;
            float[] point = await Step(victim, image, image.State.Point, steps, step);
            steps.Adapt();
            image.State = new AttackState(step + 1, point, steps.Numbers);
            image.Progress = (step + 1.0) / Steps;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>One step from a point: the next point, or the same point if no direction succeeds.</summary>
    async Task<float[]> Step(ILabelVictim victim, AttackedImage image, float[] point, BoundarySteps steps, int step)
    {
        CounterRandom random = image.Random(StepPurpose + (ulong)step);
        double distance = DecisionStart.Distance(image, point, Norm);
        for (int tried = 0; tried < Directions; tried += Together)
        {
            int count = Math.Min(Together, Directions - tried);
            Tensor onSphere = Tensor.Unfilled([count, .. image.Shape]), nearer = Tensor.Unfilled([count, .. image.Shape]);
            for (int i = 0; i < count; i++)
                Propose(ref random, image.Clean, point, distance, steps, onSphere.Row(i), nearer.Row(i));

            if (step % SphericalInterval == 0)
            {
                int[] ofSphere = await image.Labels(victim, onSphere);
                foreach (int label in ofSphere)
                    steps.CountSpherical(image.IsReached(label));
                nearer = nearer.Gather([.. Enumerable.Range(0, count).Where(i => image.IsReached(ofSphere[i]))]);
            }

            float[]? best = null;
            double min = distance;
            int[] labels = nearer.Batch == 0 ? [] : await image.Labels(victim, nearer);
            for (int i = 0; i < labels.Length; i++)
            {
                bool reached = image.IsReached(labels[i]);
                if (step % SphericalInterval == 0)
                    steps.CountSource(reached);
                double length = DecisionStart.Distance(image, nearer.Row(i), Norm);
                if (reached && length < min)
                    (best, min) = (nearer.Row(i).ToArray(), length);
            }

            if (best is not null)
                return best;
        }

        return point;
    }

    /// <summary>A random move on the sphere around the clean image, and from there the move towards it (figure 2).</summary>
    static void Propose(
        ref CounterRandom random, ReadOnlySpan<float> clean, ReadOnlySpan<float> point, double distance, BoundarySteps steps,
        Span<float> onSphere, Span<float> nearer)
    {
        // A random direction at right angles to the one from the clean image to the point.
        Normals.Fill(ref random, onSphere);
        double along = 0, squares = 0;
        for (int i = 0; i < onSphere.Length; i++)
        {
            along += (double)onSphere[i] * ((double)point[i] - clean[i]);
            squares += (double)onSphere[i] * onSphere[i];
        }

        along /= distance * distance;
        double scale = steps.Spherical * distance / Math.Sqrt(squares - along * along * distance * distance);
        // Pythagoras: the sum of the two keeps the length.
        double shrink = 1 / Math.Sqrt(1 + steps.Spherical * steps.Spherical);
        for (int i = 0; i < onSphere.Length; i++)
        {
            double outwards = (double)point[i] - clean[i];
            double sideways = scale * (onSphere[i] - along * outwards);
            onSphere[i] = (float)Math.Clamp(clean[i] + shrink * (outwards + sideways), 0, 1);
        }

        // Clipping to [0, 1] changes the distance; the step towards the image also removes that growth.
        double reached = Distances.Between(clean, onSphere).L2;
        double fraction = Math.Max(0, steps.Source * distance + reached - distance) / reached;
        for (int i = 0; i < nearer.Length; i++)
            nearer[i] = (float)Math.Clamp(onSphere[i] - fraction * ((double)onSphere[i] - clean[i]), 0, 1);
    }
}
