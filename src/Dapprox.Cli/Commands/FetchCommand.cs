using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox datasets fetch</c>: downloads a data set.</summary>
static class FetchCommand
{
    const double BytesPerMegabyte = 1e6;

    public static Command Create()
    {
        Argument<DatasetDefinition> name = Values.Argument(
            "NAME", $"The data set: {string.Join(", ", Datasets.All.Select(definition => definition.Name))}.", Datasets.Find);
        Option<string?> data = SharedOptions.Data();
        Option<Uri?> from = Values.Option<Uri?>(
            "--from", "URL", "Download from this mirror. [default: where the data set is published]", Address);
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "fetch", "Download a data set from its publisher.",
            "A file is accepted only with the published length and checksum; existing files are kept. After an error or Ctrl-C no "
                + "partial file remains. With --json: name, written (the paths).")
        {
            name, data, from, json,
        };
        command.SetAction(async (parse, cancellation) =>
        {
            DatasetDefinition definition = parse.GetValue(name)!;
            IReadOnlyList<string> written = await FetchAsync(
                definition, parse.GetValue(data), parse.GetValue(from), cancellation).ConfigureAwait(false);
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
                Console.WriteLine($"{definition.Name} is built in: there is nothing to download");
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
        // Without the slash the file name would replace the last part of the path.
        string folder = text.EndsWith('/') ? text : text + "/";
        return Uri.TryCreate(folder, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new InputException($"--from is '{text}'; give an address that begins with http:// or https://");
    }

    static Task<IReadOnlyList<string>> FetchAsync(DatasetDefinition definition, string? data, Uri? from, CancellationToken cancellation)
    {
        return ProgressBar.WhileAsync($"downloading {definition.Name}", report => DatasetDownload
            .FetchAsync(definition.Name, data, new Listener<DownloadProgress>(file =>
            report(
                (double)file.Received / file.Total,
                $"downloading {file.File}, {file.Received / BytesPerMegabyte:F1} of {file.Total / BytesPerMegabyte:F1} "
                    + "MB")), from, cancellation));
    }
}
