using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Statistics;
using Dapprox.Training;

namespace Dapprox.Experiments.Audits;

/// <summary>
/// The checks that a robustness claim has to pass, after Carlini et al., "On Evaluating Adversarial Robustness", arXiv:1902.06705,
/// 2019; Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018; and Tramèr, Carlini, Brendel,
/// Mądry, "On Adaptive Attacks to Adversarial Example Defenses", NeurIPS 2020.
/// </summary>
public sealed class Audit
{
    const int Steps = 40, Restarts = 10;

    // Of fewer, one image is more than the percentage point that some checks allow.
    const int FewImages = 100;

    static readonly double[] ExtrapolationFactors = TransferExperiment.ExtrapolationFactors;
    static readonly double[] Confidences = [0, 5, 10, 20];
    static readonly GradientEstimator[] Rules = [GradientEstimator.StraightThrough, GradientEstimator.GainMatched, GradientEstimator.Smoothed];

    readonly Defence defence;
    readonly AuditScale scale;

    /// <summary>Plans an audit.</summary>
    /// <param name="defence">What is audited.</param>
    /// <param name="scale">How much of it is run.</param>
    /// <exception cref="InputException">There are fewer than two classes.</exception>
    public Audit(Defence defence, AuditScale scale)
    {
        ArgumentNullException.ThrowIfNull(defence);
        if (defence.Images.Classes.Count < 2)
            throw new InputException($"{defence.Members[0].Model} has one class, and nothing can be taken for another; give a network with at least two");
        (this.defence, this.scale) = (defence, scale);
    }

    /// <summary>The checks without which nothing can be claimed.</summary>
    public static IReadOnlyList<string> Decisive { get; } = ["S1", "S3", "S4", "S9", "T1", "T2", "T4"];

    bool IsColour => defence.Images.Channels > 1;

    int Classes => defence.Images.Classes.Count;

    /// <summary>The budgets, the largest change of a pixel: the usual ones for colour and for grey images.</summary>
    public IReadOnlyList<double> Epsilons => IsColour ? [1 / 255.0, 2 / 255.0, 4 / 255.0, 8 / 255.0] : [0.05, 0.1, 0.15, 0.2, 0.3];

    /// <summary>The budget of the checks that need one: at it the undefended network is neither safe nor lost.</summary>
    public double Epsilon => Epsilons[1];

    static Pgd Steady(double epsilon) => new(epsilon) { Steps = Steps, Restarts = 1 };

    // Both are attacked on the same images, those that both classify correctly, so that their rates can be compared.
    AttackUnit On(IAttack<IGradientVictim> attack, GradientEstimator? rule, int images, double seconds) => new(attack, defence.DatasetName, defence.Members[0], images)
    {
        Backward = rule,
        TogetherWith = [.. defence.Members.Skip(1)],
        TriedOn = defence.IsRandom ? [.. defence.Members, defence.Exact with { Label = "undefended" }] : [defence.Exact with { Label = "undefended" }],
        CorrectOn = [defence.Exact, .. defence.Members],
        SecondsAnImage = seconds * defence.Members.Count,
    };

    AttackUnit OnExact(IAttack<IGradientVictim> attack, GradientEstimator? rule, int images, double seconds) => new(attack, defence.DatasetName, defence.Exact, images)
    {
        Backward = rule,
        TriedOn = [.. defence.Members.Select(Defence.Named), .. Controls],
        CorrectOn = [defence.Exact, .. defence.Members],
        SecondsAnImage = seconds,
    };

    ModelVariant[] Controls =>
    [
        defence.Exact with { Perturbation = Perturbation.Gain, Label = "control" },
        defence.Exact with { Perturbation = Perturbation.GainAndNoise, Label = "control" },
        // A defence is no control of itself.
        .. defence.Members.Any(member => member.Assignment == MultiplierAssignment.Bfloat16) ? [] : (ModelVariant[])[defence.Exact with { Assignment = MultiplierAssignment.Bfloat16, Label = "control" }],
        .. Independent is ModelVariant one ? [one] : (ModelVariant[])[],
    ];

