using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Experiments.Runs;
using DefensiveApproximation.Experiments.Units;

namespace DefensiveApproximation.Experiments.Paper;

/// <summary>Figure 12: the distribution of confidence, the softmax of the true class less the largest other.</summary>
sealed class ConfidenceExperiment() : Experiment("figure-12", "Confidence of the exact and of the approximate network", "figure 12", Stage.Grey)
{
    const int PerClass = 100, Points = 201;
    const double Threshold = 0.8, PaperExact = 0.2, PaperApproximate = 0.745;

    static readonly Placement[] Variants = [Placement.Exact, Placement.AxFpm, Placement.Bfloat16];

    PredictionsUnit Unit(Scale scale, Placement placement) => new(Dataset(scale)!, Subject(scale, placement), PerClass);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [.. Variants.Select(placement => Unit(scale, placement))];

    /// <inheritdoc/>
    public override ExperimentResult Judge(Scale scale, RunContext context)
    {
        Rows exact = context.Result(Unit(scale, Placement.Exact)), approximate = context.Result(Unit(scale, Placement.AxFpm));
        double gain = MeanLead(approximate) / MeanLead(exact);
        (string Name, double[] Confidences, double? Paper)[] all =
        [
            ("exact", Confidences(exact, 1), PaperExact),
            ("ax-fpm", Confidences(approximate, 1), PaperApproximate),
            ("bfloat16", Confidences(context.Result(Unit(scale, Placement.Bfloat16)), 1), null),
            ("exact × gain", Confidences(exact, gain), null),
        ];
        Share[] sure = [.. all.Select(one => new Share(one.Confidences.Count(confidence => confidence > Threshold), one.Confidences.Length))];
        double[] at = [.. Enumerable.Range(0, Points).Select(i => -1 + 2.0 * i / (Points - 1))];
        return Result(scale,
            $"Confidence is above {Threshold} for {NumberText.Of(sure[0].Value, NumberFormat.Percent)} of the images on the exact network, {NumberText.Of(sure[1].Value, NumberFormat.Percent)} on Ax-FPM, "
            + $"and {NumberText.Of(sure[3].Value, NumberFormat.Percent)} on the exact network with its logits times {NumberText.Of(gain, NumberFormat.Number)}, the factor by which Ax-FPM enlarges their lead. "
            + (sure[1].Value <= sure[0].Value ? "Ax-FPM makes the network no surer here." : sure[3].Value >= sure[1].Value ? "Gain alone explains all of what Ax-FPM adds."
                : sure[3].Value > sure[0].Value ? "Gain alone explains a part of what Ax-FPM adds." : "Gain alone does not explain what Ax-FPM adds."),
            "Reproduced: the paper’s share lies in our 95 % interval or within 5 points. Same direction: Ax-FPM’s share is above the exact network’s, whatever their intervals.") with
        {
            Tables =
            [
                new ResultTable($"{Subject(scale, Placement.Exact).Model}, {sure[0].Of:N0} test images, {PerClass} a class: share with a confidence above {Threshold}", ["network", "share above", "median confidence"],
                    [.. all.Select((one, i) => (Cell[])
                    [
                        Cell.Words(one.Name),
                        Cell.Share(sure[i], one.Paper, (share, paper) => Verdicts.Confidence(share, paper, i == 1 ? sure[0].Value : null)),
                        Cell.Estimate(Statistics.Median(one.Confidences)),
                    ])]),
            ],
            Plots =
            [
                new PlotData("figure-12-confidence", $"Confidence, {Dataset(scale)}", PlotKind.Steps, "confidence: true class less the largest other", "images up to there, %",
                    [.. all.Select(one => new Series(one.Name, at, [.. at.Select(x => 100.0 * one.Confidences.Count(confidence => confidence <= x) / one.Confidences.Length)]))])
                {
                    Paper = [new PaperMark("paper, exact", Threshold, 100 * (1 - PaperExact)), new PaperMark("paper, ax-fpm", Threshold, 100 * (1 - PaperApproximate))],
                },
            ],
        };
    }

    /// <summary>The mean lead of the largest logit over the next.</summary>
    static double MeanLead(Rows predictions) => Enumerable.Range(0, predictions.Count).Average(row =>
    {
        double[] ordered = [.. Logits(predictions, row, 1).OrderDescending()];
        return ordered[0] - ordered[1];
    });

    static double[] Confidences(Rows predictions, double gain) => [.. Enumerable.Range(0, predictions.Count).Select(row =>
    {
        double[] logits = Logits(predictions, row, gain);
        int label = predictions.Whole(row, "label");
        double most = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - most));
        return (Math.Exp(logits[label] - most) - logits.Where((_, i) => i != label).Max(logit => Math.Exp(logit - most))) / sum;
    })];

    static double[] Logits(Rows predictions, int row, double gain) =>
        [.. predictions.Columns.Where(column => column.Name.StartsWith("logit_", StringComparison.Ordinal)).Select(column => gain * predictions.Number(row, column.Name)!.Value)];
}
