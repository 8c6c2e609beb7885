using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Training;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>
/// Table 6 over several trainings of the network, with seeds from 1 on: how far the loss of accuracy is that of one set of weights, which
/// the paper leaves out.
/// </summary>
sealed class TrainingsExperiment(string id, ImageDomain domain, string architecture, double secondsAnEpoch, double paperLoss)
    : Experiment(id, $"Accuracy over trainings, {(domain == ImageDomain.Grey ? "MNIST" : "CIFAR-10")}", "beyond the paper", domain)
{
    /// <inheritdoc/>
    public override bool IsIn(Scale scale) => base.IsIn(scale) && scale.Trainings > 0;

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [.. Networks(scale).SelectMany(networks => networks)];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        double[][] accuracies =
            [.. Networks(scale).Select(units => units.Select(unit => Records.Accuracy(context.Result(unit)).Value!.Value).ToArray())];
        Estimate loss = MeanLoss(network: 1), calibrated = MeanLoss(network: 2);
        return Result(scale,
            $"Over {scale.Trainings} trainings of {architecture} Ax-FPM costs {NumberText.Line(ResultCell.Estimate(loss))} percentage "
            + $"points of accuracy as it is and {NumberText.Line(ResultCell.Estimate(calibrated))} calibrated; the paper has {paperLoss} "
            + "for one.") with
        {
            Tables =
            [
                new ResultTable(
                    $"Accuracy of {architecture} on all test images; one row per training, and their mean. Intervals of the rows are "
                    + "Wilson’s and cover the choice of images; those of the mean are Student’s and cover the choice of weights. "
                    + "Differences are in percentage points",
                    ["seed", "exact", "ax-fpm", "ax-fpm, calibrated", "ax-fpm minus exact", "calibrated minus exact"],
                    [
                        .. Networks(scale).Select((units, seed) => (ResultCell[])
                        [
                            ResultCell.OfText($"{seed + 1}"),
                            .. units.Select(unit => ResultCell.Rate(Records.Accuracy(context.Result(unit)))),
                            .. units.Skip(1).Select(unit => ResultCell.Estimate(
                                Records.Difference(context.Result(unit), context.Result(units[0])))),
                        ]),
                        [
                            ResultCell.OfText("mean"),
                            .. Enumerable.Range(0, 3).Select(network => ResultCell.Estimate(
                                Estimate.MeanOfFew([.. accuracies.Select(of => of[network])]), format: NumberFormat.Percent)),
                            ResultCell.Estimate(Negated(loss)), ResultCell.Estimate(Negated(calibrated)),
                        ],
                    ]),
            ],
        };

        Estimate MeanLoss(int network) => Estimate.MeanOfFew([.. accuracies.Select(of => 100 * (of[0] - of[network]))]);

        static Estimate Negated(Estimate estimate) => new(-estimate.Value, -estimate.High, -estimate.Low);
    }

    /// <summary>The networks of each training: exact, on Ax-FPM as it is, and calibrated.</summary>
    PredictionsUnit[][] Networks(Scale scale) =>
    [
        .. Enumerable.Range(1, scale.Trainings).Select(seed =>
        {
            var training = new RetrainingUnit(
                $"seed {seed}", Dataset(scale)!, architecture, Recipe.Find(architecture).Defaults with { Seed = (ulong)seed },
                secondsAnEpoch);
            ModelVariant exact = new(architecture, MultiplierAssignment.Exact) { Training = training };
            ModelVariant approximate = exact with { Assignment = MultiplierAssignment.AxFpm };
            return new[] { exact, approximate, approximate.Calibrated() }
                .Select(variant => new PredictionsUnit(Dataset(scale)!, variant)).ToArray();
        }),
    ];
}
