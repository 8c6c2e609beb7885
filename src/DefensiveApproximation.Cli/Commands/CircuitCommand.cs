using System.CommandLine;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox circuit</c>: everything that is done with the circuit of a multiplier.</summary>
static class CircuitCommand
{
    public static Command Create() => new("circuit", "Build, read, write and compare the circuits of multipliers.")
    {
        CircuitCostCommand.Create(),
    };
}
