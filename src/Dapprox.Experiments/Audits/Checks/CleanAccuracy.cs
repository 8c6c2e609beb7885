using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The accuracies of the exact network and of the defence.</summary>
sealed class CleanAccuracy(AuditAttacks attacks) : AuditCheck("S16", "accuracy without attack")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.Predictions, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        (Proportion exact, Proportion defence) = judge.Accuracies;
        return Inform(
            $"exact {AuditText.Rate(exact)}, defence {AuditText.Rate(defence)}; "
            + $"{judge.Broken(attacks.PgdOnDefence).Of} images attacked, seed {judge.Seed}",
            "to be reported with every robust accuracy");
    }
}
