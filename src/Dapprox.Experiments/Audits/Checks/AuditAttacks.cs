using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Training;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The units of an audit: the attacks on the defence and on the undefended network that its checks share.</summary>
/// <param name="defence">What is audited.</param>
/// <param name="threat">The budgets of the attacks.</param>
/// <param name="scale">The numbers of images and steps.</param>
sealed class AuditAttacks(Defence defence, Threat threat, AuditScale scale)
{
    /// <summary>The number of steps of the gradient attacks.</summary>
    public const int Steps = 40;

    /// <summary>The number of restarts of <see cref="Restarted"/>.</summary>
    public const int Restarts = 10;

    static readonly double[] Confidences = [0, 5, 10, 20];

    /// <summary>The factors by which the perturbations of <see cref="DeepFoolOnExact"/> are scaled.</summary>
    public static IReadOnlyList<double> ExtrapolationFactors => TransferExperiment.ExtrapolationFactors;

    /// <summary>The gradient estimators that take no queries.</summary>
    public static IReadOnlyList<GradientEstimator> Estimators { get; } =
        [GradientEstimator.StraightThrough, GradientEstimator.GainMatched, GradientEstimator.Smoothed];

    /// <summary>What is audited.</summary>
    public Defence Defence => defence;

    /// <summary>The budgets of the attacks.</summary>
    public Threat Threat => threat;

    /// <summary>The numbers of images and steps.</summary>
    public AuditScale Scale => scale;

    /// <summary>The number of classes.</summary>
    public int Classes => defence.Images.Classes.Count;

    /// <summary>The budget that decides.</summary>
    public double Epsilon => threat.Epsilon;

    bool IsColour => defence.Images.Channels > 1;

    /// <summary>The predictions of the undefended network, and of each member of the defence.</summary>
    public IReadOnlyList<PredictionsUnit> Predictions =>
        [.. defence.Members.Prepend(defence.Undefended).Select(network => new PredictionsUnit(defence.DatasetName, network))];

    /// <summary>The gradients of each member of the defence.</summary>
    public IReadOnlyList<GradientUnit> Gradients =>
        [.. defence.Members.Select(member => new GradientUnit(defence.DatasetName, member, scale.Images, scale.Estimated))];

    /// <summary>The gradients of the undefended network.</summary>
    public GradientUnit ExactGradients => new(defence.DatasetName, defence.Undefended, scale.Images, Estimated: 0);

    /// <summary>A single step of the whole length at each budget, in L∞ FGSM.</summary>
    public IReadOnlyList<AttackUnit> SingleStepCurve =>
        [.. threat.Curve.Select(epsilon => On(SingleStep(epsilon), GradientEstimator.GainMatched, scale.Images, 0.002))];

    /// <summary>The attack of <see cref="SingleStepCurve"/> at <see cref="Epsilon"/>.</summary>
    public AttackUnit SingleStepOnDefence => On(SingleStep(Epsilon), GradientEstimator.GainMatched, scale.Images, 0.002);

    /// <summary>PGD at each budget.</summary>
    public IReadOnlyList<AttackUnit> PgdCurve => [.. threat.Curve.Select(PgdAt)];

    /// <summary>PGD on the undefended network at each budget.</summary>
    public IReadOnlyList<AttackUnit> ExactCurve =>
        [.. threat.Curve.Select(PgdOnExactAt)];

    /// <summary>PGD at <see cref="Epsilon"/>, with which others are compared.</summary>
    public AttackUnit PgdOnDefence => PgdAt(Epsilon);

    /// <summary>PGD on the undefended network at <see cref="Epsilon"/>.</summary>
    public AttackUnit PgdOnExact => PgdOnExactAt(Epsilon);

    /// <summary>PGD on the defence with calibrated parameters; null where it is calibrated, exact or random, or cannot be.</summary>
    public AttackUnit? PgdOnCalibrated => Calibrated is not { } network ? null : PgdOnDefence with
    {
        Source = network,
        TriedOn = [],
    };

    /// <summary>PGD whose budget allows any image.</summary>
    public AttackUnit Unbounded => PgdAt(AnyImage);

    /// <summary>The attack of <see cref="Unbounded"/> on the undefended network.</summary>
    public AttackUnit UnboundedOnUndefended => PgdOnExactAt(AnyImage);

    /// <summary>The distance within which all images are.</summary>
    double AnyImage => threat.Norm.Largest(defence.Images.Channels * defence.Images.Height * defence.Images.Width);

    /// <summary>PGD with twice as many steps.</summary>
    public AttackUnit Longer => On(Steady(Epsilon) with { Steps = 2 * Steps }, GradientEstimator.GainMatched, scale.Images, 0.04);

