using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments.Paper;
using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Experiments.Runs;
using DefensiveApproximation.Experiments.Units;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Training;

namespace DefensiveApproximation.Experiments.Audits;

/// <summary>
/// The checks that a claim of robustness has to pass, after Carlini et al., "On Evaluating Adversarial Robustness", arXiv:1902.06705,
/// 2019; Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018; and Tramèr, Carlini, Brendel,
/// Mądry, "On Adaptive Attacks to Adversarial Example Defenses", NeurIPS 2020.
/// </summary>
public sealed class Audit
{
    const int Steps = 40, Restarts = 10;

    static readonly double[] Overshoots = TransferExperiment.Overshoots;
    static readonly double[] Confidences = [0, 5, 10, 20];
    static readonly BackwardRule[] Rules = [BackwardRule.StraightThrough, BackwardRule.GainMatched, BackwardRule.Smoothed];

    readonly Defence defence;
    readonly AuditScale scale;
    readonly bool isColour;

    /// <summary>Plans an audit.</summary>
    /// <param name="defence">What is audited.</param>
    /// <param name="scale">How much of it is run.</param>
    public Audit(Defence defence, AuditScale scale)
    {
        ArgumentNullException.ThrowIfNull(defence);
        (this.defence, this.scale) = (defence, scale);
        isColour = defence.DatasetName.StartsWith("cifar", StringComparison.Ordinal);
    }

    /// <summary>The checks without which nothing can be claimed.</summary>
    public static IReadOnlyList<string> Decisive { get; } = ["S1", "S3", "S4", "S9", "T1", "T2", "T4"];

    /// <summary>The budgets, the largest change of a pixel: the usual ones for the data set.</summary>
    public IReadOnlyList<double> Epsilons => isColour ? [1 / 255.0, 2 / 255.0, 4 / 255.0, 8 / 255.0] : [0.05, 0.1, 0.15, 0.2, 0.3];

    /// <summary>The budget of the checks that need one: at it the undefended network is neither safe nor lost.</summary>
    public double Epsilon => Epsilons[1];

    static Pgd Steady(double epsilon) => new(epsilon) { Steps = Steps, Restarts = 1 };

    // Both see the same images, those that both get right, so that shares can be compared.
    AttackUnit On(IAttack<IGradientVictim> attack, BackwardRule? rule, int images, double seconds) => new(attack, defence.DatasetName, defence.Members[0], images)
    {
        Backward = rule,
        TogetherWith = [.. defence.Members.Skip(1)],
        TriedOn = defence.IsRandom ? [.. defence.Members, defence.Exact with { Label = "undefended" }] : [defence.Exact with { Label = "undefended" }],
        CorrectOn = [defence.Exact, .. defence.Members],
        SecondsAnImage = seconds * defence.Members.Count,
    };

    AttackUnit OnExact(IAttack<IGradientVictim> attack, BackwardRule? rule, int images, double seconds) => new(attack, defence.DatasetName, defence.Exact, images)
    {
        Backward = rule,
        TriedOn = [.. defence.Members.Select(Defence.Named), .. Controls],
        CorrectOn = [defence.Exact, .. defence.Members],
        SecondsAnImage = seconds,
    };

    Subject[] Controls =>
    [
        defence.Exact with { Disturbance = Disturbance.Gain, Label = "control" },
        defence.Exact with { Disturbance = Disturbance.GainAndNoise, Label = "control" },
        defence.Exact with { Placement = Placement.Bfloat16, Label = "control" },
        Another,
    ];

    /// <summary>Another network for the same images: trained from another seed, or on CIFAR-10 another one that comes with the program.</summary>
    Subject Another => isColour
        ? new Subject(defence.Members[0].Model == "dq-float-cifar-10" ? "alexnet-cifar-10" : "dq-float-cifar-10", Placement.Exact) { Label = "control, another network" }
        : new Subject("lenet5", Placement.Exact)
        {
            Label = "control, another seed",
            Training = new RetrainingUnit("another seed", defence.DatasetName, "lenet5", new TrainingOptions { Epochs = scale.RetrainingEpochs, Seed = 2 }, defence.DatasetName == "digits" ? 1 : 15),
        };

