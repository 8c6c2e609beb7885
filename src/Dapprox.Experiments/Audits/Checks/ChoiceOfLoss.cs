using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether APGD succeeds equally often with each loss.</summary>
sealed class ChoiceOfLoss(AuditAttacks attacks) : AuditCheck("S10", "choice of loss")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.Losses.Select(loss => loss.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        (string Name, Proportion Rate)[] losses = [.. attacks.Losses.Select(loss => (loss.Name, judge.Broken(loss.Unit)))];
        string measured = $"success rate: {AuditText.List(losses)}";
        if (losses.Length == 1)
            return Inform(measured, "two classes leave no other loss");
        double spread = losses.Max(loss => loss.Rate.Value!.Value) - losses.Min(loss => loss.Rate.Value!.Value);
        return Decide(
            measured, "within 2 percentage points", spread <= 0.02, "the scale of the logits weakens some losses; the strongest counts");
    }
}
