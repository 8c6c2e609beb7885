using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks at least as many images as FGSM at each budget.</summary>
sealed class IterativeAttack(AuditAttacks attacks) : AuditCheck("S3", "iterative attack beats single-step attack")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.PgdCurve, .. attacks.FgsmCurve];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion[] iterative = [.. attacks.PgdCurve.Select(judge.Broken)], single = [.. attacks.FgsmCurve.Select(judge.Broken)];
        IEnumerable<string> differences = iterative.Zip(single, (many, one) => AuditText.Points(many.Value - one.Value));
        IEnumerable<int> alone = attacks.FgsmCurve.Zip(
            attacks.PgdCurve, (one, many) => judge.BrokenImages([one]).Except(judge.BrokenImages([many])).Count());
        return Decide(
            $"success rate of PGD minus FGSM, percentage points: {string.Join(", ", differences)}; "
            + $"images on which FGSM alone succeeds: {string.Join(", ", alone)}",
            "at least as many at every ε", iterative.Zip(single).All(pair => pair.First.Count >= pair.Second.Count),
            "gradients are masked");
    }
}
