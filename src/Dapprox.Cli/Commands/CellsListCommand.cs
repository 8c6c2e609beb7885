using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Circuits;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Hardware;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox cells list</c>: the cells and their cost.</summary>
static class CellsListCommand
{
    public static Command Create()
    {
        Option<CellLibrary> library = CellLibraryOption();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "list", "List the cells of a library with their functions and costs.",
            "Energy is the mean over all changes of the inputs (56 where there are three), leakage the mean over all values of the "
                + "inputs, delay the longest from an input to an output; E and D are energy and delay divided by those of fa, the exact "
                + "adder. "
            + "With --json: library, technology, conditions, areaRule, and cells, of each name, inputs, outputs {name: truth table}, "
            + "logic, energy (fJ), leakage (nW), delay (ps), area (µm²), transistors, source (of the circuit measured), published "
            + "{transistors, source}. The library itself is JSON too, with all numbers of each cell.")
        {
            library, json,
        };
        command.SetAction(parse =>
        {
            CellLibrary chosen = parse.GetValue(library)!;
            if (parse.GetValue(json))
                PrintJson(chosen);
            else
                Print(chosen);
        });
        return command;
    }

    /// <summary>The option that names a cell library.</summary>
    public static Option<CellLibrary> CellLibraryOption()
    {
        Option<CellLibrary> option = Values.Option(
            "--library", "FILE", "The cell library, as 'dapprox cells characterise' writes it; the default is included, 45 nm at 1.0 V.",
            CellLibraryFiles.Load);
        option.DefaultValueFactory = _ => CellLibrary.Shipped;
        return option;
    }

    /// <summary>Prints a library as a table.</summary>
    public static void Print(CellLibrary library)
    {
        Output.Print($"{library.Name}: {library.Technology}");
        CharacterisedCell? exact = library.Cells.FirstOrDefault(cell => cell.Cell.Name == Cells.FullAdder.Name);
        Output.PrintTable(["cell", ">energy fJ", ">E", ">delay ps", ">D", ">area µm²", ">transistors"], library.Cells
            .Select(cell => (string[])
        [
            cell.Cell.Name, $"{cell.MeanEnergy:F3}", Ratio(cell.MeanEnergy, exact?.MeanEnergy), $"{cell.WorstDelay:F1}",
            Ratio(cell.WorstDelay, exact?.WorstDelay), $"{cell.Area:F2}", $"{cell.Transistors}",
        ]));
        Console.WriteLine();
        Output.PrintTable(
            ["cell", ">leakage nW", "~what it computes"],
            library.Cells.Select(cell => (string[])[cell.Cell.Name, $"{cell.MeanLeakage:F1}", Logic(cell.Cell)]));
        Console.WriteLine();
        Output.PrintFields(("conditions", library.Conditions), ("areas", library.AreaRule));
    }

    static string Ratio(double value, double? exact) => exact > 0 ? $"{value / exact:F3}" : "–";

    static string Logic(Cell cell) => Known(cell)?.Logic is { Length: > 0 } logic
        ? logic
        : string.Join("; ", cell.Outputs.Select((output, i) => $"{output} {cell.Table(i)}"));

    /// <summary>The built-in cell with that name and function, which has further details.</summary>
    static Cell? Known(Cell cell) => Cells.All.FirstOrDefault(known => known.Name == cell.Name && known.Tables.SequenceEqual(cell.Tables));

    static void PrintJson(CellLibrary library) => Output.PrintJson(new JsonObject
    {
        ["library"] = library.Name,
        ["technology"] = library.Technology,
        ["conditions"] = library.Conditions,
        ["areaRule"] = library.AreaRule,
        ["cells"] = new JsonArray([.. library.Cells.Select(cell => new JsonObject
        {
            ["name"] = cell.Cell.Name,
            ["inputs"] = new JsonArray([.. cell.Cell.Inputs.Select(input => JsonValue.Create(input))]),
            ["outputs"] = new JsonObject(
                cell.Cell.Outputs.Select((output, i) => KeyValuePair.Create(output, (JsonNode?)cell.Cell.Table(i)))),
            ["logic"] = Known(cell.Cell)?.Logic,
            ["energy"] = cell.MeanEnergy,
            ["leakage"] = cell.MeanLeakage,
            ["delay"] = cell.WorstDelay,
            ["area"] = cell.Area,
            ["transistors"] = cell.Transistors,
            ["source"] = cell.Source,
            ["published"] = Known(cell.Cell) is Cell known
                ? new JsonObject { ["transistors"] = known.Transistors, ["source"] = known.Source }
                : null,
        })]),
    });
}
