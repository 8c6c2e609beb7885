using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether PGD breaks more images than random noise.</summary>
sealed class RandomSearch(AuditAttacks attacks) : AuditCheck("S5", $"random noise, {attacks.Scale.Draws:N0} draws an image")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.Noise, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion noise = judge.Broken(attacks.Noise), pgd = judge.BrokenAmong(attacks.PgdOnDefence, attacks.Noise);
        string measured = $"success rate {AuditText.Rate(noise)}, of PGD {AuditText.Rate(pgd)} on the same images";
        return noise.Count == 0 && pgd.Count == 0
            ? Inform(measured, $"neither succeeds at ε = {attacks.EpsilonText(attacks.Epsilon)}, so nothing is told about the attack")
            : Decide(
                measured, "lower than PGD", noise.Count < pgd.Count || pgd.Count == pgd.Of, "the attack is no better than random search");
    }
}
