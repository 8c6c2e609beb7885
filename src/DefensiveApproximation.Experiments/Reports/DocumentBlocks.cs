using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DefensiveApproximation.Experiments.Audits;
using DefensiveApproximation.Experiments.Paper;
using DefensiveApproximation.Experiments.Results;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>
/// The parts of documents that are made of results, so that what they say is what was measured: what stands between
/// <c>&lt;!-- results: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c>.
/// </summary>
static partial class DocumentBlocks
{
    /// <summary>A document with its parts made anew from the results that come with the program.</summary>
    /// <param name="document">The document, Markdown.</param>
    /// <exception cref="InvalidOperationException">A part names something that there are no results of.</exception>
    public static string Renew(string document) =>
        Block().Replace(document, block => $"<!-- results: {block.Groups[1].Value} -->\n{Make(block.Groups[1].Value)}<!-- end -->");

    /// <summary>overview, run, audits, audit NAME, or the name of an experiment.</summary>
    static string Make(string name)
    {
        RunResults shipped = ResultsJson.Shipped;
        if (name == "overview")
            return Overview(shipped);
        if (name == "run")
            return string.Create(CultureInfo.InvariantCulture, $"Scale {shipped.Scale}, seed {shipped.Seed}, {shipped.Run.Processor}; judged {shipped.Run.Date:yyyy-MM-dd} by dapprox {shipped.Run.Version}.\n");
        if (name == "audits")
            return Audits();
        if (name.StartsWith("audit ", StringComparison.Ordinal))
        {
            AuditResult audit = ResultsJson.ShippedAudits.FirstOrDefault(known => $"audit {known.Defence}, {known.Model}" == name)
                ?? throw new InvalidOperationException($"There is no {name}; there are {string.Join("; ", ResultsJson.ShippedAudits.Select(known => $"{known.Defence}, {known.Model}"))}.");
            return AuditReport.Checks(audit);
        }

        ExperimentResult result = shipped.Results.FirstOrDefault(known => known.Id == name) ?? throw new InvalidOperationException($"There is no result of {name}.");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{result.Finding}\n");
        foreach (ResultTable table in result.Tables)
            text.Append('\n').Append(MarkdownReport.Table(table));
        if (result.Rule is string rule)
            text.Append(CultureInfo.InvariantCulture, $"\n{rule}\n");
        return text.ToString();
    }

    static string Overview(RunResults shipped)
    {
        var text = new StringBuilder("| in the paper | on | reproduced | same direction | not reproduced | open | what came out |\n|---|---|---:|---:|---:|---:|---|\n");
        foreach (Experiment experiment in AllExperiments.List)
        {
            if (shipped.Results.FirstOrDefault(result => result.Id == experiment.Id) is ExperimentResult result)
                text.Append(CultureInfo.InvariantCulture, $"| {experiment.Reference} | {result.Dataset} | {string.Join(" | ", Enum.GetValues<Verdict>().Select(result.Count))} | {result.Finding} |\n");
        }

        return text.ToString();
    }

    static string Audits()
    {
        var text = new StringBuilder("| defence | network, images | scale | failed, of the checks that decide | conclusion |\n|---|---|---|---|---|\n");
        foreach (AuditResult audit in ResultsJson.ShippedAudits)
        {
            string failed = string.Join(", ", audit.Checks.Where(check => check.Outcome == Outcome.Fail && Audit.Decisive.Contains(check.Id)).Select(check => check.Id));
            text.Append(CultureInfo.InvariantCulture, $"| {audit.Defence} | {Path.GetFileName(audit.Model)}, {audit.Dataset} | {audit.Scale} | {(failed.Length == 0 ? "none" : failed)} | {audit.Conclusion} |\n");
        }

        return text.ToString();
    }

    [GeneratedRegex("<!-- results: ([^>]+) -->\n.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Block();
}
