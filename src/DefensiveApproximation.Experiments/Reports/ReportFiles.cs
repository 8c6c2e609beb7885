using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Networks.Formats;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>Where the files of a report are.</summary>
/// <param name="Report">The HTML page.</param>
/// <param name="Results">The numbers as JSON.</param>
/// <param name="Examples">The picture of adversarial examples; null when there were none to show.</param>
/// <param name="Noise">The picture of the multiplier's noise.</param>
public sealed record ReportFiles(string Report, string Results, string? Examples, string Noise)
{
    const string ReportName = "report.html";

    /// <summary>Finds out before a run whether its report can be written; makes the folder.</summary>
    /// <param name="folder">Where the report will go.</param>
    /// <exception cref="InputException">It cannot go there.</exception>
    public static void Probe(string folder) => AtomicFile.Probe(Path.Combine(folder, ReportName));

    /// <summary>Writes all files of a run, each in one step.</summary>
    /// <param name="folder">Where they go; it is made when there is none.</param>
    /// <param name="reproduction">What was found.</param>
    /// <param name="run">What it was run with.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static ReportFiles Save(string folder, Reproduction reproduction, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(reproduction);
        byte[] noise = NoiseFigure.Draw(reproduction.Noise);
        byte[]? examples = reproduction.Examples.Count == 0 ? null : AdversarialGrid.Draw(reproduction.Examples);
        var files = new ReportFiles(
            Path.Combine(folder, ReportName), Path.Combine(folder, "results.json"),
            examples is null ? null : Path.Combine(folder, "adversarial-examples.png"), Path.Combine(folder, "noise.png"));
        if (files.Examples is not null)
            AtomicFile.Write(files.Examples, stream => stream.Write(examples));
        AtomicFile.Write(files.Noise, stream => stream.Write(noise));
        AtomicFile.WriteText(files.Results, ResultsJson.Write(reproduction, run));
        AtomicFile.WriteText(files.Report, HtmlReport.Write(reproduction, run, examples, noise));
        return files;
    }
}
