using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits;

/// <summary>
/// The checks that a robustness claim has to pass, after Carlini et al., "On Evaluating Adversarial Robustness", arXiv:1902.06705,
/// 2019; Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018; and Tramèr, Carlini, Brendel,
/// Mądry, "On Adaptive Attacks to Adversarial Example Defenses", NeurIPS 2020.
/// </summary>
public sealed class Audit
{
    readonly Defence defence;
    readonly AuditScale scale;
    readonly AuditAttacks attacks;
    readonly AuditCheck[] checks;

    /// <summary>Plans an audit.</summary>
    /// <param name="defence">What is audited.</param>
    /// <param name="threat">The budgets of the attacks.</param>
    /// <param name="scale">The numbers of images and steps.</param>
    /// <exception cref="InputException">The network has fewer than two classes.</exception>
    public Audit(Defence defence, Threat threat, AuditScale scale)
    {
        ArgumentNullException.ThrowIfNull(defence);
        ArgumentNullException.ThrowIfNull(threat);
        if (defence.Images.Classes.Count < 2)
        {
            throw new InputException(
                $"{defence.Members[0].Model} has one class, and nothing can be taken for another; give a network with at least two");
        }

        (this.defence, this.scale, attacks) = (defence, scale, new AuditAttacks(defence, threat, scale));
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

    /// <summary>The numbers of the checks that decide the claim of more robustness.</summary>
    public static IReadOnlyList<string> DecideRobustness { get; } = ["S1", "S3", "S4", "S9", "S15", "S16", "T4"];

    /// <summary>The numbers of the checks that decide the claim of less transfer.</summary>
    public static IReadOnlyList<string> DecideTransfer { get; } = ["S16", "T1", "T2"];

    /// <summary>
    /// The units of the table and the plots, then those of the checks, of the deciding ones first; a unit that several need is there
    /// several times.
    /// </summary>
    public IReadOnlyList<WorkUnit> Units =>
    [
        .. Shown,
        .. checks.OrderBy(check => !DecideRobustness.Concat(DecideTransfer).Contains(check.Id)).SelectMany(check => check.Units),
    ];

    IReadOnlyList<WorkUnit> Shown =>
        [.. attacks.Predictions, .. attacks.SingleStepCurve, .. attacks.PgdCurve, .. attacks.ExactCurve, attacks.DeepFoolOnExact];

    /// <summary>Judges the results of the units. A check that lacks one is undecided.</summary>
    /// <param name="context">The run, with the results of the units.</param>
    /// <param name="run">The program and the machine of the judgement.</param>
    public AuditResult Judge(RunContext context, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(context);
        var judge = new AuditJudge(attacks, context);
        bool Lacks(IReadOnlyList<WorkUnit> units) => !units.All(context.IsDone);
        CheckResult[] results = [.. checks.Select(check => Lacks(check.Units) ? check.NotRun() : check.Judge(judge))];
        if (results.Single(check => check.Id == "S16").Outcome == Outcome.Failed)
            results = [.. results.Select(check => check.Outcome == Outcome.Passed ? check with { Outcome = Outcome.Undecided } : check)];
        return new AuditResult(
            defence.Name, defence.Members[0].Model, defence.DatasetName, $"{attacks.Threat}", scale.Name, context.Seed, run,
            [Robustness(judge, results), Transfer(results)], results, Lacks(Shown) ? [] : [Table(judge)],
            Lacks(Shown) ? [] : [CurvePlot(judge), TransferPlot(judge)])
        {
            Notes = [.. Notes(context, judge)],
        };
    }

    ClaimResult Robustness(AuditJudge judge, IReadOnlyList<CheckResult> results)
    {
        return Conclude(
            "the defence is more robust than the undefended network", DecideRobustness, results,
            passed: () =>
                $"Evidence of more robustness than the undefended network’s, {AuditText.Points(judge.RobustGain)} under all attacks.",
            failed: failed => !failed.Contains("T4") ? "No evidence of robustness: the attacks miss images that attacks have to break"
                : judge.RobustGainAlike is { PValue: <= Decision.Level, Value: < 0 }
                    ? "Evidence of less robustness than the undefended network’s"
                : "Evidence of at most 5 percentage points more robustness than the undefended network’s",
            undecided: "No evidence of more robustness yet",
            numbers: results.All(check => check.IsRun || check.Id is not ("S16" or "T4")) ? Numbers() : "");

        string Numbers()
        {
            PairedDifference alike = judge.RobustGainAlike;
            (Proportion undefended, Proportion clean) = judge.Accuracies;
            return $"At {attacks.Threat} the robust accuracy is {AuditText.Rate(AuditText.Rest(judge.Worst))} under all attacks and "
                + $"{AuditText.Rate(AuditText.Rest(judge.Alike))} under those that the undefended network is under; its own is "
                + $"{AuditText.Rate(AuditText.Rest(judge.ExactWorst))}: a difference of {AuditText.Points(alike)} under the same attacks "
                + $"(n = {alike.Of}, McNemar’s exact p = {NumberText.Of(alike.PValue, NumberFormat.Number)}). "
                + $"Without attack the accuracy is {NumberText.Of(clean)}, that of the undefended network {NumberText.Of(undefended)}.";
        }
    }

    static ClaimResult Transfer(IReadOnlyList<CheckResult> results) => Conclude(
        "adversarial examples of the undefended network transfer less to the defence than to networks with changes that are no defence",
        DecideTransfer, results,
        passed: () => "Evidence that fewer adversarial examples transfer than to any control.",
        failed: _ => "No evidence of a defence against transfer",
        undecided: "No evidence of a defence against transfer yet", numbers: "");

    static ClaimResult Conclude(
        string claim, IReadOnlyList<string> decidedBy, IReadOnlyList<CheckResult> results, Func<string> passed,
        Func<string[], string> failed, string undecided, string numbers)
    {
        CheckResult[] deciding = [.. results.Where(check => decidedBy.Contains(check.Id))];
        string[] Ids(Outcome outcome) => [.. deciding.Where(check => check.Outcome == outcome).Select(check => check.Id)];
        string[] bad = Ids(Outcome.Failed), open = Ids(Outcome.Undecided);
        Outcome outcome = bad.Length > 0 ? Outcome.Failed : open.Length > 0 ? Outcome.Undecided : Outcome.Passed;
        int? needed = deciding.Max(check => check.ImagesNeeded);
        string text = bad.Contains("S16")
            ? "Nothing can be claimed: the defence classifies no better than the most frequent class (S16 failed)."
            : outcome == Outcome.Failed ? $"{failed(bad)} ({string.Join(", ", bad)} failed)."
            : outcome == Outcome.Undecided ? $"{undecided} ({string.Join(", ", open)} undecided"
                + $"{(needed is int images ? $"; {images:N0} images would decide at these rates" : "")})."
            : passed();
        return new ClaimResult(claim, decidedBy, outcome, $"{text} {numbers}".TrimEnd());
    }

    ResultTable Table(AuditJudge judge) => new(
        $"Robust accuracy of {defence.Members[0].Model} against ε, on the images that both networks classify correctly "
        + "(95 % Wilson intervals)",
        ["ε", "undefended, PGD", "defence, single step", "defence, PGD", "transfer rate, undefended to defence"],
        [.. attacks.Threat.Curve.Select((epsilon, i) => (ResultCell[])
        [
            ResultCell.OfText(attacks.Threat.Text(epsilon)),
            ResultCell.Rate(AuditText.Rest(judge.Success(attacks.ExactCurve[i]))),
            ResultCell.Rate(AuditText.Rest(judge.Broken(attacks.SingleStepCurve[i]))),
            ResultCell.Rate(AuditText.Rest(judge.Broken(attacks.PgdCurve[i]))),
            ResultCell.Rate(judge.Transfer(attacks.ExactCurve[i])),
        ])]);

    PlotData CurvePlot(AuditJudge judge)
    {
        return new PlotData(
            "audit-curve", $"Robust accuracy, {defence.DatasetName}", PlotKind.Lines,
            $"ε ({attacks.Threat.Norm.Symbol()}, pixels from 0 to 1)", "robust accuracy, %",
            [
                Curve("undefended, PGD", attacks.ExactCurve.Select(judge.Success)),
                Curve($"{defence.Name}, PGD", attacks.PgdCurve.Select(judge.Broken)),
                Curve($"{defence.Name}, single step", attacks.SingleStepCurve.Select(judge.Broken)),
            ]);

        Series Curve(string name, IEnumerable<Proportion> broken) =>
            new(name, [0, .. attacks.Threat.Curve], [100, .. broken.Select(rate => 100 * AuditText.Rest(rate).Value!.Value)]);
    }

    PlotData TransferPlot(AuditJudge judge)
    {
        double[] factors = [1, .. AuditAttacks.ExtrapolationFactors];
        return new PlotData(
            "audit-transfer", "Transfer of DeepFool’s examples from the undefended network", PlotKind.Lines,
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
    IEnumerable<string> Notes(RunContext context, AuditJudge judge)
    {
        if (!Units.All(context.IsDone))
            yield return "The time given was over before all checks were run; the same command goes on from here.";
        if (context.IsDone(attacks.PgdOnDefence) && judge.Broken(attacks.PgdOnDefence).Of is int attacked && attacked < scale.Images)
        {
            string why = attacked == defence.Images.Count
                ? "no more are given"
                : $"of the {defence.Images.Count} given, both networks classify no more correctly";
            string images = attacked == 1 ? "1 image is" : $"{attacked} images are";
            yield return $"{images} attacked instead of the {scale.Images} of {scale} scale: {why}.";
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
