using System.CommandLine;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Tools;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit import</c>: the contents of a circuit file.</summary>
static class CircuitImportCommand
{
    public static Command Create() => CircuitConversion.Create(
        "import", "Read a circuit file, summarise it, and convert it.",
        $"Read are files that end in {CircuitFormat.Known(read: true)}: structural Verilog as EvoApproxLib and ArithsGen publish it, "
            + "BLIF, our own JSON, and strings of Cartesian genetic programming with ids as ArithsGen writes them. A file with a loop, "
            + "with a wire that nothing or two things drive, with widths that do not fit or with unknown cells is refused with its line.",
        "FILE", "The circuit file.", CircuitFiles.Read, outputIsRequired: false);
}
