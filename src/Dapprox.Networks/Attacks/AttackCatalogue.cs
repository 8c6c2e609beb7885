using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks;

/// <summary>All attacks with their papers, norms, options and presets.</summary>
public static class AttackCatalogue
{
    /// <summary><c>fgsm</c>: <see cref="Algorithms.Fgsm"/>.</summary>
    public static AttackEntry Fgsm { get; } = new(
        epsilon => new Fgsm(epsilon), epsilon => Algorithms.Fgsm.Foolbox24 with { Epsilon = epsilon })
    {
        Summary =
            "Fast gradient sign method: one step of size ε along the sign of the gradient; without --epsilon, the smallest that succeeds.",
        Source = "Goodfellow et al. 2015",
        BestFor = "a first look, with one gradient",
        Budget = AttackBudget.Optional,
    };

    /// <summary><c>pgd</c>: <see cref="Algorithms.Pgd"/>.</summary>
    public static AttackEntry Pgd { get; } = Steps(
        "Projected gradient descent: iterated gradient steps within ε of the image; without --epsilon, the smallest ε that succeeds.",
        "Madry et al. 2018", "adversarial training", new Pgd(), Algorithms.Pgd.Foolbox24);

    /// <summary><c>mi-fgsm</c>: <see cref="Algorithms.Pgd.MomentumFgsm"/>.</summary>
    public static AttackEntry MomentumFgsm { get; } = Steps(
        "Momentum iterative FGSM: steps along an accumulated gradient, for examples that transfer.",
        "Dong et al. 2018", "transfer", Algorithms.Pgd.MomentumFgsm, Algorithms.Pgd.MomentumFgsmFoolbox24);

    /// <summary><c>jsma</c>: <see cref="Algorithms.Jsma"/>.</summary>
    public static AttackEntry Jsma { get; } = new(_ => new Jsma(), _ => Algorithms.Jsma.Foolbox24)
    {
        Summary = "Jacobian-based saliency map attack: changes few pixels, those with the highest saliency for a target class.",
        Source = "Papernot et al. 2016",
        Budget = AttackBudget.None,
        Options =
        [
            Choice<Jsma, JsmaVariant>(
                "variant", "The version of the attack: the paper's, Foolbox's, or ART's.",
                attack => attack.Variant, (attack, variant) => attack with { Variant = variant },
                ("papernot-pairs", JsmaVariant.PapernotPairs), ("foolbox-fast", JsmaVariant.FoolboxFast),
                ("art-target-gradient", JsmaVariant.ArtTargetGradient)),
            Number<Jsma>(
                "theta", "The change of a pixel in one step.",
                number => number is >= -1 and <= 1 and not 0, "a number from -1 to 1 other than 0",
                attack => attack.Theta, (attack, theta) => attack with { Theta = theta }),
            Number<Jsma>(
                "gamma", "The fraction of pixels that may change.",
                number => number is > 0 and <= 1, "a number above 0 and at most 1, such as 0.1",
                attack => attack.Gamma, (attack, gamma) => attack with { Gamma = gamma }),
        ],
    };

    /// <summary><c>cw</c>: <see cref="Algorithms.CarliniWagner"/>.</summary>
    public static AttackEntry CarliniWagner { get; } = new(_ => new CarliniWagner(), _ => Algorithms.CarliniWagner.Foolbox24)
    {
        Summary = "Carlini and Wagner's L2 attack: minimises distance plus c times the margin loss by Adam, with a binary search for c.",
        Source = "Carlini, Wagner 2017",
        BestFor = "examples of a given confidence",
        Budget = AttackBudget.None,
        Options =
        [
            Number<CarliniWagner>(
                "confidence", "κ: the lead that the logit of the wanted class must have.",
                number => number >= 0, "a number of at least 0, such as 10",
                attack => attack.Confidence, (attack, confidence) => attack with { Confidence = confidence }),
            Integer<CarliniWagner>(
                "search-steps", "The number of values of c tried.", attack => attack.SearchSteps,
                (attack, steps) => attack with { SearchSteps = steps }),
            Integer<CarliniWagner>(
                "iterations", "The maximum number of iterations for each c.", attack => attack.Iterations,
                (attack, iterations) => attack with { Iterations = iterations }),
            Number<CarliniWagner>(
                "learning-rate", "The learning rate of Adam.", number => number > 0, "a number above 0, such as 0.01",
                attack => attack.LearningRate, (attack, rate) => attack with { LearningRate = rate }),
            Number<CarliniWagner>(
                "initial-constant", "The initial c.",
                number => number is > 0 and <= 1e10, "a number above 0 and at most 1e10, such as 0.001",
                attack => attack.InitialConstant, (attack, constant) => attack with { InitialConstant = constant }),
        ],
    };