    AttackUnit Fgsm(double epsilon) => On(new Fgsm(epsilon), BackwardRule.GainMatched, scale.Images, 0.002);

    AttackUnit Curve(double epsilon) => On(Steady(epsilon), BackwardRule.GainMatched, scale.Images, 0.02);

    AttackUnit ExactCurve(double epsilon) => OnExact(Steady(epsilon), BackwardRule.StraightThrough, scale.Images, 0.02);

    AttackUnit Unbounded => On(new Pgd(1) { Steps = Steps, Restarts = 1 }, BackwardRule.GainMatched, scale.Images, 0.02);

    AttackUnit Longer => On(new Pgd(Epsilon) { Steps = 2 * Steps, Restarts = 1 }, BackwardRule.GainMatched, scale.Images, 0.04);

    AttackUnit Restarted => On(new Pgd(Epsilon) { Steps = Steps, Restarts = Restarts }, BackwardRule.GainMatched, scale.Images, 0.1);

    IEnumerable<(string Name, AttackUnit Unit)> StepSizes => new[] { 1 / 40.0, 1 / 10.0, 1 / 4.0, 1.0 }
        .Select(share => ($"ε·{NumberText.Of(share, NumberFormat.Number)}", On(new Pgd(Epsilon) { Steps = Steps, Restarts = 1, StepRatio = share }, BackwardRule.GainMatched, scale.Images, 0.02)));

    IEnumerable<(string Name, AttackUnit Unit)> Losses =>
    [
        ("cross-entropy", On(new Apgd(Epsilon) { Steps = Steps, Restarts = 1 }, BackwardRule.GainMatched, scale.Images, 0.02)),
        ("difference of logits ratio", On(new Apgd(Epsilon) { Steps = Steps, Restarts = 1, Loss = ApgdLoss.Dlr }, BackwardRule.GainMatched, scale.Images, 0.02)),
        ("targeted ratio", Targeted),
    ];

    AttackUnit Targeted => On(new Apgd(Epsilon) { Steps = Steps, Restarts = 1, Loss = ApgdLoss.TargetedDlr }, BackwardRule.GainMatched, scale.Images, 0.1);

    IEnumerable<(string Name, AttackUnit Unit)> Adaptive =>
    [
        .. Rules.Select(rule => ($"{rule}", On(new Apgd(Epsilon) { Steps = Steps, Restarts = 2, Loss = ApgdLoss.Dlr }, rule, scale.Images, 0.04))),
        ("mean over jittered images", On(new Pgd(Epsilon) { Steps = Steps, Restarts = 1 }, BackwardRule.GainMatched, scale.QueryImages, 0.2) with { Jitters = 8 }),
        ("NES", Estimated),
    ];

    AttackUnit Estimated => On(new Pgd(Epsilon) { Steps = 10, Restarts = 1, StepRatio = 0.2 }, BackwardRule.Nes, scale.Estimated, 7);

    AttackUnit SquareSearch => On(new Square(Epsilon) { Queries = scale.Queries }, null, scale.Images, 2e-4 * scale.Queries);

    AttackUnit Boundary => On(HopSkipJump.Released with { BallNorm = Norm.LInf, Iterations = scale.HopSkipJumpIterations }, null, scale.QueryImages, 0.1 * scale.HopSkipJumpIterations);

    AttackUnit Noise => On(new RandomNoise(Epsilon) { Draws = scale.Draws }, null, scale.QueryImages, 2e-4 * scale.Draws);

    AttackUnit Momentum => OnExact(Pgd.MomentumFgsm with { Epsilon = Epsilon }, BackwardRule.StraightThrough, scale.Images, 0.01);

