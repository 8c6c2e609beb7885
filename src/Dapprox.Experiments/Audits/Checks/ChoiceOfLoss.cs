using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether APGD succeeds about equally often with each loss.</summary>
sealed class ChoiceOfLoss(AuditAttacks attacks) : AuditCheck(
    "S10", "choice of loss", "no loss misses many images that another breaks")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.Losses.Select(loss => loss.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        (string Name, AttackUnit Unit)[] losses = [.. attacks.Losses];
        string measured = $"success rate: {AuditText.List(losses.Select(loss => (loss.Name, judge.Broken(loss.Unit))))}";
        if (losses.Length == 1)
            return Inform(measured, "two classes leave no other loss");
        HashSet<int> union = judge.BrokenImages(losses.Select(loss => loss.Unit));
        Decision[] each = [.. losses.Select(loss =>
            Decision.AtMost(judge.BrokenBeside(loss.Unit, union, judge.BrokenImages([loss.Unit])), Tolerance, losses.Length))];
        return Decide(
            measured + $"; missed: {string.Join(", ", each.Select(one => AuditText.Points(one.Evidence.Value)))} percentage points",
            AtMostTolerance + ", for each loss", Decision.All(each), "the scale of the logits weakens some losses; the strongest counts");
    }
}
