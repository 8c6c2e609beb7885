namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The outcome of a check.</summary>
public enum Outcome
{
    /// <summary>The measurement is within the threshold.</summary>
    Pass,

    /// <summary>The measurement is not within the threshold.</summary>
    Fail,

    /// <summary>The measurement is for information and has no threshold.</summary>
    Note,
}

/// <summary>The result of a check of the audit.</summary>
/// <param name="Id">Its number in the checklist: S1 to S16, T1 to T4.</param>
/// <param name="Name">The name of the check.</param>
/// <param name="Measured">The measurement, in words.</param>
/// <param name="Threshold">The measurement that passes, in words; a dash for none.</param>
/// <param name="Outcome">Whether it passed.</param>
/// <param name="Meaning">What a failure means, or how to read the measurement.</param>
public sealed record CheckResult(string Id, string Name, string Measured, string Threshold, Outcome Outcome, string Meaning);