    /// <summary>PGD with restarts.</summary>
    public AttackUnit Restarted => On(Steady(Epsilon) with { Restarts = Restarts }, GradientEstimator.GainMatched, scale.Images, 0.1);

    /// <summary>PGD with several step sizes.</summary>
    public IReadOnlyList<(string Name, AttackUnit Unit)> StepSizes =>
    [
        .. new[] { 1 / 40.0, 1 / 10.0, 1 / 4.0, 1.0 }.Select(ratio => (
            $"ε·{NumberText.Of(ratio, NumberFormat.Number)}",
            On(Steady(Epsilon) with { StepRatio = ratio }, GradientEstimator.GainMatched, scale.Images, 0.02))),
    ];

    /// <summary>APGD on each loss that the number of classes allows.</summary>
    public IReadOnlyList<(string Name, AttackUnit Unit)> Losses =>
    [
        ("cross-entropy", On(ApgdOn(ApgdLoss.CrossEntropy), GradientEstimator.GainMatched, scale.Images, 0.02)),
        .. Classes < 3 ? []
            : ((string, AttackUnit)[])[("DLR", On(ApgdOn(ApgdLoss.Dlr), GradientEstimator.GainMatched, scale.Images, 0.02))],
        .. Classes < 4 ? [] : ((string, AttackUnit)[])[("targeted DLR", Strongest)],
    ];

    /// <summary>The loss that is a ratio of logits, which needs three classes and, targeted, four; with fewer the cross-entropy.</summary>
    ApgdLoss Ratio => Classes < 3 ? ApgdLoss.CrossEntropy : ApgdLoss.Dlr;

    ApgdLoss StrongestLoss => Classes < 4 ? Ratio : ApgdLoss.TargetedDlr;

    /// <summary>The name of <see cref="Strongest"/>.</summary>
    public string StrongestName => Classes switch { < 3 => "APGD on the cross-entropy", 3 => "APGD on the DLR loss", _ => "targeted APGD" };

    /// <summary>Targeted APGD, or APGD on the strongest loss that the number of classes allows.</summary>
    public AttackUnit Strongest => On(ApgdOn(StrongestLoss), GradientEstimator.GainMatched, scale.Images, 0.1);

    /// <summary>Attacks that are adapted to the defence, all but <see cref="Estimated"/>.</summary>
    public IReadOnlyList<(string Name, AttackUnit Unit)> Adaptive =>
    [
        .. Estimators.Select(estimator => ($"{estimator}", On(ApgdOn(Ratio) with { Restarts = 2 }, estimator, scale.Images, 0.04))),
        ("expectation over noisy images",
            On(Steady(Epsilon), GradientEstimator.GainMatched, scale.QueryImages, 0.2) with { NoiseSamples = 8 }),
    ];

    /// <summary>PGD on gradients by NES, which needs scores only.</summary>
    public AttackUnit Estimated => On(
        new Pgd(Epsilon) { BallNorm = threat.Norm, Steps = 10, Restarts = 1, StepRatio = 0.2 }, GradientEstimator.Nes, scale.Estimated, 7);

    /// <summary>The square attack.</summary>
    public AttackUnit SquareSearch => On(
        new Square(Epsilon) { BallNorm = threat.Norm, Queries = scale.Queries }, null, scale.Images, 2e-4 * scale.Queries);

    /// <summary>HopSkipJump, which searches for the nearest example, with budgets in L1 for the nearest in L2.</summary>
    public AttackUnit Boundary => On(
        HopSkipJump.Foolbox24 with
        {
            BallNorm = threat.Norm == Norm.L1 ? Norm.L2 : threat.Norm,
            Iterations = scale.HopSkipJumpIterations,
        },
        null, scale.QueryImages, 0.1 * scale.HopSkipJumpIterations);

    /// <summary>Random noise.</summary>
    public AttackUnit Noise => On(
        new RandomNoise(Epsilon) { BallNorm = threat.Norm, Draws = scale.Draws }, null, scale.QueryImages, 2e-4 * scale.Draws);

    /// <summary>MI-FGSM on the undefended network.</summary>
    public AttackUnit Momentum => OnExact(
        Pgd.MomentumFgsm with { Epsilon = Epsilon, BallNorm = threat.Norm }, GradientEstimator.StraightThrough, scale.Images, 0.01);

    /// <summary>PGD on the undefended network and heap-like together.</summary>
    public AttackUnit Ensemble => OnExact(Steady(Epsilon), GradientEstimator.StraightThrough, scale.Images, 0.04) with
    {
        TogetherWith = [defence.Undefended with { Assignment = MultiplierAssignment.HeapLike }],
    };

    /// <summary>DeepFool on the undefended network, also with its perturbations scaled.</summary>
    public AttackUnit DeepFoolOnExact => OnExact(DeepFool.Foolbox24, GradientEstimator.StraightThrough, scale.Images, 0.02) with
    {
        ExtrapolationFactors = ExtrapolationFactors,
    };

