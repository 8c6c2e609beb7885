using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the attacks for the nearest example find one.</summary>
sealed class OtherNorms(AuditAttacks attacks) : AuditCheck("S14", "other norms and targeted attack")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.OtherNorms.Select(norm => norm.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        IEnumerable<(string Name, Proportion Rate)> rates = attacks.OtherNorms.Select(norm => (norm.Name, judge.Broken(norm.Unit)));
        return Decide(
            $"success rate: {AuditText.List(rates, "; ")}", "minimal-norm L2 and L∞ at least 99.5 %",
            judge.Broken(attacks.NearestL2).Value >= 0.995 && judge.Broken(attacks.NearestLInf).Value >= 0.995,
            "a minimal-norm attack does not find adversarial examples");
    }
}
