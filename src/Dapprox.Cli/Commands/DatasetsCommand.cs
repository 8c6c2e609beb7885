using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Data;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox datasets</c>: the data sets with their status, and <c>dapprox datasets fetch</c>.</summary>
static class DatasetsCommand
{
    public static Command Create()
    {
        Option<string?> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "datasets", "List the data sets with their status.",
            "All files found are read and compared with the checksums of the published ones. Searches the folder of --data, else "
                + $"{Datasets.FolderVariable}, else ~/.local/share/dapprox, and where operating systems put their packages. 'dapprox "
                + "datasets fetch NAME' downloads one.")
        {
            data, json, FetchCommand.Create(),
        };
        command.SetAction((parse, cancellation) =>
        {
            IReadOnlyList<DatasetStatus> states = Datasets.Inspect(parse.GetValue(data), cancellation);
            if (parse.GetValue(json))
                PrintJson(states);
            else
                PrintTable(states);
            return Task.CompletedTask;
        });
        return command;
    }

    static void PrintJson(IReadOnlyList<DatasetStatus> states) => Output.PrintJson(new JsonObject
    {
        ["datasets"] = new JsonArray([.. states.Select(state => new JsonObject
        {
            ["name"] = state.Definition.Name,
            ["split"] = Text(state.Split),
            ["found"] = state.Found,
            ["canonical"] = state.Canonical,
            ["count"] = state.Count,
            ["imageShape"] = new JsonArray(state.Definition.Channels, state.Definition.Height, state.Definition.Width),
            ["classes"] = state.Definition.Classes.Count,
            ["place"] = state.Place,
            ["remark"] = state.Remark,
            ["citation"] = state.Definition.Citation,
        })]),
    });

    static void PrintTable(IReadOnlyList<DatasetStatus> states)
    {
        Output.PrintTable(["name", "split", ">images", "size", "files", "~where"], states.Select(state =>
        {
            DatasetDefinition definition = state.Definition;
            string files = state.Found ? (state.Canonical ? "as published" : "altered") : state.Place.Length > 0 ? "unusable" : "not found";
            return (string[])[definition.Name, Text(state.Split), state.Found ? $"{state.Count}" : "–",
                $"{definition.Channels}×{definition.Height}×{definition.Width}", files, state.Place];
        }));
        foreach (DatasetStatus state in states.Where(state => !state.Canonical && state.Place.Length > 0))
            Output.NoteFact(state.Remark);
        if (states.Any(state => !state.Found))
            Output.Note(
                $"'dapprox datasets fetch NAME' downloads a data set into {Datasets.Folder(null)}; --data or {Datasets.FolderVariable} "
                    + "names another folder");
    }

    static string Text(Split split) => split == Split.Train ? "train" : "test";
}
