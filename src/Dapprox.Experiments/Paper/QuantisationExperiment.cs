using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Table 5: transfer to Ax-FPM beside transfer to networks of four bits (defensive quantisation), on CIFAR-10.</summary>
sealed class QuantisationExperiment() : Experiment("table-5", "Transfer to Ax-FPM and to quantised networks", "table 5", ImageDomain.Colour)
{
    static readonly (string Attack, double Approximate, double Full, double WeightsOnly)[] PaperRates =
    [
        ("FGSM", 0.38, 0.60, 0.61), ("PGD", 0.31, 0.74, 0.73), ("C&W", 0.17, 0.68, 0.68),
    ];

    static readonly ModelVariant Float = new("dq-float-cifar-10", MultiplierAssignment.Exact) { Label = "float" },
        Full = new("dq-full-cifar-10", MultiplierAssignment.Exact) { Label = "quantised in full" },
        WeightsOnly = new("dq-weights-cifar-10", MultiplierAssignment.Exact) { Label = "weights only" };

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
        [.. Rows(scale).SelectMany(row => (WorkUnit[])
            [Approximate(scale, row.Attack), Calibrated(scale, row.Attack), Quantised(scale, row.Attack)])];

    static IEnumerable<(PaperAttack Attack, double Approximate, double Full, double WeightsOnly)> Rows(Scale scale) =>
        from row in PaperRates
        let attack = PaperAttack.All(scale).Single(attack => attack.Name == row.Attack)
        select (attack, row.Approximate, row.Full, row.WeightsOnly);

    AttackUnit Approximate(Scale scale, PaperAttack attack) =>
        TransferExperiment.On(attack, Dataset(scale)!, Variant(scale, MultiplierAssignment.Exact));

    AttackUnit Calibrated(Scale scale, PaperAttack attack) =>
        TransferExperiment.OnCalibrated(attack, Dataset(scale)!, Variant(scale, MultiplierAssignment.Exact));

    AttackUnit Quantised(Scale scale, PaperAttack attack) => attack.On(Dataset(scale)!, Float) with { TriedOn = [Full, WeightsOnly] };

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        var rows = new List<ResultCell[]>();
        Proportion[] sums = [new(0, 0), new(0, 0), new(0, 0), new(0, 0)];
        foreach ((PaperAttack attack, double approximate, double full, double weightsOnly) in Rows(scale))
        {
            Proportion[] rates =
            [
                Records.Transfer(context.Result(Approximate(scale, attack)), Variant(scale, MultiplierAssignment.AxFpm)),
                Records.Transfer(context.Result(Quantised(scale, attack)), Full),
                Records.Transfer(context.Result(Quantised(scale, attack)), WeightsOnly),
                Records.Transfer(
                    context.Result(Calibrated(scale, attack)), Variant(scale, MultiplierAssignment.AxFpm).Calibrated()),
            ];
            sums = [.. sums.Zip(rates, (sum, rate) => new Proportion(sum.Count + rate.Count, sum.Of + rate.Of))];
            rows.Add(
            [
                ResultCell.OfText(attack.Name),
                .. rates.Zip([approximate, full, weightsOnly], (rate, paper) => ResultCell.Rate(rate, paper, Verdicts.Transfer)),
                ResultCell.Rate(rates[3]),
            ]);
        }

        bool better = sums[0].High < Math.Min(sums[1].Low, sums[2].Low), worse = sums[0].Low > Math.Max(sums[1].High, sums[2].High);
        return Result(scale,
            $"Of all examples {NumberText.Of(sums[0])} fool Ax-FPM, {NumberText.Of(sums[1])} the fully quantised network "
            + $"and {NumberText.Of(sums[2])} the one with quantised weights: "
            + (better ? "fewer fool Ax-FPM, as in the paper."
                : worse ? "more fool Ax-FPM, not fewer. The quantised networks were trained independently, "
                    + "and examples transfer badly to any independently trained network (T2 of the audit)."
                : "the intervals do not separate Ax-FPM from quantisation.")
            + $" {NumberText.Of(sums[3])} fool Ax-FPM calibrated.",
            Verdicts.TransferRule) with
        {
            Tables =
            [
                new ResultTable(
                    "Examples that fool the second network, of those that fool the first; one row per attack. "
                    + "Ax-FPM: from exact AlexNet to AlexNet with Ax-FPM. "
                    + "Quantised: from the float network of the paper’s table 11 to its quantised versions, "
                    + "which were trained independently",
                    ["attack", "ax-fpm", "quantised in full", "weights only", "ax-fpm, calibrated"], rows),
            ],
        };
    }
}
