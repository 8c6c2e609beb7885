using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox multipliers</c>: the list of multipliers.</summary>
static class MultipliersCommand
{
    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "multipliers", "List the multipliers that --multiplier knows, with what they compute and where they were published.") { json };
        command.SetAction(parse =>
        {
            if (parse.GetValue(json))
                PrintJson();
            else
                PrintTable();
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
    });

    static void PrintTable() => Output.PrintTable(
        ["name", "~what it computes", "~source"],
        Multipliers.All.Select(multiplier => (string[])[multiplier.Name, multiplier.Summary, multiplier.Source]));
}
