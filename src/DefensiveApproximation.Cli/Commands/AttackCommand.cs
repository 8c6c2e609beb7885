using System.CommandLine;
using DefensiveApproximation.Networks.Attacks;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox attack</c>: one command for each attack, with the attack's own options.</summary>
static class AttackCommand
{
    public static Command Create() =>
        new("attack", "Attack a network with adversarial examples, and try these on the same network with other multipliers.")
        {
            Fgsm(),
            Pgd(),
        };

    static DocumentedCommand Fgsm()
    {
        var command = new DocumentedCommand(
            "fgsm", "Fast gradient sign method: one step of ε along the sign of the gradient (Goodfellow et al. 2015).",
            AttackRun.Measured);
        AttackRun.AddTo(command, [], (_, epsilon) => new Fgsm(epsilon));
        return command;
    }

    static DocumentedCommand Pgd()
    {
        Option<int> steps = Values.Integer("--steps", "How many steps.", least: 1, otherwise: new Pgd().Steps);
        Option<double?> stepSize = Values.Option<double?>("--step-size", "X", "The length of a step in every pixel, in units of pixels from 0 to 1. [default: ε/30]",
            text => Values.Number("--step-size", text, number => number is > 0 and <= 1, "a number above 0 and at most 1, such as 0.01"));
        Option<bool> randomStart = new("--random-start")
        {
            Description = "Begin at a random point within ε, not at the image itself.",
        };
        var command = new DocumentedCommand(
            "pgd", "Projected gradient descent: many small steps within ε of the image (Madry et al. 2018).",
            AttackRun.Measured);
        AttackRun.AddTo(command, [steps, stepSize, randomStart], (parse, epsilon) => new Pgd(epsilon)
        {
            Steps = parse.GetValue(steps),
            StepSize = parse.GetValue(stepSize),
            RandomStart = parse.GetValue(randomStart),
            Restarts = 1,
        });
        return command;
    }
}
