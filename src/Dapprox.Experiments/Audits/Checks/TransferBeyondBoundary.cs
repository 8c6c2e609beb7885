using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether examples transfer that are further beyond the decision boundary of the exact network.</summary>
sealed class TransferBeyondBoundary(AuditAttacks attacks) : AuditCheck("T1", "transfer beyond the decision boundary")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.DeepFoolOnExact, .. attacks.Confident.Select(one => one.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        double largest = AuditAttacks.ExtrapolationFactors[^1];
        Proportion near = judge.Transfer(attacks.DeepFoolOnExact), far = judge.Transfer(attacks.DeepFoolOnExact, largest);
        (double Confidence, Proportion Rate)[] confident = [.. attacks.Confident.Select(one => (one.Confidence, judge.Transfer(one.Unit)))];
        IEnumerable<string> rates = confident.Select(one =>
            $"κ = {one.Confidence}: {(one.Rate.Value is null ? "no examples" : NumberText.Of(one.Rate))}");
        // Of the most confident examples that were found.
        double? mostConfident = confident.Select(one => one.Rate.Value).LastOrDefault(rate => rate is not null);
        return Decide(
            $"transfer rate: DeepFool {NumberText.Of(near)}, {NumberText.Of(far)} with the perturbation scaled by {largest}; "
            + $"C&W {string.Join(", ", rates)}",
            "at most 50 % at the largest scale and κ", Math.Max(far.Value ?? 1, mostConfident ?? 1) <= 0.5,
            "examples beyond the decision boundary transfer");
    }
}
