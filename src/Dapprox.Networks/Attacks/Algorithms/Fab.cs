using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The fast adaptive boundary attack: steps to the linearised decision boundary within [0, 1], biased towards the image. (Croce,
/// Hein, "Minimally distorted Adversarial Examples with a Fast Adaptive Boundary Attack", ICML 2020, algorithm 1.)
/// </summary>
/// <remarks>
/// <para>The targeted form projects onto the boundary to one class at a time, for the <see cref="Targets"/> most likely classes in
/// turn; any wrong class is a success. (Croce, Hein 2020, "Reliable evaluation …", section 5.) In an attack with a target, the
/// boundary lies between the target and the largest other logit.</para>
/// <para>Queries per iteration: one gradient for each boundary considered, and one for the scores after the step. One more query
/// ranks the classes in the targeted form; the final search takes five.</para>
/// </remarks>
public sealed record Fab : IAttack<IGradientVictim>
{
    /// <inheritdoc/>
    public string Name => "fab";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>The distance at which the attack stops; null to minimise the distance.</summary>
    public double? Epsilon { get; init => field = Ball.Checked(value); }

    /// <summary>The norm: L∞, L2 or L1.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>The number of iterations from each start; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 100;

    /// <summary>The number of starts: first the image, then random points; at least 1.</summary>
    public int Restarts { get; init => field = Legal.AtLeast(1, value, nameof(Restarts)); } = 5;

    /// <summary>The number of classes that the targeted form tries, at least 1; null for the untargeted form.</summary>
    public int? Targets { get; init => field = value is int count ? Legal.AtLeast(1, count, nameof(Targets)) : null; }

    /// <summary>
    /// Random starts are at half this distance, or at half the best distance so far if that is smaller. Null for
    /// <see cref="Epsilon"/>; without an ε, 0.3 for L∞, 1 for L2 and 5 for L1.
    /// </summary>
    public double? Radius { get; init => field = Ball.Checked(value); }

    /// <summary>α_max: the maximum bias towards the image, 0 to 1.</summary>
    public double MaxBias { get; init => field = Legal.Fraction(value, nameof(MaxBias)); } = 0.1;

    /// <summary>η: the overshoot factor of steps; above 0.</summary>
    public double Overshoot { get; init => field = Legal.Positive(value, nameof(Overshoot)); } = 1.05;

    /// <summary>β: the fraction of its distance from the image that a successful point keeps for the next step, 0 to 1.</summary>
    public double Backward { get; init => field = Legal.Fraction(value, nameof(Backward)); } = 0.9;

    double UsualRadius => BallNorm switch { Norm.LInf => 0.3, Norm.L2 => 1, _ => 5 };

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        var steps = new FabSteps(victim, image, this);
        int[][] boundaries = await Boundaries(victim, image);
        double nearest = double.PositiveInfinity;
        float[]? best = null;
        StopReason reason = StopReason.BudgetSpent;
        for (int run = 0; run < boundaries.Length * Restarts; run++)
        {
            (int start, int boundary) = Math.DivRem(run, boundaries.Length);
            float[] point = steps.Start(run, start, Math.Min(nearest, Radius ?? Epsilon ?? UsualRadius) / 2);
            for (int step = 0; step < Steps; step++)
            {
                (float[]? next, reason) = await steps.Step(point, boundaries[boundary]);
                if (next is null)
                    break;
                point = next;
                if (Epsilon is null)
                    image.Candidate = point;
                if (image.IsReached(await image.Logits(victim, point)))
                {
                    double distance = Distances.Between(image.Clean, point).In(BallNorm);
                    if (distance < nearest)
                        (nearest, best) = (distance, point);
                    if (distance <= Epsilon)
                        return StopReason.Found;
                    point = FabSteps.Between(image.Clean, point, Backward);
                }

                image.Progress = (run + (step + 1.0) / Steps) / (boundaries.Length * Restarts);
            }
        }

        if (best is not null)
            await steps.Search(best);
        return best is null ? reason : StopReason.BudgetSpent;
    }

    /// <summary>For each run from one start, the classes whose boundary to the unwanted class is considered.</summary>
    async Task<int[][]> Boundaries(IGradientVictim victim, AttackedImage image)
    {
        if (image.IsTargeted)
            return [[image.Class]];
        if (Targets is not int count)
            return [[.. Enumerable.Range(0, victim.Classes).Where(i => i != image.Class)]];
        int[] runnersUp = MarginLoss.RunnersUp(await image.Logits(victim, image.Clean.ToArray()), image.Class);
        return runnersUp.Take(count).Select(runnerUp => (int[])[runnerUp]).ToArray();
    }
}
