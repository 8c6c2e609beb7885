using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>A multiplier's error among the paper's figures.</summary>
/// <param name="Multiplier">Its name.</param>
/// <param name="Above">The share of products above the exact ones, in the paper.</param>
/// <param name="Mred">The mean relative error.</param>
/// <param name="Nmed">The normalised mean error.</param>
/// <param name="Accuracy">LeNet-5's accuracy.</param>
sealed record PaperNoise(string Multiplier, double? Above = null, double? Mred = null, double? Nmed = null, double? Accuracy = null);

/// <summary>Figures 3, 13 and 15: the noise of multipliers; and, with LeNet-5's accuracy, table 8.</summary>
sealed class NoiseExperiment : Experiment
{
    readonly PaperNoise[] multipliers;
    readonly bool withAccuracy;

    public NoiseExperiment(string id, string title, string reference, ImageDomain domain, params PaperNoise[] multipliers)
        : base(id, title, reference, domain) => (this.multipliers, withAccuracy) = (multipliers, domain == ImageDomain.Grey);

    static NoiseUnit Noise(Scale scale, string multiplier) => new(multiplier, OperandDistribution.Uniform01.Name, scale.Samples);

    PredictionsUnit Predictions(Scale scale, string multiplier) =>
        new(Dataset(scale)!, Variant(scale, multiplier == ExactMultiplier.Rounded.Name ? MultiplierAssignment.Exact : MultiplierAssignment.Of(multiplier)));

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        .. multipliers.Select(multiplier => Noise(scale, multiplier.Multiplier)),
        .. withAccuracy ? multipliers.Select(multiplier => Predictions(scale, multiplier.Multiplier)) : [],
    ];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        Rows[] noises = [.. multipliers.Select(multiplier => context.Result(Noise(scale, multiplier.Multiplier)))];
        double exact = withAccuracy ? Records.Accuracy(context.Result(Predictions(scale, multipliers[0].Multiplier))).Value!.Value : 0;
        var table = new ResultTable(
            $"Error of {scale.Samples:N0} products, operands uniform in [0, 1] (95 % intervals); one row per multiplier. The paper does not state its distribution",
            ["multiplier", "MRED", "NMED", "mean error", "above exact", .. withAccuracy ? (string[])["LeNet-5’s accuracy"] : []],
            [.. multipliers.Select((multiplier, i) => (ResultCell[])
            [
                ResultCell.Words(multiplier.Multiplier), Judged(i, "mred", multiplier.Mred), Judged(i, "nmed", multiplier.Nmed), ResultCell.Estimate(Metric(noises[i], "bias")),
                Judged(i, "above", multiplier.Above, NumberFormat.Percent),
                .. withAccuracy ? (ResultCell[])[ResultCell.Share(Records.Accuracy(context.Result(Predictions(scale, multiplier.Multiplier))), multiplier.Accuracy, (share, paper) => Verdicts.Accuracy(share.Value!.Value, paper, i == 0 ? null : exact))] : [],
            ])]);
        var plots = new List<PlotData>();
        for (int i = 0; i < multipliers.Length && !withAccuracy; i++)
        {
            plots.Add(Density(multipliers[i].Multiplier, noises[i]));
            plots.Add(Histogram(multipliers[i].Multiplier, noises[i]));
        }

        return Result(scale,
            string.Join(' ', multipliers.Select((multiplier, i) => (multiplier, i)).Where(pair => pair.multiplier.Multiplier != ExactMultiplier.Rounded.Name).Select(pair =>
                $"{pair.multiplier.Multiplier}: {NumberText.Of(Metric(noises[pair.i], "above").Value, NumberFormat.Percent)} of the products above the exact ones, MRED {NumberText.Of(Metric(noises[pair.i], "mred").Value, NumberFormat.Number)}.")),
            RuleFor(Verdicts.RatioRule, multipliers.Select(multiplier => multiplier.Multiplier))) with
        { Tables = [table], Plots = plots };

        ResultCell Judged(int place, string metric, double? paper, NumberFormat format = NumberFormat.Number)
        {
            Estimate ours = Metric(noises[place], metric);
            return ResultCell.Estimate(ours, paper, paper is double theirs && !IsSearched(multipliers[place].Multiplier) ? Verdicts.Ratio(ours.Value, theirs, metric == "above" ? 0.5 : null) : null, format);
        }
    }

    static Estimate Metric(Rows noise, string metric)
    {
        int row = Enumerable.Range(0, noise.Count).First(i => noise.Text(i, "quantity") == metric);
        return new Estimate(noise.Number(row, "value")!.Value, noise.Number(row, "low")!.Value, noise.Number(row, "high")!.Value);
    }

    PlotData Density(string multiplier, Rows noise)
    {
        int[] rows = [.. Enumerable.Range(0, noise.Count).Where(i => noise.Text(i, "quantity") == "density")];
        return new PlotData($"{Id}-{multiplier}-error", $"{multiplier}: error against product", PlotKind.Map, "exact product y", "error ŷ − y",
            [new Series(multiplier, Rounded(Column("x")), Rounded(Column("y"))) { Values = [.. Column("value").Select(count => Math.Round(Math.Log10(count), 2))] }])
        { ValueTitle = "log₁₀ of the number of products" };

        // More digits than a picture shows would only make files long.
        double[] Rounded(double[] numbers) => Array.ConvertAll(numbers, number => double.Parse(number.ToString("G8", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

        double[] Column(string name) => [.. rows.Select(row => noise.Number(row, name)!.Value)];
    }

    PlotData Histogram(string multiplier, Rows noise)
    {
        int[] rows = [.. Enumerable.Range(0, noise.Count).Where(i => noise.Text(i, "quantity") == "relative error")];
        return new PlotData($"{Id}-{multiplier}-relative", $"{multiplier}: relative error", PlotKind.Bars, "relative error (ŷ − y) / y, %", "fraction of the products, %",
            [new Series(multiplier, [.. rows.Select(row => 100 * noise.Number(row, "x")!.Value)], [.. rows.Select(row => 100 * noise.Number(row, "value")!.Value)])]);
    }
}
