using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The L2 attack of Carlini and Wagner: minimises ‖x′ − x‖² + c·max(lead of the unwanted class + κ, 0) over x′ = (tanh w +
/// 1)/2 by Adam, and looks for the smallest sufficient c. (Carlini, Wagner, "Towards Evaluating the Robustness of Neural
/// Networks", IEEE S&amp;P 2017, section VI-A with f₆ of section IV-A.)
/// </summary>
/// <remarks>
/// The lead is that of the true class over the largest other or, aimed at a class, that of the largest other over it. An
/// unsuccessful c is enlarged tenfold until one succeeds, to 10¹⁰ at most, then the interval is bisected. The result is the
/// nearest of all iterates with the wanted lead, and without one the attack has failed, whatever the class. Queries: one
/// gradient per iteration.
/// </remarks>
public sealed record CarliniWagner : IAttack<IGradientVictim>
{
    // How often a descent is checked for having come to a standstill, and what counts as progress.
    const int Checks = 10;
    const double Improvement = 0.9999;

    // From as many steps on, as its authors do, the last one takes the smallest c that is known to suffice.
    const int StepsToRepeat = 10;

    // As its authors have it. A c beyond drowns the distance, and in the end all that binary64 holds.
    const double MaxConstant = 1e10;

    /// <summary>As in Foolbox 2.4: 5 values of c from 0.01 on, learning rate 0.005.</summary>
    public static CarliniWagner Foolbox24 { get; } = new() { SearchSteps = 5, LearningRate = 5e-3, InitialConstant = 1e-2 };

    /// <inheritdoc/>
    public string Name => "cw";

    /// <inheritdoc/>
    public Norm Norm => Norm.L2;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>κ: by how much the wanted class has to lead; at least 0.</summary>
    public double Confidence
    {
        get;
        init => field = double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Confidence), value, "It is a finite number of at least 0.");
    }

    /// <summary>How many values of c are tried; at least 1.</summary>
    public int SearchSteps { get; init => field = Legal.AtLeast(1, value, nameof(SearchSteps)); } = 9;

    /// <summary>How many iterations at most for each; at least 1.</summary>
    public int Iterations { get; init => field = Legal.AtLeast(1, value, nameof(Iterations)); } = 1000;

    /// <summary>The learning rate of Adam; above 0.</summary>
    public double LearningRate { get; init => field = Legal.Positive(value, nameof(LearningRate)); } = 1e-2;

    /// <summary>The first c; above 0 and at most 10¹⁰.</summary>
    public double InitialConstant { get; init => field = Legal.Within(MaxConstant, value, nameof(InitialConstant)); } = 1e-3;

    /// <summary>Whether a descent ends when the loss fell by less than 0.01 % since a tenth of the iterations before.</summary>
    public bool AbortEarly { get; init; } = true;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        double constant = InitialConstant, low = 0, high = double.PositiveInfinity;
        for (int step = 0; step < SearchSteps; step++)
        {
            if (step == SearchSteps - 1 && SearchSteps >= StepsToRepeat && double.IsFinite(high))
                constant = high;
            (bool found, StopReason reason) = await Descend(victim, image, step, constant);
            if (reason != StopReason.BudgetSpent)
                return reason;

            if (found)
                high = constant;
            else
                low = constant;
            if (low == MaxConstant)
                break;
            constant = double.IsInfinity(high) ? Math.Min(10 * constant, MaxConstant) : (low + high) / 2;
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
            (float[] logits, float[] gradient) = await image.Gradient(
                victim, space.Point(), (_, scores, gradient) => Hinge(image, scores, gradient));
            double lead = image.Direction * Scores.Margin(logits, image.Class) + Confidence;
            StopReason? noWay = StopReasons.NoWay(logits, gradient);
            // Where the lead suffices the hinge is flat; where every descent begins, it is not.
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

    /// <summary>The gradient of max(lead of the unwanted class + κ, 0).</summary>
    void Hinge(AttackedImage image, ReadOnlySpan<float> logits, Span<float> gradient)
    {
        int rival = MarginLoss.RunnerUp(logits, image.Class);
        if (image.Direction * ((double)logits[image.Class] - logits[rival]) + Confidence <= 0)
            gradient.Clear();
        else if (image.IsTargeted)
            MarginLoss.Difference(rival, image.Class, gradient);
        else
            MarginLoss.Difference(image.Class, rival, gradient);
    }
}
