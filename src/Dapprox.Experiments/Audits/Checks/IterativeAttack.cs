using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks at least as many images as a single step at each budget.</summary>
sealed class IterativeAttack(AuditAttacks attacks) : AuditCheck(
    "S3", "iterative attack beats single-step attack", "a single step breaks no more images than PGD")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.PgdCurve, .. attacks.SingleStepCurve];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        PairedDifference[] excess = [.. attacks.SingleStepCurve.Zip(attacks.PgdCurve, judge.Excess)];
        return Decide(
            $"success rate of a single step minus that of PGD, percentage points: "
            + $"{string.Join(", ", excess.Select(one => AuditText.Points(one.Value)))} at ε = "
            + $"{string.Join(", ", attacks.Threat.Curve.Select(attacks.Threat.Text))}; images that it breaks alone: "
            + $"{string.Join(", ", excess.Select(one => one.FirstOnly))}",
            AtMostPoints + " at each ε", Decision.All(excess.Select(one => Decision.AtMost(one, Tolerance, excess.Length))),
            "gradients are masked");
    }
}
