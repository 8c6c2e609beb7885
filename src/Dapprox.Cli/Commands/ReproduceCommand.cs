using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox reproduce</c>: the tables and figures of the paper, with a report.</summary>
static class ReproduceCommand
{
    public static Command Create()
    {
        Option<Scale> scale = RunOptions.Scale();
        Option<Experiment[]> only = RunOptions.Only();
        Option<string?> data = SharedOptions.Data();
        Option<string> output = RunOptions.Folder(
            "The folder of the run: report.html, report.md, results.json, figures/, units/ with one Parquet file for each unit that is "
                + "done, and the state of the run: plan.json, checkpoints/, failures/, locks/. A run on the same folder resumes where "
                + "the last one stopped.",
            RunOptions.ReproductionFolder);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> unit = new("--unit")
        {
            HelpName = "NAME",
            Description = "Compute this unit and what it needs, and write no "
                + "report: the name of its file in units/, without the ending. This is what the tasks of 'dapprox submit' do."
        };
        Option<bool> report = new("--report") { Description = "Compute nothing; write the report of what is done." };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "reproduce",
            "Reproduce the tables and figures of \"Defensive Approximation\" (Guesmi et al., ASPLOS 2021), each beside the paper's "
                + "numbers, and write a report.",
            $"Scales: {string.Join("; ", Scale.All.Select(known => $"{known.Name}: {known.Summary}"))}. What a scale leaves out is shown "
                + "from the standard-scale results included with the release, with their date. Each number of the paper gets a verdict: "
                + "reproduced, same direction (what the paper concludes from it holds), not reproduced, or open (too little was "
                + "measured); the tolerances stand in the report. Tables and figures: "
                + $"{string.Join(", ", AllExperiments.List.Select(experiment => experiment.Id))}. With --json: scale, seed, run, results, "
                + "as in results.json.")
        {
            scale, only, data, output, seed, unit, report, json,
        };
        command.KeepsState = output;
        command.SetAction((parse, cancellation) =>
        {
            var watch = Stopwatch.StartNew();
            Scale chosen = parse.GetValue(scale)!;
            IReadOnlyList<Experiment> experiments = parse.GetValue(only) is { Length: > 0 } some ? some : AllExperiments.List;
            var folder = new RunFolder(parse.GetValue(output)!);
            var context = new RunContext(folder, parse.GetValue(data), parse.GetValue(seed));
            RunInfo run = RunInfo.Here(
                string.Join(' ', parse.Tokens.Select(token => token.Value).Prepend("dapprox")), TimeProvider.System.GetUtcNow());

            IReadOnlyList<WorkUnit> units = Reproduction.AllUnits(experiments, chosen);
            if (parse.GetValue(unit) is string name)
            {
                RunOptions.Run([Named(context, units, name)], context, cancellation);
                return Task.CompletedTask;
            }

            if (parse.GetValue(report) && units.Count > 0 && !units.Any(context.IsDone))
                throw new InputException(
                    $"no unit of this scale, seed and data is done in '{folder.Path}'; leave out --report, or name the folder of a run "
                        + "with --out");
            // What the quick scale measures has no part in the answer, so nobody has to wait for it.
            bool isAnsweredFirst = chosen == Scale.Quick && AllExperiments.AreAll(experiments) && !parse.GetValue(json);
            if (isAnsweredFirst)
                Print(Answer.Included);
            IReadOnlyList<(string Unit, double Seconds)> times = parse.GetValue(report) ? [] : RunOptions.Run(units, context, cancellation);
            RunResults results = Reproduction.Judge(AllExperiments.List, chosen, context, run);
            var source = new ReportSource(
                results, chosen == Scale.Quick ? ResultsJson.Shipped : null, Reproduction.Examples(context), times);
            ProgressBar.While("writing the report", total: 1, progress => ReportFolder.Save(folder.Path, source, progress));
            if (parse.GetValue(json))
                Output.PrintJson(JsonNode.Parse(ResultsJson.Write(results))!.AsObject());
            else
                Print(source, experiments, folder, isAnsweredFirst, watch.Elapsed.TotalSeconds);
            return Task.CompletedTask;
        });
        return command;
    }

    static WorkUnit Named(RunContext context, IReadOnlyList<WorkUnit> units, string name) =>
        Runner.InOrder(units, context).FirstOrDefault(unit => Path.GetFileNameWithoutExtension(context.FileOf(unit)) == name)
        ?? throw new InputException(
            $"--unit is '{name}', which is none of this scale, seed and data; 'dapprox results status --run {context.Folder.Path} --json' "
                + "lists them");

    static void Print(ReportSource source, IReadOnlyList<Experiment> asked, RunFolder folder, bool isAnswered, double seconds)
    {
        if (AllExperiments.AreAll(asked))
        {
            if (!isAnswered)
                Print(source.Answer);
            PrintClaims(source.Answer);
        }
        else
        {
            Output.PrintFields(source.Experiments.Where(row => asked.Contains(row.Experiment)).Select(row =>
                (
                    row.Experiment.Reference,
                    (row.Here ?? row.Shipped) is ExperimentResult result
                        ? $"{result.Finding}{(result.Dataset is string dataset ? $" ({dataset})" : "")}"
                        : "not measured at this scale")));
        }

        Console.WriteLine();
        Output.PrintFields(
            ("report", Path.Combine(folder.Path, ReportFolder.Page)),
            ("as Markdown", Path.Combine(folder.Path, ReportFolder.Text)),
            ("all numbers", Path.Combine(folder.Path, ReportFolder.Results)),
            ("time", $"{seconds:F1} s"));
    }

    static void Print(Answer answer)
    {
        RunInfo run = answer.Source.Run;
        Output.Print(Answer.Question);
        Console.WriteLine();
        Output.Print(answer.Sentence);
        Console.WriteLine();
        Output.Print($"Measured at {answer.Source.Scale} scale, {run.Date:yyyy-MM-dd}, {run.Processor}.");
        Console.WriteLine();
    }

    static void PrintClaims(Answer answer)
    {
        Output.PrintTable(["~claim", "~paper", "~here", "~verdict"], answer.Claims.Select(row => (string[])
            [row.Claim.Name, row.Claim.Paper, row.Claim.Here, row.Claim.Verdict is Verdict verdict ? Verdicts
                .Text(verdict) : "not comparable"]));
        Console.WriteLine();
        Output.Print("The report has every table and figure, what this run measured, and the limitations.");
        Output.Print(
            "Next: 'dapprox compare exact,ax-fpm,bfloat16' for multipliers of your own, 'dapprox attack pgd --epsilon 0.1' and 'dapprox "
                + "audit' for networks of your own.");
    }
}
