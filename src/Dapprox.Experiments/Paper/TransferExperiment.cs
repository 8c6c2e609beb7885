using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Tables 2, 3 and 10: adversarial examples made on the exact network, tried on an approximate one.</summary>
sealed class TransferExperiment : Experiment
{
    static readonly MultiplierAssignment[] Assignments =
        [MultiplierAssignment.AxFpm, MultiplierAssignment.AxFpmConvolutions, MultiplierAssignment.HeapLike, MultiplierAssignment.Bfloat16];

    static readonly MultiplierAssignment[] CalibratedAssignments = [MultiplierAssignment.AxFpm, MultiplierAssignment.HeapLike];

    /// <summary>The factors by which perturbations are scaled.</summary>
    internal static readonly double[] ExtrapolationFactors = [1.1, 1.25, 1.5, 2];

    static readonly Perturbation[] Controls = [Perturbation.Gain, Perturbation.GainAndNoise];

    readonly MultiplierAssignment[] shown;
    readonly double[] paper;

    public TransferExperiment(string id, string title, string reference, ImageDomain domain, MultiplierAssignment[] shown, double[] paper)
        : base(id, title, reference, domain) => (this.shown, this.paper) = (shown, paper);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
        [.. PaperAttack.All(scale).SelectMany(attack => (WorkUnit[])[Unit(scale, attack), CalibratedUnit(scale, attack)])];

    /// <summary>The attack on the exact network. It is tried on all networks that any experiment needs, so that it runs once.</summary>
    internal static AttackUnit On(PaperAttack attack, string dataset, ModelVariant exact) => attack.On(dataset, exact) with
    {
        TriedOn = Targets(exact),
        ExtrapolationFactors = ExtrapolationFactors,
    };

    /// <summary>
    /// The same attack, which finds the same examples, tried on calibrated networks. Rows of a unit do not hold the examples, and a unit
    /// of its own leaves the results of the other one valid.
    /// </summary>
    internal static AttackUnit OnCalibrated(PaperAttack attack, string dataset, ModelVariant exact) => On(attack, dataset, exact) with
    {
        TriedOn = [.. CalibratedAssignments.Select(assignment => (exact with { Assignment = assignment }).Calibrated())],
    };

    /// <summary>The networks on which examples of the exact one are tried: approximate ones, and the controls.</summary>
    static IReadOnlyList<ModelVariant> Targets(ModelVariant exact) =>
    [
        .. Assignments.Select(assignment => exact with { Assignment = assignment }),
        .. Controls.Select(control => exact with { Perturbation = control }),
    ];

    AttackUnit Unit(Scale scale, PaperAttack attack) => On(attack, Dataset(scale)!, Variant(scale, MultiplierAssignment.Exact));

    AttackUnit CalibratedUnit(Scale scale, PaperAttack attack) =>
        OnCalibrated(attack, Dataset(scale)!, Variant(scale, MultiplierAssignment.Exact));

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        PaperAttack[] attacks = [.. PaperAttack.All(scale)];
        ModelVariant exact = Variant(scale, MultiplierAssignment.Exact), attacked = exact with { Assignment = shown[0] };
        double farthest = ExtrapolationFactors[^1];
        var rows = new List<ResultCell[]>();
        var first = new List<Proportion>();
        for (int i = 0; i < attacks.Length; i++)
        {
            IReadOnlyList<AttackRow> records = context.Result(Unit(scale, attacks[i]));
            IReadOnlyList<AttackRow> onCalibrated = context.Result(CalibratedUnit(scale, attacks[i]));
            Proportion[] rates = [.. shown.Select(assignment => Records.Transfer(records, exact with { Assignment = assignment }))];
            first.Add(rates[0]);
            rows.Add(
            [
                ResultCell.OfText(attacks[i].Name), ResultCell.Rate(rates[0], paper[i], Verdicts.Transfer),
                ResultCell.Rate(Records.Transfer(records, attacked, farthest)),
                ResultCell.Rate(Records.Transfer(onCalibrated, attacked.Calibrated())),
                ResultCell.Rate(Records.Transfer(onCalibrated, attacked.Calibrated(), farthest)),
                .. rates.Skip(1).Select(rate => ResultCell.Rate(rate)), ResultCell.Rate(Records.Success(records)),
                ResultCell.Number(Records.Median(records, record => record.L2)),
                .. Controls.Select(control => ResultCell.Rate(Records.Transfer(records, exact with { Perturbation = control }))),
            ]);
        }

