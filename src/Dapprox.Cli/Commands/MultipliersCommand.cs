using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox multipliers</c>: the list of multipliers.</summary>
static class MultipliersCommand
{
    public static Command Create()
    {
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
                + "array:8:vertical=5:horizontal=2, array:8:ama5 (see dapprox circuit build --help). With --json: multipliers {name, "
                + "summary, source}, integers {family, form, option, optionHelp, example, summary, source}.")
        { json };
        command.SetAction(parse =>
        {
            if (parse.GetValue(json))
                PrintJson();
            else
                PrintTables();
        });
        return command;
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
