using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether an attack whose budget allows any image always succeeds.</summary>
sealed class UnboundedAttack(AuditAttacks attacks) : AuditCheck("S1", "unbounded attack (ε = 1)")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Unbounded];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion broken = judge.Broken(attacks.Unbounded);
        return Decide(
            $"success rate {AuditText.Rate(broken)}", "at least 99.5 %", broken.Value >= 0.995,
            "the attack does not work, or gradients are masked");
    }
}