        double[] factors = [1, .. ExtrapolationFactors];
        (string Name, ModelVariant Target)[] targets =
        [
            (Name(shown[0]), attacked), ($"{Name(shown[0])}, calibrated", attacked.Calibrated()),
            .. Controls.Select(control => exact with { Perturbation = control })
                .Append(exact with { Assignment = MultiplierAssignment.Bfloat16 })
                .Select(control => ($"control: {control.Title}", control)),
        ];
        (string Name, Proportion[] Rates)[] scaled =
            [.. targets.Select(target => (target.Name, factors.Select(factor => Pooled(target.Target, factor)).ToArray()))];
        Proportion all = scaled[0].Rates[0], allFar = scaled[0].Rates[^1];
        Proportion allCalibrated = scaled[1].Rates[0], allCalibratedFar = scaled[1].Rates[^1];
        return Result(scale,
            $"Over all eight attacks {Text(all)} of the examples that fool the exact network fool {shown[0]} too; "
            + $"the mean of the eight rates is {NumberText.Of(first.Average(rate => rate.Value), NumberFormat.Percent)} "
            + $"(paper: {NumberText.Of(paper.Average(), NumberFormat.Percent)}). "
            + $"With the perturbation scaled by {farthest}, {Text(allFar)} do. "
            + $"With the network calibrated for {shown[0]}, {Text(allCalibrated)} fool it, {Text(allCalibratedFar)} scaled.",
            Verdicts.TransferRule) with
        {
            Tables =
            [
                new ResultTable(
                    $"Examples made on the exact {exact.Model}; one row per attack. "
                    + "Rates are of the successful examples whose clean image the other network classifies correctly "
                    + "(95 % Wilson intervals). "
                    + "The last columns are controls: the exact network with Ax-FPM’s gain, and with its gain and noise of its variance",
                    [
                        "attack", $"fools {shown[0]}", $"fools {shown[0]}, scaled by {farthest}",
                        $"fools {shown[0]}, calibrated", $"fools {shown[0]}, calibrated, scaled by {farthest}",
                        .. shown.Skip(1).Select(assignment => $"fools {assignment}"), "fools exact", "median L2",
                        .. Controls.Select(control => (exact with { Perturbation = control }).Title),
                    ],
                    rows),
            ],
            Plots =
            [
                new PlotData(
                    $"{Id}-scaled", $"Transfer beyond the boundary, {DatasetTitle(scale)}", PlotKind.Lines,
                    "k: perturbation scaled by k (1: as the attack returns it)", "transfer rate, %",
                    [.. scaled.Select(target => Series.Of(target.Name, factors, target.Rates))])
                {
                    Paper = [new PaperMark($"paper, {Name(shown[0])}", 1, 100 * paper.Average())],
                },
                new PlotData(
                    $"{Id}-transfer", $"Transfer from exact to {shown[0]}, {DatasetTitle(scale)}", PlotKind.Intervals,
                    "examples that fool it too, % of those that fool exact", "",
                    [.. attacks.Select((attack, i) => new Series(attack.Name, [100 * (first[i].Value ?? double.NaN)], [i])
                    {
                        Low = [100 * first[i].Low],
                        High = [100 * first[i].High],
                    })])
                {
                    Paper = [.. attacks.Select((attack, i) => new PaperMark("paper", 100 * paper[i], i))],
                },
            ],
            Claims = shown[0] != MultiplierAssignment.AxFpm ? [] :
            [
                new Claim(
                    $"transfer, {DatasetTitle(scale)}",
                    $"{NumberText.Of(paper.Average(), NumberFormat.Percent)} of the examples fool Ax-FPM",
                    $"{Text(all)} fool Ax-FPM, {NumberText.Of(allFar)} with the perturbation scaled by {farthest}",
                    Verdicts.Transfer(all, paper.Average())),
            ],
        };

        Proportion Pooled(ModelVariant target, double factor)
        {
            Proportion[] rates =
            [
                .. attacks.Select(attack => target.CalibrationImages > 0 ? CalibratedUnit(scale, attack) : Unit(scale, attack))
                    .Select(unit => Records.Transfer(context.Result(unit), target, factor)),
            ];
            return new Proportion(rates.Sum(rate => rate.Count), rates.Sum(rate => rate.Of));
        }

        static string Name(MultiplierAssignment assignment) => assignment == MultiplierAssignment.AxFpm ? "Ax-FPM" : $"{assignment}";

        static string Text(Proportion rate) => $"{NumberText.Of(rate)} ({rate.Count:N0} of {rate.Of:N0})";
    }
}