    /// <summary>Carlini and Wagner's attack on the undefended network at several confidences κ.</summary>
    public IReadOnlyList<(double Confidence, AttackUnit Unit)> Confident =>
    [
        .. Confidences.Select(confidence =>
        {
            CarliniWagner attack = CarliniWagner.Foolbox24 with
            {
                Confidence = confidence,
                InitialConstant = 1,
                SearchSteps = 3,
                Iterations = scale.CarliniWagnerIterations,
            };
            return (confidence, OnExact(attack, GradientEstimator.StraightThrough, scale.QueryImages, 0.3));
        }),
    ];

    /// <summary>DeepFool, which searches for the nearest example in L2.</summary>
    public AttackUnit NearestL2 => On(new DeepFool(), GradientEstimator.GainMatched, scale.Images, 0.03);

    /// <summary>FAB, which searches for the nearest example in the norm of the budget.</summary>
    public AttackUnit NearestByFab => On(
        new Fab { BallNorm = threat.Norm, Steps = 50, Restarts = 1 }, GradientEstimator.GainMatched, scale.Images, 0.3);

    /// <summary>Attacks in other norms, and a targeted one.</summary>
    public IReadOnlyList<(string Name, AttackUnit Unit)> OtherNorms =>
    [
        ("L2 (DeepFool)", NearestL2),
        ("L0 (JSMA)", On(Jsma.Foolbox24, GradientEstimator.GainMatched, scale.QueryImages, 0.1)),
        ($"{threat.Norm.Symbol()} (FAB)", NearestByFab),
        ($"targeted (PGD, ε = {threat.Text(threat.Curve[^1])})", PgdAt(threat.Curve[^1]) with { Targeted = true }),
    ];

    /// <summary>The attack of <see cref="NearestL2"/> on the undefended network.</summary>
    public AttackUnit NearestL2OnExact => OnExact(new DeepFool(), GradientEstimator.StraightThrough, scale.Images, 0.03);

    /// <summary>The strongest attacks on the undefended network.</summary>
    public IReadOnlyList<AttackUnit> StrongOnExact =>
    [
        PgdOnExact,
        OnExact(Steady(Epsilon) with { Steps = 2 * Steps, Restarts = Restarts }, GradientEstimator.StraightThrough, scale.Images, 0.1),
        OnExact(ApgdOn(StrongestLoss), GradientEstimator.StraightThrough, scale.Images, 0.1),
        .. scale.AutoAttack ? [OnExact(Auto, GradientEstimator.StraightThrough, scale.Images, 3)] : (AttackUnit[])[],
    ];

    /// <summary>
    /// The attacks on the defence that correspond to <see cref="StrongOnExact"/>. They are no stronger than those, which have more steps
    /// and restarts at once.
    /// </summary>
    public IReadOnlyList<AttackUnit> StrongOnDefence => [PgdOnDefence, Longer, Restarted, Strongest, .. AutoAttackOnDefence];

    /// <summary>The names of <see cref="StrongOnDefence"/> and <see cref="StrongOnExact"/>.</summary>
    public string StrongNames => $"PGD, with {2 * Steps} steps and with {Restarts} restarts"
        + (scale.AutoAttack ? $", {StrongestName}, and AutoAttack" : $", and {StrongestName}");

    /// <summary>AutoAttack, where the scale has it.</summary>
    IReadOnlyList<AttackUnit> AutoAttackOnDefence => scale.AutoAttack ? [On(Auto, GradientEstimator.GainMatched, scale.Images, 3)] : [];

    AutoAttack Auto => new(Epsilon) { BallNorm = threat.Norm };

    /// <summary>The white-box attacks at <see cref="Epsilon"/>.</summary>
    public IReadOnlyList<AttackUnit> WhiteBox =>
    [
        PgdOnDefence, Longer, Restarted, .. StepSizes.Select(one => one.Unit), .. Losses.Select(one => one.Unit),
        .. Adaptive.Select(one => one.Unit), .. AutoAttackOnDefence,
    ];

    /// <summary>The attacks without gradients of the defence at <see cref="Epsilon"/>, all but <see cref="Boundary"/>.</summary>
    public IReadOnlyList<AttackUnit> BlackBox => [SquareSearch, Estimated, Noise, Momentum, Ensemble, PgdOnExact];

    /// <summary>All attacks that may break the defence at <see cref="Epsilon"/>, some as attacks for the nearest example.</summary>
    public IReadOnlyList<AttackUnit> All =>
        [.. WhiteBox, .. BlackBox, SingleStepOnDefence, Boundary, .. OtherNorms.Select(one => one.Unit)];

