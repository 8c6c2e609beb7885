using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Whether the defence is more robust than the exact network at the same budget.</summary>
sealed class RobustAccuracy(AuditAttacks attacks) : AuditCheck("T4", "robust accuracy at equal ε")
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units =>
        [.. attacks.All, .. attacks.StrongOnDefence, .. attacks.StrongOnExact, attacks.NearestL2OnExact];

    /// <inheritdoc/>
    public override CheckResult Judge(AuditJudge judge)
    {
        Proportion robust = AuditText.Rest(judge.Worst), alike = AuditText.Rest(judge.Alike), exact = AuditText.Rest(judge.ExactWorst);
        Estimate ratio = judge.MedianRatio(attacks.NearestL2, attacks.NearestL2OnExact);
        const int Steps = 2 * AuditAttacks.Steps, Restarts = AuditAttacks.Restarts;
        return Decide(
            $"defence {AuditText.Rate(robust)} under all attacks, {AuditText.Rate(alike)} under PGD, PGD with {Steps} steps, "
            + $"PGD with {Restarts} restarts, and {attacks.StrongestName}; "
            + $"exact {AuditText.Rate(exact)} under PGD, PGD with {Steps} steps and {Restarts} restarts, and {attacks.StrongestName}; "
            + $"median L2 of DeepFool’s examples {NumberText.Of(ratio.Value, NumberFormat.Number)} times that of the exact network",
            "above the exact network, intervals disjoint", robust.Low > exact.High,
            judge.ExactWorst.Count == 0
                ? "the exact network withstands every attack at this ε, so nothing can be more robust"
                : "at equal ε it is not more robust");
    }
}
