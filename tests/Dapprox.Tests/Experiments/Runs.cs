using System.IO.Compression;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;

namespace Dapprox.Tests.Experiments;

/// <summary>A small run of all experiments, for all tests that look at one; its units are kept in the repository.</summary>
sealed class Runs : IDisposable
{
    /// <summary>The units that were computed, zipped; <see cref="KeptRunTests"/> compares and writes them.</summary>
    internal const string Kept = "tests/Dapprox.Tests/Experiments/kept-run.zip";

    // So many that some are left for an attacker with a substitute.
    const int Images = 300;

    readonly TemporaryFolder folder = new();

    public Runs()
    {
        Context = In(folder.Path);
        ZipFile.ExtractToDirectory(Repository.Path(Kept), Context.Folder.Units);
        Times = Compute(Context);
        Results = Reproduction.Judge(AllExperiments.List, Tiny, Context, Info);
        Source = new ReportSource(Results, ResultsJson.Shipped, Reproduction.Examples(Context), Times);
    }

    /// <summary>Everything that the quick scale has, with as little of it as there can be.</summary>
    public static Scale Tiny { get; } = Scale.Quick with
    {
        Name = "tiny",
        FastImages = 3,
        SearchImages = 1,
        QueryImages = 1,
        Samples = 20_000,
        CostSamples = 100,
        SubstituteImages = 40,
        SubstituteRounds = 1,
        LocalSearchRounds = 5,
        BoundarySteps = 20,
        HopSkipJumpIterations = 1,
        CarliniWagnerIterations = 20,
    };

    public static RunInfo Info { get; } = new(
        "0.1.0", "dapprox reproduce --out <somewhere>", new DateTime(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc), "A processor & more",
        "A system");

    public RunContext Context { get; }

    public IReadOnlyList<(string Unit, double Seconds)> Times { get; }

    public RunResults Results { get; }

    public ReportSource Source { get; }

    public string Page => field ??= HtmlReport.Write(Source);

    /// <summary>The run in a folder; nothing of it is computed yet.</summary>
    public static RunContext In(string folder)
    {
        var context = new RunContext(new RunFolder(folder), null, seed: 1);
        context.Use(Datasets.Load("digits", Split.Test).First(Images), calibration: null);
        return context;
    }

    /// <summary>Computes the units that the folder lacks.</summary>
    public static IReadOnlyList<(string Unit, double Seconds)> Compute(RunContext context) =>
        Runner.Run(Reproduction.AllUnits(AllExperiments.List, Tiny), context, progress: null, CancellationToken.None);

    public void Dispose() => folder.Dispose();
}