    AttackUnit Ensemble => OnExact(Steady(Epsilon), BackwardRule.StraightThrough, scale.Images, 0.04) with
    {
        TogetherWith = [defence.Exact with { Placement = Placement.HeapLike }],
    };

    AttackUnit DeepFoolOnExact => OnExact(DeepFool.Released, BackwardRule.StraightThrough, scale.Images, 0.02) with { Overshoots = Overshoots };

    IEnumerable<(double Confidence, AttackUnit Unit)> Confident => Confidences.Select(confidence =>
        (confidence, OnExact(CarliniWagner.Released with { Confidence = confidence, InitialConstant = 1, SearchSteps = 3, Iterations = scale.CarliniWagnerIterations }, BackwardRule.StraightThrough, scale.QueryImages, 0.3)));

    IEnumerable<(string Name, AttackUnit Unit)> Minimal =>
    [
        ("L2, DeepFool", On(new DeepFool(), BackwardRule.GainMatched, scale.Images, 0.03)),
        ("L0, JSMA", On(Jsma.Released, BackwardRule.GainMatched, scale.QueryImages, 0.1)),
        ("L∞, FAB", On(new Fab { Steps = 50, Restarts = 1 }, BackwardRule.GainMatched, scale.QueryImages, 0.3)),
        ("L∞ targeted, PGD at the largest ε", On(Steady(Epsilons[^1]), BackwardRule.GainMatched, scale.Images, 0.02) with { Targeted = true }),
    ];

    AttackUnit MinimalOnExact => OnExact(new DeepFool(), BackwardRule.StraightThrough, scale.Images, 0.03);

