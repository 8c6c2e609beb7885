using Dapprox.Experiments.Results;

namespace Dapprox.Experiments.Reports;

/// <summary>The answer to the paper's question, from results on the paper's own data sets.</summary>
/// <param name="Sentence">The answer in one sentence, with its numbers.</param>
/// <param name="Plots">Its evidence: transfer against the scale of the perturbation, and robust accuracy against ε.</param>
/// <param name="Claims">The paper's claims and our results, each with the name of its experiment.</param>
/// <param name="Source">The results from which it is made.</param>
public sealed record Answer(
    string Sentence, IReadOnlyList<PlotData> Plots, IReadOnlyList<(string Id, Claim Claim)> Claims, RunResults Source)
{
    const string Transfer = "table-2", Budget = "robust-accuracy";

    /// <summary>The experiments of the claims, in the order of their importance.</summary>
    static readonly string[] Order =
        [Transfer, "table-3", "table-4", "figures-8-10", Budget, "figure-12", "table-6-mnist", "table-6-cifar-10", "table-7"];

    /// <summary>The question of the paper.</summary>
    public static string Question => "Does an approximate multiplier make a neural network robust against adversarial examples?";

    /// <summary>The answer from the results included with the release.</summary>
    public static Answer Included =>
        Of(ResultsJson.Shipped) ?? throw new InvalidOperationException("The results included with the release do not answer the question.");

    /// <summary>The answer from some results; null where an experiment is missing, or was measured on a substitute for MNIST.</summary>
    /// <param name="results">The results of a run.</param>
    public static Answer? Of(RunResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (Find(Transfer) is not { StandsFor: null, Claims: [Claim transfer] } table
            || Find(Budget) is not { Claims: [Claim budget] } robust)
            return null;
        string word = transfer.Verdict == Verdict.NotReproduced && budget.Verdict == Verdict.NotReproduced ? "No"
            : transfer.Verdict == Verdict.Reproduced && budget.Verdict == Verdict.Reproduced ? "Yes" : "Not in every respect";
        return new Answer(
            $"{word}. Of the adversarial examples made on the exact MNIST network, {transfer.Here} (paper: {transfer.Paper}); "
            + $"under the same white-box attack, {budget.Here}.",
            [table.Plots[0], robust.Plots[0]],
            [.. Order.SelectMany(id => Find(id)?.Claims.Select(claim => (id, claim)) ?? [])],
            results);

        ExperimentResult? Find(string id) => results.Results.FirstOrDefault(result => result.Id == id);
    }
}
