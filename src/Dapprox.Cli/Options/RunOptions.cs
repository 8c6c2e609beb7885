using System.CommandLine;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>The options of commands that run experiments, and the run with progress.</summary>
static class RunOptions
{
    /// <summary>The default folders of <c>reproduce</c> and <c>audit</c>.</summary>
    public const string ReproductionFolder = "dapprox-out", AuditFolder = "dapprox-audit";

    public static Option<Scale> Scale()
    {
        Option<Scale> option = Values.Option(
            "--scale", string.Join('|', Experiments.Paper.Scale.All.Select(scale => scale.Name)), "How much is run.",
            text => Names.Find("scale", text, Experiments.Paper.Scale.All, scale => scale.Name));
        option.DefaultValueFactory = _ => Experiments.Paper.Scale.All[0];
        return option;
    }

    public static Option<Experiment[]> Only() =>
        Values.Flattened("--only", "NAME,…", "Run these tables and figures only. [default: all]", AllExperiments.Find);

    public static Option<string> Folder(string description, string otherwise)
    {
        Option<string> option = Values.Option("--out", "DIR", description, text => Values.Folder("--out", text));
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>Runs units with a progress bar on a terminal, or one line per unit elsewhere.</summary>
    /// <param name="context">The networks, the images and the folder of results.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static IReadOnlyList<(
        string Unit, double Seconds)> Run(IReadOnlyList<WorkUnit> units, RunContext context, CancellationToken cancellation)
    {
        if (Console.IsErrorRedirected)
        {
            int last = 0;
            return Runner.Run(units, context, progress =>
            {
                if (progress.Number != last)
                    Output.Note($"{progress.Number} of {progress.Of}, {100 * progress.Done:F0} % of the work done: {progress.Unit.Title}");
                last = progress.Number;
            }, cancellation);
        }

        return ProgressBar.While("starting", report => Runner.Run(
            units, context, progress => report(progress.Done, $"{progress.Number} of {progress.Of}: {progress.Unit.Title}"), cancellation));
    }
}
