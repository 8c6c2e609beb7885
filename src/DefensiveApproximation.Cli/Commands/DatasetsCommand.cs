using System.CommandLine;
using System.Text.Json.Nodes;
using DefensiveApproximation.Networks.Data;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox datasets</c>: which data sets there are, found or not, and <c>dapprox datasets fetch</c>.</summary>
static class DatasetsCommand
{
    public static Command Create()
    {
        Option<string?> data = SharedOptions.Data();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "datasets", "List the data sets, with what is found of each.",
            $"All files found are read and compared with the checksums of the published ones. Looks in the folder that --data or {Datasets.FolderVariable} names, and where operating systems put their packages. 'dapprox datasets fetch NAME' downloads one.")
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
        Table table = Output.Table("name", "split", "images", "size", "files", "where");
        table.Columns[0].NoWrap();
        table.Columns[2].RightAligned();
        foreach (DatasetStatus state in states)
        {
            DatasetDefinition definition = state.Definition;
            string files = !state.Found ? "not found" : state.Canonical ? "as published" : "altered";
            table.AddRow(new Text(definition.Name), new Text(Text(state.Split)), new Text(state.Found ? $"{state.Count}" : "–"),
                new Text($"{definition.Channels}×{definition.Height}×{definition.Width}"), new Text(state.Place.Length > 0 && !state.Found ? "unusable" : files),
                new Text(state.Place));
        }

        Output.Results.Write(table);
        foreach (DatasetStatus state in states.Where(state => !state.Canonical && state.Place.Length > 0))
            Output.Note($"note: {state.Remark}");
        if (states.Any(state => !state.Found))
            Output.Note($"'dapprox datasets fetch NAME' downloads a data set; --data or {Datasets.FolderVariable} says where they are");
    }

    static string Text(Split split) => split == Split.Train ? "train" : "test";
}
