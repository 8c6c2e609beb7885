using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The strongest attacks of a norm, one after the other, within a number of gradients; the nearest adversarial image of all counts. The
/// choice follows Cinà, Rony, Pintor, Demetrio, Demontis, Biggio, Ben Ayed, Roli, "AttackBench: Evaluating Gradient-based Attacks for
/// Adversarial Examples", AAAI 2025. In L2 and L∞, targeted FAB adds the boundaries to classes that the others do not turn to.
/// </summary>
/// <remarks>Each attack gets the same number of gradients; its queries for scores, some ten, come on top.</remarks>
public sealed record Strongest : IAttack<IGradientVictim>
{
    // The classes of targeted FAB, as in AutoAttack.
    const int Targets = 9;

    /// <inheritdoc/>
    public string Name => "best";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The norm that is minimised: L0, L1, L2 or L∞.</summary>
    public Norm BallNorm { get; init; } = Norm.L2;

    /// <summary>The maximum number of gradients for an image, of all attacks together; at least 40.</summary>
    public int Gradients { get; init => field = Legal.AtLeast(40, value, nameof(Gradients)); } = 3000;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        StopReason reason = StopReason.BudgetSpent;
        IAttack<IGradientVictim>[] attacks = Attacks();
        for (int i = 0; i < attacks.Length; i++)
        {
            image.Part = (i / (double)attacks.Length, (i + 1.0) / attacks.Length);
            StopReason own = await attacks[i].Run(victim, image);
            reason = reason == StopReason.BudgetSpent ? own : reason;
        }

        return reason;
    }

    IAttack<IGradientVictim>[] Attacks()
    {
        int half = Gradients / 2, third = Gradients / 3, quarter = Gradients / 4;
        return BallNorm switch
        {
            Norm.L0 => [new SigmaZero { Steps = half }, new Fmn { BallNorm = Norm.L0, Steps = half }],
            Norm.L1 => [new Pdpgd { BallNorm = Norm.L1, Steps = half }, new Fmn { BallNorm = Norm.L1, Steps = half }],
            Norm.L2 => [new Ddn { Steps = quarter }, new Fmn { Steps = quarter }, new Pdpgd { Steps = quarter }, TargetedFab(quarter)],
            _ => [new Fmn { BallNorm = BallNorm, Steps = third }, new Pdpgd { BallNorm = BallNorm, Steps = third }, TargetedFab(third)],
        };

        Fab TargetedFab(int gradients) => new() { BallNorm = BallNorm, Targets = Targets, Steps = gradients / Targets, Restarts = 1 };
    }
}
