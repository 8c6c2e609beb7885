using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the attacks for the nearest example find one.</summary>
sealed class OtherNorms(AuditAttacks attacks) : AuditCheck(
    "S14", "other norms and targeted attack", "attacks for the nearest example find one for every image")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.OtherNorms.Select(norm => norm.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        IEnumerable<(string Name, Proportion Rate)> rates = attacks.OtherNorms.Select(norm => (norm.Name, judge.Broken(norm.Unit)));
        Proportion[] missed = [AuditText.Rest(judge.Broken(attacks.NearestL2)), AuditText.Rest(judge.Broken(attacks.NearestByFab))];
        return Decide(
            $"success rate: {AuditText.List(rates, "; ")}", $"DeepFool and FAB miss {AtMostTolerance}",
            Decision.All(missed.Select(one => Decision.AtMost(one, Tolerance, missed.Length))),
            "a minimal-norm attack does not find adversarial examples");
    }
}
