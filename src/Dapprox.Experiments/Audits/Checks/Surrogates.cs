using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The transfer rates of other attacks on the exact network, and from the defence to the exact network.</summary>
sealed class Surrogates(AuditAttacks attacks) : AuditCheck("T3", "surrogates and reverse transfer")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [attacks.PgdOnExact, attacks.Momentum, attacks.Ensemble, attacks.PgdOnDefence];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        (string Name, Proportion Rate)[] rates =
        [
            ("PGD", judge.Transfer(attacks.PgdOnExact)), ("MI-FGSM", judge.Transfer(attacks.Momentum)),
            ("PGD on exact and heap-like together", judge.Transfer(attacks.Ensemble)),
        ];
        return Inform(
            $"transfer rate at ε = {attacks.EpsilonText(attacks.Epsilon)}: {AuditText.List(rates)}; "
            + $"from the defence to the exact network {NumberText.Of(judge.Reverse(attacks.PgdOnDefence))}",
            "for information");
    }
}
