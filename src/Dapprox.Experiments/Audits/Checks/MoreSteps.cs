using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD has converged: twice as many steps break hardly more images.</summary>
sealed class MoreSteps(AuditAttacks attacks) : AuditCheck(
    "S6", "twice as many steps", "twice as many steps break hardly more images")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Longer, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        PairedDifference more = judge.Excess(attacks.Longer, attacks.PgdOnDefence);
        return Decide(
            $"difference of the success rates {AuditText.Points(more)}", AtMostPoints, Decision.AtMost(more, Tolerance),
            "the attack has not converged; the longer one counts");
    }
}
