using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Hardware;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox multipliers</c>: the list of multipliers.</summary>
static class MultipliersCommand
{
    public static Command Create()
    {
        var evolved = new Option<bool>("--evolved")
        {
            Description = "Instead, the multipliers of integers that 'dapprox evolve' found and that are included: their errors, and their "
                + "energy, delay and area relative to the exact array.",
        };
        Option<LibertyLibrary?> liberty = EvolveCommand.Liberty();
        Option<bool> json = SharedOptions.Json();
        string forms = string.Join(", ", IntegerMultipliers.All.Select(family => family.Form));
        string options = string.Join("; ", IntegerMultipliers.All
            .Where(family => family.Option is not null)
            .Select(family => $"{family.Option}, {family.OptionHelp} ({family.Name})"));
        var command = new DocumentedCommand(
            "multipliers", "List the multipliers, with what they compute and where they were published.",
            "Those of floats are for --multiplier. Those of integers are for --multiplier in a quantised network, 'dapprox circuit "
                + $"metrics' and 'dapprox circuit verify'; their names are {forms}. BITS is {MagnitudeMultiplier.MinBits} to "
                + $"{MagnitudeMultiplier.MaxBits} (kulkarni: an even number; drum: from {DrumMultiplier.MinK}). Numbers: {options}. "
                + $"Without {MagnitudeMultiplier.SignWord} they are unsigned; with it operands are in two's complement, absolute values "
                + "are multiplied, and the product is negated where the signs differ. "
                + "Truncated arrays, broken arrays (BAM) and arrays of approximate adders are circuits: array:8:vertical=5, "
                + "array:8:vertical=5:horizontal=2, array:8:ama5 (see dapprox circuit build --help). The names of those that are included "
                + "as circuits, by --evolved, say width, sign, metric and bound: evo8u-mre-0.01 has unsigned operands of 8 bits and an MRE "
                + "of at most 0.01; they are for all commands that take a circuit or a multiplier. In a quantised network "
                + "MULTIPLIER@ACCUMULATOR says how products are added: @int16 or @uint16, sums of 8 to 32 bits, which "
                + $"wrap; @int16:saturate; or an approximate adder of their lowest bits, {AdderCircuit.Forms}, or the file of a circuit, "
                + "which may follow a format: @int24:loa:8. With --json: multipliers {name, "
                + "summary, source}, integers {family, form, option, optionHelp, example, summary, "
                + "source}; with --evolved evolved, an array of {"
                + $"{EvolvedTable.JsonHelp}, source (the command that made it)}}.")
        { evolved, liberty, json };
        command.SetAction((parse, cancellation) =>
        {
            if (parse.GetValue(liberty) is not null && !parse.GetValue(evolved))
                throw new InputException("--liberty is for the table of --evolved; give both");
            if (parse.GetValue(evolved))
                PrintEvolved(parse.GetValue(liberty), parse.GetValue(json), cancellation);
            else if (parse.GetValue(json))
                PrintJson();
            else
                PrintTables();
            return Task.CompletedTask;
        });
        return command;
    }

    static void PrintEvolved(LibertyLibrary? liberty, bool isJson, CancellationToken cancellation)
    {
        CircuitDocument[] documents = [.. EvolvedMultipliers.All.Select(EvolvedMultipliers.Find)];
        EvolvedRow[] rows = EvolvedTable.Measure(
            [.. documents.Select(document => (document.Circuit.Name, (IntegerMultiplier)new IntegerCircuit(document.Circuit)))],
            isPriced: true, liberty, cancellation);
        if (!isJson)
        {
            EvolvedTable.Print(rows);
            return;
        }

        Output.PrintJson(new JsonObject
        {
            ["evolved"] = new JsonArray([.. rows.Zip(documents, (row, document) =>
            {
                JsonObject json = row.Json();
                json["source"] = document.Source;
                return json;
            })]),
        });
    }

    static void PrintJson() => Output.PrintJson(new JsonObject
    {
        ["multipliers"] = new JsonArray([.. Multipliers.All.Select(multiplier => new JsonObject
        {
            ["name"] = multiplier.Name,
            ["summary"] = multiplier.Summary,
            ["source"] = multiplier.Source,
        })]),
        ["integers"] = new JsonArray([.. IntegerMultipliers.All.Select(family => new JsonObject
        {
            ["family"] = family.Name,
            ["form"] = family.Form,
            ["option"] = family.Option,
            ["optionHelp"] = family.OptionHelp,
            ["example"] = family.Example.Name,
            ["summary"] = family.Example.Summary,
            ["source"] = family.Example.Source,
        })]),
    });

    static void PrintTables()
    {
        Print(Multipliers.All);
        Output.Print("");
        Output.Print(
            "Multipliers of integers, for networks with --quantise, 'dapprox circuit metrics' and 'dapprox circuit verify', each with an "
                + "example of 8 bits; 'dapprox multipliers --help' has their options. With "
                + $":{MagnitudeMultiplier.SignWord} they are signed. Truncated and broken arrays and those of approximate adders are "
                + "circuits: 'dapprox circuit build --help'.");
        Print(IntegerMultipliers.All.Select(family => family.Example));
    }

    static void Print(IEnumerable<Multiplier> multipliers) => Output.PrintTable(
        ["name", "~what it computes", "~source"],
        multipliers.Select(multiplier => (string[])[multiplier.Name, multiplier.Summary, multiplier.Source]));
}
