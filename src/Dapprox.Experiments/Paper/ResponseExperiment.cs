using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;

namespace Dapprox.Experiments.Paper;

/// <summary>Figure 4: the response of a filter to inputs of growing similarity.</summary>
sealed class ResponseExperiment()
    : Experiment("figure-4", "Response of a filter to six inputs of growing similarity", "figure 4", ImageDomain.None)
{
    const int Trials = 200;

    static ResponseUnit Unit => new("ax-fpm", Trials);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [Unit];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        IReadOnlyList<ResponseRow> responses = context.Result(Unit);
        double[] similarities = [.. responses.Select(response => response.Similarity).Distinct()];
        double[] exact = Means(response => response.Exact), approximate = Means(response => response.Approximate);
        double[] gaps = [.. approximate.Zip(exact, (a, e) => a - e)];
        bool grows = gaps.Zip(gaps.Skip(1)).All(pair => pair.First < pair.Second);
        string Relative(Index i) => NumberText.Of(Math.Round(gaps[i] / exact[i], 2), NumberFormat.Percent);
        return Result(scale,
            $"The gap between Ax-FPM’s response and the exact one {(grows ? "grows" : "does not always grow")} with similarity, "
            + $"from {NumberText.Of(gaps[0], NumberFormat.Number)} to {NumberText.Of(gaps[^1], NumberFormat.Number)}. "
            + $"Relative to the exact response it is {Relative(1)} at a similarity of {similarities[1]} and {Relative(^1)} at 1: "
            + "mostly a gain, as any constant factor has.",
            "The paper gives no numbers. Reproduced: the gap grows at every step.") with
        {
            Tables =
            [
                new ResultTable(
                    $"Mean responses of {Trials} random filters of 288 weights and unit length to inputs of unit length; "
                    + "one row per similarity",
                    ["similarity (cosine)", "exact", "ax-fpm", "gap"],
                    [.. similarities.Select((similarity, i) => (ResultCell[])
                    [
                        ResultCell.OfText($"{similarity}"), ResultCell.Number(exact[i]), ResultCell.Number(approximate[i]),
                        ResultCell.Number(gaps[i], null, i == similarities.Length - 1 ? Verdicts.Claim(grows) : null),
                    ])]),
            ],
            Plots =
            [
                new PlotData(
                    "figure-4-response", $"Response of a filter, mean of {Trials}", PlotKind.Lines,
                    "similarity of input and filter (cosine)", "response (filter and input of length 1)",
                    [new Series("exact", similarities, exact), new Series("ax-fpm", similarities, approximate)]),
            ],
        };

        double[] Means(Func<ResponseRow, double> response) =>
            [.. similarities.Select(similarity => responses.Where(row => row.Similarity == similarity).Average(response))];
    }
}
