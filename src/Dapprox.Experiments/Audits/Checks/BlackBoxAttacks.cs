using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the white-box attacks break the images that attacks without gradients break.</summary>
sealed class BlackBoxAttacks(AuditAttacks attacks) : AuditCheck(
    "S4", "white-box attacks beat black-box attacks", "attacks without gradients break few images that white-box attacks do not")
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
        // Some attacks are on few images: each may fail on its own, and all together pass on all images.
        Decision[] each = [.. black.Select(attack =>
            Decision.AtMost(judge.BrokenBeside(attack.Unit, attack.Broken, white), Tolerance, black.Length))];
        HashSet<int> union = [.. black.SelectMany(attack => attack.Broken)];
        Proportion alone = judge.BrokenBeside(attacks.PgdOnDefence, union, white);
        Decision together = Decision.AtMost(alone, Tolerance);
        Decision[] failed = [.. each.Where(one => one.Outcome == Outcome.Failed)];
        return Decide(
            $"{AuditText.Rate(alone)} of {alone.Of} images are broken only by Square, NES, HopSkipJump, random noise, or transfer from the "
            + $"undefended network ({string.Join(", ", each.Select(one => one.Evidence.Images).Distinct().Order())} images an attack)",
            AtMostTolerance, failed.Length > 0 ? Decision.All(failed) : together,
            "the white-box attacks are weaker than attacks with less access");
    }
}
