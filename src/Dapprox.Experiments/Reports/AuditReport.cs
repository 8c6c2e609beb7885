using System.Globalization;
using System.Text;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Reports;

/// <summary>The report of an audit, as HTML and as Markdown.</summary>
public static class AuditReport
{
    /// <summary>Writes audit.html, audit.md, audit.json, and the figures as SVG, PNG and CSV.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="audit">The result of the audit.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static void Save(string folder, AuditResult audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        foreach (PlotData plot in audit.Plots)
            ResultFigure.Save(Path.Combine(folder, "figures", plot.Name), plot);

        AtomicFile.WriteText(Path.Combine(folder, "audit.json"), ResultsJson.Write(audit));
        AtomicFile.WriteText(Path.Combine(folder, "audit.md"), Markdown(audit));
        AtomicFile.WriteText(Path.Combine(folder, "audit.html"), Html.Page(
            $"Audit of {audit.Defence}",
            $"<h1>Audit of {Html.Text(audit.Defence)}</h1>\n"
            + $"<p><b class=\"{(audit.Holds ? "pass" : "fail")}\">{Html.Text(audit.Conclusion)}</b></p>\n"
            + $"{Section(audit, "figures/")}<h2>The run</h2>\n{Html.Run(audit.Scale, audit.Seed, audit.Run)}"));
    }

    /// <summary>The report as Markdown.</summary>
    /// <param name="audit">The result of the audit.</param>
    public static string Markdown(AuditResult audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Audit of {audit.Defence} ({audit.Model}, {audit.Dataset})\n\n{audit.Conclusion}\n\n");
        text.Append(string.Concat(audit.Notes.Select(note => $"{note}\n\n")));
        text.Append(CultureInfo.InvariantCulture, $"Scale {audit.Scale}, seed {audit.Seed}, {audit.Run.Date:yyyy-MM-dd}; ");
        text.Append(CultureInfo.InvariantCulture, $"`{audit.Run.CommandLine}`; {audit.Run.Processor}; dapprox {audit.Run.Version}.\n\n");
        text.Append(Checks(audit));
        foreach (ResultTable table in audit.Tables)
            text.Append('\n').Append(MarkdownReport.Table(table));
        foreach (PlotData plot in audit.Plots)
            text.Append(CultureInfo.InvariantCulture, $"\n![{Html.Alternative(plot)}](figures/{plot.Name}.png)\n");
        return text.ToString();
    }

    /// <summary>The numbers of the decisive checks that failed, or "none".</summary>
    internal static string Failed(AuditResult audit)
    {
        string failed = string.Join(", ", audit.FailedDecisively);
        return failed.Length == 0 ? "none" : failed;
    }

    /// <summary>The checks as a table in Markdown.</summary>
    internal static string Checks(AuditResult audit)
    {
        var text = new StringBuilder("| no. | check | measured | passes | outcome |\n|---|---|---|---|---|\n");
        foreach (CheckResult check in audit.Checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {check.Id} | {check.Name} | {check.Measured} ");
            text.Append(CultureInfo.InvariantCulture, $"| {check.Threshold} | {Word(check)} |\n");
        }

        return text.ToString();
    }

    /// <summary>Checks, tables and figures, as a part of an HTML page.</summary>
    /// <param name="audit">The result of the audit.</param>
    /// <param name="prefix">The prefix of the paths of its figures.</param>
    internal static string Section(AuditResult audit, string prefix)
    {
        var html = new StringBuilder();
        html.Append(string.Concat(audit.Notes.Select(note => $"<p>{Html.Text(note)}</p>\n")));
        string date = audit.Run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), where = $"{audit.Defence}, {audit.Dataset}: ";
        html.Append(Html.Table(
            $"Checks at {audit.Scale} scale, {date}; {string.Join(", ", Audit.Decisive)} decide",
            ["no.", "check", "measured", "passes", "outcome"],
            audit.Checks.Select(check => (string[])
                [check.Id, Html.Text(check.Name), Html.Text(check.Measured), Html.Text(check.Threshold), Sign(check)]), where));
        foreach (ResultTable table in audit.Tables)
        {
            IEnumerable<string[]> rows = table.Rows.Select(row => row.Select(Html.Cell).ToArray());
            html.Append(Html.Table(table.Caption, [.. table.Columns], rows, where));
        }

        html.Append("<div class=\"plots\">\n");
        foreach (PlotData plot in audit.Plots)
            html.Append(Html.Figure(plot, prefix + plot.Name));
        return html.Append("</div>\n").ToString();
    }

    static string Sign(CheckResult check) => check.Outcome switch
    {
        Outcome.Pass => "<span class=\"tag pass\">✓ passed</span>",
        Outcome.Fail => $"<span class=\"tag fail\">✗ failed</span><br><span class=\"soft\">{Html.Text(check.Meaning)}</span>",
        _ => $"<span class=\"tag note\">for information</span><br><span class=\"soft\">{Html.Text(check.Meaning)}</span>",
    };

    static string Word(CheckResult check) => check.Outcome switch
    {
        Outcome.Pass => "passed",
        Outcome.Fail => $"**failed**: {check.Meaning}",
        _ => check.Meaning,
    };
}
