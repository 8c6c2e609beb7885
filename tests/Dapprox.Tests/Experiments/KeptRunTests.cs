using System.IO.Compression;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Runs;
using Xunit;

namespace Dapprox.Tests.Experiments;

public class KeptRunTests
{
    /// <summary>
    /// Units that depend on a training by LibTorch have other bytes on other processors; they only have to be there. Trained weights are
    /// not kept: only units that are kept need them. With DAPPROX_WRITE_DOCUMENTS=1 the run is written instead.
    /// </summary>
    [FactOf(Tier.Ci)]
    public void TheKeptRun_IsWhatTheProgramComputes()
    {
        using var folder = new TemporaryFolder();
        RunContext context = Runs.In(folder.File("run"));
        Runs.Compute(context);
        WorkUnit[] units = [.. Reproduction.AllUnits(AllExperiments.List, Runs.Tiny)];
        foreach (string weights in Directory.EnumerateFiles(context.Folder.Units, "weights-*"))
            File.Delete(weights);
        string kept = Repository.Path(Runs.Kept);
        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
        {
            File.Delete(kept);
            ZipFile.CreateFromDirectory(context.Folder.Units, kept);
        }

        ZipFile.ExtractToDirectory(kept, folder.File("kept"));

        Assert.Equal(Names(context.Folder.Units), Names(folder.File("kept")));
        Assert.All(
            units.Where(unit => unit.Needs.Count == 0),
            unit => Assert.Equal(
                File.ReadAllBytes(Path.Combine(context.Folder.Units, context.FileOf(unit))),
                File.ReadAllBytes(Path.Combine(folder.File("kept"), context.FileOf(unit)))));

        static IEnumerable<string> Names(string folder) =>
            Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
    }
}
