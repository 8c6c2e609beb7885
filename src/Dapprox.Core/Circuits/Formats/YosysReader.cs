using System.Text.Json;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>What a reader cannot know from a file alone.</summary>
/// <param name="Top">The module that is the circuit; null for the one that no other uses.</param>
/// <param name="Cells">A file with the cells that the circuit is made of: Verilog modules (.v), or a Liberty library (.lib); null for
/// none.</param>
public sealed record ReadingHelp(string? Top = null, string? Cells = null)
{
    /// <summary>Nothing.</summary>
    public static ReadingHelp None { get; } = new();
}

/// <summary>
/// Reads through Yosys what is no structural netlist: behavioural Verilog and SystemVerilog, netlists of foreign cells, AIGER, RTLIL,
/// Yosys's JSON, bench through its ABC, and VHDL where GHDL and its plug-in are installed. Yosys elaborates it to gates, its ABC
/// optimises them, and its BLIF is read.
/// </summary>
static class YosysReader
{
    // A multiplier of 32 by 32 bits takes seconds.
    const int Seconds = 120;

    const string Elaborated = "elaborated.blif", Ports = "ports.json";

    // AIGER need not name its inputs; Yosys calls them $i0, $i1 and so on.
    const string Unnamed = "$i";

    /// <summary>Reads a file.</summary>
    /// <param name="text">The file; it is read again by its name.</param>
    /// <param name="help">What the file does not say.</param>
    /// <exception cref="InputException">Yosys is not installed, or it finds no circuit in the file.</exception>
    public static CircuitDocument Read(SourceText text, ReadingHelp help) => TryRead(text, help, out string reason)
        ?? throw new InputException($"'{text.Name}': {reason}");

    /// <summary>Reads a file, or says why there is no circuit in it.</summary>
    /// <param name="text">The file; it is read again by its name.</param>
    /// <param name="help">What the file does not say.</param>
    /// <param name="reason">What Yosys complains of, or that it is missing; empty for a circuit.</param>
    /// <exception cref="InputException">There is logic in it that is no circuit, such as a register.</exception>
    public static CircuitDocument? TryRead(SourceText text, ReadingHelp help, out string reason)
    {
        if (help.Top is string named && !named.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$' or '.'))
            throw new InputException($"the module '{SourceText.Shown(named)}' is no name; give letters, digits, _, $ and .");
        string extension = Path.GetExtension(text.Name).ToLowerInvariant();
        string folder = Directory.CreateTempSubdirectory("dapprox-read-").FullName;
        try
        {
            string file = "circuit" + extension;
            File.Copy(text.Name, Path.Combine(folder, file));
            if (extension == ".bench")
            {
                YosysRun? abc = Yosys.RunAbc(
                    folder, $"read_bench {file}; strash; write_blif circuit.blif", Seconds, CancellationToken.None);
                (extension, file) = (".blif", "circuit.blif");
                if (!File.Exists(Path.Combine(folder, file)))
                {
                    reason = abc is null ? Missing("bench") : "ABC, which reads bench, finds no circuit in it";
                    return null;
                }
            }

            string read = extension switch
            {
                ".blif" => $"read_blif {file}",
                ".json" => $"read_json {file}",
                ".il" => $"read_rtlil {file}",
                ".aig" or ".aag" => $"read_aiger -wideports {file}",
                ".vhd" or ".vhdl" => $"plugin -i ghdl; ghdl --std=08 {file} -e {help.Top}",
                _ => $"read_verilog -sv {file}",
            };
            string top = help.Top is null ? "-auto-top" : $"-top {help.Top}";
            // Behaviour has no gates of its own; cells that a designer chose stay.
            string optimise = help.Cells is null ? "abc -g AND,NAND,OR,NOR,XOR,XNOR,ANDNOT,ORNOT,MUX; " : "";
            // A wire that nothing or two things drive, and a loop, are errors; what Yosys itself leaves undriven after that is not
            // used.
            YosysRun? run = Yosys.Run(
                folder,
                $"{Cells(help.Cells, folder)}{read}; hierarchy -check {top}; proc; flatten; opt_clean; check -assert; write_json {Ports}; "
                    + $"techmap; setundef -undriven -zero; opt; {optimise}clean -purge; write_blif -noalias {Elaborated}",
                Seconds, CancellationToken.None);
            string blif = Path.Combine(folder, Elaborated);
            if (run is null || !run.HasEnded || !File.Exists(blif))
            {
                reason = run is null ? Missing(extension == ".v" ? "behavioural Verilog" : $"a file that ends in {extension}")
                    : "Yosys finds no circuit in it: "
                        + InputFile.OneLine(run.Reason.Replace(file, Path.GetFileName(text.Name), StringComparison.Ordinal), 200);
                return null;
            }

            reason = "";
            Netlist circuit = BlifReader.Read(new SourceText(text.Name + " elaborated by Yosys", File.ReadAllText(blif)));
            if (circuit.Inputs.All(bus => bus.Name.StartsWith(Unnamed, StringComparison.Ordinal)))
                circuit = CircuitPorts.Halved(circuit);
            string name = circuit.Name == "circuit" || circuit.Name == file ? Path.GetFileNameWithoutExtension(text.Name) : circuit.Name;
            return new CircuitDocument(circuit.WithSign(IsSigned(Path.Combine(folder, Ports))).WithName(name)) { ReadBy = "Yosys" };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Missing(string what) => $"{what} is read with Yosys, which is not installed ({Yosys.Installation})";

    /// <summary>The command that makes the cells known.</summary>
    static string Cells(string? given, string folder)
    {
        if (given is null)
            return "";
        bool isLiberty = !given.EndsWith(".v", StringComparison.OrdinalIgnoreCase);
        string file = isLiberty ? "cells.lib" : "cells.v";
        InputFile.Read(given, stream =>
        {
            using FileStream copy = File.Create(Path.Combine(folder, file));
            stream.CopyTo(copy);
            return true;
        });
        return isLiberty ? $"read_liberty -ignore_miss_func {file}; " : $"read_verilog {file}; ";
    }

    /// <summary>Whether all ports are declared signed, as <c>input signed</c> in Verilog.</summary>
    static bool IsSigned(string ports)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ports));
        JsonElement[] all = [.. document.RootElement.GetProperty("modules").EnumerateObject().SelectMany(module =>
            module.Value.GetProperty("ports").EnumerateObject().Select(port => port.Value))];
        return all.Length > 0 && all.All(port => port.TryGetProperty("signed", out _));
    }
}
