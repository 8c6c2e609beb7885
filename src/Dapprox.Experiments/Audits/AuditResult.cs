using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits;

/// <summary>How a check came out.</summary>
public enum Outcome
{
    /// <summary>It passed.</summary>
    Pass,

    /// <summary>It failed.</summary>
    Fail,

    /// <summary>A measurement for information, without a threshold.</summary>
    Note,
}

/// <summary>A check of the audit.</summary>
/// <param name="Id">Its number in the checklist: S1 to S16, T1 to T4.</param>
/// <param name="Name">What is checked.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Threshold">What would pass.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Meaning">What a failure means.</param>
public sealed record Check(string Id, string Name, string Measured, string Threshold, Outcome Outcome, string Meaning);

/// <summary>The audit of a defence.</summary>
/// <param name="Defence">What was audited.</param>
/// <param name="Model">The network.</param>
/// <param name="Dataset">The data set.</param>
/// <param name="Scale">At which scale.</param>
/// <param name="Seed">The seed of its random numbers.</param>
/// <param name="Run">What it was run with.</param>
/// <param name="Conclusion">What follows from the checks.</param>
/// <param name="Checks">The checks.</param>
/// <param name="Tables">Robust accuracy and transfer in numbers.</param>
/// <param name="Plots">The same as curves.</param>
public sealed record AuditResult(
    string Defence, string Model, string Dataset, string Scale, ulong Seed, RunInfo Run, string Conclusion,
    IReadOnlyList<Check> Checks, IReadOnlyList<ResultTable> Tables, IReadOnlyList<PlotData> Plots)
{
    /// <summary>What was left out or done with less than the scale has, and why; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether no decisive check failed.</summary>
    public bool Holds => Checks.All(check => check.Outcome != Outcome.Fail || !Audit.Decisive.Contains(check.Id));
}
