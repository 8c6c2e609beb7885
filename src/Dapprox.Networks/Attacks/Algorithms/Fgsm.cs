using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The fast gradient sign method: one step <c>x′ = x + ε·sign(∇ loss)</c>, clipped to [0, 1]; targeted, the step descends the loss
/// of the target. The loss is the cross-entropy. (Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples",
/// ICLR 2015, equation 2.)
/// </summary>
/// <remarks>
/// With an ε: one query, for the gradient. Without an ε the attack searches for the smallest sufficient one: the first of 0.001,
/// 0.002, … 1 that succeeds, then a finer one below it, by bisection or as in <see cref="Foolbox24"/>. The grid is searched from
/// below because a larger step may undo a success.
/// </remarks>
/// <param name="Epsilon">The largest change of a pixel, in input units; null for the smallest that succeeds.</param>
public sealed record Fgsm(double? Epsilon = null) : IAttack<IGradientVictim>
{
    const int GridSteps = 1000, FinerSteps = 20, Bisections = 20;

    /// <summary>
    /// As in Foolbox 2.4: an ε among the first 20 of the grid is refined on a grid of 20 between 0 and itself, and the nearest of
    /// all successes in L2 counts.
    /// </summary>
    public static Fgsm Foolbox24 { get; } = new() { NearestInL2 = true, RefinesOnGrid = true };

    /// <inheritdoc/>
    public string Name => "fgsm";

    /// <inheritdoc/>
    public Norm Norm => NearestInL2 && Epsilon is null ? Norm.L2 : Norm.LInf;

    /// <inheritdoc/>
    public double? Epsilon { get; init => field = Ball.Checked(value); } = Ball.Checked(Epsilon);

    /// <summary>Whether the nearest success in L2, not in L∞, counts in an attack without an ε.</summary>
    public bool NearestInL2 { get; init; }

    /// <summary>
    /// Whether an attack without an ε refines it as Foolbox 2.4 does: on a grid of 20 between 0 and the ε found, and only if that
    /// is among the first 20; otherwise by bisection just below it.
    /// </summary>
    public bool RefinesOnGrid { get; init; }

    /// <summary>
    /// The norm in which the step is steepest: L∞ gives the sign of the gradient; L2 gives its direction, and ε is then the root
    /// mean square of the changes.
    /// </summary>
    public Norm StepNorm { get; init => field = Legal.L2OrLInf(value, nameof(StepNorm)); } = Norm.LInf;

    /// <summary>
    /// Foolbox 2.4's <c>GradientAttack</c>: the search of <see cref="Foolbox24"/> along the gradient itself. Foolbox's JSMA takes
    /// its target class from it.
    /// </summary>
    internal static Fgsm AlongTheGradient { get; } = new() { RefinesOnGrid = true, StepNorm = Norm.L2 };

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        (float[] logits, float[] gradient) = await image.Gradient(victim, image.Clean.ToArray(), CrossEntropy.Of(image));
        if (StopReasons.NoWay(logits, gradient) is StopReason stopped)
            return stopped;
        if (Epsilon is double epsilon)
            image.Candidate = Step(image, gradient, epsilon);
        else
            await Search(victim, image, gradient);
        return StopReason.BudgetSpent;
    }

    /// <summary>The image at the smallest step that succeeds; null if none does.</summary>
    internal async Task<float[]?> Smallest(IGradientVictim victim, AttackedImage image)
    {
        (float[] logits, float[] gradient) = await image.Gradient(victim, image.Clean.ToArray(), CrossEntropy.Of(image));
        double? step = StopReasons.NoWay(logits, gradient) is null ? await Search(victim, image, gradient) : null;
        return step is double smallest ? Step(image, gradient, smallest) : null;
    }

    /// <summary>The smallest step that succeeds; null if none does.</summary>
    async Task<double?> Search(IGradientVictim victim, AttackedImage image, float[] gradient)
    {
        int first = 1;
        while (!await Succeeds((double)first / GridSteps))
        {
            if (++first > GridSteps)
                return null;
            image.Progress = (double)first / GridSteps;
        }

        double high = (double)first / GridSteps, low = high - 1.0 / GridSteps;
        if (RefinesOnGrid)
        {
            if (first > FinerSteps)
                return high;
            int step = 1;
            while (step < FinerSteps && !await Succeeds(high * step / FinerSteps))
                step++;
            return high * step / FinerSteps;
        }

        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            if (await Succeeds(middle))
                high = middle;
            else
                low = middle;
        }

        return high;

        async Task<bool> Succeeds(double step)
        {
            image.Candidate = Step(image, gradient, step);
            return image.IsReached(await image.Label(victim, image.Candidate));
        }
    }

    float[] Step(AttackedImage image, float[] gradient, double epsilon)
    {
        double length = StepNorm == Norm.L2 ? epsilon * Math.Sqrt(gradient.Length) : epsilon;
        Ball ball = Ball.Around(image.Clean, StepNorm, length);
        float[] point = image.Clean.ToArray();
        ball.Step(point, gradient, length * image.Direction);
        ball.Project(point);
        return point;
    }
}
