using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;

namespace Dapprox.Experiments.Reports;

/// <summary>
/// The parts of documents that are generated from results: those between <c>&lt;!-- results: NAME --&gt;</c> and
/// <c>&lt;!-- end --&gt;</c>.
/// </summary>
static partial class DocumentBlocks
{
    /// <summary>The pictures of documents, by the names of their files: the answer, for light and for dark pages.</summary>
    public static IEnumerable<(string Name, Func<byte[]> Png)> Pictures =>
    [
        ("answer.png", () => ResultFigure.Png(Answer.Included.Plots, isDark: false)),
        ("answer-dark.png", () => ResultFigure.Png(Answer.Included.Plots, isDark: true)),
    ];

    /// <summary>The numbers of <see cref="Pictures"/>.</summary>
    public static string PictureNumbers => string.Concat(Answer.Included.Plots.Select(ResultFigure.Csv));

    /// <summary>A document with its parts regenerated from the results included with the release.</summary>
    /// <param name="document">The document, in Markdown.</param>
    /// <exception cref="InvalidOperationException">There are no results of the name of a part.</exception>
    public static string Renew(string document) =>
        Block().Replace(document, block => $"<!-- results: {block.Groups[1].Value} -->\n{Make(block.Groups[1].Value)}<!-- end -->");

    /// <summary>answer, claims, overview, run, audits, audit NAME, or the name of an experiment.</summary>
    static string Make(string name)
    {
        RunResults shipped = ResultsJson.Shipped;
        if (name == "answer")
            return Answer.Included.Sentence + "\n";
        if (name == "claims")
            return MarkdownReport.Claims(Answer.Included);
        if (name == "overview")
            return Overview(shipped);
        if (name == "run")
        {
            string date = shipped.Run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return $"Scale {shipped.Scale}, seed {shipped.Seed}, {shipped.Run.Processor}; "
                + $"judged {date} by dapprox {shipped.Run.Version}.\n";
        }

        if (name == "audits")
            return Audits();
        if (name.StartsWith("audit ", StringComparison.Ordinal))
        {
            AuditResult audit = ResultsJson.ShippedAudits.FirstOrDefault(known => $"audit {known.Defence}, {known.Model}" == name)
                ?? throw new InvalidOperationException($"There is no {name}; the names of audits are 'audit DEFENCE, MODEL'.");
            return AuditReport.Checks(audit);
        }

        ExperimentResult result = shipped.Results.FirstOrDefault(known => known.Id == name)
            ?? throw new InvalidOperationException($"There is no result of {name}.");
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
        var text = new StringBuilder("| in the paper | on | numbers ");
        text.Append("| reproduced | same direction | not reproduced | inconclusive | what came out |\n");
        text.Append("|---|---|---:|---:|---:|---:|---:|---|\n");
        foreach (Experiment experiment in AllExperiments.List)
        {
            if (shipped.Results.FirstOrDefault(result => result.Id == experiment.Id) is ExperimentResult result)
            {
                string counts = string.Join(" | ", Enum.GetValues<Verdict>().Select(result.Count));
                text.Append(CultureInfo.InvariantCulture, $"| {experiment.Reference} | {result.Dataset ?? "–"} | {result.Judged()} ");
                text.Append(CultureInfo.InvariantCulture, $"| {counts} | {result.Finding} |\n");
            }
        }

        return text.ToString();
    }

    static string Audits()
    {
        var text = new StringBuilder("| defence | network, images | budget, scale | more robust | less transfer | conclusion |\n");
        text.Append("|---|---|---|---|---|---|\n");
        foreach (AuditResult audit in ResultsJson.ShippedAudits)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {audit.Defence} | {Path.GetFileName(audit.Model)}, {audit.Dataset} ");
            text.Append(CultureInfo.InvariantCulture, $"| {audit.Threat}, {audit.Scale} | {AuditReport.Decided(audit, audit.Claims[0])} ");
            text.Append(CultureInfo.InvariantCulture, $"| {AuditReport.Decided(audit, audit.Claims[1])} | {audit.Conclusion} |\n");
        }

        return text.ToString();
    }

    [GeneratedRegex("<!-- results: ([^>]+) -->\n.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Block();
}
