using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the gradients of the cross-entropy can be used.</summary>
sealed class UsableGradients(AuditAttacks attacks) : AuditCheck("S9", "zero, non-finite or saturated gradients")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => attacks.Gradients;

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion bad = judge.Gradients(row => row.Zero || !row.Finite).MaxBy(rate => rate.Value)!;
        Proportion saturated = judge.Gradients(row => row.Saturated).MaxBy(rate => rate.Value)!;
        return Decide(
            $"zero or non-finite gradient: {AuditText.Rate(bad)}; softmax saturated at 1: {AuditText.Rate(saturated)}"
            + $"{(attacks.Defence.IsRandom ? ", each for the multiplier with the most" : "")}",
            "at most 1 % each", bad.Value <= 0.01 && saturated.Value <= 0.01,
            "where the softmax is saturated, the cross-entropy has no gradient; attack with losses on the logits");
    }
}
