using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// AutoAttack: four attacks one after the other, until one succeeds: APGD on the cross-entropy, APGD on the targeted
/// difference of logits ratio, targeted FAB, and Square. (Croce, Hein, "Reliable evaluation of adversarial robustness with an
/// ensemble of diverse parameter-free attacks", ICML 2020, section 6.)
/// </summary>
/// <remarks>
/// The settings are those of the standard version of the authors' program: 100 iterations, one start, nine targets. Three classes
/// are too few for the targeted ratio, and the plain ratio replaces it; with two classes that attack is left out. A targeted attack
/// runs the four attacks with its target.
/// </remarks>
/// <param name="Epsilon">The largest distance, in input units.</param>
public sealed record AutoAttack(double Epsilon) : IAttack<IGradientVictim>
{
    const int Targets = 9;

    /// <inheritdoc/>
    public string Name => "autoattack";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>The largest distance, in input units; at least 0.</summary>
    public double Epsilon { get; init => field = Ball.Checked(value)!.Value; } = Ball.Checked(Epsilon)!.Value;

    /// <summary>The norm: L∞, L2 or L1.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>The number of iterations from each start of the gradient attacks; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 100;

    /// <summary>The number of queries of Square; at least 1.</summary>
    public int Queries { get; init => field = Legal.AtLeast(1, value, nameof(Queries)); } = 5000;

    double? IAttack<IGradientVictim>.Epsilon => Epsilon;

    /// <summary>Which of the four attacks cannot be run with so few classes, in words; null if all can.</summary>
    /// <param name="classes">The number of classes.</param>
    public static string? LeftOut(int classes) => classes switch
    {
        2 => "AutoAttack cannot run APGD-T on 2 classes: the DLR loss needs 3, the targeted DLR loss 4; APGD-CE, FAB and Square run",
        3 => "AutoAttack cannot run APGD-T on 3 classes: the targeted DLR loss needs 4; APGD on the DLR loss takes its place",
        _ => null,
    };

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        StopReason reason = StopReason.BudgetSpent;
        IAttack<IGradientVictim>[] attacks = [.. Attacks(victim.Classes)];
        for (int i = 0; i < attacks.Length && image.Best is null; i++)
        {
            image.Part = (i / (double)attacks.Length, (i + 1.0) / attacks.Length);
            StopReason own = await attacks[i].Run(victim, image);
            // Square needs no gradient. A zero gradient in another attack says more than a spent budget in Square.
            reason = reason == StopReason.BudgetSpent ? own : reason;
        }

        return reason;
    }

    IEnumerable<IAttack<IGradientVictim>> Attacks(int classes)
    {
        var apgd = new Apgd(Epsilon) { BallNorm = BallNorm, Steps = Steps, Restarts = 1, StopsAtSuccess = true };
        yield return apgd;
        if (classes > 2)
            yield return apgd with { Loss = classes > 3 ? ApgdLoss.TargetedDlr : ApgdLoss.Dlr, Targets = Targets };
        yield return new Fab { Epsilon = Epsilon, BallNorm = BallNorm, Steps = Steps, Restarts = 1, Targets = Targets };
        yield return new Square(Epsilon) { BallNorm = BallNorm, Queries = Queries };
    }
}
