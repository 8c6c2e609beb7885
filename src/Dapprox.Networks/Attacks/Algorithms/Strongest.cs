using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The strongest attacks of a norm, one after the other, within a number of gradients; the nearest adversarial image of all counts. The
/// choice follows Cinà, Rony, Pintor, Demetrio, Demontis, Biggio, Ben Ayed, Roli, "AttackBench: Evaluating Gradient-based Attacks for
/// Adversarial Examples", AAAI 2025.
/// </summary>
/// <remarks>Each attack gets the same number of gradients; its queries for scores, some ten, come on top.</remarks>
public sealed record Strongest : IAttack<IGradientVictim>
{
    /// <inheritdoc/>
    public string Name => "best";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The norm that is minimised: L0, L1, L2 or L∞.</summary>
    public Norm BallNorm { get; init; } = Norm.L2;

    /// <summary>The maximum number of gradients for an image, of all attacks together; at least 10.</summary>
    public int Gradients { get; init => field = Legal.AtLeast(10, value, nameof(Gradients)); } = 3000;

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
        int half = Gradients / 2, third = Gradients / 3;
        return BallNorm switch
        {
            Norm.L0 => [new SigmaZero { Steps = half }, new Fmn { BallNorm = Norm.L0, Steps = half }],
            Norm.L2 => [new Ddn { Steps = third }, new Fmn { Steps = third }, new Pdpgd { Steps = third }],
            _ => [new Pdpgd { BallNorm = BallNorm, Steps = half }, new Fmn { BallNorm = BallNorm, Steps = half }],
        };
    }
}
