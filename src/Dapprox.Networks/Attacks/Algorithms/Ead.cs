using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The elastic-net attack: minimises ‖x′ − x‖₂² + β·‖x′ − x‖₁ + c·max(lead of the unwanted class + κ, 0) by an accelerated iterative
/// shrinkage, and searches for the smallest sufficient c. (Chen, Sharma, Zhang, Yi, Hsieh, "EAD: Elastic-Net Attacks to Deep Neural
/// Networks via Adversarial Examples", AAAI 2018, algorithm 1.)
/// </summary>
/// <remarks>
/// The result is the nearest success in L1: the paper's L1 decision rule. c is searched as in <see cref="CarliniWagner"/>, and a descent
/// ends early by the same rule. The step size falls with the root of the remaining fraction of the iterations. Queries: two per iteration,
/// a gradient at the extrapolated point and the scores of the iterate.
/// </remarks>
public sealed record Ead : IAttack<IGradientVictim>
{
    // The number of convergence checks in a descent, and the relative decrease that counts as progress.
    const int Checks = 10;
    const double Improvement = 0.9999;

    /// <inheritdoc/>
    public string Name => "ead";

    /// <inheritdoc/>
    public Norm Norm => Norm.L1;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>β: the weight of the L1 distance, and the change of a pixel below which it is undone; above 0.</summary>
    public double Beta { get; init => field = Legal.Positive(value, nameof(Beta)); } = 1e-2;

    /// <summary>The number of values of c tried; at least 1.</summary>
    public int SearchSteps { get; init => field = Legal.AtLeast(1, value, nameof(SearchSteps)); } = 9;

    /// <summary>The maximum number of iterations for each c; at least 1.</summary>
    public int Iterations { get; init => field = Legal.AtLeast(1, value, nameof(Iterations)); } = 1000;

    /// <summary>The first step size; above 0.</summary>
    public double LearningRate { get; init => field = Legal.Positive(value, nameof(LearningRate)); } = 1e-2;

    /// <summary>The initial c; above 0 and at most 10¹⁰.</summary>
    public double InitialConstant { get; init => field = Legal.Within(ConstantSearch.Max, value, nameof(InitialConstant)); } = 1e-3;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        var search = new ConstantSearch(InitialConstant);
        for (int step = 0; step < SearchSteps && !search.IsOver; step++)
        {
            (bool found, StopReason reason) = await Descend(victim, image, step, search.Constant);
            if (reason != StopReason.BudgetSpent)
                return reason;
            search.Next(found);
        }

        return StopReason.BudgetSpent;
    }

    async Task<(bool Found, StopReason Reason)> Descend(IGradientVictim victim, AttackedImage image, int step, double constant)
    {
        float[] point = image.Clean.ToArray(), ahead = point;
        bool found = false;
        int interval = (Iterations + Checks - 1) / Checks;
        double before = double.PositiveInfinity;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, ahead, MarginLoss.OfHinge(image));
            StopReason? noWay = StopReasons.NoWay(logits, gradient);
            // The hinge is flat after a success; at the start of a descent it is not.
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && iteration == 0))
                return (found, noWay.Value);

            double rate = LearningRate * Math.Sqrt(1 - (double)iteration / Iterations);
            float[] next = Shrink(image.Clean, ahead, gradient, constant, rate);
            ahead = Between(point, next, 1 + iteration / (iteration + 3.0));
            point = next;
            logits = await image.Logits(victim, point);
            found |= image.IsReached(logits);
            image.Candidate = point;

            if (iteration % interval == 0)
            {
                Distances distances = Distances.Between(image.Clean, point);
                double loss = distances.L2 * distances.L2 + Beta * distances.L1
                    + constant * Math.Max(MarginLoss.Lead(image, logits), 0);
                if (loss > Improvement * before)
                    break;
                before = loss;
            }

            image.Progress = (step + (iteration + 1.0) / Iterations) / SearchSteps;
        }

        return (found, StopReason.BudgetSpent);
    }

    /// <summary>
    /// A step down the squared distance and the hinge, then the shrinkage of changes by β within [0, 1]. (Equations 5 and 6.)
    /// </summary>
    float[] Shrink(ReadOnlySpan<float> clean, float[] from, float[] gradient, double constant, double rate)
    {
        float[] next = new float[from.Length];
        for (int i = 0; i < next.Length; i++)
        {
            double change = (double)from[i] - clean[i];
            double moved = change - rate * (2 * change + constant * gradient[i]);
            next[i] = Math.Abs(moved) <= Beta
                ? clean[i]
                : (float)Math.Clamp(clean[i] + moved - Math.CopySign(Beta, moved), 0, 1);
        }

        return next;
    }

    /// <summary>The point at a multiple of the way from one point to another. It may leave [0, 1].</summary>
    static float[] Between(float[] from, float[] to, double multiple)
    {
        float[] point = new float[from.Length];
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)(from[i] + multiple * ((double)to[i] - from[i]));
        return point;
    }
}