    /// <summary>
    /// An independently trained network for the same images: from another seed, or on CIFAR-10 another one that comes with the program;
    /// null for pictures without any to train on. Labels and names are names of columns too.
    /// </summary>
    ModelVariant? Independent => !defence.HasTrainingImages ? null : IsColour
        ? new ModelVariant(defence.Members[0].Model == "dq-float-cifar-10" ? "alexnet-cifar-10" : "dq-float-cifar-10", MultiplierAssignment.Exact) { Label = "control, another network" }
        : new ModelVariant("lenet5", MultiplierAssignment.Exact)
        {
            Label = "control, another seed",
            Training = new RetrainingUnit("independently trained", defence.DatasetName, "lenet5", new TrainingOptions { Epochs = scale.RetrainingEpochs, Seed = 2 }, defence.DatasetName == "digits" ? 1 : 15),
        };

    AttackUnit Fgsm(double epsilon) => On(new Fgsm(epsilon), GradientEstimator.GainMatched, scale.Images, 0.002);

    AttackUnit Curve(double epsilon) => On(Steady(epsilon), GradientEstimator.GainMatched, scale.Images, 0.02);

    AttackUnit ExactCurve(double epsilon) => OnExact(Steady(epsilon), GradientEstimator.StraightThrough, scale.Images, 0.02);

    AttackUnit Unbounded => On(new Pgd(1) { Steps = Steps, Restarts = 1 }, GradientEstimator.GainMatched, scale.Images, 0.02);

    AttackUnit Longer => On(new Pgd(Epsilon) { Steps = 2 * Steps, Restarts = 1 }, GradientEstimator.GainMatched, scale.Images, 0.04);

    AttackUnit Restarted => On(new Pgd(Epsilon) { Steps = Steps, Restarts = Restarts }, GradientEstimator.GainMatched, scale.Images, 0.1);

    IEnumerable<(string Name, AttackUnit Unit)> StepSizes => new[] { 1 / 40.0, 1 / 10.0, 1 / 4.0, 1.0 }
        .Select(share => ($"ε·{NumberText.Of(share, NumberFormat.Number)}", On(new Pgd(Epsilon) { Steps = Steps, Restarts = 1, StepRatio = share }, GradientEstimator.GainMatched, scale.Images, 0.02)));

    IEnumerable<(string Name, AttackUnit Unit)> Losses =>
    [
        ("cross-entropy", On(Apgd(ApgdLoss.CrossEntropy), GradientEstimator.GainMatched, scale.Images, 0.02)),
        .. Classes < 3 ? [] : ((string, AttackUnit)[])[("DLR", On(Apgd(ApgdLoss.Dlr), GradientEstimator.GainMatched, scale.Images, 0.02))],
        .. Classes < 4 ? [] : ((string, AttackUnit)[])[("targeted DLR", Strongest)],
    ];

    // The ratios of logits need three and four classes.
    ApgdLoss Ratio => Classes < 3 ? ApgdLoss.CrossEntropy : ApgdLoss.Dlr;

    ApgdLoss StrongestLoss => Classes < 4 ? Ratio : ApgdLoss.TargetedDlr;

    string StrongestName => Classes switch { < 3 => "APGD on the cross-entropy", 3 => "APGD on the DLR loss", _ => "targeted APGD" };

    Apgd Apgd(ApgdLoss loss) => new(Epsilon) { Steps = Steps, Restarts = 1, Loss = loss };

    AttackUnit Strongest => On(Apgd(StrongestLoss), GradientEstimator.GainMatched, scale.Images, 0.1);

    IEnumerable<(string Name, AttackUnit Unit)> Adaptive =>
    [
        .. Rules.Select(rule => ($"{rule}", On(Apgd(Ratio) with { Restarts = 2 }, rule, scale.Images, 0.04))),
        ("expectation over noisy images", On(new Pgd(Epsilon) { Steps = Steps, Restarts = 1 }, GradientEstimator.GainMatched, scale.QueryImages, 0.2) with { NoiseSamples = 8 }),
        ("NES", Estimated),
    ];

    AttackUnit Estimated => On(new Pgd(Epsilon) { Steps = 10, Restarts = 1, StepRatio = 0.2 }, GradientEstimator.Nes, scale.Estimated, 7);

    AttackUnit SquareSearch => On(new Square(Epsilon) { Queries = scale.Queries }, null, scale.Images, 2e-4 * scale.Queries);

