using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The success rates of attacks that are adapted to the defence, and of all attacks together.</summary>
sealed class AdaptiveAttacks(AuditAttacks attacks) : AuditCheck(
    "S11", "adaptive attacks, by gradient estimator", "the success rate by gradient estimator")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => attacks.All;

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        IEnumerable<string> rates = attacks.Adaptive.Append((Name: "NES", Unit: attacks.Estimated)).Select(attack =>
        {
            Proportion broken = judge.Broken(attack.Unit);
            return $"{attack.Name} {NumberText.Of(broken)} of {broken.Of}";
        });
        return Inform(
            $"success rate: {string.Join(", ", rates)}; all attacks together {AuditText.Rate(judge.Worst)}",
            "the strongest attack on each image counts");
    }
}
