using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks the undefended network at the largest budget.</summary>
sealed class UndefendedNetwork(AuditAttacks attacks) : AuditCheck("S15", "the same attack on the undefended network")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.ExactCurve[^1]];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion success = judge.Success(attacks.ExactCurve[^1]);
        return Decide(
            $"success rate {NumberText.Of(success)} at ε = {attacks.EpsilonText(attacks.Epsilons[^1])}",
            "at least 95 %", success.Value >= 0.95, "the attack is too weak for any conclusion");
    }
}
