using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The success rate of PGD at several step sizes.</summary>
sealed class StepSize(AuditAttacks attacks) : AuditCheck(
    "S8", "step size", "the success rate of PGD by step size")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [.. attacks.StepSizes.Select(size => size.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        IEnumerable<string> rates = attacks.StepSizes.Select(size => $"{NumberText.Of(judge.Broken(size.Unit))} at {size.Name}");
        return Inform($"success rate {string.Join(", ", rates)}", "the strongest counts");
    }
}
