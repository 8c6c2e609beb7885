using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Table 6: the accuracy on each multiplier without retraining, as it is and calibrated for the multiplier.</summary>
sealed class AccuracyExperiment(string id, string title, ImageDomain domain) : Experiment(id, title, "table 6", domain)
{
    static readonly (MultiplierAssignment Assignment, double? Grey, double? Colour)[] Variants =
    [
        (MultiplierAssignment.Exact, 0.9793, 0.81),
        (MultiplierAssignment.AxFpm, 0.9767, 0.80),
        (MultiplierAssignment.AxFpmConvolutions, 0.9767, 0.80),
        (MultiplierAssignment.Bfloat16, 0.9793, 0.81),
        (MultiplierAssignment.HeapLike, 0.9786, null),
        (MultiplierAssignment.Of("ax-fpm-wrapped"), null, null),
        (MultiplierAssignment.Of("ax-fpm-renormalised"), null, null),
        (MultiplierAssignment.Of("ama5-flat"), null, null),
    ];

    static readonly (string Model, double? Paper)[] Quantised =
        [("dq-float-cifar-10", null), ("dq-full-cifar-10", 0.80), ("dq-weights-cifar-10", 0.80)];

    static readonly MultiplierAssignment[] UnderQuantised =
        [MultiplierAssignment.Exact, MultiplierAssignment.Bfloat16, MultiplierAssignment.AxFpm, MultiplierAssignment.HeapLike];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        .. Variants.SelectMany(variant => Pair(scale, Variant(scale, variant.Assignment))),
        .. Domain == ImageDomain.Colour
            ? Quantised.SelectMany(network => (PredictionsUnit[])
            [
                .. UnderQuantised.Select(assignment => Unit(scale, new ModelVariant(network.Model, assignment))),
                Unit(scale, new ModelVariant(network.Model, MultiplierAssignment.AxFpm).Calibrated()),
            ])
            : [],
    ];

    PredictionsUnit Unit(Scale scale, ModelVariant variant) => new(Dataset(scale)!, variant);

    PredictionsUnit[] Pair(Scale scale, ModelVariant variant) => [Unit(scale, variant), Unit(scale, variant.Calibrated())];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        IReadOnlyList<PredictionRow>[][] predictions =
            [.. Variants.Select(variant => Pair(scale, Variant(scale, variant.Assignment)).Select(context.Result).ToArray())];
        IReadOnlyList<PredictionRow> undefended = predictions[0][0];
        Proportion[] accuracies = [.. predictions.Select(pair => Records.Accuracy(pair[0]))];
        Proportion calibrated = Records.Accuracy(predictions[1][1]);
        double exact = accuracies[0].Value!.Value;
        string model = Variant(scale, MultiplierAssignment.Exact).Model;
        var tables = new List<ResultTable>
        {
            new(
                $"Accuracy of {model} on {accuracies[0].Of:N0} test images, without retraining (95 % Wilson intervals); "
                + "one row per multiplier. Calibrated: biases fitted to the multiplier on "
                + $"{Calibration.DefaultImages} training images without labels. Differences are of the same images, in percentage points",
                ["multiplier", "accuracy", "minus exact", "calibrated", "calibrated minus exact"],
                [.. Variants.Select((variant, i) => (ResultCell[])
                [
                    ResultCell.OfText($"{variant.Assignment}"),
                    ResultCell.Rate(
                        accuracies[i], Domain == ImageDomain.Grey ? variant.Grey : variant.Colour,
                        (accuracy, paper) => Verdicts.Accuracy(accuracy.Value!.Value, paper, i == 0 ? null : exact)),
                    ResultCell.Estimate(Records.Difference(predictions[i][0], undefended)),
                    ResultCell.Rate(Records.Accuracy(predictions[i][1])),
                    ResultCell.Estimate(Records.Difference(predictions[i][1], undefended)),
                ])]),
        };
        if (Domain == ImageDomain.Colour)
        {
            double unquantised = Records.Accuracy(Rows(Quantised[0].Model, MultiplierAssignment.Exact)).Value!.Value;
            tables.Add(new ResultTable(
                "Accuracy of the four-bit networks of defensive quantisation; one row per network. "
                + "The paper has them on exact multipliers only",
                ["network", .. UnderQuantised.Select(assignment => $"{assignment}"), "ax-fpm, calibrated", "calibrated minus exact"],
                [.. Quantised.Select(network => (ResultCell[])
                [
                    ResultCell.OfText(network.Model),
                    .. UnderQuantised.Select((assignment, i) => ResultCell.Rate(
                        Records.Accuracy(Rows(network.Model, assignment)), i == 0 ? network.Paper : null,
                        (accuracy, paper) => Verdicts.Accuracy(accuracy.Value!.Value, paper, unquantised))),
                    ResultCell.Rate(Records.Accuracy(Calibrated(network.Model))),
                    ResultCell.Estimate(Records.Difference(Calibrated(network.Model), Rows(network.Model, MultiplierAssignment.Exact))),
                ])]));
        }

        string loss = Points(exact - accuracies[1].Value!.Value), bfloat = Points(exact - accuracies[3].Value!.Value);
        return Result(scale,
            $"Ax-FPM in all layers costs {model} {loss} percentage points of accuracy, truncated bfloat16 {bfloat}; the paper has "
            + $"{(Domain == ImageDomain.Grey ? "0.26 and 0" : "1 and 0")}. "
            + $"Calibrated for Ax-FPM it costs {NumberText.Line(ResultCell.Estimate(Records.Difference(undefended, predictions[1][1])))}.",
            Verdicts.AccuracyRule) with
        {
            Tables = tables,
            Claims =
            [
                new Claim(
                    $"accuracy, {DatasetTitle(scale)}",
                    $"{NumberText.Of(Theirs(0), NumberFormat.Percent)} exact, {NumberText.Of(Theirs(1), NumberFormat.Percent)} Ax-FPM",
                    $"{NumberText.Of(accuracies[0])} exact, {NumberText.Of(accuracies[1])} Ax-FPM; calibrated {NumberText.Of(calibrated)}",
                    Verdicts.Accuracy(accuracies[1].Value!.Value, Theirs(1)!.Value, exact)),
            ],
        };

        IReadOnlyList<PredictionRow> Rows(string name, MultiplierAssignment assignment) =>
            context.Result(Unit(scale, new ModelVariant(name, assignment)));

        IReadOnlyList<PredictionRow> Calibrated(string name) =>
            context.Result(Unit(scale, new ModelVariant(name, MultiplierAssignment.AxFpm).Calibrated()));

        double? Theirs(int variant) => Domain == ImageDomain.Grey ? Variants[variant].Grey : Variants[variant].Colour;

        static string Points(double difference) => NumberText.Of(Math.Round(100 * difference, 2), NumberFormat.Number);
    }
}
