using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Experiments.Runs;
using DefensiveApproximation.Experiments.Units;

namespace DefensiveApproximation.Experiments.Paper;

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

    /// <inheritdoc/>
    public override ExperimentResult Judge(Scale scale, RunContext context)
    {
        PaperAttack[] attacks = [.. PaperAttack.All(scale)];
        Subject exact = Subject(scale, Placement.Exact);
        var rows = new List<Cell[]>();
        var first = new List<Share>();
        double farthest = Overshoots[^1];
        var far = new List<Share>();
        for (int i = 0; i < attacks.Length; i++)
        {
            Rows records = context.Result(Unit(scale, attacks[i]));
            Share[] shares = [.. shown.Select(placement => Records.Transfer(records, exact with { Placement = placement }))];
            Share further = Records.Transfer(records, exact with { Placement = shown[0] }, farthest);
            first.Add(shares[0]);
            far.Add(further);
            rows.Add(
            [
                Cell.Words(attacks[i].Name), Cell.Share(Records.Success(records)), Cell.Number(Records.Median(records, "l2")),
                .. shares.Select((share, place) => place == 0 ? Cell.Share(share, paper[i], Verdicts.Transfer) : Cell.Share(share)),
                Cell.Share(further),
                .. Controls.Select(control => Cell.Share(Records.Transfer(records, exact with { Disturbance = control }))),
            ]);
        }

        Share all = new(first.Sum(share => share.Count), first.Sum(share => share.Of)), allFar = new(far.Sum(share => share.Count), far.Sum(share => share.Of));
        return Result(scale,
            $"Over all eight attacks {Text(all)} of the examples that fool the exact network fool {shown[0]} too; the mean of the eight rates is {NumberText.Of(first.Average(share => share.Value), NumberFormat.Percent)} (the paper's: {NumberText.Of(paper.Average(), NumberFormat.Percent)}). "
            + $"Moved {farthest} times as far from the clean image, {Text(allFar)} do: these attacks stop at the exact network's boundary, where any change of the network turns some examples back.",
            Verdicts.TransferRule) with
        {
            Tables =
            [
                new ResultTable(
                    $"Examples made on the exact {exact.Model}, and the share of the successful ones that fool the same network on other multipliers (95 % Wilson intervals; only images that it classifies right there count); the last columns are controls, the exact network with Ax-FPM’s gain, and with its gain and noise of its variance",
                    ["attack", "fools exact", "median L2", .. shown.Select((placement, place) => place == 0 ? $"fools {placement}" : $"{placement}"), $"fools {shown[0]}, {farthest} × as far",
                        .. Controls.Select(control => $"{(exact with { Disturbance = control }).Title}")],
                    rows),
            ],
            Plots =
            [
                new PlotData(
                    $"{Id}-transfer", $"Transfer from exact to {shown[0]}, {Dataset(scale)}", PlotKind.Intervals, "examples that fool it too, %", "",
                    [.. attacks.Select((attack, i) => new Series(attack.Name, [100 * (first[i].Value ?? double.NaN)], [i]) { Low = [100 * first[i].Low], High = [100 * first[i].High] })])
                {
                    Paper = [.. attacks.Select((attack, i) => new PaperMark("paper", 100 * paper[i], i))],
                },
            ],
        };

        static string Text(Share share) => $"{NumberText.Of(share.Value, NumberFormat.Percent)} ({share.Count} of {share.Of})";
    }
}
