using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether one start suffices: restarts break hardly more images.</summary>
sealed class MoreRestarts(AuditAttacks attacks) : AuditCheck("S7", $"{AuditAttacks.Restarts} restarts")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Restarted, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        double? difference = judge.Broken(attacks.Restarted).Value - judge.Broken(attacks.PgdOnDefence).Value;
        return Decide(
            $"{AuditText.Points(difference)} percentage points more", "less than 1 percentage point", Math.Abs(difference ?? 1) < 0.01,
            "one start is not enough; the attack with restarts counts");
    }
}
