using System.CommandLine;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Tools;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit export</c>: a circuit as a file.</summary>
static class CircuitExportCommand
{
    public static Command Create() => CircuitConversion.Create(
        "export", "Write a circuit as Verilog, BLIF, JSON, CGP, C or DOT.",
        $"The end of the name of FILE says what is written: {CircuitFormat.Known(read: false)}. With --mac and --systolic it is "
            + "Verilog, the comments of which say what its ports mean, --test-bench checks sums, and the JSON has module, its name.",
        "CIRCUIT", $"The circuit: {CircuitConversion.Given}.", (_, given) => CircuitFiles.Open(given),
        outputIsRequired: true, new MacOptions());
}
