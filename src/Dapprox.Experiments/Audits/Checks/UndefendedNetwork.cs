using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the unbounded attack breaks the undefended network.</summary>
sealed class UndefendedNetwork(AuditAttacks attacks) : AuditCheck(
    "S15", "the same attack on the undefended network", "PGD whose budget allows any image breaks every image of the undefended network")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.UnboundedOnUndefended];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion missed = AuditText.Rest(judge.Success(attacks.UnboundedOnUndefended));
        return Decide(
            $"withstood by {AuditText.Rate(missed)} of {missed.Of}", AtMostTolerance, Decision.AtMost(missed, Tolerance),
            "the attack is too weak for any conclusion");
    }
}
