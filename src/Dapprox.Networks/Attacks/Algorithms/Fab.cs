using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The fast adaptive boundary attack: steps to the linearised decision boundary within [0, 1], drawn towards the image.
/// (Croce, Hein, "Minimally distorted Adversarial Examples with a Fast Adaptive Boundary Attack", ICML 2020, algorithm 1.)
/// </summary>
/// <remarks>
/// <para>Its targeted form takes the boundary to one class at a time, for the <see cref="Targets"/> most likely ones in turn;
/// any wrong class is a success. (Croce, Hein 2020, "Reliable evaluation …", section 5.) Where the attack has a certain target,
/// the boundary is the one between it and the largest other logit.</para>
/// <para>Queries: per iteration one gradient for each class whose boundary is considered, and one for the scores after the
/// step; one more for the order of the classes in the targeted form; five for the final search.</para>
/// </remarks>
public sealed record Fab : IAttack<IGradientVictim>
{
    /// <inheritdoc/>
    public string Name => "fab";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>The distance that suffices, at which the attack stops; null to come as near as it can.</summary>
    public double? Epsilon { get; init => field = Ball.Checked(value); }

    /// <summary>The norm: L∞ or L2.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>How many iterations from each start; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 100;

    /// <summary>How many starts: first the image, then random points; at least 1.</summary>
    public int Restarts { get; init => field = Legal.AtLeast(1, value, nameof(Restarts)); } = 5;

    /// <summary>How many classes the targeted form tries, at least 1; null for the untargeted form.</summary>
    public int? Targets { get; init => field = value is int count ? Legal.AtLeast(1, count, nameof(Targets)) : null; }

    /// <summary>
    /// Random starts are at half this distance, or at half that of the best so far if that is less. Null for
    /// <see cref="Epsilon"/>, or else 0.3 for L∞ and 1 for L2.
    /// </summary>
    public double? Radius { get; init => field = Ball.Checked(value); }

    /// <summary>α_max: how much the image may draw at most, 0 to 1.</summary>
    public double MaxBias { get; init => field = Legal.Share(value, nameof(MaxBias)); } = 0.1;

    /// <summary>η: by what factor steps go beyond the boundary; above 0.</summary>
    public double Overshoot { get; init => field = Legal.Positive(value, nameof(Overshoot)); } = 1.05;

    /// <summary>β: which share of its way from the image a success keeps for the next step, 0 to 1.</summary>
    public double Backward { get; init => field = Legal.Share(value, nameof(Backward)); } = 0.9;

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
            float[] point = steps.Start(run, start, Math.Min(nearest, Radius ?? Epsilon ?? (BallNorm == Norm.LInf ? 0.3 : 1)) / 2);
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
        int[] rivals = MarginLoss.RunnersUp(await image.Logits(victim, image.Clean.ToArray()), image.Class);
        return rivals.Take(count).Select(rival => (int[])[rival]).ToArray();
    }
}
