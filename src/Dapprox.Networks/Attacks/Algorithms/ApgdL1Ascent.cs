using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The iterations of ℓ1-APGD from one start: steps that change few pixels equally, as many as the best point suggests, in balls of three
/// and two times ε and of ε. (Croce, Hein, "Mind the box: ℓ1-APGD for sparse adversarial attacks on image classifiers", ICML 2021,
/// algorithm 1 and section 4.)
/// </summary>
sealed class ApgdL1Ascent(IGradientVictim victim, AttackedImage image, ApgdObjective objective, double epsilon, Apgd options)
{
    // Each checkpoint comes after this fraction of the iterations.
    const double Interval = 0.04;

    // The first number of changed pixels, relative to all; later the best point's changed pixels are divided by Reduction.
    const double FirstSparsity = 0.2, Reduction = 1.5;

    // The step stays large while the number of changed pixels falls below this fraction from one checkpoint to the next.
    const double Falling = 0.95;

    const double SmallestStep = 0.1;

    static readonly (double Radius, double Work)[] Balls = [(3, 0.3), (2, 0.3), (1, 0.4)];

    float[] best = [], bestGradient = [];
    double bestLoss;
    bool found, bestSucceeds;

    /// <summary>Runs the iterations.</summary>
    /// <param name="random">The random numbers of the start.</param>
    /// <param name="report">Receives the fraction of the iterations that is done.</param>
    public async Task<StopReason> Run(CounterRandom random, Action<double> report)
    {
        float[] point = image.Clean.ToArray();
        Ball.Around(image.Clean, Norm.L1, Balls[0].Radius * epsilon).Draw(ref random, point);
        int made = 0;
        double work = 0;
        for (int i = 0; i < Balls.Length; i++)
        {
            work += Balls[i].Work;
            bool isLast = i == Balls.Length - 1;
            int until = isLast ? options.Steps : (int)Math.Round(work * options.Steps);
            if (until == made && !isLast)
                continue;
            (best, bestLoss) = ([], double.NegativeInfinity);
            StopReason? stopped = await Ascend(point, Balls[i].Radius * epsilon, made, until, report);
            if (stopped is StopReason reason)
                return found ? StopReason.Found : reason;
            if (found && options.StopsAtSuccess)
                return StopReason.Found;
            (made, point) = (until, best);
        }

        // The last success that is queried counts, and the best point lies deepest in the wrong class.
        if (bestSucceeds)
            await image.Logits(victim, best);
        image.Candidate = best;
        return found ? StopReason.Found : StopReason.BudgetSpent;
    }

    /// <summary>The iterations in one ball; null when they are done.</summary>
    async Task<StopReason?> Ascend(float[] start, double radius, int made, int until, Action<double> report)
    {
        var ball = new L1Ball(image.Clean, radius);
        float[] point = (float[])start.Clone();
        ball.Project(point);
        int changed = made == 0 ? point.Length : Changed(point), interval = Math.Max((int)(Interval * options.Steps), 1);
        ball.Moved = made == 0 ? Math.Max((int)(FirstSparsity * point.Length), 1) : Moved(changed);
        double step = radius;
        for (int since = 0; made < until; made++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, point, objective.Gradient);
            StopReason? noWay = StopReasons.NoWay(logits, gradient);
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && made == 0))
                return noWay;
            Take(point, logits, gradient);
            if (found && options.StopsAtSuccess)
                return StopReason.Found;

            if (++since > interval)
            {
                since = 1;
                int before = changed;
                changed = Changed(best);
                ball.Moved = Moved(changed);
                bool falls = changed < Falling * before;
                step = falls ? radius : Math.Max(step / Reduction, SmallestStep * radius);
                if (falls)
                    (point, gradient) = (best, bestGradient);
            }

            point = (float[])point.Clone();
            ball.Step(point, gradient, step);
            ball.Project(point);
            report((made + 1.0) / options.Steps);
        }

        Take(point, await image.Logits(victim, point), []);
        return null;
    }

    static int Moved(int changed) => Math.Max((int)(changed / Reduction), 1);

    int Changed(float[] point) => Distances.Between(image.Clean, point).L0;

    /// <summary>Updates the best point.</summary>
    void Take(float[] point, float[] logits, float[] gradient)
    {
        double loss = objective.Value(logits);
        // Points of the larger balls may be adversarial and too far.
        bool succeeds = image.IsReached(logits) && Distances.Between(image.Clean, point).L1 <= epsilon;
        found |= succeeds;
        if (best.Length == 0 || loss > bestLoss || double.IsNaN(bestLoss))
            (best, bestGradient, bestLoss, bestSucceeds) = (point, gradient, loss, succeeds);
    }
}