    /// <summary><c>deepfool</c>: <see cref="Algorithms.DeepFool"/>.</summary>
    public static AttackEntry DeepFool { get; } = new(_ => new DeepFool(), _ => Algorithms.DeepFool.Foolbox24)
    {
        Summary = "DeepFool: steps to the nearest linearised decision boundary.",
        Source = "Moosavi-Dezfooli et al. 2016",
        BestFor = "L2 in some ten steps",
        Budget = AttackBudget.None,
        CanTarget = false,
        Options =
        [
            Integer<DeepFool>(
                "steps", "The maximum number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
            Number<DeepFool>(
                "overshoot", "The overshoot beyond the boundary, relative to the distance to it.",
                number => number > 0, "a number above 0, such as 0.02",
                attack => attack.Overshoot, (attack, overshoot) => attack with { Overshoot = overshoot }),
            Integer<DeepFool>(
                "candidates", "The number of candidate classes: those with the largest logits.",
                attack => attack.Candidates, (attack, candidates) => attack with { Candidates = candidates }, min: 2),
        ],
    };

    /// <summary><c>lsa</c>: <see cref="Algorithms.LocalSearch"/>.</summary>
    public static AttackEntry LocalSearch { get; } = new(_ => new LocalSearch(), _ => Algorithms.LocalSearch.Foolbox24)
    {
        Summary = "Local search attack: changes few pixels, chosen by their effect on the score.",
        Source = "Narodytska, Kasiviswanathan 2017",
        Budget = AttackBudget.None,
        CanTarget = false,
        Options =
        [
            Choice<LocalSearch, PixelOrder>(
                "pixel-order",
                "Which pixels of a round are changed: those that leave the true class the highest score (Foolbox from 2.1 on), "
                    + "or the lowest (the paper).",
                attack => attack.Order, (attack, order) => attack with { Order = order },
                ("highest", PixelOrder.Highest), ("lowest", PixelOrder.Lowest)),
            Number<LocalSearch>(
                "trial-size", "p: how far a trial moves a pixel to measure its effect; large values leave [0, 1].",
                number => number > 0, "a number above 0, such as 10",
                attack => attack.TrialSize, (attack, size) => attack with { TrialSize = size }),
            Integer<LocalSearch>(
                "rounds", "The maximum number of rounds.", attack => attack.Rounds, (attack, rounds) => attack with { Rounds = rounds }),
        ],
    };

    /// <summary><c>boundary</c>: <see cref="BoundaryAttack"/>.</summary>
    public static AttackEntry Boundary { get; } = new(_ => new BoundaryAttack(), _ => BoundaryAttack.Foolbox24)
    {
        Summary = "Boundary attack: a random walk along the decision boundary towards the image.",
        Source = "Brendel et al. 2018",
        Budget = AttackBudget.None,
        CanResume = true,
        WithStarts = (attack, starts) => (BoundaryAttack)attack with { Starts = starts },
        Options =
        [
            Integer<BoundaryAttack>(
                "steps", "The number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
        ],
    };

    /// <summary><c>hopskipjump</c>: <see cref="Algorithms.HopSkipJump"/>.</summary>
    public static AttackEntry HopSkipJump { get; } = new(_ => new HopSkipJump(), _ => Algorithms.HopSkipJump.Foolbox24)
    {
        Summary = "HopSkipJump: steps along the decision boundary, by a gradient estimated from labels.",
        Source = "Chen et al. 2020",
        BestFor = "labels only",
        Budget = AttackBudget.None,
        CanResume = true,
        WithStarts = (attack, starts) => (HopSkipJump)attack with { Starts = starts },
        Options =
        [
            NormOf<HopSkipJump>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Norm.L2, Norm.LInf),
            Integer<HopSkipJump>(
                "iterations", "The number of iterations.", attack => attack.Iterations,
                (attack, iterations) => attack with { Iterations = iterations }),
        ],
    };

    /// <summary><c>apgd</c>: <see cref="Algorithms.Apgd"/>.</summary>
    public static AttackEntry Apgd { get; } = new(epsilon => new Apgd(epsilon))
    {
        Summary =
            "Auto-PGD: projected gradient ascent with momentum and an adaptive step size; without --epsilon, the smallest ε that succeeds.",
        Source = "Croce, Hein 2020; in L1, 2021",
        BestFor = "nearest in L∞, with targeted-dlr",
        Budget = AttackBudget.Optional,
        Options =
        [
            NormOf<Apgd>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Ball.Norms),
            Choice<Apgd, ApgdLoss>(
                "loss",
                "The loss: the cross-entropy, the difference of logits ratio, or the same for the most likely wrong classes in turn.",
                attack => attack.Loss, (attack, loss) => attack with { Loss = loss },
                ("ce", ApgdLoss.CrossEntropy), ("dlr", ApgdLoss.Dlr), ("targeted-dlr", ApgdLoss.TargetedDlr)),
            Integer<Apgd>(
                "steps", "The number of iterations from each start.", attack => attack.Steps,
                (attack, steps) => attack with { Steps = steps }),
            Integer<Apgd>(
                "restarts", "The maximum number of random starts; a further start follows only if the earlier ones fail.",
                attack => attack.Restarts, (attack, restarts) => attack with { Restarts = restarts }),
        ],
    };

