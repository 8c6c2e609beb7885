using System.Globalization;
using System.Text;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;

namespace Dapprox.Experiments.Reports;

/// <summary>The report of a run as Markdown; its figures are files beside it.</summary>
public static class MarkdownReport
{
    /// <summary>The text of the report.</summary>
    /// <param name="source">The results that it shows.</param>
    public static string Write(ReportSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var text = new StringBuilder();
        RunResults results = source.Results;
        text.Append(CultureInfo.InvariantCulture, $"# {Answer.Question}\n\n{source.Answer.Sentence}\n\n");
        foreach (PlotData plot in source.Answer.Plots)
            text.Append(CultureInfo.InvariantCulture, $"![{Html.Alternative(plot)}]({ReportFolder.AnswerPrefix}{plot.Name}.png)\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{Claims(source.Answer)}\nThis run: scale {results.Scale}, seed {results.Seed}, ");
        text.Append(CultureInfo.InvariantCulture, $"{results.Run.Date:yyyy-MM-dd}; {MarkdownText.Code(results.Run.CommandLine)}; ");
        text.Append(CultureInfo.InvariantCulture, $"{results.Run.Processor}; dapprox {results.Run.Version}.\n");
        foreach ((Experiment experiment, ExperimentResult? here, ExperimentResult? shipped) in source.Experiments)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {HtmlReport.Capital(experiment.Reference)}: {experiment.Title}\n");
            if (shipped is not null)
            {
                string date = source.Shipped!.Run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                Append(text, shipped, $"At standard scale, {shipped.Dataset}: judged {date}, included with the release");
            }

            if (here is not null)
                Append(text, here, HtmlReport.Heading(here));
            if (here is null && shipped is null)
                text.Append(CultureInfo.InvariantCulture, $"\n{HtmlReport.NotMeasured(experiment)}\n");
        }

        text.Append("\n## Limitations\n\n");
        foreach (string limitation in ReportSource.Limitations)
            text.Append(CultureInfo.InvariantCulture, $"* {limitation}\n");
        return text.ToString();
    }

    /// <summary>A table with its caption before it.</summary>
    /// <param name="table">The caption, columns and cells.</param>
    public static string Table(ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{MarkdownText.Plain(table.Caption)}.\n\n| ");
        text.Append(CultureInfo.InvariantCulture, $"{string.Join(" | ", table.Columns.Select(MarkdownText.Plain))} |\n");
        text.Append(CultureInfo.InvariantCulture, $"|{string.Concat(table.Columns.Select(_ => "---|"))}\n");
        foreach (IReadOnlyList<ResultCell> row in table.Rows)
        {
            IEnumerable<string> cells = row.Select(cell => MarkdownText.Plain(NumberText.Line(cell)));
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
        }

        return text.ToString();
    }

    /// <summary>The paper's claims as a table.</summary>
    /// <param name="answer">The answer with the claims.</param>
    internal static string Claims(Answer answer)
    {
        return "| claim | paper | here | verdict |\n|---|---|---|---|\n" + string.Concat(answer.Claims.Select(row => Row(row.Claim)));

        static string Row(Claim claim) =>
            $"| {claim.Name} | {claim.Paper} | {claim.Here} | {(claim.Verdict is Verdict verdict ? Verdicts.Text(verdict) : "–")} |\n";
    }

    static void Append(StringBuilder text, ExperimentResult result, string heading)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n### {heading}\n\n{result.Finding}\n");
        foreach (ResultTable table in result.Tables)
            text.Append('\n').Append(Table(table));
        if (result.Rule is string rule)
            text.Append(CultureInfo.InvariantCulture, $"\n{rule}\n");
        foreach (PlotData plot in result.Plots)
            text.Append(CultureInfo.InvariantCulture, $"\n![{Html.Alternative(plot)}]({ReportFolder.Figure(result, plot)}.png)\n");
    }
}
