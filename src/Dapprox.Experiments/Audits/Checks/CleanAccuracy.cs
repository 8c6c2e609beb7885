using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the defence classifies better than chance, and its accuracy beside the undefended network's.</summary>
sealed class CleanAccuracy(AuditAttacks attacks) : AuditCheck(
    "S16", "accuracy without attack", "the defence classifies better than the most frequent class alone")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.Predictions, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        (Proportion undefended, Proportion defence) = judge.Accuracies;
        Proportion chance = judge.MostFrequentClass;
        bool isBetter = defence.Low > chance.Value;
        PairedDifference lost = judge.AccuracyLost;
        return Decide(
            $"undefended {AuditText.Rate(undefended)}, defence {AuditText.Rate(defence)}, loss {AuditText.Points(lost)}; "
            + $"the most frequent class {AuditText.Rate(chance)}; {judge.Broken(attacks.PgdOnDefence).Of} images attacked, "
            + $"seed {judge.Seed}",
            "the interval lies above the most frequent class; if not, no check passes",
            new Decision(
                isBetter ? Outcome.Passed : Outcome.Failed,
                new Evidence(
                    defence.Value ?? 0, defence.Low, defence.High, defence.Of, IsDifference: false, "Wilson’s interval", null,
                    (chance.Value ?? 0) + 1.0 / defence.Of),
                ImagesNeeded: null),
            "a network at chance is as hard to attack as a constant, and nothing can be claimed of it");
    }
}