    /// <summary><c>fab</c>: <see cref="Algorithms.Fab"/>.</summary>
    public static AttackEntry Fab { get; } = new(_ => new Fab())
    {
        Summary = "Fast adaptive boundary attack: projects onto the linearised decision boundary within [0, 1], biased towards the image.",
        Source = "Croce, Hein 2020",
        Budget = AttackBudget.None,
        Options =
        [
            NormOf<Fab>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Ball.Norms),
            Integer<Fab>(
                "steps", "The number of iterations from each start.", attack => attack.Steps,
                (attack, steps) => attack with { Steps = steps }),
            Integer<Fab>(
                "restarts", "The number of starts: first the image, then random points.",
                attack => attack.Restarts, (attack, restarts) => attack with { Restarts = restarts }),
            AttackOption.Of<Fab, int?>(
                "boundaries", "Project onto the boundary to one class at a time, for this many of the most likely classes.",
                new IntegerValues(1), attack => attack.Targets, (attack, targets) => attack with { Targets = targets },
                "the nearest boundary"),
        ],
        Conflict = (attack, settings) => settings.IsTargeted && ((Fab)attack).Targets is int targets
            ? $"--boundaries is {targets}, but a targeted attack has the boundary of its target alone; leave out one of the two"
            : null,
    };

    /// <summary><c>square</c>: <see cref="Algorithms.Square"/>.</summary>
    public static AttackEntry Square { get; } = new(epsilon => new Square(epsilon!.Value))
    {
        Summary = "Square attack: random square perturbations within ε, kept if they lower the margin.",
        Source = "Andriushchenko et al. 2020",
        BestFor = "scores only, at a fixed ε",
        Budget = AttackBudget.Required,
        Options =
        [
            NormOf<Square>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Ball.Norms),
            Integer<Square>(
                "queries", "The number of squares tried, one query each; their size decreases over the run.",
                attack => attack.Queries, (attack, queries) => attack with { Queries = queries }),
        ],
    };

    /// <summary><c>noise</c>: <see cref="RandomNoise"/>.</summary>
    public static AttackEntry Noise { get; } = new(epsilon => new RandomNoise(epsilon!.Value))
    {
        Summary = "Random noise within ε, as a baseline for every other attack.",
        Source = "–",
        BestFor = "a baseline",
        Budget = AttackBudget.Required,
        Options =
        [
            NormOf<RandomNoise>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Ball.Norms),
            Integer<RandomNoise>(
                "draws", "The number of noise images tried.", attack => attack.Draws, (attack, draws) => attack with { Draws = draws }),
        ],
    };

    /// <summary><c>autoattack</c>: <see cref="Algorithms.AutoAttack"/>.</summary>
    public static AttackEntry AutoAttack { get; } = new(epsilon => new AutoAttack(epsilon!.Value))
    {
        Summary = "AutoAttack: APGD-CE, APGD-T, FAB and Square, until one succeeds.",
        Source = "Croce, Hein 2020",
        BestFor = "robust accuracy at a fixed ε",
        Budget = AttackBudget.Required,
        LeftOut = Algorithms.AutoAttack.LeftOut,
        Options = [NormOf<AutoAttack>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Ball.Norms)],
    };

    /// <summary><c>ddn</c>: <see cref="Algorithms.Ddn"/>.</summary>
    public static AttackEntry Ddn { get; } = new(_ => new Ddn())
    {
        Summary = "Decoupled direction and norm: gradient steps on a sphere whose radius shrinks after successes and grows after failures.",
        Source = "Rony et al. 2019",
        BestFor = "nearest in L2",
        Budget = AttackBudget.None,
        Options = [Integer<Ddn>("steps", "The number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps })],
    };

    /// <summary><c>fmn</c>: <see cref="Algorithms.Fmn"/>.</summary>
    public static AttackEntry Fmn { get; } = new(_ => new Fmn())
    {
        Summary = "Fast minimum norm: gradient steps in a ball whose radius shrinks after successes and grows after failures.",
        Source = "Pintor et al. 2021",
        BestFor = "nearest in L1, MNIST",
        Budget = AttackBudget.None,
        Options =
        [
            NormOf<Fmn>(
                attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Norm.L2, Norm.LInf, Norm.L1, Norm.L0),
            Integer<Fmn>("steps", "The number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
            AttackOption.Of<Fmn, double?>(
                "step-size", "The L2 length of the first step.", new NumberValues(number => number > 0, "a number above 0, such as 1"),
                attack => attack.StepSize, (attack, size) => attack with { StepSize = size }, "10 in L∞, 1 in other norms"),
        ],
    };

    /// <summary><c>pdpgd</c>: <see cref="Algorithms.Pdpgd"/>.</summary>
    public static AttackEntry Pdpgd { get; } = new(_ => new Pdpgd())
    {
        Summary = "Primal-dual proximal gradient descent: minimises the norm and the margin loss together, weighted by dual variables.",
        Source = "Matyasko, Chau 2021",
        BestFor = "nearest in L1, CIFAR-10",
        Budget = AttackBudget.None,
        Options =
        [
            NormOf<Pdpgd>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Norm.L2, Norm.LInf, Norm.L1),
            Integer<Pdpgd>("steps", "The number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
            Number<Pdpgd>(
                "learning-rate", "The first learning rate of Adam.", number => number > 0, "a number above 0, such as 0.1",
                attack => attack.LearningRate, (attack, rate) => attack with { LearningRate = rate }),
        ],
    };

    /// <summary><c>sigma-zero</c>: <see cref="Algorithms.SigmaZero"/>.</summary>
    public static AttackEntry SigmaZero { get; } = new(_ => new SigmaZero())
    {
        Summary = "σ-zero: changes few pixels, by a smooth count of the changes and an adaptive threshold below which they are undone.",
        Source = "Cinà et al. 2025",
        BestFor = "nearest in L0",
        Budget = AttackBudget.None,
        Options =
        [
            Integer<SigmaZero>("steps", "The number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
            Number<SigmaZero>(
                "learning-rate", "The first learning rate of Adam.", number => number > 0, "a number above 0, such as 1",
                attack => attack.LearningRate, (attack, rate) => attack with { LearningRate = rate }),
        ],
    };

    /// <summary><c>ead</c>: <see cref="Algorithms.Ead"/>.</summary>
    public static AttackEntry Ead { get; } = new(_ => new Ead())
    {
        Summary = "Elastic-net attack: minimises L2 and L1 distance plus c times the margin loss, with a binary search for c.",
        Source = "Chen et al. 2018",
        Budget = AttackBudget.None,
        Options =
        [
            Number<Ead>(
                "beta", "β: the weight of the L1 distance.", number => number > 0, "a number above 0, such as 0.01",
                attack => attack.Beta, (attack, beta) => attack with { Beta = beta }),
            Integer<Ead>(
                "search-steps", "The number of values of c tried.", attack => attack.SearchSteps,
                (attack, steps) => attack with { SearchSteps = steps }),
            Integer<Ead>(
                "iterations", "The maximum number of iterations for each c.", attack => attack.Iterations,
                (attack, iterations) => attack with { Iterations = iterations }),
        ],
    };

    /// <summary><c>best</c>: <see cref="Algorithms.Strongest"/>.</summary>
    public static AttackEntry Best { get; } = new(_ => new Strongest())
    {
        Summary = "The strongest attacks of the norm, one after the other; the nearest adversarial example of all counts.",
        Source = "Cinà et al. 2025, AttackBench",
        BestFor = "the nearest example in any norm",
        Budget = AttackBudget.None,
        Options =
        [
            NormOf<Strongest>(
                attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Norm.L2, Norm.LInf, Norm.L1, Norm.L0),
            Integer<Strongest>(
                "budget",
                "The maximum number of gradients for an image, of all attacks together, with each gradient estimator; at least 40.",
                attack => attack.Gradients, (attack, gradients) => attack with { Gradients = gradients }, min: 40),
        ],
    };

    /// <summary><c>rays</c>: <see cref="Algorithms.RayS"/>.</summary>
    public static AttackEntry RayS { get; } = new(_ => new RayS())
    {
        Summary = "RayS: flips blocks of the signs of a direction, and keeps what brings the decision boundary nearer.",
        Source = "Chen, Gu 2020",
        Budget = AttackBudget.None,
        CanTarget = false,
        Options =
        [
            Integer<RayS>(
                "queries", "The number of queries after which no further direction is tried.", attack => attack.Queries,
                (attack, queries) => attack with { Queries = queries }),
        ],
    };

    /// <summary><c>surfree</c>: <see cref="Algorithms.SurFree"/>.</summary>
    public static AttackEntry SurFree { get; } = new(_ => new SurFree())
    {
        Summary = "SurFree: towards the image along circles in random planes, without a gradient estimate; for few queries.",
        Source = "Maho et al. 2021",
        Budget = AttackBudget.None,
        WithStarts = (attack, starts) => (SurFree)attack with { Starts = starts },
        Options =
        [
            Integer<SurFree>(
                "steps", "The number of random directions.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
            Frequencies<SurFree>(attack => attack.Frequencies, (attack, part) => attack with { Frequencies = part }),
        ],
    };

    /// <summary><c>geoda</c>: <see cref="Algorithms.GeoDA"/>.</summary>
    public static AttackEntry GeoDA { get; } = new(_ => new GeoDA())
    {
        Summary = "GeoDA: along the normal of the decision boundary, which is estimated from labels as that of a plane.",
        Source = "Rahmati et al. 2020",
        Budget = AttackBudget.None,
        WithStarts = (attack, starts) => (GeoDA)attack with { Starts = starts },
        Options =
        [
            NormOf<GeoDA>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Norm.L2, Norm.LInf),
            Integer<GeoDA>(
                "evaluations", "The number of points of all estimates together.", attack => attack.Evaluations,
                (attack, evaluations) => attack with { Evaluations = evaluations }),
            Integer<GeoDA>(
                "iterations", "The number of estimates.", attack => attack.Iterations,
                (attack, iterations) => attack with { Iterations = iterations }),
            Frequencies<GeoDA>(attack => attack.Frequencies, (attack, part) => attack with { Frequencies = part }),
        ],
    };

    /// <summary><c>universal</c>: <see cref="Algorithms.Universal"/>.</summary>
    public static AttackEntry Universal { get; } = new(epsilon => new Universal(epsilon!.Value))
    {
        Summary = "Universal perturbation: one change for all images, found on the first 500 training images.",
        Source = "Moosavi-Dezfooli et al. 2017; Shafahi et al. 2020",
        BestFor = "one change for all images",
        Budget = AttackBudget.Required,
        CanTarget = false,
        WithExamples = (attack, examples) => (Universal)attack with { Examples = examples },
        Options =
        [
            NormOf<Universal>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Norm.LInf, Norm.L2),
            Integer<Universal>(
                "epochs", "How often the training images are seen.", attack => attack.Epochs,
                (attack, epochs) => attack with { Epochs = epochs }),
        ],
    };

    /// <summary>All attacks; the first eight are those of "Defensive Approximation", in the paper's order.</summary>
    public static IReadOnlyList<AttackEntry> All { get; } =
    [
        Fgsm, Pgd, Jsma, CarliniWagner, DeepFool, LocalSearch, Boundary, HopSkipJump, Apgd, Fab, Square, MomentumFgsm, Noise, AutoAttack,
        Ddn, Fmn, Pdpgd, SigmaZero, Ead, Best,
        RayS, SurFree, GeoDA, Universal,
    ];

    /// <summary>The attack with that name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">No attack has that name; the message lists the names and suggests the nearest.</exception>
    public static AttackEntry Find(string name) => Names.Find("attack", name, All, entry => entry.Name);

    static AttackEntry Steps(string summary, string source, string bestFor, Pgd strong, Pgd foolbox24)
    {
        AttackOption restarts = Integer<Pgd>(
            "restarts", "The maximum number of random starts; a further start follows only if the earlier ones fail.",
            attack => attack.Restarts, (attack, restarts) => attack with { Restarts = restarts });
        return new AttackEntry(epsilon => strong with { Epsilon = epsilon }, epsilon => foolbox24 with { Epsilon = epsilon })
        {
            Summary = summary,
            Source = source,
            BestFor = bestFor,
            Budget = AttackBudget.Optional,
            Options =
            [
                NormOf<Pgd>(attack => attack.BallNorm, (attack, norm) => attack with { BallNorm = norm }, Ball.Norms),
                Integer<Pgd>("steps", "The number of steps.", attack => attack.Steps, (attack, steps) => attack with { Steps = steps }),
                AttackOption.Of<Pgd, double?>(
                    "step-size", "The step size, for pixels in [0, 1].",
                    new NumberValues(number => number is > 0 and <= 1, "a number above 0 and at most 1, such as 0.01"),
                    attack => attack.StepSize, (attack, size) => attack with { StepSize = size }, "a fraction of ε, the preset's"),
                AttackOption.Of<Pgd, bool>(
                    "random-start", "Start at a random point within ε instead of the image.", new SwitchValues(),
                    attack => attack.RandomStart, (attack, isRandom) => attack with { RandomStart = isRandom }),
                restarts,
            ],
            // Without random starts, restarts in a preset have no effect; restarts from the caller are an error, since they would
            // be ignored.
            Conflict = (attack, settings) =>
                settings.Values.GetValueOrDefault(restarts) is int and > 1 and int several && !((Pgd)attack).RandomStart
                    ? $"--restarts is {several}, but without --random-start all starts are the same; "
                        + "give --random-start too, or leave out --restarts"
                    : null,
        };
    }

    static AttackOption Integer<TAttack>(
        string name, string meaning, Func<TAttack, int> get, Func<TAttack, int, TAttack> set, int min = 1)
        where TAttack : IAttack<IGradientVictim> => AttackOption.Of(name, meaning, new IntegerValues(min), get, set);

    static AttackOption Number<TAttack>(
        string name, string meaning, Func<double, bool> isLegal, string legal,
        Func<TAttack, double> get, Func<TAttack, double, TAttack> set)
        where TAttack : IAttack<IGradientVictim> => AttackOption.Of(name, meaning, new NumberValues(isLegal, legal), get, set);

    static AttackOption Choice<TAttack, T>(
        string name, string meaning, Func<TAttack, T> get, Func<TAttack, T, TAttack> set, params (string Name, T Value)[] choices)
        where TAttack : IAttack<IGradientVictim>
        where T : struct, Enum =>
        AttackOption.Of(name, meaning, new ChoiceValues([.. choices.Select(choice => (choice.Name, (object)choice.Value))]), get, set);

    static AttackOption Frequencies<TAttack>(Func<TAttack, double> get, Func<TAttack, double, TAttack> set)
        where TAttack : IAttack<IGradientVictim> =>
        Number(
            "frequencies", "The part of the spatial frequencies in use, the lowest in each direction.",
            number => number is > 0 and <= 1, "a number above 0 and at most 1, such as 0.5", get, set);

    static AttackOption NormOf<TAttack>(Func<TAttack, Norm> get, Func<TAttack, Norm, TAttack> set, params Norm[] norms)
        where TAttack : IAttack<IGradientVictim> =>
        Choice("norm", "The norm of the distance.", get, set, [.. norms.Select(norm => (norm.Name(), norm))]);
}
