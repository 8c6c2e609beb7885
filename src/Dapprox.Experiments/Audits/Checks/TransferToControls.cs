using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether fewer examples transfer to the defence than to networks with changes that are no defence.</summary>
sealed class TransferToControls(AuditAttacks attacks) : AuditCheck("T2", "transfer to controls")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.DeepFoolOnExact];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion defence = judge.Transfer(attacks.DeepFoolOnExact);
        (string Name, Proportion Rate)[] controls =
            [.. attacks.Controls.Select(control => (attacks.NameOf(control), judge.TransferTo(attacks.DeepFoolOnExact, control)))];
        return Decide(
            $"transfer rate: defence {AuditText.Rate(defence)}; "
            + string.Join("; ", controls.Select(control => $"{control.Name} {AuditText.Rate(control.Rate)}")),
            "below every control, intervals disjoint", controls.All(control => defence.High < control.Rate.Low),
            "some change that is no defence lowers transfer as much");
    }
}
