using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>
/// Figures 8 to 11: the distances of the examples of a white-box attack, on the exact and on the approximate network, by gradient
/// estimator.
/// </summary>
sealed class DistanceExperiment : Experiment
{
    readonly string attackName;
    readonly (double L2, double MseRatio, double Psnr) paper;
    readonly GradientEstimator[] allEstimators;

    /// <summary>The attack with its own authors' settings, where these search longer than the paper's library; null for none.</summary>
    public Func<Scale, IAttack<IGradientVictim>>? Longer { get; init; }

    public DistanceExperiment(
        string id, string attackName, string reference, (double L2, double MseRatio, double Psnr) paper,
        params GradientEstimator[] estimators)
        : base(id, $"Distances that {attackName} needs on the exact and on the approximate network", reference, ImageDomain.Grey) =>
        (this.attackName, this.paper, allEstimators) = (attackName, paper, estimators);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        .. Attacks(scale).Select(attack => Unit(scale, attack.Network, attack.Estimator)),
        .. Longer is null ? [] : Compared(scale).Select(network => LongerUnit(scale, network)),
    ];

    /// <summary>The attacks, in the order of the rows. Gradients by queries are left out for the calibrated network.</summary>
    (ModelVariant Network, GradientEstimator Estimator)[] Attacks(Scale scale)
    {
        ModelVariant[] networks = Compared(scale);
        return
        [
            (networks[0], GradientEstimator.StraightThrough), .. Estimators(scale).Select(estimator => (networks[1], estimator)),
            .. Estimators(scale).Where(estimator => !Queries(estimator)).Select(estimator => (networks[2], estimator)),
        ];
    }

    /// <summary>
    /// The attack on a network by a gradient estimator. Only images are attacked that it and the exact network, or the exact network and
    /// that on Ax-FPM, classify correctly.
    /// </summary>
    AttackUnit Unit(Scale scale, ModelVariant network, GradientEstimator estimator)
    {
        PaperAttack attack = PaperAttack.All(scale).Single(attack => attack.Name == attackName);
        ModelVariant[] networks = Compared(scale);
        AttackUnit unit = attack.On(Dataset(scale)!, network) with
        {
            Estimator = estimator,
            CorrectOn = [network == networks[0] ? networks[1] : networks[0]],
        };
        return Queries(estimator) ? unit with { Images = Math.Min(unit.Images, scale.EstimatedImages), SecondsAnImage = 5 } : unit;
    }

    AttackUnit LongerUnit(Scale scale, ModelVariant network) => Unit(scale, network, GradientEstimator.StraightThrough) with
    {
        Attack = Longer!(scale),
        Images = scale.QueryImages,
        SecondsAnImage = 0.2 + scale.CarliniWagnerIterations * 0.008,
    };

    GradientEstimator[] Estimators(Scale scale) =>
        scale.EstimatedImages > 0 ? allEstimators : [.. allEstimators.Where(estimator => !Queries(estimator))];

    /// <summary>Whether a gradient takes thousands of queries.</summary>
    static bool Queries(GradientEstimator estimator) =>
        estimator == GradientEstimator.Nes || estimator == GradientEstimator.Spsa || estimator == GradientEstimator.FiniteDifference;

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        GradientEstimator[] estimators = Estimators(scale);
        (string Name, IReadOnlyList<AttackRow> Rows)[] attacks =
        [
            .. Attacks(scale).Select((attack, i) => (
                i == 0 ? attack.Network.Title : $"{attack.Network.Title}, {attack.Estimator}",
                context.Result(Unit(scale, attack.Network, attack.Estimator)))),
        ];
        IReadOnlyList<AttackRow> exact = attacks[0].Rows;
        double[] own = Records.Distances(exact, record => record.L2);
        Estimate[] differences = [.. attacks.Select(attack => Difference(exact, attack.Rows, record => record.L2))];
        Estimate[] psnrs = [.. attacks.Select(attack => Difference(attack.Rows, exact, record => record.Psnr))];
        double[] ratios = [.. attacks.Select(attack => Ratio(exact, attack.Rows))];
        var rows = new List<ResultCell[]>();
        for (int i = 0; i < attacks.Length; i++)
        {
            (string name, IReadOnlyList<AttackRow> records) = attacks[i];
            // The paper's attack had the exact layers' gradient.
            bool isPaper = i == 1;
            rows.Add(
            [
                ResultCell.OfText(name), i == 0 ? ResultCell.OfText("–") : Increase(differences[i], isPaper ? paper.L2 : null),
                .. Distances(records),
                i == 0 ? ResultCell.OfText("1")
                    : isPaper ? ResultCell.Number(ratios[i], paper.MseRatio, Verdicts.Ratio(ratios[i], paper.MseRatio, 1))
                    : ResultCell.Number(ratios[i]),
                i == 0 ? ResultCell.OfText("–") : Increase(psnrs[i], isPaper ? paper.Psnr : null),
                ResultCell.Rate(Records.Success(records)),
            ]);
        }

        string longer = "";
        if (Longer is not null)
        {
            ModelVariant[] networks = Compared(scale);
            IReadOnlyList<AttackRow>[] searches = [.. networks.Select(network => context.Result(LongerUnit(scale, network)))];
            Estimate[] further = [.. searches.Select(search => Difference(searches[0], search, record => record.L2))];
            rows.AddRange(searches.Select((search, i) => (ResultCell[])
            [
                ResultCell.OfText($"{networks[i].Title}, longer search"),
                i == 0 ? ResultCell.OfText("–") : ResultCell.Estimate(further[i]),
                .. Distances(search),
                i == 0 ? ResultCell.OfText("1") : ResultCell.Number(Ratio(searches[0], search)),
                i == 0 ? ResultCell.OfText("–") : ResultCell.Estimate(Difference(search, searches[0], record => record.Psnr)),
                ResultCell.Rate(Records.Success(search)),
            ]));
            longer = $" With the longer search of the attack’s own authors, on both networks, they are {Further(further[1])}, "
                + $"on the calibrated network {Further(further[2])}.";
        }

        // Gradients by queries are measured on few images, which do not support a finding.
        int best = Nearest(1, estimators.Length), calibrated = estimators.Length + 1;
        int bestCalibrated = Nearest(calibrated, attacks.Length - calibrated);
        return Result(scale,
            $"With the exact layers’ gradient, as in the paper, {attackName}’s examples for Ax-FPM are {Further(differences[1])} in L2 "
            + "than those for the exact network"
            + $"{(best == 1 ? "" : $"; with {estimators[best - 1]} gradients they are {Further(differences[best])}")}. "
            + (!double.IsFinite(differences[1].Radius) ? "There are too few images to say more."
                : differences[1].Low <= 0 ? "The paper’s own attack needs no larger perturbation for Ax-FPM."
                : differences[best].Value < 0.5 * differences[1].Value
                    ? "Most of the larger distance comes from a gradient that does not fit the approximate network, not from robustness."
                : best == 1 ? "No other gradient estimator here finds nearer ones."
                : "A better gradient estimator does not remove most of the distance.")
            + $" On the network calibrated for Ax-FPM they are {Further(differences[calibrated])} with the exact layers’ gradient"
            + (bestCalibrated == calibrated ? "."
                : $" and {Further(differences[bestCalibrated])} with {Attacks(scale)[bestCalibrated].Estimator} gradients.")
            + longer,
            Verdicts.IncreaseRule + " MSE, relative to the exact network’s: within a tenth; same direction: above 1. "
                + "Judged for the paper’s attack, whose gradient is that of the exact layers (straight-through).") with
        {
            Tables =
            [
                new ResultTable(
                    $"{attackName} on {Variant(scale, MultiplierAssignment.Exact).Model}, images that both networks classify correctly; "
                    + "one row per network and gradient estimator. L2 of pixels in [0, 1]; differences are of the same images",
                    [
                        "network, gradient", "mean L2 minus exact’s", "mean L2", "median L2",
                        "MSE relative to exact", "PSNR below exact, dB", "success",
                    ],
                    rows),
            ],
            // The strongest attack decides; figures 9 and 11 ask the same of another attack.
            Claims = Longer is not null ? [] :
            [
                new Claim(
                    $"white-box attacks, minimal norm ({attackName})",
                    $"examples of Ax-FPM {NumberText.Of(paper.L2, NumberFormat.Number)} further in L2",
                    $"{Further(differences[1])} by the exact layers’ gradient, {Further(differences[best])} by a gradient that fits Ax-FPM",
                    Verdicts.Increase(differences[best], paper.L2)),
            ],
            Plots =
            [
                .. new[]
                {
                    Cumulative("l2", "L2 distance, pixels from 0 to 1", record => record.L2) with
                    {
                        Paper = own.Length == 0
                            ? []
                            : [new PaperMark("mean of exact + the paper’s difference", own.Average() + paper.L2, null)],
                    },
                    Cumulative("mse", "mean squared error, pixels from 0 to 1", record => record.Mse),
                    Cumulative("psnr", "PSNR, dB", record => record.Psnr),
                }.Where(plot => plot.Series.Count > 0),
            ],
        };

        int Nearest(int first, int count) => Enumerable.Range(first, count)
            .Where(i => !Queries(Attacks(scale)[i].Estimator))
            .OrderBy(i => double.IsNaN(differences[i].Value))
            .ThenBy(i => differences[i].Value)
            .First();

        PlotData Cumulative(string name, string title, Func<AttackRecordRow, double?> distance) => new(
            $"{Id}-{name}", $"{attackName}: {name.ToUpperInvariant()} of the examples, {DatasetTitle(scale)}", PlotKind.Steps,
            title, "cumulative, % of successful examples",
            [.. attacks.Select(attack =>
            {
                double[] ordered = [.. Records.Distances(attack.Rows, distance).Order()];
                return new Series(attack.Name, ordered, [.. ordered.Select((_, i) => 100.0 * (i + 1) / ordered.Length)]);
            }).Where(series => series.X.Count >= Verdicts.MinImages)]);
    }

    static ResultCell Increase(Estimate difference, double? paper) =>
        ResultCell.Estimate(difference, paper, paper is double theirs ? Verdicts.Increase(difference, theirs) : null);

    static IEnumerable<ResultCell> Distances(IReadOnlyList<AttackRow> rows)
    {
        double[] distances = Records.Distances(rows, record => record.L2);
        return [ResultCell.Estimate(Estimate.Mean(distances)), ResultCell.Estimate(Estimate.Median(distances))];
    }

    /// <summary>The mean difference over the images on which both attacks succeeded.</summary>
    static Estimate Difference(IReadOnlyList<AttackRow> before, IReadOnlyList<AttackRow> after, Func<AttackRecordRow, double?> distance) =>
        Estimate.Mean([.. Pairs(before, after, distance).Select(pair => pair.After - pair.Before)]);

    /// <summary>The ratio of the mean squared errors over the images on which both attacks succeeded; NaN for too few images.</summary>
    static double Ratio(IReadOnlyList<AttackRow> before, IReadOnlyList<AttackRow> after)
    {
        (double Before, double After)[] pairs = Pairs(before, after, record => record.Mse);
        return pairs.Length < Verdicts.MinImages ? double.NaN : pairs.Average(pair => pair.After) / pairs.Average(pair => pair.Before);
    }

    static (double Before, double After)[] Pairs(
        IReadOnlyList<AttackRow> before, IReadOnlyList<AttackRow> after, Func<AttackRecordRow, double?> distance)
    {
        Dictionary<int, double> first = ByImage(before);
        return [.. ByImage(after).Where(pair => first.ContainsKey(pair.Key)).Select(pair => (first[pair.Key], pair.Value))];

        Dictionary<int, double> ByImage(IReadOnlyList<AttackRow> rows) => Records.Successes(rows)
            .Where(record => distance(record) is not null)
            .ToDictionary(record => record.Image, record => distance(record)!.Value);
    }

    static string Further(Estimate difference)
    {
        (string word, Estimate distance) = difference.Value < 0
            ? ("nearer", new Estimate(-difference.Value, -difference.High, -difference.Low))
            : ("further", difference);
        ResultCell cell = ResultCell.Estimate(distance);
        string interval = NumberText.Interval(cell);
        return NumberText.Of(cell.Value, cell.Format) + (interval.Length > 0 ? $" ({interval})" : "") + $" {word}";
    }
}
