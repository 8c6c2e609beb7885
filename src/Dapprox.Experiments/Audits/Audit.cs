using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits;

/// <summary>
/// The checks that a robustness claim has to pass, after Carlini et al., "On Evaluating Adversarial Robustness", arXiv:1902.06705,
/// 2019; Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018; and Tramèr, Carlini, Brendel,
/// Mądry, "On Adaptive Attacks to Adversarial Example Defenses", NeurIPS 2020.
/// </summary>
public sealed class Audit
{
    // With fewer images, one image is more than the percentage point that some checks allow.
    const int FewImages = 100;

    readonly Defence defence;
    readonly AuditScale scale;
    readonly AuditAttacks attacks;
    readonly AuditCheck[] checks;

    /// <summary>Plans an audit.</summary>
    /// <param name="defence">What is audited.</param>
    /// <param name="scale">The numbers of images and steps.</param>
    /// <exception cref="InputException">The network has fewer than two classes.</exception>
    public Audit(Defence defence, AuditScale scale)
    {
        ArgumentNullException.ThrowIfNull(defence);
        if (defence.Images.Classes.Count < 2)
        {
            throw new InputException(
                $"{defence.Members[0].Model} has one class, and nothing can be taken for another; give a network with at least two");
        }

        (this.defence, this.scale, attacks) = (defence, scale, new AuditAttacks(defence, scale));
        checks =
        [
            new UnboundedAttack(attacks), new MonotoneAccuracy(attacks), new IterativeAttack(attacks), new BlackBoxAttacks(attacks),
            new RandomSearch(attacks), new MoreSteps(attacks), new MoreRestarts(attacks), new StepSize(attacks),
            new UsableGradients(attacks),
            new ChoiceOfLoss(attacks), new AdaptiveAttacks(attacks), new DeterministicOutput(attacks), new EstimatorsAgainstNes(attacks),
            new OtherNorms(attacks), new UndefendedNetwork(attacks), new CleanAccuracy(attacks), new TransferBeyondBoundary(attacks),
            new TransferToControls(attacks), new Surrogates(attacks), new RobustAccuracy(attacks),
        ];
    }

    /// <summary>The numbers of the checks that have to pass for any claim of robustness.</summary>
    public static IReadOnlyList<string> Decisive { get; } = ["S1", "S3", "S4", "S9", "T1", "T2", "T4"];

    /// <summary>The units of all checks, and those of the table and the plots; a unit that several need is there several times.</summary>
    public IReadOnlyList<WorkUnit> Units =>
    [
        .. attacks.Predictions, .. attacks.FgsmCurve, .. attacks.PgdCurve, .. attacks.ExactCurve, attacks.DeepFoolOnExact,
        .. checks.SelectMany(check => check.Units),
    ];

    /// <summary>Judges the results of the units.</summary>
    /// <param name="context">The run, with the results of all units.</param>
    /// <param name="run">The program and the machine of the judgement.</param>
    public AuditResult Judge(RunContext context, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(context);
        var judge = new AuditJudge(attacks, context);
        var result = new AuditResult(
            defence.Name, defence.Members[0].Model, defence.DatasetName, scale.Name, context.Seed, run, Conclusion: "",
            [.. checks.Select(check => check.Judge(judge))], [Table(judge)], [CurvePlot(judge), TransferPlot(judge)])
        {
            Notes = [.. Notes(context, judge.Broken(attacks.PgdOnDefence).Of)],
        };
        return result with { Conclusion = Conclude(judge, [.. result.FailedDecisively]) };
    }

    string Conclude(AuditJudge judge, string[] failed)
    {
        (Proportion cleanExact, Proportion clean) = judge.Accuracies;
        string shown = $"At ε = {attacks.EpsilonText(attacks.Epsilon)} the robust accuracy of the defence is "
            + $"{AuditText.Rate(AuditText.Rest(judge.Worst))} under all attacks here, on the images that both networks classify correctly; "
            + $"under PGD and {attacks.StrongestName} alone it is {AuditText.Rate(AuditText.Rest(judge.Alike))}, "
            + $"and that of the exact network is {AuditText.Rate(AuditText.Rest(judge.ExactWorst))}. "
            + $"Without attack the accuracy is {NumberText.Of(clean)}, that of the exact network {NumberText.Of(cleanExact)}.";
        return failed.Length > 0
            ? $"Not evidence of robustness: {string.Join(", ", failed)} failed. {shown}"
            : $"No decisive check failed. {shown} Nothing beyond that is shown.";
    }