    AttackUnit Boundary => On(HopSkipJump.Foolbox24 with { BallNorm = Norm.LInf, Iterations = scale.HopSkipJumpIterations }, null, scale.QueryImages, 0.1 * scale.HopSkipJumpIterations);

    AttackUnit Noise => On(new RandomNoise(Epsilon) { Draws = scale.Draws }, null, scale.QueryImages, 2e-4 * scale.Draws);

    AttackUnit Momentum => OnExact(Pgd.MomentumFgsm with { Epsilon = Epsilon }, GradientEstimator.StraightThrough, scale.Images, 0.01);

    AttackUnit Ensemble => OnExact(Steady(Epsilon), GradientEstimator.StraightThrough, scale.Images, 0.04) with
    {
        TogetherWith = [defence.Exact with { Assignment = MultiplierAssignment.HeapLike }],
    };

    AttackUnit DeepFoolOnExact => OnExact(DeepFool.Foolbox24, GradientEstimator.StraightThrough, scale.Images, 0.02) with { ExtrapolationFactors = ExtrapolationFactors };

    IEnumerable<(double Confidence, AttackUnit Unit)> Confident => Confidences.Select(confidence =>
        (confidence, OnExact(CarliniWagner.Foolbox24 with { Confidence = confidence, InitialConstant = 1, SearchSteps = 3, Iterations = scale.CarliniWagnerIterations }, GradientEstimator.StraightThrough, scale.QueryImages, 0.3)));

    IEnumerable<(string Name, AttackUnit Unit)> Minimal =>
    [
        ("L2 (DeepFool)", On(new DeepFool(), GradientEstimator.GainMatched, scale.Images, 0.03)),
        ("L0 (JSMA)", On(Jsma.Foolbox24, GradientEstimator.GainMatched, scale.QueryImages, 0.1)),
        ("L∞ (FAB)", On(new Fab { Steps = 50, Restarts = 1 }, GradientEstimator.GainMatched, scale.QueryImages, 0.3)),
        ($"L∞ targeted (PGD, ε = {EpsilonText(Epsilons[^1])})", On(Steady(Epsilons[^1]), GradientEstimator.GainMatched, scale.Images, 0.02) with { Targeted = true }),
    ];

    AttackUnit MinimalOnExact => OnExact(new DeepFool(), GradientEstimator.StraightThrough, scale.Images, 0.03);

    /// <summary>The undefended network under the attacks that proved the strongest, so that both are judged alike.</summary>
    AttackUnit[] StrongOnExact =>
    [
        ExactCurve(Epsilon), OnExact(new Pgd(Epsilon) { Steps = 2 * Steps, Restarts = Restarts }, GradientEstimator.StraightThrough, scale.Images, 0.1),
        OnExact(Apgd(StrongestLoss), GradientEstimator.StraightThrough, scale.Images, 0.1),
    ];

    GradientUnit[] Gradients => [.. defence.Members.Select(member => new GradientUnit(defence.DatasetName, member, scale.Images, scale.Estimated))];

    IEnumerable<PredictionsUnit> Predictions => [new(defence.DatasetName, defence.Exact), .. defence.Members.Select(member => new PredictionsUnit(defence.DatasetName, member))];

    /// <summary>All that is computed.</summary>
    public IReadOnlyList<WorkUnit> Units =>
    [
        .. Predictions, .. Gradients, .. Epsilons.Select(Fgsm), .. Epsilons.Select(Curve), .. Epsilons.Select(ExactCurve), Unbounded, Longer, Restarted,
        .. StepSizes.Select(one => one.Unit), .. Losses.Select(one => one.Unit), .. Adaptive.Select(one => one.Unit), SquareSearch, Boundary, Noise,
        Momentum, Ensemble, DeepFoolOnExact, .. Confident.Select(one => one.Unit), .. Minimal.Select(one => one.Unit), MinimalOnExact, .. StrongOnExact,
    ];

