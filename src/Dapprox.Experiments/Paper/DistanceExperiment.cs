using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Figures 8 to 11: how far the examples of a white-box attack are, on the exact and on the approximate network, by each gradient estimator.</summary>
sealed class DistanceExperiment : Experiment
{
    readonly string attackName;
    readonly (double L2, double MseRatio, double Psnr) paper;
    readonly GradientEstimator[] allRules;

    /// <summary>The same attack as its own authors have it, where it searches longer than the paper's library; null for none.</summary>
    public Func<Scale, IAttack<IGradientVictim>>? Longer { get; init; }

    public DistanceExperiment(string id, string attackName, string reference, (double L2, double MseRatio, double Psnr) paper, params GradientEstimator[] rules)
        : base(id, $"Distances that {attackName} needs on the exact and on the approximate network", reference, ImageDomain.Grey) =>
        (this.attackName, this.paper, allRules) = (attackName, paper, rules);

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        Unit(scale, null), .. Rules(scale).Select(rule => Unit(scale, rule)),
        .. Longer is null ? (WorkUnit[])[] : [LongerUnit(scale, null), LongerUnit(scale, GradientEstimator.StraightThrough)],
    ];

    /// <summary>The attack on Ax-FPM by a rule; on the exact network by none. Only images that both classify right are attacked.</summary>
    AttackUnit Unit(Scale scale, GradientEstimator? rule)
    {
        PaperAttack attack = PaperAttack.All(scale).Single(attack => attack.Name == attackName);
        AttackUnit unit = attack.On(Dataset(scale)!, Variant(scale, rule is null ? MultiplierAssignment.Exact : MultiplierAssignment.AxFpm)) with
        {
            Backward = rule ?? GradientEstimator.StraightThrough,
            CorrectOn = [Variant(scale, rule is null ? MultiplierAssignment.AxFpm : MultiplierAssignment.Exact)],
        };
        return rule is null || !Estimates(rule) ? unit : unit with { Images = Math.Min(unit.Images, scale.EstimatedImages), SecondsAnImage = 5 };
    }

    AttackUnit LongerUnit(Scale scale, GradientEstimator? rule) =>
        Unit(scale, rule) with { Attack = Longer!(scale), Images = scale.QueryImages, SecondsAnImage = 0.2 + scale.CarliniWagnerIterations * 0.008 };

    GradientEstimator[] Rules(Scale scale) => scale.EstimatedImages > 0 ? allRules : [.. allRules.Where(rule => !Estimates(rule))];

    static bool Estimates(GradientEstimator rule) => rule == GradientEstimator.Nes || rule == GradientEstimator.Spsa || rule == GradientEstimator.FiniteDifference;

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        GradientEstimator[] rules = Rules(scale);
        Rows exact = context.Result(Unit(scale, null));
        (string Name, Rows Records)[] attacks = [("exact", exact), .. rules.Select(rule => ($"ax-fpm, {rule}", context.Result(Unit(scale, rule))))];
        double[] own = Records.Distances(exact, "l2");
        Estimate[] differences = [.. attacks.Select(attack => Difference(exact, attack.Records, "l2"))];
        Estimate[] psnrs = [.. attacks.Select(attack => Difference(attack.Records, exact, "psnr"))];
        double[] ratios = [.. attacks.Select(attack => Ratio(exact, attack.Records))];
        var rows = new List<ResultCell[]>();
        for (int i = 0; i < attacks.Length; i++)
        {
            (string name, Rows records) = attacks[i];
            // The paper's attack had the exact layers' gradient.
            bool isPaper = i == 1;
            rows.Add(
            [
                ResultCell.Words(name), i == 0 ? ResultCell.Words("–") : ResultCell.Estimate(differences[i], isPaper ? paper.L2 : null, isPaper ? Verdicts.Increase(differences[i], paper.L2) : null),
                .. Distances(records),
                i == 0 ? ResultCell.Words("1") : ResultCell.Number(ratios[i], isPaper ? paper.MseRatio : null, isPaper ? Verdicts.Ratio(ratios[i], paper.MseRatio, 1) : null),
                i == 0 ? ResultCell.Words("–") : ResultCell.Estimate(psnrs[i], isPaper ? paper.Psnr : null, isPaper ? Verdicts.Increase(psnrs[i], paper.Psnr) : null),
                ResultCell.Share(Records.Success(records)),
            ]);
        }

        string longer = "";
        if (Longer is not null)
        {
            (Rows before, Rows after) = (context.Result(LongerUnit(scale, null)), context.Result(LongerUnit(scale, GradientEstimator.StraightThrough)));
            Estimate difference = Difference(before, after, "l2");
            rows.Add([ResultCell.Words("exact, longer search"), ResultCell.Words("–"), .. Distances(before), ResultCell.Words("1"), ResultCell.Words("–"), ResultCell.Share(Records.Success(before))]);
            rows.Add([ResultCell.Words("ax-fpm, longer search"), ResultCell.Estimate(difference), .. Distances(after),
                ResultCell.Number(Ratio(before, after)), ResultCell.Estimate(Difference(after, before, "psnr")), ResultCell.Share(Records.Success(after))]);
            longer = $" With the longer search of the attack’s own authors, on both networks, they are {Further(difference)}.";
        }

        // Estimated gradients are of a few images; what those say of the mean is left to the table.
        int best = Enumerable.Range(1, rules.Length).Where(i => !Estimates(rules[i - 1])).OrderBy(i => double.IsNaN(differences[i].Value)).ThenBy(i => differences[i].Value).First();
        return Result(scale,
            $"With the exact layers’ gradient, as in the paper, {attackName}’s examples for Ax-FPM are {Further(differences[1])} in L2 than those for the exact network{(best == 1 ? "" : $"; with {rules[best - 1]} gradients they are {Further(differences[best])}")}. "
            + (!double.IsFinite(differences[1].Radius) ? "There are too few images to say more."
                : differences[1].Low <= 0 ? "The paper’s own attack needs no larger perturbation for Ax-FPM."
                : differences[best].Value < 0.5 * differences[1].Value ? "Most of the larger distance comes from a gradient that does not fit the approximate network, not from robustness."
                : best == 1 ? "No other gradient estimator here finds nearer ones."
                : "A better gradient estimator does not remove most of the distance.") + longer,
            Verdicts.IncreaseRule + " MSE, relative to the exact network’s: within a tenth; same direction: above 1. Judged for the paper’s attack, whose gradient is that of the exact layers (straight-through).") with
        {
            Tables =
            [
                new ResultTable(
                    $"{attackName} on {Variant(scale, MultiplierAssignment.Exact).Model}, images that both networks classify correctly; one row per network and gradient estimator. L2 of pixels in [0, 1]; differences are of the same images",
                    ["network, gradient", "mean L2 minus exact’s", "mean L2", "median L2", "MSE relative to exact", "PSNR below exact, dB", "success"], rows),
            ],
            // The strongest attack decides; figures 9 and 11 ask the same of another attack.
            Claims = Longer is not null ? [] :
            [
                new Claim(
                    $"white-box attacks, minimal norm ({attackName})", $"examples of Ax-FPM {NumberText.Of(paper.L2, NumberFormat.Number)} further in L2",
                    $"{Further(differences[1])} by the exact layers’ gradient, {Further(differences[best])} by a gradient that fits Ax-FPM", Verdicts.Increase(differences[best], paper.L2)),
            ],
            Plots =
            [
                .. new[] { Cumulative("l2", "L2 distance, pixels from 0 to 1"), Cumulative("mse", "mean squared error, pixels from 0 to 1"), Cumulative("psnr", "PSNR, dB") }
                    .Where(plot => plot.Series.Count > 0),
            ],
        };

        PlotData Cumulative(string distance, string title) => new(
            $"{Id}-{distance}", $"{attackName}: {distance.ToUpperInvariant()} of the examples, {DatasetTitle(scale)}", PlotKind.Steps, title, "cumulative, % of successful examples",
            [.. attacks.Select(attack =>
            {
                double[] ordered = [.. Records.Distances(attack.Records, distance).Order()];
                return new Series(attack.Name, ordered, [.. ordered.Select((_, i) => 100.0 * (i + 1) / ordered.Length)]);
            }).Where(series => series.X.Count >= Verdicts.MinImages)])
        {
            Paper = distance == "l2" && own.Length > 0 ? [new PaperMark("mean of exact + the paper’s difference", own.Average() + paper.L2, null)] : [],
        };
    }

    static IEnumerable<ResultCell> Distances(Rows records) =>
        [ResultCell.Estimate(Estimate.Mean(Records.Distances(records, "l2"))), ResultCell.Estimate(Estimate.Median(Records.Distances(records, "l2")))];

    /// <summary>The mean difference over the images on which both attacks succeeded.</summary>
    static Estimate Difference(Rows before, Rows after, string distance) =>
        Estimate.Mean([.. Pairs(before, after, distance).Select(pair => pair.After - pair.Before)]);

    /// <summary>The mean squared error relative to another's, over the images on which both attacks succeeded; NaN of too few.</summary>
    static double Ratio(Rows before, Rows after)
    {
        (double Before, double After)[] pairs = Pairs(before, after, "mse");
        return pairs.Length < Verdicts.MinImages ? double.NaN : pairs.Average(pair => pair.After) / pairs.Average(pair => pair.Before);
    }

    static (double Before, double After)[] Pairs(Rows before, Rows after, string distance)
    {
        Dictionary<int, double> first = ByImage(before);
        return [.. ByImage(after).Where(pair => first.ContainsKey(pair.Key)).Select(pair => (first[pair.Key], pair.Value))];

        Dictionary<int, double> ByImage(Rows records) => Records.Successes(records)
            .Where(row => records.Number(row, distance) is not null)
            .ToDictionary(row => records.Int32(row, "image"), row => records.Number(row, distance)!.Value);
    }

    static string Further(Estimate difference)
    {
        (string word, Estimate distance) = difference.Value < 0 ? ("nearer", new Estimate(-difference.Value, -difference.High, -difference.Low)) : ("further", difference);
        ResultCell cell = ResultCell.Estimate(distance);
        string interval = NumberText.Interval(cell);
        return NumberText.Of(cell.Value, cell.Format) + (interval.Length > 0 ? $" ({interval})" : "") + $" {word}";
    }
}
