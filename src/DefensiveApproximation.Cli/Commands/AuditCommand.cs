using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments;
using DefensiveApproximation.Experiments.Audits;
using DefensiveApproximation.Experiments.Reports;
using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Experiments.Runs;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Formats;
using DefensiveApproximation.Networks.Models;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox audit</c>: the checks that a claim of robustness has to pass.</summary>
static class AuditCommand
{
    public static Command Create()
    {
        Option<string?> model = SharedOptions.Model();
        Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
        Option<string?> data = SharedOptions.Data();
        Option<Placement[]> multiplier = Values.Flattened<Placement>(
            "--multiplier", "NAME,…", "The multiplier of the defence: a name that 'dapprox multipliers' lists, the description of a circuit, or a circuit's file; with several a moving target: each image is answered by one of them, drawn anew at random. A multiplier in some layers only is NAME:LAYERS, and a mix joins such parts with +: ax-fpm:convolutions+heap-like:dense. [default: ax-fpm]",
            text => [Part(text)]);
        Option<AuditScale> scale = Values.Option("--scale", string.Join('|', AuditScale.All.Select(known => known.Name)), "How much is run: quick, minutes on digits; standard, an hour or more. A circuit that is simulated gate by gate takes some thirty times as long.",
            text => Names.Find("scale", text, AuditScale.All, known => known.Name));
        scale.DefaultValueFactory = _ => AuditScale.All[0];
        Option<string> output = RunOptions.Folder("--out", "The folder of the run: audit.html, audit.md, audit.json, figures/, units/, and what is needed to go on: plan.json, checkpoints/, failures/, locks/. A run on the same folder goes on where the last one stopped.");
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "audit", "Audit a defence: adaptive attacks, transfer beyond the boundary, controls, and what else a referee would ask for.",
            $"Twenty checks, each with its number, threshold and outcome, and a conclusion: no robustness is claimed where one of {string.Join(", ", Audit.Decisive)} fails. S1 to S16 ask whether the attacks are good enough (unbounded, monotone, convergence, restarts, losses, gradients, adaptive attacks by several backward rules); T1 to T4 whether the effect is more than that of any disturbance: transfer at growing distance and confidence, transfer to controls (exact weights enlarged as Ax-FPM enlarges, the same with noise of equal variance, bfloat16, another seed), and robust accuracy at equal ε. With --json: what audit.json holds.")
        {
            model, dataset, data, multiplier, scale, output, seed, json,
        };
        command.KeepsState = output;
        command.SetAction((parse, cancellation) =>
        {
            DatasetDefinition definition = parse.GetValue(dataset) ?? Datasets.All[0];
            Placement[] placements = parse.GetValue(multiplier) is { Length: > 0 } given ? given : [Placement.AxFpm];
            // Columns are named after the members, and SQL does not tell letters by their case.
            if (placements.GroupBy(placement => $"{placement}", StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new InputException($"--multiplier names {string.Join(" and ", twice)}, which are one; name each of them once");
            string name = parse.GetValue(model) ?? TrainedModels.For(definition.Name);
            var folder = new RunFolder(parse.GetValue(output)!);
            var context = new RunContext(folder, parse.GetValue(data), parse.GetValue(seed));
            Subject[] members = [.. placements.Select(placement => new Subject(name, placement))];
            Evaluation.ThrowIfUnfit(context.Exact(members[0]), context.Data(definition.Name));
            Network[] networks = [.. members.Prepend(members[0] with { Placement = Placement.Exact }).Select(subject => context.Network(subject, definition.Name))];
            if (Evaluation.CorrectOn(networks, context.Data(definition.Name), 1, cancellation).Length == 0)
                throw new InputException($"no image of {definition.Name} is classified right by {name}, exact and on the defence's multipliers alike; there is nothing to attack, so give another model, data set or multiplier");
            string defence = members.Length == 1 ? members[0].Title : $"one of {string.Join(", ", members.Select(member => member.Title))} at random";
            var audit = new Audit(new Defence(defence, definition.Name, members), parse.GetValue(scale)!);
            RunInfo run = RunInfo.Here(string.Join(' ', parse.Tokens.Select(token => token.Value).Prepend("dapprox")), TimeProvider.System.GetUtcNow());

            RunOptions.Run(audit.Units, context, cancellation);
            AuditResult result = audit.Judge(context, run);
            AuditReport.Save(folder.Path, result);
            if (parse.GetValue(json))
                Output.PrintJson(JsonNode.Parse(ResultsJson.Write(result))!.AsObject());
            else
                Print(result, folder);
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>ax-fpm, or ax-fpm:convolutions+heap-like:dense.</summary>
    static Placement Part(string text)
    {
        // A + that does not follow a group of layers belongs to the description of a circuit.
        (string Multiplier, string Layers)[] parts = [.. Regex.Split(text, $@"(?<=:(?:{string.Join('|', LayerSelection.Known)}))\+").Select(Layers)];
        string[] groups = [.. parts.Select(part => part.Layers).Order(StringComparer.Ordinal)];
        return parts.Length == 1 || groups.SequenceEqual([LayerSelection.Convolutions.Name, LayerSelection.Dense.Name])
            ? new([.. parts.Where(part => part.Multiplier != Multipliers.All[0].Name)])
            : throw new InputException($"--multiplier is '{text}'; a mix gives one multiplier to the convolutions and one to the dense layers, as ax-fpm:{LayerSelection.Convolutions}+heap-like:{LayerSelection.Dense}");
    }

    static (string Multiplier, string Layers) Layers(string part)
    {
        int colon = part.LastIndexOf(':');
        // A circuit's description has colons of its own.
        if (colon > 0 && LayerSelection.Known.Any(known => known.Name == part[(colon + 1)..]))
            return (Multiplier(part[..colon]), part[(colon + 1)..]);
        if (colon > 0 && Multipliers.All.Any(known => known.Name == part[..colon]))
            throw Names.Unknown("group of layers", part[(colon + 1)..], LayerSelection.Known.Select(known => known.Name));
        return (Multiplier(part), LayerSelection.All.Name);
    }

    /// <summary>The multiplier's own name; that of a circuit's file is the file, whatever the file calls itself.</summary>
    static string Multiplier(string text)
    {
        FloatMultiplier found = CircuitFiles.FindMultiplier(text);
        return CircuitFiles.IsFile(text) ? text : found.Name;
    }

    static void Print(AuditResult result, RunFolder folder)
    {
        Console.WriteLine($"Audit of {result.Defence}: {result.Model}, {result.Dataset}, scale {result.Scale}");
        Table table = Output.Table("no.", "check", "measured", "passes", "outcome");
        foreach (Check check in result.Checks)
        {
            string outcome = check.Outcome switch
            {
                Outcome.Pass => "passed",
                Outcome.Fail => $"FAILED: {check.Meaning}",
                _ => check.Meaning,
            };
            table.AddRow(new Text(check.Id), new Text(check.Name), new Text(check.Measured), new Text(check.Threshold), new Text(outcome));
        }

        Output.Results.Write(table);
        Console.WriteLine(result.Conclusion);
        Console.WriteLine();
        Console.WriteLine($"report   {Path.Combine(folder.Path, "audit.html")}");
    }
}