    /// <summary>What the results say.</summary>
    /// <param name="context">Has the results of <see cref="Units"/>.</param>
    /// <param name="run">What they were run with.</param>
    public AuditResult Judge(RunContext context, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(context);
        var judge = new AuditJudge(defence, context);
        Proportion[] curve = [.. Epsilons.Select(epsilon => judge.Broken(Curve(epsilon)))], steps = [.. Epsilons.Select(epsilon => judge.Broken(Fgsm(epsilon)))];
        Proportion[] exactCurve = [.. Epsilons.Select(epsilon => Records.Success(context.Result(ExactCurve(epsilon))))];
        AttackUnit[] whiteBox = [Curve(Epsilon), Longer, Restarted, .. StepSizes.Select(one => one.Unit), .. Losses.Select(one => one.Unit), .. Adaptive.Select(one => one.Unit)];
        // NES asks for scores alone.
        HashSet<int> white = judge.BrokenImages(whiteBox.Where(unit => unit != Estimated));
        (AttackUnit Unit, HashSet<int> Broken)[] black =
        [
            .. new[] { SquareSearch, Estimated, Noise, Momentum, Ensemble, ExactCurve(Epsilon) }.Select(unit => (unit, judge.BrokenImages([unit]))),
            (Boundary, judge.BrokenWithin(Boundary, Epsilon)),
        ];
        HashSet<int> broken = [.. white, .. black.SelectMany(attack => attack.Broken), .. judge.BrokenImages([Fgsm(Epsilon)])];
        foreach ((_, AttackUnit minimal) in Minimal)
            broken.UnionWith(judge.BrokenWithin(minimal, Epsilon));
        Proportion worst = new(broken.Count, curve[1].Of), exactWorst = new(judge.BrokenBySuccess(StrongOnExact).Count, exactCurve[1].Of);
        // No more than the exact network is under, which has PGD longer and with restarts at once.
        Proportion alike = new(judge.BrokenImages([Curve(Epsilon), Longer, Restarted, Strongest]).Count, curve[1].Of);
        var checks = new List<Check>();

        Proportion unbounded = judge.Broken(Unbounded);
        Add("S1", "unbounded attack (ε = 1)", $"success rate {Text(unbounded)}", "at least 99.5 %", unbounded.Value >= 0.995, "the attack does not work, or gradients are masked");

        bool monotone = curve.Zip(curve.Skip(1)).All(pair => pair.First.Count <= pair.Second.Count);
        Add("S2", "robust accuracy decreases with ε", $"{string.Join(", ", curve.Select(Robust))} at ε = {string.Join(", ", Epsilons.Select(EpsilonText))}", "never increases", monotone, "the attack gets stuck at some ε");

        int[] reversed = [.. Epsilons.Select(epsilon => judge.BrokenImages([Fgsm(epsilon)]).Except(judge.BrokenImages([Curve(epsilon)])).Count())];
        bool iterative = curve.Zip(steps).All(pair => pair.First.Count >= pair.Second.Count);
        Add("S3", "iterative attack beats single-step attack", $"success rate of PGD minus FGSM, percentage points: {string.Join(", ", curve.Zip(steps, (many, one) => Points(many.Value - one.Value)))}; images on which FGSM alone succeeds: {string.Join(", ", reversed)}", "at least as many at every ε", iterative, "gradients are masked");

        // Each of its own images: some attacks are on few.
        Proportion blackOnly = black.Select(attack => judge.BrokenBeside(attack.Unit, attack.Broken, white)).MaxBy(share => share.Value)!;
        Add("S4", "white-box attacks beat black-box attacks", $"{Text(blackOnly)} of the images broken only by attacks without gradients: Square, NES, HopSkipJump, random noise, transfer from the exact network", "at most 1 %", blackOnly.Value <= 0.01, "the white-box attacks are weaker than attacks with less access");

        Proportion noise = judge.Broken(Noise), samePgd = judge.BrokenAmong(Curve(Epsilon), Noise);
        string search = $"random noise, {scale.Draws:N0} draws an image", found = $"success rate {Text(noise)}, of PGD {Text(samePgd)} on the same images";
        if (noise.Count == 0 && samePgd.Count == 0)
            Note("S5", search, found, $"neither succeeds at ε = {EpsilonText(Epsilon)}, so nothing is told about the attack");
        else
            Add("S5", search, found, "lower than PGD", noise.Count < samePgd.Count || samePgd.Count == samePgd.Of, "the attack is no better than random search");

        Proportion longer = judge.Broken(Longer);
        Add("S6", "twice as many steps", $"{Points(longer.Value - curve[1].Value)} percentage points more", "less than 1 percentage point", Math.Abs((longer.Value - curve[1].Value) ?? 1) < 0.01, "the attack has not converged; the longer one counts");
        Proportion restarted = judge.Broken(Restarted);
        Add("S7", $"{Restarts} restarts", $"{Points(restarted.Value - curve[1].Value)} percentage points more", "less than 1 percentage point", Math.Abs((restarted.Value - curve[1].Value) ?? 1) < 0.01, "one start is not enough; the attack with restarts counts");
        (string Name, Proportion Share)[] sizes = [.. StepSizes.Select(one => (one.Name, judge.Broken(one.Unit)))];
        Note("S8", "step size", $"success rate {string.Join(", ", sizes.Select(size => $"{Percent(size.Share)} at {size.Name}"))}", "the strongest counts");

        (Proportion bad, Proportion saturated) = judge.Gradients(Gradients);
        Add("S9", "zero, non-finite or saturated gradients", $"zero or non-finite gradient: {Text(bad)}; softmax saturated at 1: {Text(saturated)}{(defence.IsRandom ? ", each for the multiplier with the most" : "")}", "at most 1 % each", bad.Value <= 0.01 && saturated.Value <= 0.01, "where the softmax is saturated, the cross-entropy has no gradient; attack with losses on the logits");

        (string Name, Proportion Share)[] losses = [.. Losses.Select(one => (one.Name, judge.Broken(one.Unit)))];
        string rates = $"success rate: {string.Join(", ", losses.Select(loss => $"{loss.Name} {Percent(loss.Share)}"))}";
        double spread = losses.Max(loss => loss.Share.Value!.Value) - losses.Min(loss => loss.Share.Value!.Value);
        if (losses.Length > 1)
            Add("S10", "choice of loss", rates, "within 2 percentage points", spread <= 0.02, "the scale of the logits weakens some losses; the strongest counts");
        else
            Note("S10", "choice of loss", rates, "two classes leave no other loss");

        (string Name, Proportion Share)[] rules = [.. Adaptive.Select(one => (one.Name, judge.Broken(one.Unit)))];
        Note("S11", "adaptive attacks, by gradient estimator", $"success rate: {string.Join(", ", rules.Select(rule => $"{rule.Name} {Percent(rule.Share)} of {rule.Share.Of}"))}; all attacks together {Text(worst)}", "the strongest attack on each image counts");
        Proportion repeats = judge.Repeats(Gradients);
        Add("S12", "deterministic output", defence.IsRandom ? "the multiplier is drawn for each image; the attacks are on the expectation over the draw" : $"{Text(repeats)} of the images give bit-identical logits alone and in a batch", "all, or the expectation is attacked", defence.IsRandom || repeats.Value == 1, "the attacks do not average over the randomness");
        Note("S13", "gradient estimators against NES, mean cosine similarity", string.Join(", ", Rules.Select(rule => $"{rule} {NumberText.Of(judge.Cosine(Gradients, rule), NumberFormat.Number)}")), "1 is a perfect match; with 1,500 directions NES itself reaches about 0.8 on 784 pixels and 0.57 on 3,072");
        (string Name, Proportion Share)[] norms = [.. Minimal.Select(one => (one.Name, judge.Broken(one.Unit)))];
        Add("S14", "other norms and targeted attack", $"success rate: {string.Join("; ", norms.Select(norm => $"{norm.Name} {Percent(norm.Share)}"))}", "minimal-norm L2 and L∞ at least 99.5 %", norms[0].Share.Value >= 0.995 && norms[2].Share.Value >= 0.995, "a minimal-norm attack does not find adversarial examples");
        Add("S15", "the same attack on the undefended network", $"success rate {Percent(exactCurve[^1])} at ε = {EpsilonText(Epsilons[^1])}", "at least 95 %", exactCurve[^1].Value >= 0.95, "the attack is too weak for any conclusion");
        (Proportion cleanExact, Proportion clean) = judge.Accuracies([.. Predictions]);
        Note("S16", "accuracy without attack", $"exact {Text(cleanExact)}, defence {Text(clean)}; {curve[1].Of} images attacked, seed {context.Seed}", "to be reported with every robust accuracy");

        Proportion near = judge.Transfer(DeepFoolOnExact), far = judge.Transfer(DeepFoolOnExact, ExtrapolationFactors[^1]);
        (double Confidence, Proportion Share)[] confident = [.. Confident.Select(one => (one.Confidence, judge.Transfer(one.Unit)))];
        // The most confident examples that there are.
        double most = Math.Max(far.Value ?? 1, confident.Select(one => one.Share.Value).LastOrDefault(share => share is not null) ?? 1);
        Add("T1", "transfer beyond the decision boundary", $"transfer rate: DeepFool {Percent(near)}, {Percent(far)} with the perturbation scaled by {ExtrapolationFactors[^1]}; C&W {string.Join(", ", confident.Select(one => $"κ = {one.Confidence}: {(one.Share.Value is null ? "no examples" : Percent(one.Share))}"))}", "at most 50 % at the largest scale and κ", most <= 0.5, "examples beyond the decision boundary transfer");
        (string Name, Proportion Share)[] controls = [.. Controls.Select(control => (Short(control), judge.TransferTo(DeepFoolOnExact, control)))];
        bool beats = controls.All(control => near.High < control.Share.Low);
        Add("T2", "transfer to controls", $"transfer rate: defence {Text(near)}; {string.Join("; ", controls.Select(control => $"{control.Name} {Text(control.Share)}"))}", "below every control, intervals disjoint", beats, "some change that is no defence lowers transfer as much");
        (string Name, Proportion Share)[] transfers = [("PGD", judge.Transfer(ExactCurve(Epsilon))), ("MI-FGSM", judge.Transfer(Momentum)), ("PGD on exact and heap-like together", judge.Transfer(Ensemble))];
        Proportion reverse = judge.Reverse(Curve(Epsilon));
        Note("T3", "surrogates and reverse transfer", $"transfer rate at ε = {EpsilonText(Epsilon)}: {string.Join(", ", transfers.Select(transfer => $"{transfer.Name} {Percent(transfer.Share)}"))}; from the defence to the exact network {Percent(reverse)}", "for information");
        Estimate ratio = judge.MedianRatio(Minimal.First().Unit, MinimalOnExact);
        Proportion exactRobust = Rest(exactWorst), robust = Rest(worst);
        Add("T4", "robust accuracy at equal ε", $"defence {Text(robust)} under all attacks, {Text(Rest(alike))} under PGD, PGD with {2 * Steps} steps, PGD with {Restarts} restarts, and {StrongestName}; exact {Text(exactRobust)} under PGD, PGD with {2 * Steps} steps and {Restarts} restarts, and {StrongestName}; median L2 of DeepFool’s examples {NumberText.Of(ratio.Value, NumberFormat.Number)} times that of the exact network", "above the exact network, intervals disjoint", robust.Low > exactRobust.High,
            exactWorst.Count == 0 ? "the exact network withstands every attack at this ε, so nothing can be more robust" : "at equal ε it is not more robust");

        string[] failed = [.. checks.Where(check => check.Outcome == Outcome.Fail && Decisive.Contains(check.Id)).Select(check => check.Id)];
        string shown = $"At ε = {EpsilonText(Epsilon)} the robust accuracy of the defence is {Text(robust)} under all attacks here, on the images that both networks classify correctly; under PGD and {StrongestName} alone it is {Text(Rest(alike))}, and that of the exact network is {Text(exactRobust)}. Without attack the accuracy is {Percent(clean)}, that of the exact network {Percent(cleanExact)}.";
        string conclusion = failed.Length > 0
            ? $"Not evidence of robustness: {string.Join(", ", failed)} failed. {shown}"
            : $"No decisive check failed. {shown} Nothing beyond that is shown.";
        return new AuditResult(defence.Name, defence.Members[0].Model, defence.DatasetName, scale.Name, context.Seed, run, conclusion, checks, [Table()], [CurvePlot(), TransferPlot()])
        {
            Notes = [.. Notes(context, curve[1].Of)],
        };

        void Add(string id, string name, string measured, string threshold, bool passed, string meaning) => checks.Add(new Check(id, name, measured, threshold, passed ? Outcome.Pass : Outcome.Fail, meaning));
        void Note(string id, string name, string measured, string meaning) => checks.Add(new Check(id, name, measured, "–", Outcome.Note, meaning));

        ResultTable Table() => new(
            $"Robust accuracy of {defence.Members[0].Model} against ε, on the images that both networks classify correctly (95 % Wilson intervals)",
            ["ε", "exact, PGD", "defence, FGSM", "defence, PGD", "transfer rate, exact to defence"],
            [.. Epsilons.Select((epsilon, i) => (ResultCell[])
                [ResultCell.Words(EpsilonText(epsilon)), ResultCell.Share(Rest(exactCurve[i])), ResultCell.Share(Rest(steps[i])), ResultCell.Share(Rest(curve[i])), ResultCell.Share(judge.Transfer(ExactCurve(epsilon)))])]);

        PlotData CurvePlot() => new("audit-curve", $"Robust accuracy, {defence.DatasetName}", PlotKind.Lines, "ε (L∞, pixels from 0 to 1)", "robust accuracy, %",
        [
            new Series("exact, PGD", [0, .. Epsilons], [100, .. exactCurve.Select(share => 100 * Rest(share).Value!.Value)]),
            new Series($"{defence.Name}, PGD", [0, .. Epsilons], [100, .. curve.Select(share => 100 * Rest(share).Value!.Value)]),
            new Series($"{defence.Name}, FGSM", [0, .. Epsilons], [100, .. steps.Select(share => 100 * Rest(share).Value!.Value)]),
        ]);

        PlotData TransferPlot()
        {
            double[] factors = [1, .. ExtrapolationFactors];
            return new PlotData("audit-transfer", "Transfer of DeepFool’s examples from the exact network", PlotKind.Lines, "perturbation scaled by", "transfer rate, %",
            [
                new Series(defence.Name, factors, [.. factors.Select(factor => 100 * (judge.Transfer(DeepFoolOnExact, factor).Value ?? double.NaN))]),
                .. Controls.Select(control => new Series(Short(control), factors, [.. factors.Select(factor => 100 * (judge.TransferTo(DeepFoolOnExact, control, factor).Value ?? double.NaN))])),
            ]);
        }
    }

