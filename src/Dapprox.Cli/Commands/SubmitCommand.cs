using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox submit</c>: the tables and figures of the paper on a Slurm cluster.</summary>
static partial class SubmitCommand
{
    const int DefaultProcessors = 2;

    public static Command Create()
    {
        Option<Scale> scale = RunOptions.Scale();
        Option<Experiment[]> only = RunOptions.Only();
        Option<string?> data = SharedOptions.Data();
        Option<string> output = RunOptions.Folder("The folder of the run, which all nodes see.", RunOptions.ReproductionFolder);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> partition = Values.Option<string?>(
            "--partition", "NAME", "The partition. [default: the one of the cluster]", Word("--partition"));
        Option<string?> time = Values.Option<string?>(
            "--time", "LIMIT",
            "The time limit of a task, as sbatch takes it: 90 (minutes), 12:00:00, 2-12:00. [default: the one of the partition]", Limit);
        Option<int> processors = Values.Integer("--cpus", "The number of processors per task.", min: 1, otherwise: DefaultProcessors);
        Option<int?> together = Values.Integer("--at-once", "The maximum number of tasks that run at once. [default: no limit]", min: 1);
        Option<bool> dry = new("--dry-run") { Description = "Write the scripts, but submit nothing." };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "submit", "Run the tables and figures of the paper on a Slurm cluster.",
            "Each unit that is not done is a task of a job array; a dependent job writes the report when all tasks have ended. A killed "
                + $"task is requeued, up to {Slurm.MaxRestarts} times; 'dapprox results status --run DIR' says why a task failed. Units "
                + "that are done are not submitted again, so the same command submits what is left. The scripts are in DIR/slurm. With "
                + "--json: tasks, job, merge (numbers of the jobs; null with --dry-run), scripts.")
        {
            scale, only, data, output, seed, partition, time, processors, together, dry, json,
        };
        command.SetAction(async (parse, cancellation) =>
        {
            Scale chosen = parse.GetValue(scale)!;
            Experiment[] some = parse.GetValue(only) ?? [];
            string folder = Path.GetFullPath(parse.GetValue(output)!);
            string? dataFolder = Datasets.Folder(parse.GetValue(data));
            var context = new RunContext(new RunFolder(folder), dataFolder, parse.GetValue(seed));
            IReadOnlyList<WorkUnit> asked = Reproduction.AllUnits(some.Length > 0 ? some : AllExperiments.List, chosen);
            IReadOnlyList<WorkUnit> units = Runner.InOrder(asked, context), left = Runner.Left(asked, context);
            if (left.Count > Slurm.MaxTasks)
                throw new InputException(
                    $"there are {left.Count} units, and a job array takes {Slurm.MaxTasks}; submit some of them with --only");
            context.Folder.Probe();
            context.Folder.Plan(context.Seed, [.. units.Select(unit => new PlannedUnit(context.FileOf(unit), unit.Title))]);
            string[] arguments =
            [
                "reproduce", "--scale", chosen.Name, "--out", folder, "--seed", $"{context.Seed}",
                .. some.Length > 0 ? (string[])["--only", string.Join(',', some.Select(experiment => experiment.Id))] : [],
                .. dataFolder is null ? (string[])[] : ["--data", Path.GetFullPath(dataFolder)],
            ];
            (string? unitsScript, string mergeScript) = Slurm.WriteScripts(
                folder, [.. left.Select(context.FileOf)], arguments,
                new SlurmRequest(parse.GetValue(partition), parse.GetValue(time), parse.GetValue(processors), parse.GetValue(together)));

            string[] scripts = unitsScript is null ? [mergeScript] : [unitsScript, mergeScript];
            string? job = null, merge = null;
            if (!parse.GetValue(dry))
            {
                if (unitsScript is not null)
                    job = await Slurm.SubmitAsync([$"--chdir={folder}", unitsScript], cancellation).ConfigureAwait(false);
                // Runs even if tasks fail: the report then lists what is missing.
                merge = await Slurm.SubmitAsync(
                    [$"--chdir={folder}", .. job is null ? (string[])[] : [$"--dependency=afterany:{job}"], mergeScript], cancellation)
                    .ConfigureAwait(false);
            }

            if (parse.GetValue(json))
            {
                Output.PrintJson(
                    new JsonObject
                    {
                        ["tasks"] = left.Count,
                        ["job"] = job,
                        ["merge"] = merge,
                        ["scripts"] = new JsonArray([.. scripts.Select(script => (JsonNode)script)])
                    });
            }
            else
            {
                Output.Print($"{left.Count} of {units.Count} units are "
                    + $"left{(job is null ? "" : $", submitted as job {job}")}{(merge is null ? "" : $"; job {merge} writes the report")}");
                Output.PrintFields(("scripts", string.Join('\n', scripts)));
                Console.WriteLine($"state    {Shell.CommandLine(["results", "status", "--run", folder])}");
            }
        });
        return command;
    }

    [GeneratedRegex(@"^(\d+(:\d{1,2}){0,2}|\d+-\d{1,2}(:\d{1,2}){0,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex TimeLimit();

    static string? Limit(string text) => TimeLimit().IsMatch(text)
        ? text
        : throw new InputException(
            $"--time is '{text}'; give minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes or "
                + "days-hours:minutes:seconds");

    // The values go into a script, so only characters of such names are legal.
    static Func<string, string?> Word(string option) =>
        text => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_.,:".Contains(c, StringComparison.Ordinal))
        ? text
        : throw new InputException($"{option} is '{text}'; give letters, digits and - _ . , : only");
}
