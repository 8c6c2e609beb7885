using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;

namespace Dapprox.Experiments.Paper;

/// <summary>Figure 16: the output of the last convolution, exact, with Ax-FPM and with heap-like.</summary>
sealed class FeatureMapExperiment() : Experiment("figure-16", "Heat maps of the last convolution", "figure 16", ImageDomain.Grey)
{
    static readonly MultiplierAssignment[] Variants =
        [MultiplierAssignment.Exact, MultiplierAssignment.AxFpm, MultiplierAssignment.HeapLike];

    FeatureMapUnit Unit(Scale scale, MultiplierAssignment assignment) => new(Dataset(scale)!, Variant(scale, assignment), Image: 0);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [.. Variants.Select(assignment => Unit(scale, assignment))];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        IReadOnlyList<FeatureMapRow>[] maps = [.. Variants.Select(assignment => context.Result(Unit(scale, assignment)))];
        double[][] values = [.. maps.Select(map => map.Select(pixel => pixel.Value).ToArray())];
        double[] sizes = [.. values.Select(map => map.Average(Math.Abs))];
        double[] slopes = [.. values.Select(map => Slope(values[0], map))];
        double[] correlations = [.. values.Select(map => Correlation(values[0], map))];
        string Text(double number) => NumberText.Of(number, NumberFormat.Number);
        return Result(scale,
            $"Ax-FPM {(slopes[1] > 1 ? "raises" : "lowers")} the responses and heap-like {(slopes[2] > 1 ? "raises" : "lowers")} them; "
            + "in the paper Ax-FPM raises and HEAP lowers them. "
            + $"Ax-FPM’s map is the exact one times {Text(slopes[1])} (correlation {Text(correlations[1])}), "
            + $"heap-like’s is the exact one times {Text(slopes[2])} ({Text(correlations[2])}).",
            "The paper gives no numbers. Reproduced: the responses are raised (Ax-FPM) or lowered (HEAP) as it says.") with
        {
            Tables =
            [
                new ResultTable(
                    $"Output of the last convolution, mean over its filters, for the first test image of {DatasetTitle(scale)}; "
                    + "one row per multiplier",
                    ["multiplier", "mean magnitude", "slope against exact", "correlation with exact"],
                    [.. Variants.Select((assignment, i) => (ResultCell[])
                    [
                        ResultCell.OfText($"{assignment}"), ResultCell.Number(sizes[i]),
                        i == 0 ? ResultCell.OfText("1") : ResultCell.Number(slopes[i], null, Verdicts.Claim(slopes[i] > 1 == (i == 1))),
                        i == 0 ? ResultCell.OfText("1") : ResultCell.Number(correlations[i]),
                    ])]),
            ],
            Plots =
            [
                .. Variants.Select((assignment, i) => new PlotData(
                    $"figure-16-{assignment}", $"Last convolution, {assignment}", PlotKind.Map, "column, pixels", "row, pixels",
                    [
                        new Series(
                            $"{assignment}",
                            [.. maps[i].Select(pixel => (double)pixel.Column)], [.. maps[i].Select(pixel => (double)pixel.Row)])
                        {
                            Values = values[i],
                        },
                    ])
                {
                    ValueTitle = "response, mean over the filters",
                    IsPicture = true,
                    ValueRange = [values.Min(map => map.Min()), values.Max(map => map.Max())],
                }),
            ],
        };
    }

    static double Slope(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum() / x.Sum(a => a * a);

    static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return covariance / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
