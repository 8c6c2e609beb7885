using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD has converged: twice as many steps break hardly more images.</summary>
sealed class MoreSteps(AuditAttacks attacks) : AuditCheck("S6", "twice as many steps")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Longer, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        double? difference = judge.Broken(attacks.Longer).Value - judge.Broken(attacks.PgdOnDefence).Value;
        return Decide(
            $"{AuditText.Points(difference)} percentage points more", "less than 1 percentage point", Math.Abs(difference ?? 1) < 0.01,
            "the attack has not converged; the longer one counts");
    }
}
