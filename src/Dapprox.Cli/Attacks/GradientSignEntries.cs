using System.CommandLine;
using Dapprox.Cli.Options;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Cli.Attacks;

/// <summary><c>fgsm</c>, <c>pgd</c> and <c>mi-fgsm</c>: steps along the gradient of the cross-entropy.</summary>
static class GradientSignEntries
{
    public static AttackEntry Fgsm() => new()
    {
        Name = "fgsm",
        Summary = "Fast gradient sign method: one step of size ε along the sign of the gradient; without --epsilon, the smallest that succeeds.",
        Source = "Goodfellow et al. 2015",
        Norms = [Norm.LInf],
        Knowledge = Knowledge.Gradients,
        Budget = Budget.Either,
        Create = setting => setting.Of(new Fgsm(), Networks.Attacks.Algorithms.Fgsm.Foolbox24) with { Epsilon = setting.Epsilon },
    };

    public static AttackEntry Pgd() => Steps(
        "pgd", "Projected gradient descent: iterated gradient steps within ε of the image; without --epsilon, the smallest ε that succeeds.",
        "Madry et al. 2018", new Pgd(), Networks.Attacks.Algorithms.Pgd.Foolbox24);

    public static AttackEntry MomentumFgsm() => Steps(
        "mi-fgsm", "Momentum iterative FGSM: steps along an accumulated gradient, for examples that transfer.",
        "Dong et al. 2018", Networks.Attacks.Algorithms.Pgd.MomentumFgsm, Networks.Attacks.Algorithms.Pgd.MomentumFgsmFoolbox24);

    static AttackEntry Steps(string name, string summary, string source, Pgd strong, Pgd released)
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        Option<int?> steps = AttackEntry.Count("--steps", "The number of steps.");
        Option<double?> stepSize = Values.Option<double?>("--step-size", "X", "The step size, for pixels in [0, 1]. [default: a fraction of ε, the preset's]",
            text => Values.Number("--step-size", text, number => number > 0 && number <= 1, "a number above 0 and at most 1, such as 0.01"));
        Option<bool?> randomStart = AttackEntry.Switch("--random-start", "Start at a random point within ε instead of the image.");
        Option<int?> restarts = AttackEntry.Count("--restarts", "The most random starts; each further one only for images that are not yet fooled.");
        return new()
        {
            Name = name,
            Summary = summary,
            Source = source,
            Norms = [Norm.LInf, Norm.L2],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Either,
            Options = [norm, steps, stepSize, randomStart, restarts],
            Create = setting =>
            {
                Pgd attack = setting.Of(strong, released);
                bool isRandom = setting.Parse.GetValue(randomStart) ?? attack.RandomStart;
                if (setting.Parse.GetValue(restarts) is int several and > 1 && !isRandom)
                    throw new InputException($"--restarts is {several}, but all starts are the same where none is random; give --random-start too, or leave out --restarts");
                return attack with
                {
                    Epsilon = setting.Epsilon,
                    BallNorm = setting.Parse.GetValue(norm).Value,
                    Steps = setting.Parse.GetValue(steps) ?? attack.Steps,
                    StepSize = setting.Parse.GetValue(stepSize),
                    RandomStart = isRandom,
                    Restarts = setting.Parse.GetValue(restarts) ?? attack.Restarts,
                };
            },
        };
    }
}
