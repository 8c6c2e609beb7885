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
    /// <summary>The HTML page.</summary>
    public const string Page = "report.html";

    /// <summary>The same as Markdown.</summary>
    public const string Text = "report.md";

    /// <summary>The numbers.</summary>
    public const string Results = "results.json";

    // The page has them once more.
    const double FiguresShare = 0.7;

    /// <summary>Writes all files, each in one step: the reports, the numbers, and the figures as PNG and CSV.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="source">What they show.</param>
    /// <param name="progress">Told what further share of it is done, if given.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static void Save(string folder, ReportSource source, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        (string Name, PlotData Plot)[] figures =
        [
            .. source.Results.Results.Concat(source.Shipped?.Results ?? []).SelectMany(result => result.Plots.Select(plot => (Figure(result, plot), plot))),
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

    /// <summary>What the names of the answer's figures begin with.</summary>
    internal const string AnswerPrefix = "figures/answer-";

    /// <summary>What the names of an audit's figures begin with.</summary>
    internal static string Prefix(AuditResult audit) => $"figures/{NoName().Replace($"{audit.Defence} {Path.GetFileNameWithoutExtension(audit.Model)}".ToLowerInvariant(), "-")}-";

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoName();

    /// <summary>The name of a figure's files, without the ending.</summary>
    internal static string Figure(ExperimentResult result, PlotData plot) => $"figures/{plot.Name}{(result.Dataset is string dataset ? $"-{dataset}" : "")}";
}
