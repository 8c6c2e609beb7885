using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Figure 12: the distribution of confidence, the softmax of the true class minus the largest other.</summary>
sealed class ConfidenceExperiment() : Experiment("figure-12", "Confidence of the exact and of the approximate network", "figure 12", ImageDomain.Grey)
{
    const int PerClass = 100, Points = 125;
    const double Lowest = -12, Highest = 0.4;
    const double Threshold = 0.8, PaperExact = 0.2, PaperApproximate = 0.745;

    static readonly MultiplierAssignment[] Variants = [MultiplierAssignment.Exact, MultiplierAssignment.AxFpm, MultiplierAssignment.Bfloat16];

    PredictionsUnit Unit(Scale scale, MultiplierAssignment assignment) => new(Dataset(scale)!, Variant(scale, assignment), PerClass);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [.. Variants.Select(assignment => Unit(scale, assignment))];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        Rows exact = context.Result(Unit(scale, MultiplierAssignment.Exact)), approximate = context.Result(Unit(scale, MultiplierAssignment.AxFpm));
        double gain = MeanLead(approximate) / MeanLead(exact);
        (string Name, double[] Missing, double? Paper)[] all =
        [
            ("exact", Missing(exact, 1), PaperExact),
            ("ax-fpm", Missing(approximate, 1), PaperApproximate),
            ("bfloat16", Missing(context.Result(Unit(scale, MultiplierAssignment.Bfloat16)), 1), null),
            ("exact × gain", Missing(exact, gain), null),
        ];
        Proportion[] sure = [.. all.Select(one => new Proportion(one.Missing.Count(missing => 1 - missing > Threshold), one.Missing.Length))];
        double[] at = [.. Enumerable.Range(0, Points).Select(i => Lowest + (Highest - Lowest) * i / (Points - 1))];
        return Result(scale,
            (sure[1].Value <= sure[0].Value ? "Ax-FPM does not raise confidence here. " : sure[3].Value >= sure[1].Value ? "Gain alone explains the confidence that Ax-FPM adds. "
                : sure[3].Value > sure[0].Value ? "Gain alone explains a part of the confidence that Ax-FPM adds. " : "Gain alone does not explain the confidence that Ax-FPM adds. ")
            + $"Confidence is above {Threshold} for {NumberText.Of(sure[0])} of the images on the exact network and {NumberText.Of(sure[1])} with Ax-FPM. "
            + $"With the exact logits multiplied by {NumberText.Of(gain, NumberFormat.Number)}, the gain of Ax-FPM, it is {NumberText.Of(sure[3])}.",
            "Reproduced: the paper’s rate lies in our 95 % interval or within 5 percentage points. Same direction: Ax-FPM’s rate is above the exact network’s, whatever their intervals.") with
        {
            Tables =
            [
                new ResultTable($"{Variant(scale, MultiplierAssignment.Exact).Model}, {sure[0].Of:N0} test images, {PerClass} per class; one row per network. Confidence: softmax of the true class minus the largest other", ["network", $"confidence above {Threshold}", "median confidence"],
                    [.. all.Select((one, i) => (ResultCell[])
                    [
                        ResultCell.Words(one.Name),
                        ResultCell.Share(sure[i], one.Paper, (share, paper) => Verdicts.Confidence(share, paper, i == 1 ? sure[0].Value : null)),
                        ResultCell.Estimate(Estimate.Median([.. one.Missing.Select(missing => 1 - missing)])),
                    ])]),
            ],
            Claims =
            [
                new Claim(
                    $"confidence above {Threshold}", $"{NumberText.Of(PaperExact, NumberFormat.Percent)} of the images on exact, {NumberText.Of(PaperApproximate, NumberFormat.Percent)} on Ax-FPM",
                    $"{NumberText.Of(sure[0])} on exact, {NumberText.Of(sure[1])} on Ax-FPM", Verdicts.Confidence(sure[1], PaperApproximate, sure[0].Value)),
            ],
            Plots =
            [
                new PlotData($"{Id}-above", $"Images with a confidence above {Threshold}, {DatasetTitle(scale)}", PlotKind.Intervals, $"images with a confidence above {Threshold}, % of {sure[0].Of:N0}", "",
                    [.. all.Select((one, i) => new Series(one.Name, [100 * sure[i].Value!.Value], [i]) { Low = [100 * sure[i].Low], High = [100 * sure[i].High] })])
                {
                    Paper = [new PaperMark("paper", 100 * PaperExact, 0), new PaperMark("paper", 100 * PaperApproximate, 1)],
                },
                // Nearly all confidences are nearly 1; what tells the networks apart is how nearly.
                new PlotData($"{Id}-missing", $"Distance of the confidence from 1, {DatasetTitle(scale)}", PlotKind.Steps, "log₁₀(1 − confidence)", $"cumulative, % of {sure[0].Of:N0} images",
                    [.. all.Select(one => new Series(one.Name, at, [.. at.Select(x => 100.0 * one.Missing.Count(missing => missing <= Math.Pow(10, x)) / one.Missing.Length)]))])
                {
                    Paper = [new PaperMark($"confidence {Threshold}", Math.Log10(1 - Threshold), null)],
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

    /// <summary>What the confidence of each image is short of 1: twice the largest other, and the rest of the others.</summary>
    static double[] Missing(Rows predictions, double gain) => [.. Enumerable.Range(0, predictions.Count).Select(row =>
    {
        double[] logits = Logits(predictions, row, gain);
        int label = predictions.Int32(row, "label");
        double most = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - most));
        // Subtracted from 1, the small ones would be rounded away.
        double[] others = [.. logits.Where((_, i) => i != label).Select(logit => Math.Exp(logit - most) / sum)];
        return others.Sum() + others.Max();
    })];

    static double[] Logits(Rows predictions, int row, double gain) =>
        [.. predictions.Columns.Where(column => column.Name.StartsWith("logit_", StringComparison.Ordinal)).Select(column => gain * predictions.Number(row, column.Name)!.Value)];
}
