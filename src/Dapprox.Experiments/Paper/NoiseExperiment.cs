using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>The error of a multiplier according to the paper; null where it gives no number.</summary>
/// <param name="Multiplier">The name of the multiplier.</param>
/// <param name="Above">The fraction of products above the exact ones.</param>
/// <param name="Mred">The mean relative error.</param>
/// <param name="Nmed">The normalised mean error.</param>
/// <param name="Accuracy">The accuracy of LeNet-5.</param>
sealed record PaperNoise(string Multiplier, double? Above = null, double? Mred = null, double? Nmed = null, double? Accuracy = null);

/// <summary>Figures 3, 13 and 15: the noise of multipliers; and, with LeNet-5's accuracy, table 8.</summary>
sealed class NoiseExperiment : Experiment
{
    readonly PaperNoise[] multipliers;
    readonly bool withAccuracy;

    public NoiseExperiment(string id, string title, string reference, ImageDomain domain, params PaperNoise[] multipliers)
        : base(id, title, reference, domain) => (this.multipliers, withAccuracy) = (multipliers, domain == ImageDomain.Grey);

    static NoiseUnit Noise(Scale scale, string multiplier) => new(multiplier, OperandDistribution.Uniform01.Name, scale.Samples);

    /// <summary>The predictions on a multiplier, of the network as it is and calibrated.</summary>
    PredictionsUnit[] Predictions(Scale scale, string multiplier)
    {
        ModelVariant variant = Variant(
            scale, multiplier == ExactMultiplier.Rounded.Name ? MultiplierAssignment.Exact : MultiplierAssignment.Of(multiplier));
        return [new(Dataset(scale)!, variant), new(Dataset(scale)!, variant.Calibrated())];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        .. multipliers.Select(multiplier => Noise(scale, multiplier.Multiplier)),
        .. withAccuracy ? multipliers.SelectMany(multiplier => Predictions(scale, multiplier.Multiplier)) : [],
    ];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        IReadOnlyList<NoiseRow>[] noises = [.. multipliers.Select(multiplier => context.Result(Noise(scale, multiplier.Multiplier)))];
        Proportion[][] accuracies = withAccuracy
            ? [.. multipliers.Select(multiplier => Predictions(scale, multiplier.Multiplier)
                .Select(unit => Records.Accuracy(context.Result(unit))).ToArray())]
            : [];
        var table = new ResultTable(
            $"Error of {scale.Samples:N0} products, operands uniform in [0, 1] (95 % intervals); one row per multiplier. "
            + "The paper does not state its distribution",
            [
                "multiplier", "MRED", "NMED", "mean error", "above exact",
                .. withAccuracy ? (string[])["LeNet-5’s accuracy", "calibrated"] : [],
            ],
            [.. multipliers.Select((multiplier, i) => (ResultCell[])
            [
                ResultCell.OfText(multiplier.Multiplier), Judged(i, NoiseRow.Mred, multiplier.Mred),
                Judged(i, NoiseRow.Nmed, multiplier.Nmed),
                ResultCell.Estimate(Metric(noises[i], NoiseRow.Bias)), Judged(i, NoiseRow.Above, multiplier.Above, NumberFormat.Percent),
                .. accuracies.Skip(i).Take(1).SelectMany(ours => (ResultCell[])
                [
                    ResultCell.Rate(
                        ours[0], multiplier.Accuracy,
                        (accuracy, paper) => Verdicts.Accuracy(accuracy.Value!.Value, paper, i == 0 ? null : accuracies[0][0].Value)),
                    ResultCell.Rate(ours[1]),
                ]),
            ])]);
        var plots = new List<PlotData>();
        for (int i = 0; i < multipliers.Length && !withAccuracy; i++)
        {
            plots.Add(Density(multipliers[i].Multiplier, noises[i]));
            plots.Add(Histogram(multipliers[i].Multiplier, noises[i]));
        }

        return Result(scale,
            string.Join(' ', multipliers.Zip(noises).Where(pair => pair.First.Multiplier != ExactMultiplier.Rounded.Name).Select(pair =>
            {
                string above = NumberText.Of(Metric(pair.Second, NoiseRow.Above).Value, NumberFormat.Percent);
                string mred = NumberText.Of(Metric(pair.Second, NoiseRow.Mred).Value, NumberFormat.Number);
                return $"{pair.First.Multiplier}: {above} of the products above the exact ones, MRED {mred}.";
            })),
            RuleFor(Verdicts.RatioRule, multipliers.Select(multiplier => multiplier.Multiplier))) with
        { Tables = [table], Plots = plots };

        ResultCell Judged(int index, string metric, double? paper, NumberFormat format = NumberFormat.Number)
        {
            Estimate ours = Metric(noises[index], metric);
            Verdict? verdict = paper is double theirs && !IsSearched(multipliers[index].Multiplier)
                ? Verdicts.Ratio(ours.Value, theirs, metric == NoiseRow.Above ? 0.5 : null)
                : null;
            return ResultCell.Estimate(ours, paper, verdict, format);
        }
    }

    static Estimate Metric(IReadOnlyList<NoiseRow> noise, string metric)
    {
        NoiseRow row = noise.First(row => row.Quantity == metric);
        return new Estimate(row.Value, row.Low!.Value, row.High!.Value);
    }

    PlotData Density(string multiplier, IReadOnlyList<NoiseRow> noise)
    {
        NoiseRow[] cells = [.. noise.Where(row => row.Quantity == NoiseRow.Density)];
        return new PlotData(
            $"{Id}-{multiplier}-error", $"{multiplier}: error against product", PlotKind.Map, "exact product y", "error ŷ − y",
            [
                new Series(multiplier, [.. cells.Select(cell => Rounded(cell.X!.Value))], [.. cells.Select(cell => Rounded(cell.Y!.Value))])
                {
                    Values = [.. cells.Select(cell => Math.Round(Math.Log10(cell.Value), 2))],
                },
            ])
        { ValueTitle = "log₁₀ of the number of products" };

        // More digits than a picture shows would only make files long.
        static double Rounded(double number) =>
            double.Parse(number.ToString("G8", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    PlotData Histogram(string multiplier, IReadOnlyList<NoiseRow> noise)
    {
        NoiseRow[] bins = [.. noise.Where(row => row.Quantity == NoiseRow.RelativeError)];
        return new PlotData(
            $"{Id}-{multiplier}-relative", $"{multiplier}: relative error", PlotKind.Bars,
            "relative error (ŷ − y) / y, %", "fraction of the products, %",
            [new Series(multiplier, [.. bins.Select(bin => 100 * bin.X!.Value)], [.. bins.Select(bin => 100 * bin.Value)])]);
    }
}
