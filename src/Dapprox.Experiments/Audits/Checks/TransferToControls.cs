using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether fewer examples transfer to the defence than to networks with changes that are no defence.</summary>
sealed class TransferToControls(AuditAttacks attacks) : AuditCheck(
    "T2", "transfer to controls", "fewer examples transfer to the defence than to any network with a change that is no defence")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.DeepFoolOnExact];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion defence = judge.Transfer(attacks.DeepFoolOnExact);
        (string Name, Proportion Rate, PairedDifference Excess)[] controls =
        [
            .. attacks.Controls.Select(control => (
                attacks.NameOf(control), judge.TransferTo(attacks.DeepFoolOnExact, control),
                judge.TransferExcess(attacks.DeepFoolOnExact, control))),
        ];
        Decision[] decisions = [.. controls.Select(control => Decision.More(control.Excess, Tolerance))];
        IEnumerable<string> alike = controls.Zip(decisions)
            .Where(one => one.Second.Outcome == Outcome.Failed).Select(one => one.First.Name);
        string calibrated = attacks.Calibrated is { } other
            ? $"; for information, with calibrated parameters {AuditText.Rate(judge.TransferTo(attacks.DeepFoolOnExact, other))}"
            : "";
        return Decide(
            $"transfer rate: defence {AuditText.Rate(defence)} of {defence.Of}; "
            + string.Join("; ", controls.Select(control =>
                $"{control.Name} {AuditText.Rate(control.Rate)}, minus that of the defence {AuditText.Points(control.Excess)}"))
            + calibrated,
            "fewer than every control by McNemar’s test passes; at most 5 percentage points fewer, or more, fails",
            Decision.All(decisions),
            $"as few examples, or fewer, transfer to what is no defence: {string.Join(", ", alike)}");
    }
}
