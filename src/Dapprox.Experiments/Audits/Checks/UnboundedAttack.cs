using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether an attack whose budget allows any image always succeeds.</summary>
sealed class UnboundedAttack(AuditAttacks attacks) : AuditCheck(
    "S1", "unbounded attack", "PGD whose budget allows any image breaks every image")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Unbounded];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion missed = AuditText.Rest(judge.Broken(attacks.Unbounded));
        return Decide(
            $"withstood by {AuditText.Rate(missed)} of {missed.Of}", AtMostTolerance, Decision.AtMost(missed, Tolerance),
            "the attack does not work, or gradients are masked");
    }
}
