using Dapprox.Measurement;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes a Verilog module that checks the module of a circuit against numbers that <see cref="Netlist.Evaluate"/> gave. It
/// prints a line <c>PASSED</c> with the count, or one for each difference and <c>FAILED</c>.
/// </summary>
public static class VerilogTestBench
{
    /// <summary>How many inputs are checked; all of them, where there are not more.</summary>
    public const int Vectors = 2048;

    /// <summary>Writes the module <c>test_bench</c>.</summary>
    /// <param name="netlist">The circuit, whose module stands in another file.</param>
    /// <param name="seed">Determines the inputs, where there are more than are checked.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(Netlist netlist, ulong seed, TextWriter writer)
    {
        IReadOnlyList<string> ports = VerilogWriter.PortNames(netlist);
        Bus[] buses = [.. netlist.Inputs, .. netlist.Outputs];
        writer.Write("module test_bench;\n  integer errors;\n");
        for (int bus = 0; bus < buses.Length; bus++)
        {
            string range = $"[{buses[bus].Width - 1}:0]";
            writer.Write(bus < netlist.Inputs.Count ? $"  reg {range} in{bus};\n" : $"  wire {range} out{bus};\n");
        }

        string[] signals = [.. buses.Select((_, bus) => $"{(bus < netlist.Inputs.Count ? "in" : "out")}{bus}")];
        writer.Write(
            $"  {VerilogWriter.ModuleName(netlist)} tested("
            + $"{string.Join(", ", signals.Select((signal, bus) => $".{ports[bus]}({signal})"))});\n\n");
        writer.Write("  task check;\n");
        for (int bus = 0; bus < buses.Length; bus++)
            writer.Write($"    input [{buses[bus].Width - 1}:0] v{bus};\n");
        string inputs = string.Join(" ", netlist.Inputs.Select((_, bus) => $"in{bus} = v{bus};"));
        string differs =
            string.Join(" || ", netlist.Outputs.Select((_, bus) => $"out{netlist.Inputs.Count + bus} !== v{netlist.Inputs.Count + bus}"));
        string format = string.Join(" ", signals.Select(signal => $"{signal}=%h"));
        writer.Write(
            $"    begin\n      {inputs}\n      #1;\n      if ({differs}) begin\n        errors = errors + 1;\n"
            + $"        $display(\"differs: {format}\", {string.Join(", ", signals)});\n      end\n    end\n  endtask\n\n"
            + "  initial begin\n    errors = 0;\n");
        ulong[][] numbers = CircuitComparison.Inputs([.. netlist.Inputs.Select(bus => bus.Width)], Vectors, seed);
        int count = numbers[0].Length;
        for (int i = 0; i < count; i++)
        {
            ulong[] given = [.. numbers.Select(bus => bus[i])];
            UInt128[] all = [.. given, .. netlist.Evaluate(given)];
            writer.Write($"    check({string.Join(", ", all.Select((number, bus) => $"{buses[bus].Width}'h{number:x}"))});\n");
        }

        writer.Write(
            $"    if (errors == 0) $display(\"PASSED {count} vectors\");\n"
            + $"    else $display(\"FAILED %0d of {count} vectors\", errors);\n    $finish;\n  end\nendmodule\n");
    }
}
