using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Projected gradient descent: steps along the gradient of the cross-entropy (in the L∞ ball along its sign, in the L1 ball along its
/// largest components), each followed by a projection onto the ball and [0, 1]. (Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards Deep
/// Learning Models Resistant to Adversarial Attacks", ICLR 2018, section 2.1; in L1 Tramèr, Boneh, "Adversarial Training and Robustness
/// for Multiple Perturbations", NeurIPS 2019, section 4.1.) With <see cref="Momentum"/> it is MI-FGSM. (Dong, Liao, Pang, Su, Zhu, Hu,
/// Li, "Boosting Adversarial Attacks with Momentum", CVPR 2018, algorithm 1.)
/// </summary>
/// <remarks>
/// <para>With an ε the attack makes all steps, also after a success, since a point deeper in the wrong class is the stronger
/// example; the candidate is the last successful iterate, or the last iterate if none succeeds. A success ends the restarts.
/// Queries per start: one per step and one for the last iterate. A start with a zero or non-finite gradient makes no further
/// query.</para>
/// <para>Without an ε the attack searches for the smallest sufficient one as in Foolbox 2.4: from <see cref="FirstEpsilon"/> on, ε
/// grows by a factor of 1.5 up to 20 times until one suffices, then 20 bisections follow between it and 0; the step keeps its ratio
/// to ε, and a run ends at its first success.</para>
/// </remarks>
/// <param name="Epsilon">The radius of the ball, in input units; null for the smallest that succeeds.</param>
public sealed record Pgd(double? Epsilon = null) : IAttack<IGradientVictim>
{
    const int Trials = 20, Bisections = 20;
    const double Enlargement = 1.5;

    /// <summary>As in Foolbox 2.4: 40 steps of ε/30 from the image itself; without an ε, the nearest of all successes in L2.</summary>
    public static Pgd Foolbox24 { get; } = new() { RandomStart = false, Restarts = 1, NearestInL2 = true };

    /// <summary>MI-FGSM with the settings of its paper: 10 steps of ε/10, decay 1, from the image itself.</summary>
    public static Pgd MomentumFgsm { get; } = new() { Momentum = 1, Steps = 10, StepRatio = 0.1, RandomStart = false, Restarts = 1 };

    /// <summary>MI-FGSM as in Foolbox 2.4: 10 steps of ε/5; without an ε, the nearest of all successes in L2.</summary>
    public static Pgd MomentumFgsmFoolbox24 { get; } = MomentumFgsm with { StepRatio = 0.2, NearestInL2 = true };

    /// <inheritdoc/>
    public string Name => Momentum is null ? "pgd" : "mi-fgsm";

    /// <inheritdoc/>
    public Norm Norm => NearestInL2 && Epsilon is null ? Norm.L2 : BallNorm;

    /// <inheritdoc/>
    public double? Epsilon { get; init => field = Ball.Checked(value); } = Ball.Checked(Epsilon);

    /// <summary>The norm of the ball: L∞, L2 or L1.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>The number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 40;

    /// <summary>The length of a step relative to ε; above 0. <see cref="StepSize"/> overrides it.</summary>
    public double StepRatio { get; init => field = Legal.Positive(value, nameof(StepRatio)); } = 1.0 / 30;

    /// <summary>The length of a step, in input units, for every ε; null for <see cref="StepRatio"/>.</summary>
    public double? StepSize { get; init => field = Ball.Checked(value); }

    /// <summary>Whether to begin at a random point of the ball instead of the image itself.</summary>
    public bool RandomStart { get; init; } = true;

    /// <summary>The maximum number of random starts; at least 1. Without random starts there is one start.</summary>
    public int Restarts { get; init => field = Legal.AtLeast(1, value, nameof(Restarts)); } = 5;

    /// <summary>MI-FGSM's decay μ of the accumulated gradient, each new one divided by its L1 norm; null for none.</summary>
    public double? Momentum { get; init; }

    /// <summary>The first ε of a search, in input units.</summary>
    public double FirstEpsilon => Ball.FirstEpsilon(BallNorm);

    /// <summary>Whether the nearest success in L2 counts in an attack without an ε, whatever the norm of the ball.</summary>
    public bool NearestInL2 { get; init; }

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        if (Epsilon is double epsilon)
            return (await Descend(victim, image, epsilon, searching: false)).Reason;

        double high = FirstEpsilon, low = 0;
        for (int trial = 1; ; trial++, high *= Enlargement)
        {
            (bool found, StopReason reason) = await Descend(victim, image, high, searching: true);
            if (found)
                break;
            if (trial == Trials || reason != StopReason.BudgetSpent)
                return reason;
        }

        for (int bisection = 0; bisection < Bisections; bisection++)
        {
            double middle = (low + high) / 2;
            if ((await Descend(victim, image, middle, searching: true)).Found)
                high = middle;
            else
                low = middle;
            image.Progress = (bisection + 1.0) / Bisections;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>All starts for one ε.</summary>
    async Task<(bool Found, StopReason Reason)> Descend(IGradientVictim victim, AttackedImage image, double epsilon, bool searching)
    {
        StopReason reason = StopReason.BudgetSpent;
        int starts = RandomStart ? Restarts : 1;
        for (int start = 0; start < starts; start++)
        {
            (bool found, reason) = await Descend(victim, image, epsilon, start, searching);
            if (found)
                return (true, StopReason.Found);
            if (!searching)
                image.Progress = (start + 1.0) / starts;
        }

        return (false, reason);
    }

    async Task<(bool Found, StopReason Reason)> Descend(
        IGradientVictim victim, AttackedImage image, double epsilon, int start, bool searching)
    {
        Ball ball = Ball.Around(image.Clean, BallNorm, epsilon);
        double step = (StepSize ?? StepRatio * epsilon) * image.Direction;
        float[] point = image.Clean.ToArray();
        if (RandomStart)
        {
            CounterRandom random = image.Random((ulong)start);
            ball.Draw(ref random, point);
        }

        float[] velocity = new float[point.Length];
        bool found = false;
        for (int iteration = 0; iteration < Steps; iteration++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, point, CrossEntropy.Of(image));
            found |= image.IsReached(logits);
            if (found && searching)
                return (true, StopReason.Found);
            if (StopReasons.NoWay(logits, gradient) is StopReason stopped)
                return (found, stopped);
            if (Momentum is double decay)
            {
                double scale = 1 / Vectors.Norm1(gradient);
                for (int i = 0; i < velocity.Length; i++)
                    velocity[i] = (float)(decay * velocity[i] + scale * gradient[i]);
            }

            point = (float[])point.Clone();
            ball.Step(point, Momentum is null ? gradient : velocity, step);
            ball.Project(point);
            image.Candidate = point;
        }

        found |= image.IsReached(await image.Logits(victim, point));
        return (found, StopReason.BudgetSpent);
    }
}
