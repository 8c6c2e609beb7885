using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>A check of the audit: the units that it needs, and its verdict from their results.</summary>
/// <param name="id">Its number in the checklist: S1 to S16, T1 to T4.</param>
/// <param name="name">What is checked, in a few words.</param>
/// <param name="claim">The claim that it tests, as a sentence without a full stop; what is measured, for information.</param>
abstract class AuditCheck(string id, string name, string claim)
{
    /// <summary>The fraction of images that is too small to count: what a check may miss, and what an effect has to exceed.</summary>
    public const double Tolerance = 0.05;

    /// <summary>The tolerance in words.</summary>
    protected const string AtMostTolerance = "at most 5 %: the interval below passes, above fails";

    /// <summary>The tolerance of a difference in words.</summary>
    protected const string AtMostPoints = "at most 5 percentage points: the interval below passes, above fails";

    /// <summary>Its number in the checklist.</summary>
    public string Id => id;

    /// <summary>The units whose results it judges.</summary>
    public abstract IReadOnlyList<WorkUnit> Units { get; }

    /// <summary>Judges the results of the units.</summary>
    /// <param name="judge">Reads the results.</param>
    public abstract CheckResult Judge(AuditJudge judge);

    /// <summary>The result without the results of the units.</summary>
    public CheckResult NotRun() =>
        new(id, name, claim, "–", "–", Outcome.Undecided, "it was not run in the time given") { IsRun = false };

    /// <summary>The result of a decision.</summary>
    protected CheckResult Decide(string measured, string rule, Decision decision, string meaning) =>
        new(id, name, claim, measured, rule, decision.Outcome, meaning)
        {
            Evidence = decision.Evidence,
            ImagesNeeded = decision.ImagesNeeded,
        };

    /// <summary>The result of a measurement that one case decides.</summary>
    protected CheckResult Decide(string measured, string rule, bool passed, string meaning) =>
        new(id, name, claim, measured, rule, passed ? Outcome.Passed : Outcome.Failed, meaning);

    /// <summary>The result of a measurement for information.</summary>
    protected CheckResult Inform(string measured, string meaning) => new(id, name, claim, measured, "–", Outcome.Note, meaning);
}
