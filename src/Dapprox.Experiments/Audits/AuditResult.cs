using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Audits;

/// <summary>The result of the audit of a defence.</summary>
/// <param name="Defence">The name of the defence.</param>
/// <param name="Model">The name or path of the network.</param>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Scale">The name of the scale.</param>
/// <param name="Seed">Determines every random number.</param>
/// <param name="Run">The program and the machine of the judgement.</param>
/// <param name="Conclusion">What follows from the checks, in a few sentences.</param>
/// <param name="Checks">The results of the checks, in the order of the checklist.</param>
/// <param name="Tables">Robust accuracy and transfer in numbers.</param>
/// <param name="Plots">Robust accuracy and transfer as curves.</param>
public sealed record AuditResult(
    string Defence, string Model, string Dataset, string Scale, ulong Seed, RunInfo Run, string Conclusion,
    IReadOnlyList<CheckResult> Checks, IReadOnlyList<ResultTable> Tables, IReadOnlyList<PlotData> Plots)
{
    /// <summary>What the audit left out, or did with fewer images than the scale has, and why; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The images with a NaN or an infinity among the logits of the network, exact or as the defence has it.</summary>
    public NonFiniteLogits NonFinite { get; init; } = new(0, null);

    /// <summary>Whether no decisive check failed.</summary>
    public bool Holds => !FailedDecisively.Any();

    /// <summary>The numbers of the decisive checks that failed.</summary>
    internal IEnumerable<string> FailedDecisively =>
        Checks.Where(check => check.Outcome == Outcome.Fail && Audit.Decisive.Contains(check.Id)).Select(check => check.Id);
}

/// <summary>Non-finite logits.</summary>
/// <param name="Count">The number of images with a NaN or an infinity among their logits.</param>
/// <param name="Layer">The first layer that gives one, for the first of these images; null without such images.</param>
public sealed record NonFiniteLogits(int Count, string? Layer);
