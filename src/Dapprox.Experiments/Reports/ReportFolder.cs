using System.Text;
using System.Text.RegularExpressions;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Reports;

/// <summary>The files of a report.</summary>
public static partial class ReportFolder
{
    /// <summary>The name of the HTML page.</summary>
    public const string Page = "report.html";

    /// <summary>The name of the report in Markdown.</summary>
    public const string Text = "report.md";

    /// <summary>The name of the file with all numbers.</summary>
    public const string Results = "results.json";

    // The page has them once more.
    const double FiguresShare = 0.7;

    /// <summary>Writes all files, each in one step: the reports, the numbers, and the figures as PNG and CSV.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="source">The results that they show.</param>
    /// <param name="progress">Receives the fraction that was done since the last call; null for none.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static void Save(string folder, ReportSource source, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        (string Name, PlotData Plot)[] figures =
        [
            .. source.Results.Results.Concat(source.Shipped?.Results ?? [])
                .SelectMany(result => result.Plots.Select(plot => (Figure(result, plot), plot))),
            .. ResultsJson.ShippedAudits.SelectMany(audit => audit.Plots.Select(plot => (Prefix(audit) + plot.Name, plot))),
            .. source.Answer.Plots.Select(plot => (AnswerPrefix + plot.Name, plot)),
        ];
        foreach ((string name, PlotData plot) in figures)
        {
            ResultFigure.Save(Path.Combine(folder, name), plot);
            progress?.Invoke(FiguresShare / figures.Length);
        }

        AtomicFile.WriteText(Path.Combine(folder, Results), ResultsJson.Write(source.Results));
        AtomicFile.WriteText(Path.Combine(folder, Text), MarkdownReport.Write(source));
        AtomicFile.Write(Path.Combine(folder, Page), stream => stream.Write(Encoding.UTF8.GetBytes(HtmlReport.Write(source))));
    }

    /// <summary>The prefix of the paths of the answer's figures.</summary>
    internal const string AnswerPrefix = "figures/answer-";

    /// <summary>The prefix of the paths of an audit's figures.</summary>
    internal static string Prefix(AuditResult audit)
    {
        string name = $"{audit.Defence} {Path.GetFileNameWithoutExtension(audit.Model)}".ToLowerInvariant();
        return $"figures/{NoName().Replace(name, "-")}-";
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoName();

    /// <summary>The path of a figure's files, without the extension.</summary>
    internal static string Figure(ExperimentResult result, PlotData plot) =>
        $"figures/{plot.Name}{(result.Dataset is string dataset ? $"-{dataset}" : "")}";
}
