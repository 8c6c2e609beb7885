using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits;

/// <summary>A claim about the defence, and what the checks say about it.</summary>
/// <param name="Text">The claim, as a sentence without a full stop.</param>
/// <param name="DecidedBy">The numbers of the checks that decide: it passes where all pass, and fails where one fails.</param>
/// <param name="Outcome">Passed, failed or undecided.</param>
/// <param name="Conclusion">What follows, in a few sentences.</param>
public sealed record ClaimResult(string Text, IReadOnlyList<string> DecidedBy, Outcome Outcome, string Conclusion);

/// <summary>The result of the audit of a defence.</summary>
/// <param name="Defence">The name of the defence.</param>
/// <param name="Model">The name or path of the network.</param>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Threat">The budget that decides, with its norm.</param>
/// <param name="Scale">The name of the scale.</param>
/// <param name="Seed">Determines every random number.</param>
/// <param name="Run">The program and the machine of the judgement.</param>
/// <param name="Claims">What the checks say about more robustness, and about less transfer.</param>
/// <param name="Checks">The results of the checks, in the order of the checklist.</param>
/// <param name="Tables">Robust accuracy and transfer in numbers.</param>
/// <param name="Plots">Robust accuracy and transfer as curves.</param>
public sealed record AuditResult(
    string Defence, string Model, string Dataset, string Threat, string Scale, ulong Seed, RunInfo Run, IReadOnlyList<ClaimResult> Claims,
    IReadOnlyList<CheckResult> Checks, IReadOnlyList<ResultTable> Tables, IReadOnlyList<PlotData> Plots)
{
    /// <summary>What the audit left out, or did with fewer images than the scale has, and why; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The images with a NaN or an infinity among the logits of the network, exact or as the defence has it.</summary>
    public NonFiniteLogits NonFinite { get; init; } = new(0, null);

    /// <summary>The conclusions of all claims.</summary>
    public string Conclusion => string.Join(' ', Claims.Select(claim => claim.Conclusion));

    /// <summary>Whether there is evidence of more robustness.</summary>
    public bool Holds => Claims[0].Outcome == Outcome.Passed;
}

/// <summary>Non-finite logits.</summary>
/// <param name="Count">The number of images with a NaN or an infinity among their logits.</param>
/// <param name="Layer">The first layer that gives one, for the first of these images; null without such images.</param>
public sealed record NonFiniteLogits(int Count, string? Layer);
