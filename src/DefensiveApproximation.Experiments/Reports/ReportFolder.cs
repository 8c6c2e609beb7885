using System.Text;
using System.Text.RegularExpressions;
using DefensiveApproximation.Experiments.Audits;
using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Networks.Formats;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>The files of a report.</summary>
public static partial class ReportFolder
{
    /// <summary>The HTML page.</summary>
    public const string Page = "report.html";

    /// <summary>The same as Markdown.</summary>
    public const string Text = "report.md";

    /// <summary>The numbers.</summary>
    public const string Results = "results.json";

    /// <summary>Writes all files, each in one step: the reports, the numbers, and the figures as PNG and CSV.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="source">What they show.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static void Save(string folder, ReportSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        IEnumerable<ExperimentResult> results = source.Results.Results.Concat(source.Shipped?.Results ?? []);
        foreach (ExperimentResult result in results)
        {
            foreach (PlotData plot in result.Plots)
                ResultFigure.Save(Path.Combine(folder, Figure(result, plot)), plot);
        }

        foreach (AuditResult audit in ResultsJson.ShippedAudits)
        {
            foreach (PlotData plot in audit.Plots)
                ResultFigure.Save(Path.Combine(folder, Prefix(audit) + plot.Name), plot);
        }

        foreach (PlotData plot in source.Answer.Plots)
            ResultFigure.Save(Path.Combine(folder, AnswerPrefix + plot.Name), plot);

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
