using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The transfer rates of other attacks on the undefended network, and from the defence to it.</summary>
sealed class Surrogates(AuditAttacks attacks) : AuditCheck(
    "T3", "surrogates and reverse transfer", "the transfer rate by attack, and from the defence to the undefended network")
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
            $"transfer rate at {attacks.Threat}: {AuditText.List(rates)}; "
            + $"from the defence to the undefended network {NumberText.Of(judge.Reverse(attacks.PgdOnDefence))}",
            "what an attacker reaches with another network");
    }
}