    ResultTable Table(AuditJudge judge) => new(
        $"Robust accuracy of {defence.Members[0].Model} against ε, on the images that both networks classify correctly "
        + "(95 % Wilson intervals)",
        ["ε", "exact, PGD", "defence, FGSM", "defence, PGD", "transfer rate, exact to defence"],
        [.. attacks.Epsilons.Select((epsilon, i) => (ResultCell[])
        [
            ResultCell.OfText(attacks.EpsilonText(epsilon)),
            ResultCell.Rate(AuditText.Rest(judge.Success(attacks.ExactCurve[i]))),
            ResultCell.Rate(AuditText.Rest(judge.Broken(attacks.FgsmCurve[i]))),
            ResultCell.Rate(AuditText.Rest(judge.Broken(attacks.PgdCurve[i]))),
            ResultCell.Rate(judge.Transfer(attacks.ExactCurve[i])),
        ])]);

    PlotData CurvePlot(AuditJudge judge)
    {
        return new PlotData(
            "audit-curve", $"Robust accuracy, {defence.DatasetName}", PlotKind.Lines, "ε (L∞, pixels from 0 to 1)", "robust accuracy, %",
            [
                Curve("exact, PGD", attacks.ExactCurve.Select(judge.Success)),
                Curve($"{defence.Name}, PGD", attacks.PgdCurve.Select(judge.Broken)),
                Curve($"{defence.Name}, FGSM", attacks.FgsmCurve.Select(judge.Broken)),
            ]);

        Series Curve(string name, IEnumerable<Proportion> broken) =>
            new(name, [0, .. attacks.Epsilons], [100, .. broken.Select(rate => 100 * AuditText.Rest(rate).Value!.Value)]);
    }

    PlotData TransferPlot(AuditJudge judge)
    {
        double[] factors = [1, .. AuditAttacks.ExtrapolationFactors];
        return new PlotData(
            "audit-transfer", "Transfer of DeepFool’s examples from the exact network", PlotKind.Lines,
            "perturbation scaled by", "transfer rate, %",
            [
                Curve(defence.Name, factor => judge.Transfer(attacks.DeepFoolOnExact, factor)),
                .. attacks.Controls.Select(control =>
                    Curve(attacks.NameOf(control), factor => judge.TransferTo(attacks.DeepFoolOnExact, control, factor))),
            ]);

        Series Curve(string name, Func<double, Proportion> rate) =>
            new(name, factors, [.. factors.Select(factor => 100 * (rate(factor).Value ?? double.NaN))]);
    }

    /// <summary>What this audit leaves out, or does with fewer images than the scale has, and why.</summary>
    IEnumerable<string> Notes(RunContext context, int attacked)
    {
        if (attacked < scale.Images)
        {
            string why = attacked == defence.Images.Count
                ? "no more are given"
                : $"of the {defence.Images.Count} given, both networks classify no more correctly";
            string images = attacked == 1 ? "1 image is" : $"{attacked} images are";
            yield return $"{images} attacked instead of the {scale.Images} of {scale} scale: {why}.";
        }

        if (attacked < FewImages)
        {
            string points = AuditText.Points(1.0 / attacked);
            yield return $"One image is {points} percentage points: where a check allows less, a single image decides.";
        }

        if (!defence.HasTrainingImages)
        {
            int calibration = context.Calibration(defence.DatasetName).Batch;
            yield return $"There are no training images: gains are calibrated on the first {calibration} of the pictures.";
            yield return "T2 has no independently trained network as a control, which needs training images.";
        }

        if (attacks.Classes < 4)
        {
            yield return $"The network has {attacks.Classes} classes: the DLR loss needs 3 and the targeted DLR loss 4, "
                + $"so {attacks.StrongestName} takes the place of targeted APGD.";
        }
    }
}
