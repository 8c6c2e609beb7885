using System.CommandLine;
using DefensiveApproximation.Networks.Attacks;

namespace DefensiveApproximation.Cli.Attacks;

/// <summary><c>fgsm</c>, <c>pgd</c> and <c>mi-fgsm</c>: steps along the gradient of the cross-entropy.</summary>
static class GradientSignEntries
{
    public static AttackEntry Fgsm() => new()
    {
        Name = "fgsm",
        Summary = "Fast gradient sign method: one step of ε along the sign of the gradient; without --epsilon the smallest step that succeeds.",
        Source = "Goodfellow et al. 2015",
        Norms = [Norm.LInf],
        Knowledge = Knowledge.Gradients,
        Budget = Budget.Either,
        Create = setting => setting.Of(new Fgsm(), Networks.Attacks.Fgsm.Released) with { Epsilon = setting.Epsilon },
    };

    public static AttackEntry Pgd() => Steps(
        "pgd", "Projected gradient descent: many small steps within ε of the image; without --epsilon the smallest ε that suffices.",
        "Madry et al. 2018", new Pgd(), Networks.Attacks.Pgd.Released);

    public static AttackEntry MomentumFgsm() => Steps(
        "mi-fgsm", "Momentum iterative FGSM: steps along an accumulated gradient, whose examples transfer well.",
        "Dong et al. 2018", Networks.Attacks.Pgd.MomentumFgsm, Networks.Attacks.Pgd.MomentumFgsmReleased);

    static AttackEntry Steps(string name, string summary, string source, Pgd strong, Pgd released)
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        Option<int?> steps = AttackEntry.Count("--steps", "How many steps.");
        Option<double?> stepSize = Values.Option<double?>("--step-size", "X", "The length of a step, pixels from 0 to 1. [default: a share of ε, the preset's]",
            text => Values.Number("--step-size", text, number => number > 0 && number <= 1, "a number above 0 and at most 1, such as 0.01"));
        Option<bool?> randomStart = AttackEntry.Switch("--random-start", "Begin at a random point within ε, not at the image itself.");
        Option<int?> restarts = AttackEntry.Count("--restarts", "How many random starts at most; further ones only after failure.");
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
