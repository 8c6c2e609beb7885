using System.CommandLine;
using Dapprox.Cli.Options;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Cli.Attacks;

/// <summary>The attacks that use gradients to look for the nearest adversarial image.</summary>
static class MinimalNormEntries
{
    public static AttackEntry Jsma()
    {
        Option<Choice<JsmaVariant?>> variant = AttackEntry.Variant<JsmaVariant>("--variant", "The version of the attack: the paper's, Foolbox's, or ART's.",
            new("papernot-pairs", JsmaVariant.PapernotPairs), new("foolbox-fast", JsmaVariant.FoolboxFast), new("art-target-gradient", JsmaVariant.ArtTargetGradient));
        Option<double?> theta = AttackEntry.Number("--theta", "The change of a pixel in one step.", number => number is >= -1 and <= 1 and not 0, "a number from -1 to 1 other than 0");
        Option<double?> gamma = AttackEntry.Number("--gamma", "The fraction of pixels that may change.", number => number is > 0 and <= 1, "a number above 0 and at most 1, such as 0.1");
        return new()
        {
            Name = "jsma",
            Summary = "Jacobian-based saliency map attack: changes few pixels, those with the highest saliency for a target class.",
            Source = "Papernot et al. 2016",
            Norms = [Norm.L0],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Minimal,
            Options = [variant, theta, gamma],
            Create = setting =>
            {
                Jsma attack = setting.Of(new Jsma(), Networks.Attacks.Algorithms.Jsma.Foolbox24);
                return attack with
                {
                    Variant = setting.Parse.GetValue(variant).Value ?? attack.Variant,
                    Theta = setting.Parse.GetValue(theta) ?? attack.Theta,
                    Gamma = setting.Parse.GetValue(gamma) ?? attack.Gamma,
                };
            },
        };
    }

    public static AttackEntry CarliniWagner()
    {
        Option<double?> confidence = Values.Option<double?>("--confidence", "X", "κ: by how much the logit of the wanted class has to lead. [default: 0]",
            text => Values.Number("--confidence", text, number => number >= 0, "a number of at least 0, such as 10"));
        Option<int?> searchSteps = AttackEntry.Count("--search-steps", "The number of values of c tried.");
        Option<int?> iterations = AttackEntry.Count("--iterations", "The most iterations for each c.");
        Option<double?> rate = AttackEntry.Number("--learning-rate", "The learning rate of Adam.", number => number > 0, "a number above 0, such as 0.01");
        Option<double?> constant = AttackEntry.Number("--initial-constant", "The initial c.", number => number is > 0 and <= 1e10, "a number above 0 and at most 1e10, such as 0.001");
        return new()
        {
            Name = "cw",
            Summary = "Carlini and Wagner's L2 attack: minimises distance plus c times the margin loss by Adam, with a binary search for c.",
            Source = "Carlini, Wagner 2017",
            Norms = [Norm.L2],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Minimal,
            Options = [confidence, searchSteps, iterations, rate, constant],
            Create = setting =>
            {
                CarliniWagner attack = setting.Of(new CarliniWagner(), Networks.Attacks.Algorithms.CarliniWagner.Foolbox24);
                return attack with
                {
                    Confidence = setting.Parse.GetValue(confidence) ?? attack.Confidence,
                    SearchSteps = setting.Parse.GetValue(searchSteps) ?? attack.SearchSteps,
                    Iterations = setting.Parse.GetValue(iterations) ?? attack.Iterations,
                    LearningRate = setting.Parse.GetValue(rate) ?? attack.LearningRate,
                    InitialConstant = setting.Parse.GetValue(constant) ?? attack.InitialConstant,
                };
            },
        };
    }

    public static AttackEntry DeepFool()
    {
        Option<int?> steps = AttackEntry.Count("--steps", "The most steps.");
        Option<double?> overshoot = AttackEntry.Number("--overshoot", "The overshoot beyond the boundary, relative to the distance to it.", number => number > 0, "a number above 0, such as 0.02");
        Option<int?> candidates = Values.Integer("--candidates", "How many classes are considered, those with the largest logits. [default: 10]", least: 2);
        return new()
        {
            Name = "deepfool",
            Summary = "DeepFool: steps to the nearest linearised decision boundary.",
            Source = "Moosavi-Dezfooli et al. 2016",
            Norms = [Norm.L2],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Minimal,
            CanTarget = false,
            Options = [steps, overshoot, candidates],
            Create = setting =>
            {
                DeepFool attack = setting.Of(new DeepFool(), Networks.Attacks.Algorithms.DeepFool.Foolbox24);
                return attack with
                {
                    Steps = setting.Parse.GetValue(steps) ?? attack.Steps,
                    Overshoot = setting.Parse.GetValue(overshoot) ?? attack.Overshoot,
                    Candidates = setting.Parse.GetValue(candidates) ?? attack.Candidates,
                };
            },
        };
    }

    public static AttackEntry Fab()
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        Option<int?> steps = AttackEntry.Count("--steps", "The number of iterations from each start.");
        Option<int?> restarts = AttackEntry.Count("--restarts", "The number of starts: first the image, then random points.");
        Option<int?> targets = Values.Integer("--targets", "Take the boundary to one class at a time, for this many of the most likely ones. [default: the nearest boundary]", least: 1);
        return new()
        {
            Name = "fab",
            Summary = "Fast adaptive boundary attack: projects onto the linearised decision boundary within [0, 1], biased towards the image.",
            Source = "Croce, Hein 2020",
            Norms = [Norm.LInf, Norm.L2],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Minimal,
            HasReleased = false,
            Options = [norm, steps, restarts, targets],
            Create = setting =>
            {
                var attack = new Fab();
                if (setting.Parse.GetValue(targets) is int count && setting.IsTargeted)
                    throw new InputException($"--targets is {count}, but --targeted aims at one class; leave out one of the two");
                return attack with
                {
                    BallNorm = setting.Parse.GetValue(norm).Value,
                    Steps = setting.Parse.GetValue(steps) ?? attack.Steps,
                    Restarts = setting.Parse.GetValue(restarts) ?? attack.Restarts,
                    Targets = setting.Parse.GetValue(targets),
                };
            },
        };
    }
}
