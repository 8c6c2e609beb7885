using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>The iterations of APGD from one start. (Croce, Hein 2020, "Reliable evaluation …", algorithm 1.)</summary>
sealed class ApgdAscent(IGradientVictim victim, AttackedImage image, ApgdObjective objective, double epsilon, Apgd options)
{
    // α: the weight of the gradient step against that of the momentum.
    const double StepWeight = 0.75;

    readonly Ball ball = Ball.Around(image.Clean, options.BallNorm, epsilon);

    float[] best = [], bestGradient = [];
    double bestLoss = double.NegativeInfinity;
    bool found, bestSucceeds;

    /// <summary>Runs the iterations.</summary>
    /// <param name="random">The random numbers of the start.</param>
    /// <param name="report">Receives the fraction of the iterations that is done.</param>
    public async Task<StopReason> Run(CounterRandom random, Action<double> report)
    {
        float[] point = image.Clean.ToArray(), previous = point;
        ball.Draw(ref random, point);
        (float[] logits, float[] gradient) = await image.Gradient(victim, point, objective.Gradient);
        if (StopReasons.NoWay(logits, gradient) is StopReason stopped)
            return stopped;

        double loss = Take(point, logits, gradient), step = 2 * epsilon;
        var checkpoints = options.Checkpoints();
        double bestBefore = bestLoss;
        int raised = 0, since = 0;
        bool halved = false;
        for (int made = 1; made <= options.Steps && !(found && options.StopsAtSuccess); made++)
        {
            (previous, point) = (point, Next(point, previous, gradient, step, made == 1 ? 1 : StepWeight));
            if (made < options.Steps)
                (logits, gradient) = await image.Gradient(victim, point, objective.Gradient);
            else
                logits = await image.Logits(victim, point);
            if (StopReasons.NoWay(logits, gradient) == StopReason.NonFinite)
                return found ? StopReason.Found : StopReason.NonFinite;
            double before = loss;
            loss = Take(point, logits, gradient);
            raised += loss > before ? 1 : 0;
            report((double)made / options.Steps);

            if (checkpoints.Contains(made))
            {
                bool fewRaised = raised < options.Rising * (made - since);
                halved = fewRaised || (!halved && bestLoss == bestBefore);
                if (halved)
                {
                    step /= 2;
                    (point, gradient, loss) = (best, bestGradient, bestLoss);
                }

                (raised, since, bestBefore) = (0, made, bestLoss);
            }
        }

        // The last success that is queried counts, and the best point lies deepest in the wrong class.
        if (bestSucceeds && !options.StopsAtSuccess)
            await image.Logits(victim, best);
        image.Candidate = best;
        return found ? StopReason.Found : StopReason.BudgetSpent;
    }

    /// <summary>A step with momentum, within the ball.</summary>
    float[] Next(float[] point, float[] previous, float[] gradient, double step, double weight)
    {
        float[] next = (float[])point.Clone();
        // A zero gradient leaves the momentum.
        if (Vectors.Norm1(gradient) > 0)
            ball.Step(next, gradient, step);
        ball.Project(next);
        for (int i = 0; i < next.Length; i++)
            next[i] = (float)(point[i] + weight * ((double)next[i] - point[i]) + (1 - weight) * ((double)point[i] - previous[i]));
        ball.Project(next);
        return next;
    }

    /// <summary>Updates the best point; returns the loss.</summary>
    double Take(float[] point, float[] logits, float[] gradient)
    {
        double loss = objective.Value(logits);
        bool succeeds = image.IsReached(logits);
        found |= succeeds;
        // The first point is always taken: an infinite true logit makes the loss −∞ or NaN.
        if (best.Length == 0 || loss > bestLoss || double.IsNaN(bestLoss))
            (best, bestGradient, bestLoss, bestSucceeds) = (point, gradient, loss, succeeds);
        return loss;
    }
}
