using System.CommandLine;
using System.Text.Json.Nodes;
using DefensiveApproximation.Networks.Data;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox datasets fetch</c>: downloads a data set.</summary>
static class FetchCommand
{
    public static Command Create()
    {
        Argument<DatasetDefinition> name = Values.Argument(
            "NAME", $"The data set: {string.Join(", ", Datasets.All.Select(definition => definition.Name))}.", Datasets.Find);
        Option<string?> data = SharedOptions.Data();
        Option<Uri?> from = Values.Option<Uri?>("--from", "URL", "Download from this mirror. [default: where the data set is published]", Address);
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "fetch", "Download a data set from where it is published.",
            "A file counts only with the published length and checksum; files that are there already are kept. After an error or Ctrl-C no half file remains. With --json: name, written (the paths).")
        {
            name, data, from, json,
        };
        command.SetAction(async (parse, cancellation) =>
        {
            DatasetDefinition definition = parse.GetValue(name)!;
            IReadOnlyList<string> written = await FetchAsync(definition, parse.GetValue(data), parse.GetValue(from), cancellation).ConfigureAwait(false);
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["name"] = definition.Name,
                    ["written"] = new JsonArray([.. written.Select(path => JsonValue.Create(path))]),
                });
            }
            else if (definition.Folder.Length == 0)
            {
                Console.WriteLine($"{definition.Name} comes with the program: there is nothing to download");
            }
            else if (written.Count == 0)
            {
                Console.WriteLine($"{definition.Name} is complete already");
            }
            else
            {
                foreach (string path in written)
                    Console.WriteLine(path);
            }
        });
        return command;
    }

    static Uri Address(string text)
    {
        // Without the slash the last part of the path would be replaced by the file's name.
        string folder = text.EndsWith('/') ? text : text + "/";
        return Uri.TryCreate(folder, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new InputException($"--from is '{text}'; give an address that begins with http:// or https://");
    }

    static Task<IReadOnlyList<string>> FetchAsync(DatasetDefinition definition, string? data, Uri? from, CancellationToken cancellation)
    {
        if (Console.IsErrorRedirected)
            return DatasetDownload.FetchAsync(definition.Name, data, progress: null, from, cancellation);
        return Output.Notes.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var tasks = new Dictionary<string, ProgressTask>();
                var listener = new Listener<DownloadProgress>(report =>
                {
                    if (!tasks.TryGetValue(report.File, out ProgressTask? task))
                        tasks[report.File] = task = context.AddTask(Markup.Escape(report.File), maxValue: report.Total);
                    task.Value = report.Received;
                });
                return DatasetDownload.FetchAsync(definition.Name, data, listener, from, cancellation);
            });
    }
}
