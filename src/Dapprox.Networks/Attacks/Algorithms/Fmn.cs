using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The fast minimum-norm attack: gradient steps within a ball around the image, whose radius shrinks while the point is adversarial and
/// grows while it is not; until the first success it is the estimated distance to the boundary. (Pintor, Roli, Brendel, Biggio, "Fast
/// Minimum-norm Adversarial Attacks through Adaptive Norm Constraints", NeurIPS 2021, algorithm 1.)
/// </summary>
/// <remarks>
/// The loss is the lead of the unwanted logit. In L0 the radius is a number of values, which changes by at least one in a step and begins
/// at one. Two things are not in the paper: the estimated distance is lengthened by the factor of the step, so that a point on a straight
/// boundary leaves it; and at the end, except in L0, the boundary is searched on the line from the image to the nearest success. Queries:
/// one gradient per step, one for the scores of the last point, and ten for that search.
/// </remarks>
public sealed record Fmn : IAttack<IGradientVictim>
{
    const double FirstRadiusChange = 0.05, LastRadiusChange = 0.001;

    // α_K / α_0.
    const double StepDecay = 0.01;

    /// <inheritdoc/>
    public string Name => "fmn";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The norm that is minimised: L0, L1, L2 or L∞.</summary>
    public Norm BallNorm { get; init; } = Norm.L2;

    /// <summary>The number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 1000;

    /// <summary>α₀: the L2 length of the first step, in input units, above 0; null for 10 in L∞ and 1 in the other norms.</summary>
    public double? StepSize { get; init => field = value is double size ? Legal.Positive(size, nameof(StepSize)) : null; }

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        double firstStep = StepSize ?? (BallNorm == Norm.LInf ? 10 : 1), furthest = Furthest(image.Clean);
        double radius = BallNorm == Norm.L0 ? 1 : 0;
        var nearest = new NearestSuccess(image, BallNorm);
        float[] point = image.Clean.ToArray();
        for (int step = 0; step < Steps; step++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, point, MarginLoss.OfLead(image));
            double lead = MarginLoss.Lead(image, logits);
            StopReason? noWay = double.IsNaN(lead) ? StopReason.NonFinite : StopReasons.NoWay(logits, gradient);
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && step == 0))
                return noWay.Value;

            double distance = Distances.Between(image.Clean, point).In(BallNorm);
            bool reached = nearest.Take(point, logits);
            double change = CosineDecay.At(FirstRadiusChange, LastRadiusChange, step, Steps);
            if (BallNorm == Norm.L0)
                radius = NextCount(radius, reached, change);
            else if (double.IsFinite(nearest.Distance))
                radius *= reached ? 1 - change : 1 + change;
            else
                radius = noWay is null ? (1 + change) * (distance + lead / Vectors.DualLength(gradient, BallNorm)) : furthest;
            radius = Math.Min(radius, reached ? nearest.Distance : furthest);

            double length = CosineDecay.At(firstStep, StepDecay * firstStep, step, Steps);
            point = Next(image, point, gradient, noWay is null ? length / Vectors.Norm2(gradient) : 0, radius);
            image.Candidate = point;
            image.Progress = (step + 1.0) / Steps;
        }

        nearest.Take(point, await image.Logits(victim, point));
        if (BallNorm != Norm.L0)
            await nearest.Bisect(victim);
        return StopReason.BudgetSpent;
    }

    static double NextCount(double count, bool reached, double change) => reached
        ? Math.Max(Math.Min(count - 1, Math.Floor(count * (1 - change))), 0)
        : Math.Max(count + 1, Math.Floor(count * (1 + change)));

    /// <summary>A step down the lead, projected.</summary>
    float[] Next(AttackedImage image, float[] point, float[] gradient, double scale, double radius)
    {
        float[] next = new float[point.Length];
        for (int i = 0; i < next.Length; i++)
            next[i] = (float)(point[i] - scale * gradient[i]);
        if (BallNorm != Norm.L0)
        {
            Ball.Around(image.Clean, BallNorm, radius).Project(next);
            return next;
        }

        for (int i = 0; i < next.Length; i++)
            next[i] = Math.Clamp(next[i], 0, 1);
        LargestChanges.Keep(image.Clean, next, (int)radius);
        return next;
    }

    /// <summary>The distance to the farthest image.</summary>
    double Furthest(ReadOnlySpan<float> clean)
    {
        float[] corner = new float[clean.Length];
        for (int i = 0; i < corner.Length; i++)
            corner[i] = clean[i] < 0.5f ? 1 : 0;
        return Distances.Between(clean, corner).In(BallNorm);
    }
}
