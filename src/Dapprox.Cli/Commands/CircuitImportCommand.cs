using System.CommandLine;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Tools;
using Dapprox.Foundation;
using Dapprox.Hardware;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit import</c>: the contents of a circuit file.</summary>
static class CircuitImportCommand
{
    public static Command Create()
    {
        Option<string?> top = new("--top")
        {
            HelpName = "NAME",
            Description = "The module that is the circuit. [default: the one that no other uses]",
        };
        Option<string?> cells = Values.Option<string?>(
            "--cells", "FILE",
            "The cells that the circuit is made of, through Yosys: Verilog modules (.v) or a Liberty library (.lib). Each becomes its "
                + "function.",
            file =>
            {
                if (!file.EndsWith(".v", StringComparison.OrdinalIgnoreCase))
                    LibertyLibrary.Load(file);
                return file;
            });
        Option<(string New, string Present)[]> ports = Values.List(
            "--ports", "NAME=PORT,…", "Rename the inputs and outputs, all of them, the operands first: a=IN1,b=IN2,p=OUT.", text =>
                text.Split('=') is [{ Length: > 0 } name, { Length: > 0 } present]
                    ? (name, present)
                    : throw new InputException($"--ports has '{text}'; give NAME=PORT, for example a=IN1,b=IN2,p=OUT"));
        return CircuitConversion.Create(
            "import", "Read a circuit file, summarise it, and convert it.",
            $"Read are files that end in {CircuitFormat.Known(read: true)}: structural Verilog (also sums, comparisons, parameters, and "
                + "always blocks without a clock), BLIF, our own JSON, and strings of Cartesian genetic programming with ids as ArithsGen "
                + "writes them. Everything else goes through Yosys if it is installed: other Verilog and SystemVerilog, netlists of "
                + "foreign cells, RTLIL, AIGER, Yosys's JSON, bench, and VHDL if GHDL is installed as well. Single bits that are "
                + "numbered from 0 become buses: a0, a1 or a_0_, a_1_. A file with a loop, with a wire that nothing or two things drive "
                + "or with unknown cells is refused with its line.",
            "FILE", "The circuit file.", (parse, file) =>
            {
                ReadingHelp? help = (parse.GetValue(top), parse.GetValue(cells)) is (null, null)
                    ? null
                    : new ReadingHelp(parse.GetValue(top), parse.GetValue(cells));
                CircuitDocument document = CircuitFiles.Read(file, help);
                return parse.GetValue(ports) is { Length: > 0 } names
                    ? document with { Circuit = CircuitPorts.Renamed(document.Circuit, names) }
                    : document;
            },
            outputIsRequired: false, mac: null, top, cells, ports);
    }
}
