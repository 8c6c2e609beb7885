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
            + string.Concat(audit.Claims.Select(claim => $"<p><b class=\"{Class(claim.Outcome)}\">{Html.Text(claim.Conclusion)}</b></p>\n"))
            + $"{Section(audit, "figures/")}<h2>The run</h2>\n{Html.Run(audit.Scale, audit.Seed, audit.Run)}"));
    }

    /// <summary>The report as Markdown.</summary>
    /// <param name="audit">The result of the audit.</param>
    public static string Markdown(AuditResult audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        var text = new StringBuilder();
        string title = MarkdownText.Plain($"Audit of {audit.Defence} ({audit.Model}, {audit.Dataset})");
        text.Append(CultureInfo.InvariantCulture, $"# {title}\n\n");
        text.Append(string.Concat(audit.Notes.Prepend(audit.Conclusion).Select(note => $"{MarkdownText.Plain(note)}\n\n")));
        text.Append(CultureInfo.InvariantCulture, $"{audit.Threat}, scale {audit.Scale}, seed {audit.Seed}, {audit.Run.Date:yyyy-MM-dd}; ");
        text.Append(CultureInfo.InvariantCulture, $"{MarkdownText.Code(audit.Run.CommandLine)}; {audit.Run.Processor}; ");
        text.Append(CultureInfo.InvariantCulture, $"dapprox {audit.Run.Version}.\n\n");
        text.Append(Checks(audit));
        foreach (ResultTable table in audit.Tables)
            text.Append('\n').Append(MarkdownReport.Table(table));
        foreach (PlotData plot in audit.Plots)
            text.Append(CultureInfo.InvariantCulture, $"\n![{Html.Alternative(plot)}](figures/{plot.Name}.png)\n");
        return text.ToString();
    }

    /// <summary>The outcome of a claim, with the checks that failed or are undecided: <c>failed (S4, T4)</c>.</summary>
    internal static string Decided(AuditResult audit, ClaimResult claim)
    {
        string[] reasons = [.. audit.Checks
            .Where(check => claim.DecidedBy.Contains(check.Id) && check.Outcome == claim.Outcome && claim.Outcome != Outcome.Passed)
            .Select(check => check.Id)];
        return Word(claim.Outcome) + (reasons.Length == 0 ? "" : $" ({string.Join(", ", reasons)})");
    }

    /// <summary>The checks as a table in Markdown.</summary>
    internal static string Checks(AuditResult audit)
    {
        var text = new StringBuilder("| no. | claim | measured | test | outcome |\n|---|---|---|---|---|\n");
        foreach (CheckResult check in audit.Checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {check.Id} | {MarkdownText.Plain(check.Claim)} ");
            text.Append(CultureInfo.InvariantCulture, $"| {MarkdownText.Plain(check.Measured)} | {MarkdownText.Plain(Test(check))} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Verdict(check)} |\n");
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
            $"Checks at {audit.Scale} scale, {audit.Threat}, {date}; {string.Join(", ", Audit.DecideRobustness)} decide whether it is "
            + $"more robust, {string.Join(", ", Audit.DecideTransfer)} whether fewer examples transfer",
            ["no.", "claim", "measured", "test", "outcome"],
            audit.Checks.Select(check => (string[])
                [check.Id, Html.Text(check.Claim), Html.Text(check.Measured), Html.Text(Test(check)), Sign(check)]), where));
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

    static string Sign(CheckResult check)
    {
        string sign = check.Outcome switch { Outcome.Passed => "✓ ", Outcome.Failed => "✗ ", Outcome.Undecided => "? ", _ => "" };
        string reason = Reason(check);
        return $"<span class=\"tag {Class(check.Outcome)}\">{sign}{Word(check.Outcome)}</span>"
            + (reason.Length == 0 ? "" : $"<br><span class=\"soft\">{Html.Text(reason)}</span>");
    }

    static string Verdict(CheckResult check)
    {
        string reason = MarkdownText.Plain(Reason(check)), word = check.Outcome == Outcome.Failed ? "**failed**" : Word(check.Outcome);
        return reason.Length == 0 ? word : $"{word}: {reason}";
    }

    /// <summary>The rule, the test, and the smallest effect that it could have shown.</summary>
    static string Test(CheckResult check) => check.Evidence is not { } evidence ? check.Rule
        : $"{check.Rule}; n = {evidence.Images}, {evidence.Test}"
            + (evidence.PValue is double p ? $", p = {NumberText.Of(p, NumberFormat.Number)}" : "")
            + $"; smallest effect that could show: {AuditText.Points(evidence.SmallestEffect)} "
            + (evidence.IsDifference ? "percentage points" : "%");

    static string Reason(CheckResult check) => check.Outcome switch
    {
        Outcome.Passed => "",
        Outcome.Undecided when !check.IsRun => check.Meaning,
        Outcome.Undecided => check.ImagesNeeded is int images ? $"{images:N0} images would decide at these rates" : "",
        _ => check.Meaning,
    };

    static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "passed",
        Outcome.Failed => "failed",
        Outcome.Undecided => "undecided",
        _ => "for information",
    };

    static string Class(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "pass",
        Outcome.Failed => "fail",
        Outcome.Undecided => "open",
        _ => "note",
    };
}
