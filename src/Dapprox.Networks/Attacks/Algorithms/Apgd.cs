using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Auto-PGD: projected gradient ascent with momentum that halves its step and returns to its best point whenever progress stops, so
/// it needs no step size. (Croce, Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
/// attacks", ICML 2020, algorithm 1 and section 3; in L1, Croce, Hein, "Mind the box: ℓ1-APGD for sparse adversarial attacks on image
/// classifiers", ICML 2021.)
/// </summary>
/// <remarks>
/// <para>Each start is a random point of the ball; the first success ends the restarts. Queries per start: one gradient per iteration,
/// one for the scores of the last point, in L1 of the last point in each of three balls, and one for the scores of the best point if it
/// succeeded. One more query ranks the classes if <see cref="ApgdLoss.TargetedDlr"/> tries several.</para>
/// <para>Without an ε the attack searches for the smallest sufficient one: from 0.3 in L∞, 3 in L2 and 30 in L1 on, ε grows by a factor of
/// 1.5 up to 20 times until one suffices; then it is bisected between the nearest success and the largest ε that failed, until they differ
/// by a thousandth. A run ends at its first success.</para>
/// </remarks>
/// <param name="Epsilon">The radius of the ball, in input units; null for the smallest that succeeds.</param>
public sealed record Apgd(double? Epsilon = null) : IAttack<IGradientVictim>
{
    const int Trials = 20, Bisections = 20;
    const double Enlargement = 1.5, Precision = 1e-3;

    /// <inheritdoc/>
    public string Name => "apgd";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <inheritdoc/>
    public double? Epsilon { get; init => field = Ball.Checked(value); } = Ball.Checked(Epsilon);

    /// <summary>The norm of the ball: L∞, L2 or L1.</summary>
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

        if (Epsilon is double epsilon)
            return await Ascend(victim, image, targets, epsilon, done => image.Progress = done);

        Apgd trial = this with { StopsAtSuccess = true };
        double high = Ball.FirstEpsilon(BallNorm), low = 0;
        for (int tried = 1; ; tried++, low = high, high *= Enlargement)
        {
            StopReason reason = await trial.Ascend(victim, image, targets, high, _ => { });
            if (reason == StopReason.Found)
                break;
            if (tried == Trials || reason != StopReason.BudgetSpent)
                return reason;
        }

        for (int bisection = 0; bisection < Bisections; bisection++)
        {
            high = Math.Min(high, Distances.Between(image.Clean, image.Best!).In(BallNorm));
            if (high - low <= Precision * high)
                break;
            double middle = (low + high) / 2;
            if (await trial.Ascend(victim, image, targets, middle, _ => { }) != StopReason.Found)
                low = middle;
            image.Progress = (bisection + 1.0) / Bisections;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>All starts for one ε.</summary>
    async Task<StopReason> Ascend(IGradientVictim victim, AttackedImage image, int?[] targets, double epsilon, Action<double> report)
    {
        StopReason reason = StopReason.BudgetSpent;
        int runs = targets.Length * Restarts;
        for (int run = 0; run < runs && reason != StopReason.Found; run++)
        {
            var objective = new ApgdObjective(image, Loss, targets[run % targets.Length]);
            CounterRandom random = image.Random(((ulong)Loss << 32) + (ulong)run);
            int made = run;
            reason = BallNorm == Norm.L1
                ? await new ApgdL1Ascent(victim, image, objective, epsilon, this).Run(random, Report)
                : await new ApgdAscent(victim, image, objective, epsilon, this).Run(random, Report);

            void Report(double done) => report((made + done) / runs);
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
