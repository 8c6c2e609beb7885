using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Tables 2, 3 and 10: adversarial examples made on the exact network, tried on an approximate one.</summary>
sealed class TransferExperiment : Experiment
{
    static readonly Placement[] Placements = [Placement.AxFpm, Placement.AxFpmConvolutions, Placement.HeapLike, Placement.Bfloat16];

    // How many times as far as the adversarial image.
    internal static readonly double[] Overshoots = [1.1, 1.25, 1.5, 2];

    static readonly Disturbance[] Controls = [Disturbance.Gain, Disturbance.GainAndNoise];

    readonly Placement[] shown;
    readonly double[] paper;

    public TransferExperiment(string id, string title, string reference, Stage stage, Placement[] shown, double[] paper)
        : base(id, title, reference, stage) => (this.shown, this.paper) = (shown, paper);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [.. PaperAttack.All(scale).Select(attack => Unit(scale, attack))];

    /// <summary>The attack on the exact network, tried on whatever any experiment and the audit want to know of, so that it is run once.</summary>
    internal static AttackUnit On(PaperAttack attack, string dataset, Subject exact) => attack.On(dataset, exact) with
    {
        TriedOn = Targets(exact),
        Overshoots = Overshoots,
    };

    /// <summary>All networks that examples of the exact one are tried on: approximate ones, and the controls.</summary>
    static IReadOnlyList<Subject> Targets(Subject exact) =>
    [
        .. Placements.Select(placement => exact with { Placement = placement }),
        .. Controls.Select(control => exact with { Disturbance = control }),
    ];

    AttackUnit Unit(Scale scale, PaperAttack attack) => On(attack, Dataset(scale)!, Subject(scale, Placement.Exact));

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        PaperAttack[] attacks = [.. PaperAttack.All(scale)];
        Subject exact = Subject(scale, Placement.Exact);
        var rows = new List<Cell[]>();
        var first = new List<Proportion>();
        for (int i = 0; i < attacks.Length; i++)
        {
            Rows records = context.Result(Unit(scale, attacks[i]));
            Proportion[] shares = [.. shown.Select(placement => Records.Transfer(records, exact with { Placement = placement }))];
            first.Add(shares[0]);
            rows.Add(
            [
                Cell.Words(attacks[i].Name), Cell.Share(shares[0], paper[i], Verdicts.Transfer),
                Cell.Share(Records.Transfer(records, exact with { Placement = shown[0] }, Overshoots[^1])),
                .. shares.Skip(1).Select(share => Cell.Share(share)), Cell.Share(Records.Success(records)), Cell.Number(Records.Median(records, "l2")),
                .. Controls.Select(control => Cell.Share(Records.Transfer(records, exact with { Disturbance = control }))),
            ]);
        }

        double farthest = Overshoots[^1];
        double[] factors = [1, .. Overshoots];
        Subject attacked = exact with { Placement = shown[0] };
        (string Name, Subject Target)[] targets =
        [
            (Name(shown[0]), attacked),
            .. Controls.Select(control => exact with { Disturbance = control }).Append(exact with { Placement = Placement.Bfloat16 }).Select(control => ($"control: {control.Title}", control)),
        ];
        (string Name, Proportion[] Shares)[] scaled = [.. targets.Select(target => (target.Name, factors.Select(factor => Pooled(target.Target, factor)).ToArray()))];
        Proportion all = scaled[0].Shares[0], allFar = scaled[0].Shares[^1];
        return Result(scale,
            $"Over all eight attacks {Text(all)} of the examples that fool the exact network fool {shown[0]} too; the mean of the eight rates is {NumberText.Of(first.Average(share => share.Value), NumberFormat.Percent)} (paper: {NumberText.Of(paper.Average(), NumberFormat.Percent)}). "
            + $"With the perturbation scaled by {farthest}, {Text(allFar)} do.",
            Verdicts.TransferRule) with
        {
            Tables =
            [
                new ResultTable(
                    $"Examples made on the exact {exact.Model}; one row per attack. Rates are of the successful examples whose clean image the other network classifies correctly (95 % Wilson intervals). The last columns are controls: the exact network with Ax-FPM’s gain, and with its gain and noise of its variance",
                    ["attack", $"fools {shown[0]}", $"fools {shown[0]}, scaled by {farthest}", .. shown.Skip(1).Select(placement => $"fools {placement}"), "fools exact", "median L2",
                        .. Controls.Select(control => $"{(exact with { Disturbance = control }).Title}")],
                    rows),
            ],
            Plots =
            [
                new PlotData(
                    $"{Id}-scaled", $"Transfer beyond the boundary, {DatasetTitle(scale)}", PlotKind.Lines, "k: perturbation scaled by k (1: as the attack returns it)", "transfer rate, %",
                    [.. scaled.Select(target => Series.Of(target.Name, factors, target.Shares))])
                {
                    Paper = [new PaperMark($"paper, {Name(shown[0])}", 1, 100 * paper.Average())],
                },
                new PlotData(
                    $"{Id}-transfer", $"Transfer from exact to {shown[0]}, {DatasetTitle(scale)}", PlotKind.Intervals, "examples that fool it too, % of those that fool exact", "",
                    [.. attacks.Select((attack, i) => new Series(attack.Name, [100 * (first[i].Value ?? double.NaN)], [i]) { Low = [100 * first[i].Low], High = [100 * first[i].High] })])
                {
                    Paper = [.. attacks.Select((attack, i) => new PaperMark("paper", 100 * paper[i], i))],
                },
            ],
            Claims = shown[0] != Placement.AxFpm ? [] :
            [
                new Claim(
                    $"transfer, {DatasetTitle(scale)}", $"{NumberText.Of(paper.Average(), NumberFormat.Percent)} of the examples fool Ax-FPM",
                    $"{Text(all)} fool Ax-FPM, {NumberText.Of(allFar)} with the perturbation scaled by {farthest}", Verdicts.Transfer(all, paper.Average())),
            ],
        };

        Proportion Pooled(Subject target, double factor)
        {
            Proportion[] shares = [.. attacks.Select(attack => Records.Transfer(context.Result(Unit(scale, attack)), target, factor))];
            return new Proportion(shares.Sum(share => share.Count), shares.Sum(share => share.Of));
        }

        static string Name(Placement placement) => placement == Placement.AxFpm ? "Ax-FPM" : $"{placement}";

        static string Text(Proportion share) => $"{NumberText.Of(share)} ({share.Count:N0} of {share.Of:N0})";
    }
}
