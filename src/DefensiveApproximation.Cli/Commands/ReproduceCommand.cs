using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments;
using DefensiveApproximation.Experiments.Reports;
using DefensiveApproximation.Networks.Data;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox reproduce</c>: the main experiment of the paper, with a report.</summary>
static class ReproduceCommand
{
    const string DefaultFolder = "dapprox-out";

    public static Command Create()
    {
        Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
        Option<string?> data = SharedOptions.Data();
        Option<string> output = Values.Option("--out", "DIR", "The folder for report.html, results.json and the pictures.",
            text => Values.Folder("--out", text));
        output.DefaultValueFactory = _ => DefaultFolder;
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "reproduce", "Reproduce the main experiment of \"Defensive Approximation\" (Guesmi et al., ASPLOS 2021), and write a report.",
            "The accuracy of LeNet-5 exact and with approximate multipliers; adversarial examples made on the exact network by FGSM and PGD at several budgets, and tried on Ax-FPM; the error of the multipliers; each beside the paper's numbers. With --json: what results.json holds, and files.")
        {
            dataset, data, output, seed, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            var options = new ReproductionOptions
            {
                Dataset = (parse.GetValue(dataset) ?? Datasets.All[0]).Name,
                DataFolder = parse.GetValue(data),
                Seed = parse.GetValue(seed),
            };
            RunInfo run = RunInfo.Here(string.Join(' ', parse.Tokens.Select(token => token.Value).Prepend("dapprox")), TimeProvider.System.GetUtcNow());

            string folder = parse.GetValue(output)!;
            ReportFiles.Probe(folder);
            var watch = Stopwatch.StartNew();
            Reproduction reproduction = Run(options, cancellation);
            ReportFiles files = ReportFiles.Save(folder, reproduction, run);
            if (parse.GetValue(json))
                Output.PrintJson(Json(reproduction, run, files));
            else
                Print(reproduction.Result, files, watch.Elapsed.TotalSeconds);
            return Task.CompletedTask;
        });
        return command;
    }

    static Reproduction Run(ReproductionOptions options, CancellationToken cancellation) =>
        Output.WithProgress("reproducing", 1, advance => ReproductionExperiment.Run(options, new Listener<ReproductionProgress>(report =>
        {
            advance(1.0 / report.Of);
            if (Console.IsErrorRedirected)
                Output.Note($"{report.Done} of {report.Of}: {report.Part}");
        }), cancellation));

    static JsonObject Json(Reproduction reproduction, RunInfo run, ReportFiles files)
    {
        JsonObject json = JsonNode.Parse(ResultsJson.Write(reproduction, run))!.AsObject();
        json["files"] = new JsonObject
        {
            ["report"] = files.Report,
            ["results"] = files.Results,
            ["examples"] = files.Examples,
            ["noise"] = files.Noise,
        };
        return json;
    }

    static void Print(ReproductionResult result, ReportFiles files, double seconds)
    {
        Console.WriteLine($"{result.Model}: {result.Provenance}");
        Console.WriteLine();
        PrintAccuracies(result);
        PrintAttacks(result);
        PrintMetrics(result);
        PrintFindings(result);
        if (files.Examples is not null)
            Console.WriteLine($"picture  {files.Examples}");
        Console.WriteLine($"noise    {files.Noise}");
        Console.WriteLine($"numbers  {files.Results}");
        Console.WriteLine($"report   {files.Report}");
        Console.WriteLine($"done in {seconds:F1} s");
    }

    static void PrintAccuracies(ReproductionResult result)
    {
        Console.WriteLine($"Accuracy on {result.TestImages:N0} test images, with 95 % intervals; the paper's are for MNIST");
        Table table = Output.Table("multiplier", "layers", "accuracy", "95 % interval", "paper");
        table.Columns[2].RightAligned();
        table.Columns[4].RightAligned();
        foreach (AccuracyRow row in result.Accuracies)
            table.AddRow(row.Multiplier, row.Layers, Output.Percent(row.Accuracy.Value), Interval(row.Accuracy), Output.Percent(row.Paper));
        Output.Results.Write(table);
    }

    static void PrintAttacks(ReproductionResult result)
    {
        Console.WriteLine($"Adversarial examples made on the exact network from {result.AttackedImages} images, and the share of the successful that fool Ax-FPM too");
        IReadOnlyList<TransferRow> columns = result.Attacks[0].Transfers;
        Table table = Output.Table([
            "attack", "ε", "success", "mean L2",
            .. columns.SelectMany(column => new[] { column.Layers == "all" ? $"fools {column.Multiplier}" : $"{column.Layers} only", "95 % interval" }),
        ]);
        foreach (int column in (int[])[1, 2, 3, 4, 6])
            table.Columns[column].RightAligned();
        foreach (AttackRow row in result.Attacks)
        {
            table.AddRow([
                row.Attack, row.Epsilon is double epsilon ? $"{epsilon}" : "smallest", Output.Percent(row.Success.Value), row.MeanL2 is double distance ? $"{distance:F2}" : "–",
                .. row.Transfers.SelectMany(transfer => new[] { Output.Percent(transfer.Transfer.Value), Interval(transfer.Transfer) }),
            ]);
        }

        Output.Results.Write(table);
    }

    static void PrintMetrics(ReproductionResult result)
    {
        ErrorMetrics first = result.Metrics[0];
        Console.WriteLine($"Error of the multipliers, {first.Samples:N0} products each, {first.LawSummary}");
        Table table = Output.Table("multiplier", "MRED", "NMED", "bias", "above exact");
        for (int column = 1; column < table.Columns.Count; column++)
            table.Columns[column].RightAligned();
        foreach (ErrorMetrics metric in result.Metrics)
        {
            table.AddRow(
                metric.Multiplier, $"{metric.MeanRelativeError.Value:G4}", $"{metric.NormalisedMeanError.Value:G4}", $"{metric.Bias.Value:G4}", Output.Percent(metric.ShareAbove.Value));
        }

        Output.Results.Write(table);
    }

    static void PrintFindings(ReproductionResult result)
    {
        Console.WriteLine("The paper's claims");
        Table table = Output.Table("claim", "paper", "here", "");
        foreach (Finding finding in result.Findings)
            table.AddRow(new Text(finding.Claim), new Text(finding.Paper), new Text(finding.Here), new Text(Word(finding.Agreement)));
        Output.Results.Write(table);
    }

    static string Word(Agreement agreement) => agreement switch
    {
        Agreement.Agrees => "holds",
        Agreement.Partly => "in part",
        Agreement.Differs => "differs",
        _ => "open",
    };

    static string Interval(Share share) => share.Value is null ? "" : $"{Output.Percent(share.Low)} to {Output.Percent(share.High)}";
}