    /// <summary>The exact network with changes that are no defence.</summary>
    public IReadOnlyList<ModelVariant> Controls =>
    [
        defence.Undefended with { Perturbation = Perturbation.Gain, Label = "control" },
        defence.Undefended with { Perturbation = Perturbation.GainAndNoise, Label = "control" },
        // A defence is no control of itself.
        .. defence.Members.Any(member => member.Assignment == MultiplierAssignment.Bfloat16)
            ? []
            : (ModelVariant[])[defence.Undefended with { Assignment = MultiplierAssignment.Bfloat16, Label = "control" }],
        // Quantised, but not approximate.
        .. defence.Members[0].Quantisation is null || defence.Members.Any(member => member.Assignment == MultiplierAssignment.Exact)
            ? []
            : (ModelVariant[])[defence.Members[0] with { Assignment = MultiplierAssignment.Exact, Label = "control" }],
        .. Independent is ModelVariant independent ? [independent] : (ModelVariant[])[],
    ];

    /// <summary>
    /// The defence with parameters that are calibrated for its multipliers, which tells the multipliers from parameters fitted to exact
    /// products; null where it is calibrated, exact or random, or there are no training images.
    /// </summary>
    public ModelVariant? Calibrated =>
        !defence.HasTrainingImages || defence.IsRandom || defence.Members[0].CalibrationImages > 0
        || defence.Members[0].Assignment == MultiplierAssignment.Exact
            ? null
            : defence.Members[0].Calibrated() with { Label = "recalibrated" };

    /// <summary>
    /// An independently trained network for the same images: one trained with another seed, or for colour images another included network;
    /// null for pictures without training images. Labels are a part of the names of columns.
    /// </summary>
    ModelVariant? Independent => !defence.HasTrainingImages ? null : IsColour
        ? new ModelVariant(
            defence.Members[0].Model == "dq-float-cifar-10" ? "alexnet-cifar-10" : "dq-float-cifar-10", MultiplierAssignment.Exact)
        {
            Label = "control, another network",
        }
        : new ModelVariant("lenet5", MultiplierAssignment.Exact)
        {
            Label = "control, another seed",
            Training = new RetrainingUnit(
                "independently trained", defence.DatasetName, "lenet5", new TrainingOptions { Epochs = scale.RetrainingEpochs, Seed = 2 },
                SecondsAnEpoch: 2.5e-4 * Datasets.Find(defence.DatasetName).TrainCount),
        };

    /// <summary>The name of a control for a reader.</summary>
    public string NameOf(ModelVariant control) => control == Independent ? "independently trained network"
        : control.Title.Replace("control, ", "", StringComparison.Ordinal).Replace("control", "exact", StringComparison.Ordinal);

    /// <summary>The title of the undefended network where examples of the defence are tried on it.</summary>
    public ModelVariant Undefended => defence.Undefended with { Label = "undefended" };

    Pgd Steady(double epsilon) => new(epsilon) { BallNorm = threat.Norm, Steps = Steps, Restarts = 1 };

    // In L∞ that is FGSM.
    Pgd SingleStep(double epsilon) => Steady(epsilon) with { Steps = 1, StepSize = epsilon, RandomStart = false };

    Apgd ApgdOn(ApgdLoss loss) => new(Epsilon) { BallNorm = threat.Norm, Steps = Steps, Restarts = 1, Loss = loss };

    AttackUnit PgdAt(double epsilon) => On(Steady(epsilon), GradientEstimator.GainMatched, scale.Images, 0.02);

    AttackUnit PgdOnExactAt(double epsilon) => OnExact(Steady(epsilon), GradientEstimator.StraightThrough, scale.Images, 0.02);

    // The defence and the undefended network are attacked on the same images, those that both classify correctly.
    AttackUnit On(IAttack<IGradientVictim> attack, GradientEstimator? estimator, int images, double seconds) =>
        new(attack, defence.DatasetName, defence.Members[0], images)
        {
            Estimator = estimator,
            TogetherWith = [.. defence.Members.Skip(1)],
            TriedOn = defence.IsRandom ? [.. defence.Members, Undefended] : [Undefended],
            CorrectOn = [defence.Undefended, .. defence.Members],
            SecondsAnImage = seconds * defence.Members.Count,
        };

    AttackUnit OnExact(IAttack<IGradientVictim> attack, GradientEstimator? estimator, int images, double seconds) =>
        new(attack, defence.DatasetName, defence.Undefended, images)
        {
            Estimator = estimator,
            TriedOn =
            [
                .. defence.Members.Select(Defence.Named), .. Controls, .. Calibrated is { } calibrated ? [calibrated] : (ModelVariant[])[],
            ],
            CorrectOn = [defence.Undefended, .. defence.Members],
            SecondsAnImage = seconds,
        };
}