    /// <summary>The undefended network under the attacks that proved the strongest, so that both are judged alike.</summary>
    AttackUnit[] StrongOnExact =>
    [
        ExactCurve(Epsilon), OnExact(new Pgd(Epsilon) { Steps = 2 * Steps, Restarts = Restarts }, BackwardRule.StraightThrough, scale.Images, 0.1),
        OnExact(new Apgd(Epsilon) { Steps = Steps, Restarts = 1, Loss = ApgdLoss.TargetedDlr }, BackwardRule.StraightThrough, scale.Images, 0.1),
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
        Share[] curve = [.. Epsilons.Select(epsilon => judge.Broken(Curve(epsilon)))], steps = [.. Epsilons.Select(epsilon => judge.Broken(Fgsm(epsilon)))];
        Share[] exactCurve = [.. Epsilons.Select(epsilon => Records.Success(context.Result(ExactCurve(epsilon))))];
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
        Share worst = new(broken.Count, curve[1].Of), exactWorst = new(judge.BrokenBySuccess(StrongOnExact).Count, exactCurve[1].Of);
        // No more than the exact network is under, which has PGD longer and with restarts at once.
        Share alike = new(judge.BrokenImages([Curve(Epsilon), Longer, Restarted, Targeted]).Count, curve[1].Of);
        var checks = new List<Check>();

        Share unbounded = judge.Broken(Unbounded);
        Add("S1", "unbounded attack (ε = 1)", $"{Text(unbounded)} broken", "at least 99.5 %", unbounded.Value >= 0.995, "the attack is broken, or gradients are masked");

        bool monotone = curve.Zip(curve.Skip(1)).All(pair => pair.First.Count <= pair.Second.Count);
        Add("S2", "robust accuracy falls with ε", string.Join(", ", curve.Select(Robust)), "never rises", monotone, "the attack is stuck at some budgets");

        int[] reversed = [.. Epsilons.Select(epsilon => judge.BrokenImages([Fgsm(epsilon)]).Except(judge.BrokenImages([Curve(epsilon)])).Count())];
        bool iterative = curve.Zip(steps).All(pair => pair.First.Count >= pair.Second.Count);
        Add("S3", "many steps beat a single one", $"PGD less FGSM, points: {string.Join(", ", curve.Zip(steps, (many, one) => Points(many.Value - one.Value)))}; images that only FGSM breaks: {string.Join(", ", reversed)}", "at least as many at every ε", iterative, "gradients are masked");

        // Each of its own images: some attacks are on few.
        Share blackOnly = black.Select(attack => judge.BrokenBeside(attack.Unit, attack.Broken, white)).MaxBy(share => share.Value)!;
        Add("S4", "gradients beat scores, classes and transfer", $"{Text(blackOnly)} broken without gradients only, by the attack that breaks most so (square, NES, HopSkipJump, noise, transfer from exact)", "at most 1 %", blackOnly.Value <= 0.01, "the white-box attack is weaker than attacks that know less");

        Share noise = judge.Broken(Noise), samePgd = judge.BrokenAmong(Curve(Epsilon), Noise);
        Add("S5", $"random noise, {scale.Draws:N0} draws", $"noise {Text(noise)}, PGD {Text(samePgd)} of the same images", "fewer than PGD", noise.Count < samePgd.Count || samePgd.Count == samePgd.Of, "the attack is no better than chance");

        Share longer = judge.Broken(Longer);
        Add("S6", "twice as many steps", $"{Points(longer.Value - curve[1].Value)} points more", "less than 1 point", Math.Abs((longer.Value - curve[1].Value) ?? 1) < 0.01, "the attack has not converged; the longer one counts");
        Share restarted = judge.Broken(Restarted);
        Add("S7", $"{Restarts} restarts", $"{Points(restarted.Value - curve[1].Value)} points more", "less than 1 point", Math.Abs((restarted.Value - curve[1].Value) ?? 1) < 0.01, "one start is too few; the restarted one counts");
        (string Name, Share Share)[] sizes = [.. StepSizes.Select(one => (one.Name, judge.Broken(one.Unit)))];
        Note("S8", "step sizes", string.Join(", ", sizes.Select(size => $"{size.Name}: {Percent(size.Share)}")), "the best counts");

        (Share bad, Share saturated) = judge.Gradients(Gradients);
        Add("S9", "zero, infinite or saturated gradients", $"zero or not finite {Text(bad)}, softmax exactly 1 {Text(saturated)}{(defence.IsRandom ? ", each of the member that has most" : "")}", "at most 1 % each", bad.Value <= 0.01 && saturated.Value <= 0.01, "the cross-entropy's gradient is worthless there; losses of logits are needed");

        (string Name, Share Share)[] losses = [.. Losses.Select(one => (one.Name, judge.Broken(one.Unit)))];
        double spread = losses.Max(loss => loss.Share.Value!.Value) - losses.Min(loss => loss.Share.Value!.Value);
        Add("S10", "choice of the loss", string.Join(", ", losses.Select(loss => $"{loss.Name} {Percent(loss.Share)}")), "within 2 points", spread <= 0.02, "the scale of the logits hides weakness from a loss; the worst counts");

        (string Name, Share Share)[] rules = [.. Adaptive.Select(one => (one.Name, judge.Broken(one.Unit)))];
        Note("S11", "adaptive attacks", $"{string.Join(", ", rules.Select(rule => $"{rule.Name} {Percent(rule.Share)} of {rule.Share.Of}"))}; worst of all attacks: {Text(worst)} broken", "the worst of each image counts");
        Share repeats = judge.Repeats(Gradients);
        Add("S12", "the same image gives the same bits", defence.IsRandom ? "the multiplier is drawn for each image; attacked by the expectation over it" : $"{Text(repeats)} of the images, alone and in a batch", "all, or the expectation is attacked", defence.IsRandom || repeats.Value == 1, "randomness that attacks do not average over");
        Note("S13", "gradients against NES’s estimate, mean cosine", string.Join(", ", Rules.Select(rule => $"{rule} {NumberText.Of(judge.Cosine(Gradients, rule), NumberFormat.Number)}")), "1 would be a perfect fit and a perfect estimate; with 1,500 directions the estimate itself reaches about 0.8 on 784 pixels, 0.57 on 3,072");
        (string Name, Share Share)[] norms = [.. Minimal.Select(one => (one.Name, judge.Broken(one.Unit)))];
        Add("S14", "other norms, and targets", string.Join(", ", norms.Select(norm => $"{norm.Name} {Percent(norm.Share)}")), "minimal L2 and L∞ at least 99.5 %", norms[0].Share.Value >= 0.995 && norms[2].Share.Value >= 0.995, "an attack that looks for the nearest example does not find any");
        Add("S15", "the same attack on the undefended network", $"{Percent(exactCurve[^1])} broken at ε = {NumberText.Of(Epsilons[^1], NumberFormat.Number)}", "at least 95 %", exactCurve[^1].Value >= 0.95, "the attack is too weak to say anything");
        (Share cleanExact, Share clean) = judge.Accuracies([.. Predictions]);
        Note("S16", "accuracy without attack", $"exact {Text(cleanExact)}, defence {Text(clean)}; {curve[1].Of} images attacked, seed {context.Seed}", "reported with every robust accuracy");

        Share near = judge.Transfer(DeepFoolOnExact), far = judge.Transfer(DeepFoolOnExact, Overshoots[^1]);
        (double Confidence, Share Share)[] confident = [.. Confident.Select(one => (one.Confidence, judge.Transfer(one.Unit)))];
        // The most confident examples that there are.
        double most = Math.Max(far.Value ?? 1, confident.Select(one => one.Share.Value).LastOrDefault(share => share is not null) ?? 1);
        Add("T1", "transfer beyond the boundary", $"DeepFool {Percent(near)} at its example, {Percent(far)} at {Overshoots[^1]} times its distance; C&W {string.Join(", ", confident.Select(one => $"κ = {one.Confidence}: {Percent(one.Share)}"))}", "at most 50 % at the far end", most <= 0.5, "resistance to transfer is there at the boundary alone");
        (string Name, Share Share)[] controls = [.. Controls.Select(control => (Short(control), judge.TransferTo(DeepFoolOnExact, control)))];
        bool beats = controls.All(control => near.High < control.Share.Low);
        Add("T2", "transfer to controls", $"defence {Text(near)}; {string.Join("; ", controls.Select(control => $"{control.Name} {Text(control.Share)}"))}", "below every control’s, intervals apart", beats, "any disturbance of the network does the same");
        (string Name, Share Share)[] transfers = [("PGD", judge.Transfer(ExactCurve(Epsilon))), ("MI-FGSM", judge.Transfer(Momentum)), ("PGD on exact and heap-like together", judge.Transfer(Ensemble))];
        Share reverse = judge.Reverse(Curve(Epsilon));
        Note("T3", "surrogates, and the other way round", $"{string.Join(", ", transfers.Select(transfer => $"{transfer.Name} {Percent(transfer.Share)}"))} of the successful at ε = {NumberText.Of(Epsilon, NumberFormat.Number)}; made on the defence, {Percent(reverse)} fool exact", "transfer attacks to know");
        Estimate ratio = judge.MedianRatio(Minimal.First().Unit, MinimalOnExact);
        Share exactRobust = Rest(exactWorst), robust = Rest(worst);
        Add("T4", "robust accuracy at the same ε", $"defence {Text(robust)} under the worst of all attacks, {Text(Rest(alike))} under PGD, PGD of {2 * Steps} steps, PGD with {Restarts} restarts, and targeted APGD; exact {Text(exactRobust)} under PGD, PGD of {2 * Steps} steps with {Restarts} restarts, and targeted APGD; median L2 of DeepFool’s examples {NumberText.Of(ratio.Value, NumberFormat.Number)} times the exact network’s", "above the exact network’s, intervals apart", robust.Low > exactRobust.High, "at equal budgets it is no more robust");

        string[] failed = [.. checks.Where(check => check.Outcome == Outcome.Fail && Decisive.Contains(check.Id)).Select(check => check.Id)];
        string shown = $"Under the worst of all attacks here {Text(robust)} of the images that both get right stay right at ε = {NumberText.Of(Epsilon, NumberFormat.Number)}; under PGD and targeted APGD alone {Text(Rest(alike))} do, and of the exact network {Text(exactRobust)}. Without attack the defence gets {Percent(clean)} of all images right, the exact network {Percent(cleanExact)}.";
        string conclusion = failed.Length > 0
            ? $"Not evidence of robustness: {string.Join(", ", failed)} failed. {shown}"
            : $"No check failed that decides. {shown} That is what is shown, and no more.";
        return new AuditResult(defence.Name, defence.Members[0].Model, defence.DatasetName, scale.Name, context.Seed, run, conclusion, checks, [Table()], [CurvePlot(), TransferPlot()]);

        void Add(string id, string name, string measured, string threshold, bool passed, string meaning) => checks.Add(new Check(id, name, measured, threshold, passed ? Outcome.Pass : Outcome.Fail, meaning));
        void Note(string id, string name, string measured, string meaning) => checks.Add(new Check(id, name, measured, "–", Outcome.Note, meaning));

        ResultTable Table() => new(
            $"Robust accuracy of {defence.Members[0].Model} by the size of the change, images that the exact network and the defence both get right (95 % Wilson intervals)",
            ["ε", "exact, PGD", "defence, FGSM", "defence, PGD", "examples of exact that fool the defence"],
            [.. Epsilons.Select((epsilon, i) => (Cell[])
                [Cell.Words(NumberText.Of(epsilon, NumberFormat.Number)), Cell.Share(Rest(exactCurve[i])), Cell.Share(Rest(steps[i])), Cell.Share(Rest(curve[i])), Cell.Share(judge.Transfer(ExactCurve(epsilon)))])]);

        PlotData CurvePlot() => new("audit-curve", $"Robust accuracy, {defence.DatasetName}", PlotKind.Lines, "largest change of a pixel, pixels from 0 to 1", "images still right, %",
        [
            new Series("exact, PGD", [0, .. Epsilons], [100, .. exactCurve.Select(share => 100 * Rest(share).Value!.Value)]),
            new Series($"{defence.Name}, PGD", [0, .. Epsilons], [100, .. curve.Select(share => 100 * Rest(share).Value!.Value)]),
            new Series($"{defence.Name}, FGSM", [0, .. Epsilons], [100, .. steps.Select(share => 100 * Rest(share).Value!.Value)]),
        ]);

        PlotData TransferPlot()
        {
            double[] factors = [1, .. Overshoots];
            return new PlotData("audit-transfer", "DeepFool’s examples of the exact network, moved further", PlotKind.Lines, "distance, in distances of the example", "examples that fool the other network, %",
            [
                new Series(defence.Name, factors, [.. factors.Select(factor => 100 * (judge.Transfer(DeepFoolOnExact, factor).Value ?? double.NaN))]),
                .. Controls.Select(control => new Series(Short(control), factors, [.. factors.Select(factor => 100 * (judge.TransferTo(DeepFoolOnExact, control, factor).Value ?? double.NaN))])),
            ]);
        }
    }

    static string Short(Subject control) => control.Title.Replace("control, ", "", StringComparison.Ordinal).Replace("control", "exact", StringComparison.Ordinal);

    static Share Rest(Share broken) => new(broken.Of - broken.Count, broken.Of);

    static string Percent(Share share) => NumberText.Of(share.Value, NumberFormat.Percent);

    static string Robust(Share broken) => Percent(Rest(broken));

    static string Text(Share share) => share.Value is null ? "–" : $"{Percent(share)} ({NumberText.Interval(Cell.Share(share))})";

    static string Points(double? difference) => NumberText.Of(difference is double value ? Math.Round(100 * value, 1) : null, NumberFormat.Number);
}
