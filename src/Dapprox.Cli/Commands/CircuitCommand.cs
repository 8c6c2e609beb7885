using System.CommandLine;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit</c>: all commands on the circuit of a multiplier.</summary>
static class CircuitCommand
{
    public static Command Create() => new("circuit", "Build, read, write, compare, measure and price the circuits of multipliers.")
    {
        CircuitBuildCommand.Create(),
        CircuitImportCommand.Create(),
        CircuitExportCommand.Create(),
        CircuitVerifyCommand.Create(),
        CircuitMetricsCommand.Create(),
        CircuitCostCommand.Create(),
    };
}
