using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether one start suffices: restarts break hardly more images.</summary>
sealed class MoreRestarts(AuditAttacks attacks) : AuditCheck(
    "S7", $"{AuditAttacks.Restarts} restarts", "restarts break hardly more images")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Restarted, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        PairedDifference more = judge.Excess(attacks.Restarted, attacks.PgdOnDefence);
        return Decide(
            $"difference of the success rates {AuditText.Points(more)}", AtMostPoints, Decision.AtMost(more, Tolerance),
            "one start is not enough; the attack with restarts counts");
    }
}
