using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Table 6: the accuracy on each multiplier without retraining.</summary>
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
        .. Variants.Select(variant => Unit(scale, variant.Assignment)),
        .. Domain == ImageDomain.Colour
            ? Quantised.SelectMany(network => UnderQuantised.Select(assignment => Unit(scale, network.Model, assignment)))
            : [],
    ];

    PredictionsUnit Unit(Scale scale, MultiplierAssignment assignment) => new(Dataset(scale)!, Variant(scale, assignment));

    PredictionsUnit Unit(Scale scale, string model, MultiplierAssignment assignment) =>
        new(Dataset(scale)!, new ModelVariant(model, assignment));

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        Proportion[] accuracies = [.. Variants.Select(variant => Records.Accuracy(context.Result(Unit(scale, variant.Assignment))))];
        double exact = accuracies[0].Value!.Value;
        string model = Variant(scale, MultiplierAssignment.Exact).Model;
        var tables = new List<ResultTable>
        {
            new(
                $"Accuracy of {model} on {accuracies[0].Of:N0} test images, without retraining (95 % Wilson intervals); "
                + "one row per multiplier",
                ["multiplier", "accuracy"],
                [.. Variants.Select((variant, i) => (ResultCell[])
                [
                    ResultCell.OfText($"{variant.Assignment}"),
                    ResultCell.Rate(
                        accuracies[i], Domain == ImageDomain.Grey ? variant.Grey : variant.Colour,
                        (accuracy, paper) => Verdicts.Accuracy(accuracy.Value!.Value, paper, i == 0 ? null : exact)),
                ])]),
        };
        if (Domain == ImageDomain.Colour)
        {
            double unquantised = Records.Accuracy(context.Result(Unit(scale, Quantised[0].Model, MultiplierAssignment.Exact))).Value!.Value;
            tables.Add(new ResultTable(
                "Accuracy of the four-bit networks of defensive quantisation; one row per network. "
                + "The paper has them on exact multipliers only",
                ["network", .. UnderQuantised.Select(assignment => $"{assignment}")],
                [.. Quantised.Select(network => (ResultCell[])
                [
                    ResultCell.OfText(network.Model),
                    .. UnderQuantised.Select((assignment, i) => ResultCell.Rate(
                        Records.Accuracy(context.Result(Unit(scale, network.Model, assignment))), i == 0 ? network.Paper : null,
                        (accuracy, paper) => Verdicts.Accuracy(accuracy.Value!.Value, paper, unquantised))),
                ])]));
        }

        string loss = Points(exact - accuracies[1].Value!.Value), bfloat = Points(exact - accuracies[3].Value!.Value);
        return Result(scale,
            $"Ax-FPM in all layers costs {model} {loss} percentage points of accuracy, truncated bfloat16 {bfloat}; the paper has "
            + $"{(Domain == ImageDomain.Grey ? "0.26 and 0" : "1 and 0")}.",
            Verdicts.AccuracyRule) with
        {
            Tables = tables,
            Claims =
            [
                new Claim(
                    $"accuracy, {DatasetTitle(scale)}",
                    $"{NumberText.Of(Theirs(0), NumberFormat.Percent)} exact, {NumberText.Of(Theirs(1), NumberFormat.Percent)} Ax-FPM",
                    $"{NumberText.Of(accuracies[0])} exact, {NumberText.Of(accuracies[1])} Ax-FPM",
                    Verdicts.Accuracy(accuracies[1].Value!.Value, Theirs(1)!.Value, exact)),
            ],
        };

        double? Theirs(int variant) => Domain == ImageDomain.Grey ? Variants[variant].Grey : Variants[variant].Colour;

        static string Points(double difference) => NumberText.Of(Math.Round(100 * difference, 2), NumberFormat.Number);
    }
}
