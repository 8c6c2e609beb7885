using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the defence is more robust than the undefended network at the same budget.</summary>
sealed class RobustAccuracy(AuditAttacks attacks) : AuditCheck(
    "T4", "robust accuracy at equal ε", "the defence is more robust than the undefended network at equal ε")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units => [
        .. attacks.All, .. attacks.StrongOnDefence, .. attacks.StrongOnExact, attacks.NearestL2OnExact,
        .. attacks.PgdOnCalibrated is { } calibrated ? [calibrated] : (WorkUnit[])[],
    ];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion robust = AuditText.Rest(judge.Worst), alike = AuditText.Rest(judge.Alike), undefended = AuditText.Rest(judge.ExactWorst);
        Estimate ratio = judge.MedianRatio(attacks.NearestL2, attacks.NearestL2OnExact);
        // The defence is under more attacks: what passes, passes in spite of them; what fails, fails under the same ones.
        Decision more = Decision.More(judge.RobustGain, Tolerance), same = Decision.More(judge.RobustGainAlike, Tolerance);
        Decision decision = more.Outcome == Outcome.Passed ? more
            : same.Outcome == Outcome.Failed ? same
            : more with { Outcome = Outcome.Undecided };
        string calibrated = attacks.PgdOnCalibrated is { } unit
            ? $"; for information, under PGD with calibrated parameters {AuditText.Rate(AuditText.Rest(judge.Success(unit)))}, "
                + $"{AuditText.Rate(AuditText.Rest(judge.Broken(attacks.PgdOnDefence)))} as it is"
            : "";
        return Decide(
            $"defence {AuditText.Rate(robust)} under all attacks, {AuditText.Rate(alike)} under {attacks.StrongNames}; "
            + $"undefended {AuditText.Rate(undefended)} under these; difference {AuditText.Points(judge.RobustGainAlike)}; "
            + $"median L2 of DeepFool’s examples {NumberText.Of(ratio.Value, NumberFormat.Number)} times that of the undefended "
            + $"network{calibrated}",
            "more by McNemar’s test under all attacks passes; fewer, or at most 5 percentage points more, under the same attacks fails",
            decision,
            judge.ExactWorst.Count == 0 ? "the undefended network withstands every attack at this ε, so nothing can be more robust"
            : decision.Evidence is { Value: < 0, PValue: <= Decision.Level } ? "evidence of less robustness"
            : decision.Outcome == Outcome.Failed ? "at most 5 percentage points more robust"
            : "no evidence of more robustness");
    }
}
