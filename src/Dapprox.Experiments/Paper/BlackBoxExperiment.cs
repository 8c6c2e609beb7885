using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Models;
using Dapprox.Networks.Training;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>
/// Table 4: examples made on a substitute that was trained on the classes that a victim gives. The exact and the approximate victim each
/// have substitutes of their own.
/// </summary>
sealed class BlackBoxExperiment() : Experiment("table-4", "Black-box attacks by a substitute network", "table 4", ImageDomain.Grey)
{
    static readonly double[] PaperRates = [0.22, 0, 0.13, 0, 0.25, 0.26, 0.27, 0];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        .. Architectures(scale).SelectMany(architecture =>
            PaperAttack.All(scale).SelectMany(attack => Compared(scale).Select(victim => Unit(scale, architecture, attack, victim)))),
    ];

    static string[] Architectures(Scale scale) =>
        scale.OtherSubstitute ? [LeNet5.Architecture.Name, AlexNet.Grey.Name] : [LeNet5.Architecture.Name];

    AttackUnit Unit(Scale scale, string architecture, PaperAttack attack, ModelVariant victim)
    {
        // As in the paper of the attack: ten epochs in every round.
        var options = new TrainingOptions
        {
            Epochs = 10,
            BatchSize = 32,
            Dropout = Recipe.Find(architecture).Defaults.Dropout,
            Shift = 0,
            Rotation = 0,
        };
        var training = new SubstituteUnit(
            $"substitute for {victim.Title}", Dataset(scale)!, architecture, victim,
            scale.SubstituteImages, scale.SubstituteRounds, options);
        var substitute = new ModelVariant($"{architecture} substitute", MultiplierAssignment.Exact) { Training = training };
        AttackUnit unit = attack.On(Dataset(scale)!, substitute) with { TriedOn = [victim], CorrectOn = [victim] };
        return architecture == LeNet5.Architecture.Name
            ? unit
            : unit with { Images = Math.Min(unit.Images, scale.QueryImages), SecondsAnImage = 4 * unit.SecondsAnImage };
    }

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        var tables = new List<ResultTable>();
        var sentences = new List<string>();
        var claims = new List<Claim>();
        foreach (string architecture in Architectures(scale))
        {
            var rows = new List<ResultCell[]>();
            Proportion[] sums = [new(0, 0), new(0, 0), new(0, 0)];
            foreach ((int i, PaperAttack attack) in PaperAttack.All(scale).Index())
            {
                IReadOnlyList<AttackRow>[] records =
                    [.. Compared(scale).Select(victim => context.Result(Unit(scale, architecture, attack, victim)))];
                Proportion[] rates = [.. Compared(scale).Zip(records, (victim, rows) => Records.Transfer(rows, victim))];
                sums = [.. sums.Zip(rates, (sum, rate) => new Proportion(sum.Count + rate.Count, sum.Of + rate.Of))];
                rows.Add(
                [
                    ResultCell.OfText(attack.Name), Relative(rates, PaperRates[i]), ResultCell.Rate(rates[1]), ResultCell.Rate(rates[0]),
                    ResultCell.Rate(Records.Success(records[1])), ResultCell.Rate(Records.Success(records[0])),
                    .. Calibrated(rates), ResultCell.Rate(Records.Success(records[2])),
                ]);
            }

            if (claims.Count == 0)
            {
                Estimate ratio = Ratio(sums);
                string paper = NumberText.Of(PaperRates.Average(), NumberFormat.Number);
                claims.Add(new Claim(
                    "black-box attacks", $"{paper} times as many examples fool Ax-FPM as fool the exact victim",
                    $"{NumberText.Of(ratio.Value, NumberFormat.Number)} times as many ({NumberText.Of(sums[1])} of {sums[1].Of:N0} "
                    + $"against {NumberText.Of(sums[0])} of {sums[0].Of:N0})",
                    Verdicts.RelativeTransfer(ratio, PaperRates.Average())));
            }

            rows.Add(
            [
                ResultCell.OfText("all"), Relative(sums, PaperRates.Average()), ResultCell.Rate(sums[1]), ResultCell.Rate(sums[0]),
                ResultCell.OfText("–"), ResultCell.OfText("–"), .. Calibrated(sums), ResultCell.OfText("–"),
            ]);
            tables.Add(new ResultTable(
                $"Substitute {architecture}, trained on {scale.SubstituteImages} images that were doubled {scale.SubstituteRounds} times; "
                + "one row per attack. Rates are of the substitute’s successful examples that fool its victim "
                + $"({Variant(scale, MultiplierAssignment.Exact).Model}); the intervals of the last row treat the attacks as independent",
                [
                    "attack", "ax-fpm’s rate over exact’s", "fools ax-fpm", "fools exact",
                    "fools ax-fpm’s substitute", "fools exact’s substitute",
                    "ax-fpm, calibrated: rate over exact’s", "fools ax-fpm, calibrated", "fools the substitute of ax-fpm, calibrated",
                ],
                rows));
            sentences.Add($"of the examples of a {architecture} substitute, {NumberText.Of(sums[0])} fool the exact victim, "
                + $"{NumberText.Of(sums[1])} Ax-FPM and {NumberText.Of(sums[2])} Ax-FPM calibrated");
        }

        return Result(scale, $"Over all attacks, {string.Join("; ", sentences)}.", Verdicts.RelativeTransferRule) with
        {
            Tables = tables,
            Claims = claims,
        };

        // The paper's rate is of the examples that fool the exact victim.
        static ResultCell Relative(Proportion[] rates, double paper)
        {
            Estimate ratio = Ratio(rates);
            return ResultCell.Estimate(ratio, paper, Verdicts.RelativeTransfer(ratio, paper));
        }

        static ResultCell[] Calibrated(Proportion[] rates) => [ResultCell.Estimate(Ratio(rates, 2)), ResultCell.Rate(rates[2])];

        static Estimate Ratio(Proportion[] rates, int victim = 1) => rates[0].Count < Verdicts.MinImages
            ? new Estimate(double.NaN, double.NaN, double.NaN)
            : Estimate.Ratio(rates[victim], rates[0]);
    }
}
