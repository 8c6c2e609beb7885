using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Auto-PGD: projected gradient ascent with momentum that halves its step and returns to its best point whenever progress stops, so
/// it needs no step size. (Croce, Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
/// attacks", ICML 2020, algorithm 1 and section 3.)
/// </summary>
/// <remarks>
/// Each start is a random point of the ball; the first success ends the restarts. Queries per start: one gradient per iteration,
/// one for the scores of the last point, and one for the scores of the best point if it succeeded. One more query ranks the classes
/// if <see cref="ApgdLoss.TargetedDlr"/> tries several.
/// </remarks>
/// <param name="Epsilon">The radius of the ball, in input units.</param>
public sealed record Apgd(double Epsilon) : IAttack<IGradientVictim>
{
    /// <inheritdoc/>
    public string Name => "apgd";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>The radius of the ball, in input units; at least 0.</summary>
    public double Epsilon { get; init => field = Ball.Checked(value)!.Value; } = Ball.Checked(Epsilon)!.Value;

    /// <summary>The norm of the ball: L∞ or L2.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>The loss.</summary>
    public ApgdLoss Loss { get; init; } = ApgdLoss.CrossEntropy;

    /// <summary>The number of iterations from each start; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 100;

    /// <summary>The maximum number of starts, for each target class if several are tried; at least 1.</summary>
    public int Restarts { get; init => field = Legal.AtLeast(1, value, nameof(Restarts)); } = 5;

    /// <summary>The number of target classes that <see cref="ApgdLoss.TargetedDlr"/> tries in an untargeted attack; at least 1.</summary>
    public int Targets { get; init => field = Legal.AtLeast(1, value, nameof(Targets)); } = 9;

    /// <summary>ρ: the fraction of steps that must raise the loss for the step size to stay; above 0.</summary>
    public double Rising { get; init => field = Legal.Positive(value, nameof(Rising)); } = 0.75;

    /// <summary>Whether to stop at the first success instead of continuing deeper into the wrong class.</summary>
    public bool StopsAtSuccess { get; init; }

    double? IAttack<IGradientVictim>.Epsilon => Epsilon;

    /// <inheritdoc/>
    /// <exception cref="InputException">The victim has too few classes for the loss.</exception>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        int minClasses = Loss switch { ApgdLoss.CrossEntropy => 2, ApgdLoss.Dlr => 3, _ => 4 };
        if (victim.Classes < minClasses)
            throw new InputException(
                $"the loss {Loss} needs {minClasses} classes, and the network has {victim.Classes}; choose another loss");

        int?[] targets = [null];
        if (Loss == ApgdLoss.TargetedDlr && !image.IsTargeted)
        {
            float[] logits = await image.Logits(victim, image.Clean.ToArray());
            targets = MarginLoss.RunnersUp(logits, image.Class).Take(Targets).Select(runnerUp => (int?)runnerUp).ToArray();
        }

        StopReason reason = StopReason.BudgetSpent;
        int runs = targets.Length * Restarts;
        for (int run = 0; run < runs && reason != StopReason.Found; run++)
        {
            var ascent = new ApgdAscent(victim, image, new ApgdObjective(image, Loss, targets[run % targets.Length]), this);
            CounterRandom random = image.Random(((ulong)Loss << 32) + (ulong)run);
            int made = run;
            reason = await ascent.Run(random, done => image.Progress = (made + done) / runs);
        }

        return reason;
    }

    /// <summary>
    /// The iterations after which progress is checked: fractions 0, 0.22, … of all, each interval 0.03 shorter, down to 0.06.
    /// </summary>
    internal HashSet<int> Checkpoints()
    {
        var checkpoints = new HashSet<int>();
        double before = 0, fraction = 0.22;
        while (fraction <= 1)
        {
            checkpoints.Add((int)Math.Ceiling(Math.Round(fraction * Steps, 9)));
            (before, fraction) = (fraction, fraction + Math.Max(fraction - before - 0.03, 0.06));
        }

        return checkpoints;
    }
}
