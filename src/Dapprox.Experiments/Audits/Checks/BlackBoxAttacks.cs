using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the white-box attacks break the images that attacks without gradients break.</summary>
sealed class BlackBoxAttacks(AuditAttacks attacks) : AuditCheck("S4", "white-box attacks beat black-box attacks")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.WhiteBox, .. attacks.BlackBox, attacks.Boundary];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        HashSet<int> white = judge.BrokenImages(attacks.WhiteBox);
        (AttackUnit Unit, HashSet<int> Broken)[] black =
        [
            .. attacks.BlackBox.Select(unit => (unit, judge.BrokenImages([unit]))),
            (attacks.Boundary, judge.BrokenWithin(attacks.Boundary, attacks.Epsilon)),
        ];
        // Each rate is of the attack's own images: some attacks are on few.
        Proportion most = black.Select(attack => judge.BrokenBeside(attack.Unit, attack.Broken, white)).MaxBy(rate => rate.Value)!;
        return Decide(
            $"{AuditText.Rate(most)} of the images broken only by attacks without gradients: "
            + "Square, NES, HopSkipJump, random noise, transfer from the exact network",
            "at most 1 %", most.Value <= 0.01, "the white-box attacks are weaker than attacks with less access");
    }
}
