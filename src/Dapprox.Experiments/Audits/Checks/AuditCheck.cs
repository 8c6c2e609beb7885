using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>A check of the audit: the units that it needs, and its verdict from their results.</summary>
/// <param name="id">Its number in the checklist: S1 to S16, T1 to T4.</param>
/// <param name="name">What is checked, in a few words.</param>
abstract class AuditCheck(string id, string name)
{
    /// <summary>Its number in the checklist.</summary>
    public string Id => id;

    /// <summary>The units whose results it judges.</summary>
    public abstract IReadOnlyList<WorkUnit> Units { get; }

    /// <summary>Judges the results of the units.</summary>
    /// <param name="judge">Reads the results.</param>
    public abstract CheckResult Judge(AuditJudge judge);

    /// <summary>The result of a check with a threshold.</summary>
    protected CheckResult Decide(string measured, string threshold, bool passed, string meaning) =>
        new(id, name, measured, threshold, passed ? Outcome.Pass : Outcome.Fail, meaning);

    /// <summary>The result of a measurement without a threshold.</summary>
    protected CheckResult Inform(string measured, string meaning) => new(id, name, measured, "–", Outcome.Note, meaning);
}
