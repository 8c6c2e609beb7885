using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The L2 attack of Carlini and Wagner: minimises ‖x′ − x‖² + c·max(lead of the unwanted class + κ, 0) over x′ = (tanh w +
/// 1)/2 by Adam, and searches for the smallest sufficient c. (Carlini, Wagner, "Towards Evaluating the Robustness of Neural
/// Networks", IEEE S&amp;P 2017, section VI-A with f₆ of section IV-A.)
/// </summary>
/// <remarks>
/// Untargeted, the lead is the true logit minus the largest other; targeted, it is the largest other logit minus the target's. An
/// unsuccessful c grows tenfold until one succeeds, up to 10¹⁰; then the interval is bisected. The result is the nearest iterate
/// with the required lead; without one the attack fails, even if the class is wrong. Queries: one gradient per iteration.
/// </remarks>
public sealed record CarliniWagner : IAttack<IGradientVictim>
{
    // The number of convergence checks in a descent, and the relative decrease that counts as progress.
    const int Checks = 10;
    const double Improvement = 0.9999;

    // With at least this many search steps, the last one repeats the smallest sufficient c, as the authors' program does.
    const int StepsToRepeat = 10;

    /// <summary>As in Foolbox 2.4: 5 values of c from 0.01 on, learning rate 0.005.</summary>
    public static CarliniWagner Foolbox24 { get; } = new() { SearchSteps = 5, LearningRate = 5e-3, InitialConstant = 1e-2 };

    /// <inheritdoc/>
    public string Name => "cw";

    /// <inheritdoc/>
    public Norm Norm => Norm.L2;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>κ: the lead that the wanted class must have; at least 0.</summary>
    public double Confidence
    {
        get;
        init => field = double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Confidence), value, "It is a finite number of at least 0.");
    }

    /// <summary>The number of values of c tried; at least 1.</summary>
    public int SearchSteps { get; init => field = Legal.AtLeast(1, value, nameof(SearchSteps)); } = 9;

    /// <summary>The maximum number of iterations for each c; at least 1.</summary>
    public int Iterations { get; init => field = Legal.AtLeast(1, value, nameof(Iterations)); } = 1000;

    /// <summary>The learning rate of Adam; above 0.</summary>
    public double LearningRate { get; init => field = Legal.Positive(value, nameof(LearningRate)); } = 1e-2;

    /// <summary>The initial c; above 0 and at most 10¹⁰.</summary>
    public double InitialConstant { get; init => field = Legal.Within(ConstantSearch.Max, value, nameof(InitialConstant)); } = 1e-3;

    /// <summary>Whether a descent ends when the loss falls by less than 0.01 % over a tenth of the iterations.</summary>
    public bool AbortEarly { get; init; } = true;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        var search = new ConstantSearch(InitialConstant);
        for (int step = 0; step < SearchSteps && !search.IsOver; step++)
        {
            if (step == SearchSteps - 1 && SearchSteps >= StepsToRepeat)
                search.Repeat();
            (bool found, StopReason reason) = await Descend(victim, image, step, search.Constant);
            if (reason != StopReason.BudgetSpent)
                return reason;
            search.Next(found);
        }

        return StopReason.BudgetSpent;
    }

    async Task<(bool Found, StopReason Reason)> Descend(IGradientVictim victim, AttackedImage image, int step, double constant)
    {
        var space = new TanhSpace(image.Clean);
        bool found = false;
        int interval = (Iterations + Checks - 1) / Checks;
        double before = double.PositiveInfinity;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, space.Point(), MarginLoss.OfHinge(image, Confidence));
            double lead = MarginLoss.Lead(image, logits) + Confidence;
            StopReason? noWay = StopReasons.NoWay(logits, gradient);
            // The hinge is flat once the lead suffices; at the start of a descent it is not.
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && iteration == 0 && lead > 0))
                return (found, noWay.Value);
            found |= image.IsReached(logits);

            if (AbortEarly && iteration % interval == 0)
            {
                double loss = space.SquaredDistance() + constant * Math.Max(lead, 0);
                if (loss > Improvement * before)
                    break;
                before = loss;
            }

            space.Descend(gradient, constant, LearningRate);
            image.Progress = (step + (iteration + 1.0) / Iterations) / SearchSteps;
        }

        image.Candidate = space.Point();
        return (found, StopReason.BudgetSpent);
    }
}
