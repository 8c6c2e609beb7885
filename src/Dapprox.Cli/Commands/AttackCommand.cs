using System.CommandLine;
using Dapprox.Networks.Attacks;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox attack</c>: one command for each attack, with the attack's own options.</summary>
static class AttackCommand
{
    public static Command Create()
    {
        var command = new Command(
            "attack", "Attack a network, and measure how the adversarial examples transfer to it with other multipliers.");
        foreach (AttackEntry entry in AttackCatalogue.All)
            command.Add(AttackRun.Command(entry));
        return command;
    }
}
