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
/// Yosys's JSON, bench through its ABC, and VHDL through GHDL. Yosys elaborates it to gates, its ABC
/// optimises them, and its BLIF is read.
/// </summary>
static class YosysReader
{
    // A multiplier of 32 by 32 bits takes seconds.
    const int Seconds = 120;

    const string Declared = "declared.json", Elaborated = "elaborated.blif", Synthesised = "circuit.v";

    // AIGER need not name its inputs; Yosys calls them $i0, $i1 and so on.
    const string Unnamed = "$i";

    // What a message shows of Yosys's complaints, and of the names of modules.
    const int ShownLetters = 200, ShownModules = 8;

    /// <summary>Reads a file.</summary>
    /// <param name="text">The file; it is read again by its name.</param>
    /// <param name="help">What the file does not say.</param>
    /// <exception cref="InputException">Yosys is not installed, or there is no circuit in the file.</exception>
    public static CircuitDocument Read(SourceText text, ReadingHelp help) => TryRead(text, help, out string reason)
        ?? throw new InputException($"'{text.Name}': {reason}");

    /// <summary>Reads a file, or says why there is no circuit in it.</summary>
    /// <param name="text">The file; it is read again by its name.</param>
    /// <param name="help">What the file does not say.</param>
    /// <param name="reason">What Yosys complains of, or that it is missing; empty for a circuit.</param>
    public static CircuitDocument? TryRead(SourceText text, ReadingHelp help, out string reason)
    {
        string folder = Directory.CreateTempSubdirectory("dapprox-read-").FullName;
        try
        {
            reason = "";
            return Read(text, help, folder);
        }
        catch (ElaborationException e)
        {
            reason = InputFile.OneLine(
                e.Message.Replace("circuit" + Path.GetExtension(text.Name), Path.GetFileName(text.Name), StringComparison.Ordinal),
                ShownLetters);
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static CircuitDocument Read(SourceText text, ReadingHelp help, string folder)
    {
        if (help.Top is not null)
            ThrowIfNoWord(help.Top);
        string extension = Path.GetExtension(text.Name).ToLowerInvariant(), file = "circuit" + extension, reader = "Yosys";
        File.Copy(text.Name, Path.Combine(folder, file));
        if (extension is ".vhd" or ".vhdl")
        {
            YosysRun? synthesis = Yosys.RunGhdl(folder, file, help.Top, Seconds, CancellationToken.None);
            if (synthesis is { HasEnded: true } && synthesis.Log.Contains("endmodule", StringComparison.Ordinal))
                File.WriteAllText(Path.Combine(folder, Synthesised), synthesis.Log);
            Run(synthesis, Synthesised, "GHDL");
            (extension, file, reader) = (".v", Synthesised, "GHDL and Yosys");
        }

        if (extension == ".bench")
        {
            Run(
                Yosys.RunAbc(folder, $"read_bench {file}; strash; write_blif circuit.blif", Seconds, CancellationToken.None),
                "circuit.blif");
            (extension, file) = (".blif", "circuit.blif");
        }

        string read = extension switch
        {
            ".blif" => $"read_blif {file}",
            ".json" => $"read_json {file}",
            ".il" => $"read_rtlil {file}",
            ".aig" or ".aag" => $"read_aiger -wideports {file}",
            _ => $"read_verilog -sv {file}",
        };
        Run(Yosys.Run(folder, $"{read}; proc; write_json {Declared}", Seconds, CancellationToken.None), Declared);
        (string top, bool isSigned) = Declaration(Path.Combine(folder, Declared), help.Top);
        // Behaviour has no gates of its own; cells that a designer chose become their functions and no more. A wire that nothing or
        // two things drive, and a loop, are errors; what Yosys itself leaves undriven after that is not used.
        string elaborate = help.Cells is null
            ? "synth -flatten -noabc; setundef -undriven -zero; opt; abc -g AND,NAND,OR,NOR,XOR,XNOR,ANDNOT,ORNOT,MUX"
            : "techmap; setundef -undriven -zero; opt";
        Run(
            Yosys.Run(
                folder,
                $"{Cells(help.Cells, folder)}{read}; hierarchy -check -top {top}; proc; flatten; opt_clean; check -assert; {elaborate}; "
                    + $"clean -purge; write_blif -noalias {Elaborated}",
                Seconds, CancellationToken.None),
            Elaborated);
        string blif = File.ReadAllText(Path.Combine(folder, Elaborated));
        if (blif.Split('\n').FirstOrDefault(line => line.StartsWith(".latch ", StringComparison.Ordinal)) is string latch)
            throw new ElaborationException($"{latch.Split(' ')[2]} is a register or a latch; a circuit that multiplies has none");
        Netlist circuit = BlifReader.Read(new SourceText(text.Name + " elaborated by Yosys", blif)).Circuit;
        if (circuit.Inputs.All(bus => bus.Name.StartsWith(Unnamed, StringComparison.Ordinal)))
            circuit = CircuitPorts.Halved(circuit);
        string name = circuit.Name == "circuit" || circuit.Name == file ? Path.GetFileNameWithoutExtension(text.Name) : circuit.Name;
        return new CircuitDocument(circuit.WithSign(isSigned).WithName(name)) { ReadBy = reader };

        void Run(YosysRun? run, string made, string tool = "Yosys")
        {
            if (run is null)
            {
                string what = extension == ".v" ? "behavioural Verilog" : $"a file that ends in {extension}";
                throw new ElaborationException(
                    $"{what} is read with {tool}, which is not installed (apt-get install {tool.ToLowerInvariant()})");
            }

            if (!run.HasEnded)
                throw new ElaborationException($"{tool} needs more than {Seconds} s for it; write it as BLIF or JSON with Yosys");
            if (!File.Exists(Path.Combine(folder, made)))
                throw new ElaborationException($"{tool} finds no circuit in it: {(run.Reason.Length > 0 ? run.Reason : "it was stopped")}");
        }
    }

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

    /// <summary>
    /// The module that is the circuit, and whether all its inputs are declared signed, as <c>input signed</c> in Verilog.
    /// </summary>
    static (string Top, bool IsSigned) Declaration(string file, string? given)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        Dictionary<string, JsonElement> modules = document.RootElement.GetProperty("modules").EnumerateObject()
            .ToDictionary(module => module.Name, module => module.Value);
        HashSet<string> used =
        [
            .. modules.Values.Where(module => module.TryGetProperty("cells", out _)).SelectMany(module =>
                module.GetProperty("cells").EnumerateObject().Select(cell => cell.Value.GetProperty("type").GetString()!)),
        ];
        string[] names = [.. modules.Keys.Order(StringComparer.Ordinal)];
        string[] tops = [.. names.Where(module => given is null ? !used.Contains(module) : module == given)];
        if (tops.Length != 1)
        {
            string all = string.Join(", ", names.Take(ShownModules).Select(SourceText.Shown));
            throw new ElaborationException(
                modules.Count == 0 ? "there is no module in it"
                : given is not null ? $"there is no module '{SourceText.Shown(given)}' in it; it has {all}"
                : tops.Length == 0 ? "its modules contain themselves"
                : $"no module uses {string.Join(" nor ", tops.Take(ShownModules).Select(SourceText.Shown))}; choose one with "
                    + "'dapprox circuit import FILE --top NAME'");
        }

        ThrowIfNoWord(tops[0]);
        JsonProperty[] ports = [.. modules[tops[0]].GetProperty("ports").EnumerateObject()];
        JsonProperty[] inputs = [.. ports.Where(port => port.Value.GetProperty("direction").GetString() == "input")];
        foreach (JsonProperty port in ports)
        {
            string named = $"the port {SourceText.Shown(port.Name)} of {SourceText.Shown(tops[0])}";
            if (port.Value.GetProperty("bits").GetArrayLength() is > NetlistBuilder.MaxBits and int width)
                throw new ElaborationException($"{named} has {width} bits; at most {NetlistBuilder.MaxBits} are read");
            if (port.Value.TryGetProperty("upto", out _))
                throw new ElaborationException($"{named} is declared from its highest bit on, as [0:7]; declare it as [7:0]");
        }

        return (tops[0], inputs.Length > 0 && inputs.All(port => port.Value.TryGetProperty("signed", out _)));
    }

    /// <summary>Refuses a module whose name is no word: the name stands in a script, in which a semicolon begins another command.</summary>
    static void ThrowIfNoWord(string module)
    {
        if (module.Length == 0 || !module.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$' or '.'))
        {
            throw new ElaborationException(
                $"the module '{SourceText.Shown(module)}' has a name of other letters than a-z, 0-9, _, $ and .");
        }
    }

    /// <summary>Why there is no circuit in a file.</summary>
    sealed class ElaborationException(string reason) : Exception(reason);
}
