using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks at least as many images at a larger budget.</summary>
sealed class MonotoneAccuracy(AuditAttacks attacks) : AuditCheck("S2", "robust accuracy decreases with ε")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => attacks.PgdCurve;

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion[] broken = [.. attacks.PgdCurve.Select(judge.Broken)];
        return Decide(
            $"{string.Join(", ", broken.Select(rate => NumberText.Of(AuditText.Rest(rate))))} "
            + $"at ε = {string.Join(", ", attacks.Epsilons.Select(attacks.EpsilonText))}",
            "never increases", broken.Zip(broken.Skip(1)).All(pair => pair.First.Count <= pair.Second.Count),
            "the attack gets stuck at some ε");
    }
}
