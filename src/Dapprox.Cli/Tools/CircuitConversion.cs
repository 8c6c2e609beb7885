using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;

namespace Dapprox.Cli.Tools;

/// <summary>The commands that read a circuit, summarise it and write it; they differ in its source.</summary>
static class CircuitConversion
{
    /// <summary>The legal arguments of <see cref="CircuitFiles.Open"/>, for help.</summary>
    public static string Given { get; } = "a description such as array:24:ama5, a file, the name of an evolved multiplier "
        + "('dapprox multipliers --evolved'), or "
        + $"{string.Join(", ", CircuitDescription.KnownNames)}";

    /// <summary>Creates such a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="summary">What it does, in one line.</param>
    /// <param name="details">The legal circuits.</param>
    /// <param name="argument">The placeholder of the circuit in help.</param>
    /// <param name="description">The description of the argument.</param>
    /// <param name="open">Finds the circuit.</param>
    /// <param name="outputIsRequired">Whether a file has to be written.</param>
    /// <param name="mac">The options of a multiply-accumulate unit; null if none is written.</param>
    /// <param name="options">The command's own options.</param>
    public static Command Create(
        string name, string summary, string details, string argument, string description,
        Func<ParseResult, string, CircuitDocument> open, bool outputIsRequired, MacOptions? mac = null,
        params Option[] options)
    {
        Argument<string> given = new(argument) { Description = description };
        Option<string?> output = new("--output")
        {
            HelpName = "FILE",
            Description = $"Write the circuit; the name ends in one of {CircuitFormat.Known(read: false)}, or for the table of all "
                + $"products in one of {string.Join(", ", TableFiles.Extensions)}.",
            Required = outputIsRequired,
        };
        Option<bool> hierarchical = new(
            "--hierarchical")
        { Description = "Verilog with a module for each kind of cell and each block, instead of one module." };
        Option<string?> testBench = new("--test-bench")
        {
            HelpName = "FILE",
            Description = $"Also write a Verilog module that checks the circuit's module against {VerilogTestBench.Vectors} products, or "
                + "all if there are no more.",
        };
        var sign = new SignOptions();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            name, summary,
            details
                + " With --json: name, signed, readBy, inputs and outputs (each with name and width), cells (the number of each kind), "
                + "depth (the "
                + "most cells on a path), output.")
        {
            given, output, hierarchical, testBench,
        };
        foreach (Option option in (Option[])[.. options, .. mac?.All ?? [], .. sign.All, json])
            command.Add(option);
        command.SetAction(parse =>
        {
            CircuitDocument document = open(parse, parse.GetValue(given)!);
            document = document with { Circuit = document.Circuit.WithSign(sign.Read(parse) ?? document.Circuit.IsSigned) };
            foreach (string note in document.Notes)
                Output.NoteFact(note);
            string? file = parse.GetValue(output);
            if (parse.GetValue(hierarchical) && file is null)
                throw new InputException("--hierarchical says how a file is written; give --output FILE.v too");
            if (file is not null && parse.GetValue(testBench) is string same && Path.GetFullPath(file) == Path.GetFullPath(same))
                throw new InputException($"--output and --test-bench are both '{file}'; give two files");
            (MacUnit Unit, int Size)? built = mac?.Read(parse, document.Circuit);
            if (built is not null)
                CircuitFiles.WriteMac(built.Value.Unit, built.Value.Size, file!, parse.GetValue(hierarchical));
            else if (file is not null && TableFiles.IsTable(file))
                TableFiles.Write(new IntegerCircuit(document.Circuit), file);
            else if (file is not null)
            {
                CircuitFiles.Write(document, file, parse.GetValue(hierarchical));
                if (document.Circuit.IsSigned && CircuitFormat.Of(file) is { HasSign: false } format)
                    Output.Note($"note: {format.Name} does not say that a circuit is signed; give --signed where '{file}' is read");
            }

            if (parse.GetValue(testBench) is string bench)
            {
                if (built is not null)
                    CircuitFiles.WriteMacTestBench(built.Value.Unit, built.Value.Size, bench);
                else
                    CircuitFiles.WriteTestBench(document.Circuit, bench);
            }

            if (parse.GetValue(json))
            {
                JsonObject result = Json(document, file);
                if (built is not null)
                    result["module"] = VerilogMacWriter.ModuleName(built.Value.Unit, built.Value.Size);
                Output.PrintJson(result);
            }
            else
                Print(document, built is null ? "" : Described(built.Value.Unit, built.Value.Size), file);
        });
        return command;
    }

    static JsonObject Json(CircuitDocument document, string? file)
    {
        CircuitSummary summary = CircuitSummary.Of(document.Circuit);
        return new JsonObject
        {
            ["name"] = document.Name ?? document.Circuit.Name,
            ["signed"] = document.Circuit.IsSigned,
            ["readBy"] = document.ReadBy,
            ["inputs"] = Buses(document.Circuit.Inputs),
            ["outputs"] = Buses(document.Circuit.Outputs),
            ["cells"] = new JsonObject(summary.Cells.Select(kind => KeyValuePair.Create(kind.Name, (JsonNode?)kind.Count))),
            ["depth"] = summary.Depth,
            ["output"] = file,
        };
    }

    static JsonArray Buses(IEnumerable<Bus> buses) =>
        new([.. buses.Select(bus => new JsonObject { ["name"] = bus.Name, ["width"] = bus.Width })]);

    static string Described(MacUnit unit, int size) =>
        $"{VerilogMacWriter.ModuleName(unit, size)}: {(size == 1 ? "one unit" : $"{size} × {size} units")}, sums of {unit.Width} bits"
            + (unit.Adder is Netlist adder ? $" by {adder.Name}" : "");

    static void Print(CircuitDocument document, string module, string? file)
    {
        CircuitSummary summary = CircuitSummary.Of(document.Circuit);
        Output.Print($"{document.Name ?? document.Circuit.Name}: {Shown(document.Circuit.Inputs)} to {Shown(document.Circuit.Outputs)}, "
            + (document.Circuit.IsSigned ? "signed" : "unsigned"));
        Output.PrintFields(
            ("cells", $"{summary.Cells.Sum(kind => kind.Count)}{(summary.Cells.Count == 0 ? "" : ": ")}"
                + string.Join(", ", summary.Cells.Select(kind => $"{kind.Count} {kind.Name}"))),
            ("depth", $"{summary.Depth}"), ("module", module), ("output", file ?? ""));
    }

    static string Shown(IEnumerable<Bus> buses) =>
        string.Join(", ", buses.Select(bus => $"{bus.Name} of {bus.Width} bit{(bus.Width == 1 ? "" : "s")}"));
}
