using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks at least as many images at a larger budget.</summary>
sealed class MonotoneAccuracy(AuditAttacks attacks) : AuditCheck(
    "S2", "robust accuracy decreases with ε", "PGD breaks as many images at each budget as at the one below")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => attacks.PgdCurve;

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        string rates = string.Join(", ", attacks.PgdCurve.Select(unit => AuditText.Rest(judge.Broken(unit))).Select(NumberText.Of));
        PairedDifference[] losses = [.. attacks.PgdCurve.Zip(attacks.PgdCurve.Skip(1), judge.Excess)];
        if (losses.Length == 0)
            return Inform($"robust accuracy {rates}", "there is one budget");
        return Decide(
            $"robust accuracy {rates} at ε = {string.Join(", ", attacks.Threat.Curve.Select(attacks.Threat.Text))}; broken at a budget and "
            + $"not at the next: {string.Join(", ", losses.Select(loss => loss.FirstOnly))} images",
            AtMostPoints + " at each", Decision.All(losses.Select(loss => Decision.AtMost(loss, Tolerance, losses.Length))),
            "the attack gets stuck at some ε");
    }
}
