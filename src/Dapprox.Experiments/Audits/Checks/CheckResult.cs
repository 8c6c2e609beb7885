namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The outcome of a check, and of a claim that checks decide.</summary>
public enum Outcome
{
    /// <summary>There is evidence for the claim.</summary>
    Passed,

    /// <summary>There is evidence against the claim.</summary>
    Failed,

    /// <summary>The images are too few to tell.</summary>
    Undecided,

    /// <summary>A measurement for information, which decides nothing.</summary>
    Note,
}

/// <summary>The result of a check of the audit.</summary>
/// <param name="Id">Its number in the checklist: S1 to S16, T1 to T4.</param>
/// <param name="Name">The name of the check.</param>
/// <param name="Claim">The claim that it tests, as a sentence without a full stop; what is measured, for information.</param>
/// <param name="Measured">The measurement, in words.</param>
/// <param name="Rule">What passes and what fails, in words; a dash for information.</param>
/// <param name="Outcome">What follows for the claim.</param>
/// <param name="Meaning">What a failure means, or how to read the measurement.</param>
public sealed record CheckResult(
    string Id, string Name, string Claim, string Measured, string Rule, Outcome Outcome, string Meaning)
{
    /// <summary>Whether the attacks of the check were run; false where the time given was over.</summary>
    public bool IsRun { get; init; } = true;

    /// <summary>The number that decides; null for information.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>
    /// The number of images that would decide, if the rates stay as they are; null where it is decided, or no number would.
    /// </summary>
    public int? ImagesNeeded { get; init; }
}

/// <summary>The number that decides a check.</summary>
/// <param name="Value">The rate, or the difference of two rates on the same images; a fraction.</param>
/// <param name="Low">The lower end of its 95 % interval.</param>
/// <param name="High">The upper end of its 95 % interval.</param>
/// <param name="Images">The number of images or adversarial examples.</param>
/// <param name="IsDifference">Whether it is the difference of two rates.</param>
/// <param name="Test">The interval and the test, in words.</param>
/// <param name="PValue">The two-sided p-value of McNemar's exact test; null where only the interval decides.</param>
/// <param name="SmallestEffect">The smallest rate or difference that this number of images could have shown.</param>
public sealed record Evidence(
    double Value, double Low, double High, int Images, bool IsDifference, string Test, double? PValue, double SmallestEffect);
