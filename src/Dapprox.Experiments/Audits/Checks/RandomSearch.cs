using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks more images than random noise.</summary>
sealed class RandomSearch(AuditAttacks attacks) : AuditCheck(
    "S5", $"random noise, {attacks.Scale.Draws:N0} draws an image", "PGD breaks more images than random noise")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Noise, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion noise = judge.Broken(attacks.Noise), pgd = judge.BrokenAmong(attacks.PgdOnDefence, attacks.Noise);
        Decision decision = Decision.More(judge.Excess(attacks.PgdOnDefence, attacks.Noise), tolerance: 0);
        return Decide(
            $"success rate of noise {AuditText.Rate(noise)}, of PGD {AuditText.Rate(pgd)} on the same {noise.Of} images",
            "more passes, fewer fails, by McNemar’s test; PGD on every image passes",
            pgd.Count == pgd.Of && pgd.Of > 0 ? decision with { Outcome = Outcome.Passed, ImagesNeeded = null } : decision,
            "the attack is no better than random search");
    }
}