    string Short(ModelVariant control) => control == Independent ? "independently trained network"
        : control.Title.Replace("control, ", "", StringComparison.Ordinal).Replace("control", "exact", StringComparison.Ordinal);

    string EpsilonText(double epsilon) => IsColour ? $"{Math.Round(255 * epsilon)}/255" : NumberText.Of(epsilon, NumberFormat.Number);

    /// <summary>What this audit leaves out or does with less, and why.</summary>
    IEnumerable<string> Notes(RunContext context, int attacked)
    {
        if (attacked < scale.Images)
            yield return $"{attacked} image{(attacked == 1 ? " is" : "s are")} attacked instead of the {scale.Images} of {scale} scale: {(attacked == defence.Images.Count ? "no more are given" : $"of the {defence.Images.Count} given, both networks classify no more correctly")}.";
        if (attacked < FewImages)
            yield return $"One image is {Points(1.0 / attacked)} percentage points: where a check allows less, a single image decides.";
        if (!defence.HasTrainingImages)
        {
            yield return $"There are no training images: gains are calibrated on the first {context.Calibration(defence.DatasetName).Batch} of the pictures.";
            yield return "T2 has no independently trained network as a control, which needs training images.";
        }

        if (Classes < 4)
            yield return $"The network has {Classes} classes: the DLR loss needs 3 and the targeted DLR loss 4, so {StrongestName} takes the place of targeted APGD.";
    }

    static Proportion Rest(Proportion broken) => new(broken.Of - broken.Count, broken.Of);

    static string Percent(Proportion share) => NumberText.Of(share);

    static string Robust(Proportion broken) => Percent(Rest(broken));

    static string Text(Proportion share) => share.Value is null ? "–" : $"{Percent(share)} ({NumberText.Interval(ResultCell.Share(share))})";

    static string Points(double? difference) => NumberText.Of(difference is double value ? Math.Round(100 * value, 1) : null, NumberFormat.Number);
}
