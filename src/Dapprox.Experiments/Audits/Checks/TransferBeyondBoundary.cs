using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether examples transfer that are further beyond the decision boundary of the undefended network.</summary>
sealed class TransferBeyondBoundary(AuditAttacks attacks) : AuditCheck(
    "T1", "transfer beyond the decision boundary", "most examples beyond the decision boundary do not transfer")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.DeepFoolOnExact, .. attacks.Confident.Select(one => one.Unit)];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        const double Most = 0.5;
        double largest = AuditAttacks.ExtrapolationFactors[^1];
        Proportion near = judge.Transfer(attacks.DeepFoolOnExact), far = judge.Transfer(attacks.DeepFoolOnExact, largest);
        (double Confidence, Proportion Rate)[] confident = [.. attacks.Confident.Select(one => (one.Confidence, judge.Transfer(one.Unit)))];
        IEnumerable<string> rates = confident.Select(one =>
            $"κ = {one.Confidence}: {(one.Rate.Value is null ? "no examples" : $"{NumberText.Of(one.Rate)} of {one.Rate.Of}")}");
        // Of the most confident examples that were found.
        Proportion? mostConfident = confident.Select(one => one.Rate).LastOrDefault(rate => rate.Of > 0);
        Proportion[] parts = mostConfident is null ? [far] : [far, mostConfident];
        return Decide(
            $"transfer rate: DeepFool {AuditText.Rate(near)}, {AuditText.Rate(far)} with the perturbation scaled by {largest}; "
            + $"C&W {string.Join(", ", rates)}",
            "at most 50 % at the largest scale and κ: the interval below passes, above fails",
            Decision.All(parts.Select(part => Decision.AtMost(part, Most, parts.Length))),
            "examples beyond the decision boundary transfer");
    }
}
