using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the defence gives the same logits again, or is attacked by their expectation.</summary>
sealed class DeterministicOutput(AuditAttacks attacks) : AuditCheck(
    "S12", "deterministic output", "the same image gives the same logits, or the expectation is attacked")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => attacks.Gradients;

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion repeats = judge.GradientRates(row => row.Repeats).MinBy(rate => rate.Value)!;
        bool isRandom = attacks.Defence.IsRandom;
        return Decide(
            isRandom
                ? "the multiplier is drawn for each image; the attacks are on the expectation over the draw"
                : $"{repeats.Count} of {repeats.Of} images give bit-identical logits alone and in a batch",
            "all", isRandom || repeats.Count == repeats.Of, "the attacks do not average over the randomness");
    }
}
