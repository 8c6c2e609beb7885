using System.Globalization;
using System.Text;
using DefensiveApproximation.Experiments.Audits;
using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Experiments.Paper;
using DefensiveApproximation.Experiments.Results;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>
/// The report of a run as one HTML file that needs nothing else: no network, no scripts, pictures inside. It shows what the
/// records hold and computes nothing.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="source">What it shows.</param>
    public static string Write(ReportSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        const string Title = "Defensive Approximation, reproduced";
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <h1>{Title}</h1>
            <p>What happens to a trained network’s accuracy, robustness and cost when its multipliers are approximate?
            Every table and figure of Guesmi et al. (ASPLOS 2021), each beside the paper’s numbers, with a verdict.
            Scale <b>{Html.Text(source.Results.Scale)}</b>, seed {source.Results.Seed}, {source.Results.Run.Date:yyyy-MM-dd}.</p>

            """);
        AppendCards(page, source);
        AppendLimitations(page);
        AppendOverview(page, source);
        AppendGallery(page, source);
        foreach ((Experiment experiment, ExperimentResult? here, ExperimentResult? shipped) in source.Experiments)
            AppendExperiment(page, source, experiment, here, shipped);
        AppendAudits(page);
        AppendRun(page, source);
        return Html.Page($"{Title} ({source.Results.Scale})", page.ToString());
    }

    static void AppendCards(StringBuilder page, ReportSource source)
    {
        page.Append("<div class=\"figures\">\n");
        foreach (Verdict verdict in Enum.GetValues<Verdict>())
        {
            int here = source.Results.Results.Sum(result => result.Count(verdict));
            string small = source.Shipped is null ? "" : $"at standard scale {source.Shipped.Results.Sum(result => result.Count(verdict))}";
            page.Append(CultureInfo.InvariantCulture, $"<div><b>{here}</b><span>numbers {Verdicts.Words(verdict)}</span><small>{small}</small></div>\n");
        }

        page.Append("</div>\n");
    }

    static void AppendLimitations(StringBuilder page)
    {
        page.Append("<section id=\"limitations\">\n<h2>Limitations</h2>\n<ul>\n");
        foreach (string limitation in ReportSource.Limitations)
            page.Append(CultureInfo.InvariantCulture, $"<li>{Html.Text(limitation)}</li>\n");
        page.Append("</ul>\n</section>\n");
    }

    static void AppendOverview(StringBuilder page, ReportSource source)
    {
        page.Append("<section id=\"overview\">\n<h2>Tables and figures</h2>\n");
        page.Append("<ul class=\"findings\">\n");
        foreach ((Experiment experiment, ExperimentResult? here, ExperimentResult? shipped) in source.Experiments)
        {
            // MNIST's own numbers say more of the paper than those of the digits.
            ExperimentResult? result = shipped ?? here;
            string counts = result is null
                ? "<span class=\"soft\">not measured</span>"
                : string.Join(' ', Enum.GetValues<Verdict>().Where(verdict => result.Count(verdict) > 0).Select(verdict => $"<span class=\"count\">{result.Count(verdict)}{Html.Tag(verdict)}</span>"));
            page.Append(CultureInfo.InvariantCulture, $"""
                <li><h3><a href="#{experiment.Id}">{Html.Text(Capital(experiment.Reference))}</a>: {Html.Text(experiment.Title)}</h3>
                <p class="numbers">{counts}{(result?.Dataset is string dataset ? $" on {Html.Text(dataset)}" : "")}</p>
                <p>{Html.Text(result?.Finding ?? NotMeasured(experiment))}</p></li>

                """);
        }

        page.Append("</ul>\n</section>\n");
    }

    static void AppendGallery(StringBuilder page, ReportSource source)
    {
        if (source.Galleries.Count == 0)
            return;
        page.Append("<section id=\"gallery\">\n<h2>Adversarial examples</h2>\n<p>Digits: the clean image, the change, the adversarial image, and what the attacked network and the other one see in it, each with its confidence (softmax). Grey in the middle means no change; black and white are the largest.</p>\n<div class=\"plots\">\n");
        foreach (IGrouping<string, AdversarialExample> group in source.Galleries.GroupBy(example => example.Attack))
        {
            AdversarialExample[] examples = [.. group];
            string alternative = $"{group.Key}. Rows of clean image, change and adversarial image. " + string.Join(' ', examples.Select(example =>
                $"A {example.Label}: {string.Join(", ", example.Predictions.Select(prediction => $"{prediction.Network} sees {prediction.Class}"))}."));
            page.Append(CultureInfo.InvariantCulture, $"<figure><img width=\"{AdversarialGrid.Width}\" height=\"{AdversarialGrid.Height(examples.Length)}\" alt=\"{Html.Text(alternative)}\" src=\"data:image/png;base64,{Convert.ToBase64String(AdversarialGrid.Draw(examples))}\"><figcaption>{Html.Text(group.Key)}</figcaption></figure>\n");
        }

        page.Append("</div>\n</section>\n");
    }

    static void AppendExperiment(StringBuilder page, ReportSource source, Experiment experiment, ExperimentResult? here, ExperimentResult? shipped)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"{experiment.Id}\">\n<h2>{Html.Text(Capital(experiment.Reference))}: {Html.Text(experiment.Title)}</h2>\n");
        if (here is not null)
            AppendResult(page, here, here.Dataset is string dataset ? $"This run, {dataset}" : "This run");
        if (shipped is not null)
        {
            RunInfo run = source.Shipped!.Run;
            AppendResult(page, shipped, $"At standard scale, {shipped.Dataset}: judged {run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, comes with the program");
        }

        if (here is null && shipped is null)
            page.Append(CultureInfo.InvariantCulture, $"<p>{Html.Text(NotMeasured(experiment))}</p>\n");
        page.Append("</section>\n");
    }

    static void AppendResult(StringBuilder page, ExperimentResult result, string heading)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h3>{Html.Text(heading)}</h3>\n<p>{Html.Text(result.Finding)}</p>\n");
        foreach (ResultTable table in result.Tables)
            page.Append(Html.Table(table.Caption, [.. table.Columns], table.Rows.Select(row => row.Select(Html.Cell).ToArray()), $"{result.Reference}, {result.Dataset}: "));
        if (result.Rule is string rule)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">{Html.Text(rule)}</p>\n");
        if (result.Plots.Count == 0)
            return;
        page.Append("<div class=\"plots\">\n");
        foreach (PlotData plot in result.Plots)
            page.Append(Html.Figure(plot));
        page.Append("</div>\n");
    }

    static void AppendAudits(StringBuilder page)
    {
        if (ResultsJson.ShippedAudits.Count == 0)
            return;
        page.Append("<section id=\"audit\">\n<h2>The audit</h2>\n<p>The checks that a claim of robustness has to pass, on defences of this program; these results come with it, <code>dapprox audit</code> makes others.</p>\n");
        foreach (AuditResult audit in ResultsJson.ShippedAudits)
            page.Append(AuditReport.Section(audit));
        page.Append("</section>\n");
    }

    static void AppendRun(StringBuilder page, ReportSource source)
    {
        page.Append("<section id=\"run\">\n<h2>The run</h2>\n");
        page.Append(Html.Run(source.Results.Scale, source.Results.Seed, source.Results.Run));
        if (source.Shipped is RunResults shipped)
        {
            page.Append("<h3>The results that come with the program</h3>\n");
            page.Append(Html.Run(shipped.Scale, shipped.Seed, shipped.Run));
        }

        if (source.Timings.Count > 0)
        {
            page.Append("<details><summary>Times of the units that were computed</summary>\n");
            page.Append(Html.Table("Wall time of the units computed in this run", ["unit", ">seconds"],
                source.Timings.Select(timing => new[] { Html.Text(timing.Unit), timing.Seconds.ToString("F1", CultureInfo.InvariantCulture) })));
            page.Append("</details>\n");
        }

        page.Append("</section>\n");
    }

    internal static string NotMeasured(Experiment experiment) =>
        $"Not measured in this run: it needs {(experiment.Stage == Stage.Colour ? "CIFAR-10 (--scale standard)" : "units that are not done yet")}, and no result of it comes with the program.";

    internal static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
