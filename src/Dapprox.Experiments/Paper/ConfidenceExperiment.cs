using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Figure 12: the distribution of confidence, the softmax of the true class minus the largest other.</summary>
sealed class ConfidenceExperiment()
    : Experiment("figure-12", "Confidence of the exact and of the approximate network", "figure 12", ImageDomain.Grey)
{
    const int PerClass = 100, Points = 125;
    const double Lowest = -12, Highest = 0.4;
    const double Threshold = 0.8, PaperExact = 0.2, PaperApproximate = 0.745;

    ModelVariant[] Variants(Scale scale) => [.. Compared(scale), Variant(scale, MultiplierAssignment.Bfloat16)];

    /// <inheritdoc/>
    public override IReadOnlyList<PredictionsUnit> Units(Scale scale) =>
        [.. Variants(scale).Select(variant => new PredictionsUnit(Dataset(scale)!, variant, PerClass))];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        IReadOnlyList<PredictionRow>[] predictions = [.. Units(scale).Select(context.Result)];
        double gain = MeanLead(predictions[1]) / MeanLead(predictions[0]);
        (string Name, double[] Missing, double? Paper)[] all =
        [
            .. Variants(scale).Select((variant, i) => (
                variant.Title, Missing(predictions[i], 1),
                i == 0 ? PaperExact : i == 1 ? PaperApproximate : (double?)null)),
            ("exact × gain", Missing(predictions[0], gain), null),
        ];
        Proportion[] confident =
            [.. all.Select(one => new Proportion(one.Missing.Count(missing => 1 - missing > Threshold), one.Missing.Length))];
        double[] at = [.. Enumerable.Range(0, Points).Select(i => Lowest + (Highest - Lowest) * i / (Points - 1))];
        string model = Variant(scale, MultiplierAssignment.Exact).Model;
        return Result(scale,
            (confident[1].Value <= confident[0].Value ? "Ax-FPM does not raise confidence here. "
                : confident[^1].Value >= confident[1].Value ? "Gain alone explains the confidence that Ax-FPM adds. "
                : confident[^1].Value > confident[0].Value ? "Gain alone explains a part of the confidence that Ax-FPM adds. "
                : "Gain alone does not explain the confidence that Ax-FPM adds. ")
            + $"Confidence is above {Threshold} for {NumberText.Of(confident[0])} of the images on the exact network "
            + $"and {NumberText.Of(confident[1])} with Ax-FPM, {NumberText.Of(confident[2])} when it is calibrated. "
            + $"With the exact logits multiplied by {NumberText.Of(gain, NumberFormat.Number)}, the gain of Ax-FPM, "
            + $"it is {NumberText.Of(confident[^1])}.",
            "Reproduced: the paper’s rate lies in our 95 % interval or within 5 percentage points. "
            + "Same direction: Ax-FPM’s rate is above the exact network’s, whatever their intervals.") with
        {
            Tables =
            [
                new ResultTable(
                    $"{model}, {confident[0].Of:N0} test images, {PerClass} per class; one row per network. "
                    + "Confidence: softmax of the true class minus the largest other",
                    ["network", $"confidence above {Threshold}", "median confidence"],
                    [.. all.Select((one, i) => (ResultCell[])
                    [
                        ResultCell.OfText(one.Name),
                        ResultCell.Rate(
                            confident[i], one.Paper, (rate, paper) => Verdicts.Confidence(rate, paper, i == 1 ? confident[0].Value : null)),
                        ResultCell.Estimate(Estimate.Median([.. one.Missing.Select(missing => 1 - missing)])),
                    ])]),
            ],
            Claims =
            [
                new Claim(
                    $"confidence above {Threshold}",
                    $"{NumberText.Of(PaperExact, NumberFormat.Percent)} of the images on exact, "
                    + $"{NumberText.Of(PaperApproximate, NumberFormat.Percent)} on Ax-FPM",
                    $"{NumberText.Of(confident[0])} on exact, {NumberText.Of(confident[1])} on Ax-FPM",
                    Verdicts.Confidence(confident[1], PaperApproximate, confident[0].Value)),
            ],
            Plots =
            [
                new PlotData(
                    $"{Id}-above", $"Images with a confidence above {Threshold}, {DatasetTitle(scale)}", PlotKind.Intervals,
                    $"images with a confidence above {Threshold}, % of {confident[0].Of:N0}", "",
                    [.. all.Select((one, i) => new Series(one.Name, [100 * confident[i].Value!.Value], [i])
                    {
                        Low = [100 * confident[i].Low],
                        High = [100 * confident[i].High],
                    })])
                {
                    Paper = [new PaperMark("paper", 100 * PaperExact, 0), new PaperMark("paper", 100 * PaperApproximate, 1)],
                },
                // Nearly all confidences are close to 1; the networks differ in how close.
                new PlotData(
                    $"{Id}-missing", $"Distance of the confidence from 1, {DatasetTitle(scale)}", PlotKind.Steps,
                    "log₁₀(1 − confidence)", $"cumulative, % of {confident[0].Of:N0} images",
                    [.. all.Select(one => new Series(
                        one.Name, at,
                        [.. at.Select(x => 100.0 * one.Missing.Count(missing => missing <= Math.Pow(10, x)) / one.Missing.Length)]))])
                {
                    Paper = [new PaperMark($"confidence {Threshold}", Math.Log10(1 - Threshold), null)],
                },
            ],
        };
    }

    /// <summary>The mean lead of the largest logit over the second largest.</summary>
    static double MeanLead(IReadOnlyList<PredictionRow> predictions) => predictions.Average(prediction =>
    {
        double[] ordered = [.. prediction.Logits.Values.OrderDescending()];
        return ordered[0] - ordered[1];
    });

    /// <summary>1 minus the confidence of each image: the sum of the other classes' softmax, and the largest of these once more.</summary>
    static double[] Missing(IReadOnlyList<PredictionRow> predictions, double gain) => [.. predictions.Select(prediction =>
    {
        double[] probabilities = [.. prediction.Logits.Values.Select(logit => gain * logit)];
        Scores.Softmax<double>(probabilities, probabilities);
        // Small ones would be rounded away in a difference from 1.
        double[] others = [.. probabilities.Where((_, i) => i != prediction.Label)];
        return others.Sum() + others.Max();
    })];
}
