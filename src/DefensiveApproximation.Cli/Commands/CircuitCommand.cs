using System.CommandLine;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox circuit</c>: what can be done with a multiplier circuit.</summary>
static class CircuitCommand
{
    public static Command Create() => new("circuit", "Work with multiplier circuits: a description such as array:24:ama5, or a file.")
    {
        CircuitMetricsCommand.Create(),
    };
}
