using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the gradients of the cross-entropy are usable, as often as those of the undefended network.</summary>
sealed class UsableGradients(AuditAttacks attacks) : AuditCheck(
    "S9", "zero, non-finite or saturated gradients",
    "gradients are zero, non-finite or saturated hardly more often than those of the undefended network")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.ExactGradients, .. attacks.Gradients];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        PairedDifference[] bad = judge.Gradients(row => row.Zero || !row.Finite), saturated = judge.Gradients(row => row.Saturated);
        PairedDifference mostBad = bad.MaxBy(one => one.Value)!, mostSaturated = saturated.MaxBy(one => one.Value)!;
        return Decide(
            $"difference of the rates: zero or non-finite gradient {AuditText.Points(mostBad)}; "
            + $"softmax saturated at 1 {AuditText.Points(mostSaturated)}"
            + $"{(attacks.Defence.IsRandom ? ", each for the multiplier with the most" : "")}",
            AtMostPoints + " each",
            Decision.All(bad.Concat(saturated).Select(one => Decision.AtMost(one, Tolerance, 2 * bad.Length))),
            "the defence hides gradients: where the softmax is saturated, the cross-entropy has none; attack with losses on the logits");
    }
}
