using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>
/// The same white-box attack within the same budget on the exact and on the approximate network, as it is and calibrated, which the paper
/// leaves out. The attack is targeted APGD, whose loss does not depend on the scale of the logits, which Ax-FPM enlarges.
/// </summary>
sealed class BudgetExperiment()
    : Experiment("robust-accuracy", "Robust accuracy under the same white-box attack", "beyond the paper", ImageDomain.Grey)
{
    const int Steps = 40;

    /// <summary>The budget of the finding, at which some but not all attacks on the exact network succeed.</summary>
    internal const double Budget = 0.1;

    static readonly double[] Budgets = [0.05, Budget, 0.15, 0.2];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) =>
    [
        .. Budgets.SelectMany(budget => Compared(scale).Select(network => Unit(scale, budget, network))),
    ];

    AttackUnit Unit(Scale scale, double budget, ModelVariant attacked)
    {
        bool isExact = attacked.Assignment == MultiplierAssignment.Exact;
        var attack = new Apgd(budget) { Steps = Steps, Restarts = 1, Loss = ApgdLoss.TargetedDlr, StopsAtSuccess = true };
        return new AttackUnit(attack, Dataset(scale)!, attacked, scale.SearchImages)
        {
            Estimator = isExact ? GradientEstimator.StraightThrough : GradientEstimator.GainMatched,
            CorrectOn = [Variant(scale, isExact ? MultiplierAssignment.AxFpm : MultiplierAssignment.Exact)],
            SecondsAnImage = isExact ? 0.15 : 0.25,
        };
    }

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        Proportion[][] robust = [.. Compared(scale).Select(Robust)];
        Proportion[] exact = robust[0], approximate = robust[1], calibrated = robust[2];
        int at = Array.IndexOf(Budgets, Budget);
        string numbers = $"robust accuracy at ε = {Budget} is {NumberText.Of(approximate[at])} with Ax-FPM, "
            + $"{NumberText.Of(calibrated[at])} with Ax-FPM calibrated, and {NumberText.Of(exact[at])} on the exact network";
        return Result(scale,
            $"Under targeted APGD, {numbers}.",
            $"Reproduced: at ε = {Budget} Ax-FPM’s robust accuracy is above the exact network’s, intervals apart.") with
        {
            Tables =
            [
                new ResultTable(
                    $"Robust accuracy of {Variant(scale, MultiplierAssignment.Exact).Model} within ε (L∞, pixels in [0, 1]) "
                    + $"under targeted APGD of {Steps} steps, on images that the exact network and the one on Ax-FPM, as it is or "
                    + "calibrated, classify correctly (95 % Wilson intervals)",
                    ["ε", "exact", "ax-fpm", "ax-fpm, calibrated"],
                    [.. Budgets.Select((budget, i) => (ResultCell[])
                    [
                        ResultCell.OfText($"{budget}"), ResultCell.Rate(exact[i]), ResultCell.Rate(approximate[i]),
                        ResultCell.Rate(calibrated[i]),
                    ])]),
            ],
            Plots =
            [
                new PlotData(
                    "robust-accuracy", $"Robust accuracy, {DatasetTitle(scale)}", PlotKind.Lines,
                    "ε (L∞), pixels from 0 to 1", "robust accuracy, %",
                    [Curve("Ax-FPM", approximate), Curve("exact", exact), Curve("Ax-FPM, calibrated", calibrated)]),
            ],
            Claims =
            [
                new Claim(
                    "white-box attacks, fixed budget", "Ax-FPM is more robust (no number)", numbers,
                    Verdicts.Claim(approximate[at].Low > exact[at].High)),
            ],
        };

        Proportion[] Robust(ModelVariant attacked) => [.. Budgets.Select(budget =>
        {
            Proportion broken = Records.Success(context.Result(Unit(scale, budget, attacked)));
            return new Proportion(broken.Of - broken.Count, broken.Of);
        })];

        // At ε = 0 the accuracy is 1, because only images are attacked that both networks classify correctly.
        static Series Curve(string name, Proportion[] accuracies) =>
            Series.Of(name, [0, .. Budgets], [new Proportion(accuracies[0].Of, accuracies[0].Of), .. accuracies]);
    }
}
