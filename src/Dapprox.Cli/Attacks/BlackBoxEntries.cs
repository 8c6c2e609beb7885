using System.CommandLine;
using Dapprox.Cli.Options;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Cli.Attacks;

/// <summary>The attacks that see scores or classes only.</summary>
static class BlackBoxEntries
{
    public static AttackEntry LocalSearch()
    {
        Option<Choice<PixelOrder?>> order = AttackEntry.Variant<PixelOrder>("--pixel-order", "Which pixels of a round are changed: those that leave the true class the highest score (Foolbox from 2.1 on), or the lowest (the paper).",
            new("highest", PixelOrder.Highest), new("lowest", PixelOrder.Lowest));
        Option<double?> trialSize = AttackEntry.Number("--trial-size", "p: how far a pixel is moved to find out what it does, beyond [0, 1] where it is large.", number => number > 0, "a number above 0, such as 10");
        Option<int?> rounds = AttackEntry.Count("--rounds", "The most rounds.");
        return new()
        {
            Name = "lsa",
            Summary = "Local search attack: changes few pixels, chosen by their effect on the score.",
            Source = "Narodytska, Kasiviswanathan 2017",
            Norms = [Norm.L2],
            Knowledge = Knowledge.Scores,
            Budget = Budget.Minimal,
            CanTarget = false,
            Options = [order, trialSize, rounds],
            Create = setting =>
            {
                LocalSearch attack = setting.Of(new LocalSearch(), Networks.Attacks.Algorithms.LocalSearch.Foolbox24);
                return attack with
                {
                    Order = setting.Parse.GetValue(order).Value ?? attack.Order,
                    TrialSize = setting.Parse.GetValue(trialSize) ?? attack.TrialSize,
                    Rounds = setting.Parse.GetValue(rounds) ?? attack.Rounds,
                };
            },
        };
    }

    public static AttackEntry Boundary()
    {
        Option<int?> steps = AttackEntry.Count("--steps", "The number of steps.");
        return new()
        {
            Name = "boundary",
            Summary = "Boundary attack: a random walk along the decision boundary towards the image.",
            Source = "Brendel et al. 2018",
            Norms = [Norm.L2],
            Knowledge = Knowledge.Labels,
            Budget = Budget.Minimal,
            CanResume = true,
            Options = [steps],
            Create = setting =>
            {
                BoundaryAttack attack = setting.Of(new BoundaryAttack(), BoundaryAttack.Foolbox24);
                return attack with { Steps = setting.Parse.GetValue(steps) ?? attack.Steps, Starts = setting.Starts };
            },
        };
    }

    public static AttackEntry HopSkipJump()
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.L2, Norm.LInf);
        Option<int?> iterations = AttackEntry.Count("--iterations", "The number of iterations.");
        return new()
        {
            Name = "hopskipjump",
            Summary = "HopSkipJump: steps along the decision boundary, by a gradient estimated from labels.",
            Source = "Chen et al. 2020",
            Norms = [Norm.L2, Norm.LInf],
            Knowledge = Knowledge.Labels,
            Budget = Budget.Minimal,
            CanResume = true,
            Options = [norm, iterations],
            Create = setting =>
            {
                HopSkipJump attack = setting.Of(new HopSkipJump(), Networks.Attacks.Algorithms.HopSkipJump.Foolbox24);
                return attack with
                {
                    BallNorm = setting.Parse.GetValue(norm).Value,
                    Iterations = setting.Parse.GetValue(iterations) ?? attack.Iterations,
                    Starts = setting.Starts,
                };
            },
        };
    }

    public static AttackEntry Square()
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        Option<int?> queries = AttackEntry.Count("--queries", "The number of squares tried, each a query; their size falls over the run.");
        return new()
        {
            Name = "square",
            Summary = "Square attack: random square perturbations within ε, kept if they lower the margin.",
            Source = "Andriushchenko et al. 2020",
            Norms = [Norm.LInf, Norm.L2],
            Knowledge = Knowledge.Scores,
            Budget = Budget.Fixed,
            HasReleased = false,
            Options = [norm, queries],
            Create = setting =>
            {
                var attack = new Square(setting.Epsilon!.Value);
                return attack with { BallNorm = setting.Parse.GetValue(norm).Value, Queries = setting.Parse.GetValue(queries) ?? attack.Queries };
            },
        };
    }

    public static AttackEntry Noise()
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        Option<int?> draws = AttackEntry.Count("--draws", "The number of noise images tried.");
        return new()
        {
            Name = "noise",
            Summary = "Random noise within ε, as a baseline for every other attack.",
            Source = "–",
            Norms = [Norm.LInf, Norm.L2],
            Knowledge = Knowledge.Labels,
            Budget = Budget.Fixed,
            HasReleased = false,
            Options = [norm, draws],
            Create = setting =>
            {
                var attack = new RandomNoise(setting.Epsilon!.Value);
                return attack with { BallNorm = setting.Parse.GetValue(norm).Value, Draws = setting.Parse.GetValue(draws) ?? attack.Draws };
            },
        };
    }
}
