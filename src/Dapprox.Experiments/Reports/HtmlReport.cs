using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;

namespace Dapprox.Experiments.Reports;

/// <summary>
/// The report of a run as one HTML page. It needs no network, and is complete without scripts; the files of its figures lie beside it. It
/// shows results and computes nothing.
/// </summary>
public static class HtmlReport
{
    const string Title = "Defensive Approximation, reproduced";

    /// <summary>Writes the page.</summary>
    /// <param name="source">The results that it shows.</param>
    public static string Write(ReportSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var page = new StringBuilder();
        AppendAnswer(page, source.Answer);
        AppendContents(page, source);
        foreach ((Experiment experiment, ExperimentResult? here, ExperimentResult? shipped) in source.Experiments)
            AppendExperiment(page, source, experiment, here, shipped);
        AppendAudits(page);
        AppendMultiplier(page);
        AppendGallery(page, source);
        AppendRun(page, source);
        AppendLimitations(page);
        return Html.Page($"{Title} ({source.Results.Scale})", page.ToString());
    }

    static void AppendAnswer(StringBuilder page, Answer answer)
    {
        RunResults results = answer.Source;
        page.Append(CultureInfo.InvariantCulture, $"""
            <section id="answer">
            <p class="soft kicker">{Title}</p>
            <h1>{Html.Text(Answer.Question)}</h1>
            <p class="answer">{Html.Text(answer.Sentence)} <a href="#limitations">Limitations</a></p>
            <div class="plots">
            {Figure(0, Slider(answer.Plots[0]))}{Figure(1)}</div>

            """);
        string date = results.Run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        page.Append("<div class=\"claims\">").Append(Html.Table(
            $"The paper’s claims; numbers of {results.Scale} scale, {date}. {Counts(results.Results)}",
            ["claim", "paper", "here", "verdict"],
            answer.Claims.Select(row => (string[])
            [
                $"<a href=\"#{row.Id}\">{Html.Text(row.Claim.Name)}</a>", Html.Text(row.Claim.Paper), Html.Text(row.Claim.Here),
                Html.Tag(row.Claim.Verdict),
            ])))
            .Append("</div>\n</section>\n");

        string Figure(int plot, string tool = "") =>
            Html.Figure(answer.Plots[plot], ReportFolder.AnswerPrefix + answer.Plots[plot].Name, tool);
    }

    /// <summary>The number of judged numbers, in all and by verdict.</summary>
    static string Counts(IReadOnlyCollection<ExperimentResult> results)
    {
        IEnumerable<string> counts = Enum.GetValues<Verdict>()
            .Select(verdict => $"{results.Sum(result => result.Count(verdict))} {Verdicts.Text(verdict)}");
        return $"Of {results.Sum(result => result.Judged())} numbers of the paper, {string.Join(", ", counts)}";
    }

    /// <summary>Shows the rates at each measured scale of the perturbation; hidden without scripts.</summary>
    static string Slider(PlotData plot)
    {
        string points = JsonSerializer.Serialize(new
        {
            k = plot.Series[0].X,
            series = plot.Series.Select(series => new
            {
                name = series.Name,
                y = series.Y.Select(y => NumberText.Of(Math.Round(y / 100, 3), NumberFormat.Percent)),
            }),
        });
        return $"<div class=\"scale tool\" hidden data-points=\"{WebUtility.HtmlEncode(points)}\"><label>perturbation scaled by k "
            + $"<input type=\"range\" min=\"0\" max=\"{plot.Series[0].X.Count - 1}\" value=\"0\"></label> <output></output></div>";
    }

    static void AppendContents(StringBuilder page, ReportSource source)
    {
        page.Append("<nav id=\"contents\" aria-label=\"Contents\">\n<h2>Contents</h2>\n<ul>\n");
        foreach ((Experiment experiment, ExperimentResult? here, ExperimentResult? shipped) in source.Experiments)
        {
            ExperimentResult? result = shipped ?? here;
            string counts = result is null ? "not measured"
                : result.StandsFor is not null ? "stand-in, not judged"
                : result.Judged() == 0 ? ""
                : $"{string.Join(", ", Verdicts(result))} of {result.Judged()}";
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#{experiment.Id}\">{Html.Text(Capital(experiment.Reference))}</a> ");
            page.Append(Html.Text(experiment.Title));
            page.Append(counts.Length > 0 ? $" <span class=\"soft\">{counts}</span></li>\n" : "</li>\n");
        }

        page.Append("<li><a href=\"#audit\">Audit</a> The checks that a claim of robustness has to pass</li>\n");
        page.Append("<li><a href=\"#multiplier\">A product</a> bit by bit</li>\n<li><a href=\"#run\">The run</a></li>\n");
        page.Append("<li><a href=\"#limitations\">Limitations</a></li>\n</ul>\n</nav>\n");

        static IEnumerable<string> Verdicts(ExperimentResult result) => Enum.GetValues<Verdict>()
            .Where(verdict => result.Count(verdict) > 0)
            .Select(verdict => $"{result.Count(verdict)} {Results.Verdicts.Text(verdict)}");
    }

    static void AppendLimitations(StringBuilder page)
    {
        page.Append("<section id=\"limitations\">\n<h2>Limitations</h2>\n<ul>\n");
        foreach (string limitation in ReportSource.Limitations)
            page.Append(CultureInfo.InvariantCulture, $"<li>{Html.Text(limitation)}</li>\n");
        page.Append("</ul>\n</section>\n");
    }

    static void AppendMultiplier(StringBuilder page) => page.Append("""
        <section id="multiplier">
        <h2>A product, bit by bit</h2>
        <p>A multiplier of 24-bit mantissas has 24 × 24 partial products aᵢ·bⱼ. The exact array adds all of them. An AMA5 cell passes its
        inputs through, so that most partial products never reach the result: in each 4 × 4 block of Ax-FPM only those of the lowest bit of
        a and those of the highest bit of b, the latter at twice their weight; in one flat array of AMA5 cells only the row of a₀ and the
        column of b₂₃.</p>
        <div class="multiplication tool" hidden>
        <p><label>a <input type="number" step="any" value="0.856"></label> <label>b <input type="number" step="any" value="0.471"></label>
        <label>multiplier <select><option value="ax-fpm">Ax-FPM</option><option value="ama5-flat">flat array of AMA5</option><option
        value="exact">exact</option></select></label></p>
        <svg viewBox="0 0 240 240" class="cells" role="img"
        aria-label="The partial products: rows from a₀ above to a₂₃, columns from b₂₃ on the left to b₀"></svg>
        <div><pre><output></output></pre>
        <p class="soft">Rows: a₀ above to a₂₃. Columns: b₂₃ on the left to b₀. Filled: the partial product is 1 and reaches the result.
        Outlined: it is 1 and is lost.</p></div>
        </div>
        </section>

        """);

    static void AppendGallery(StringBuilder page, ReportSource source)
    {
        if (source.Galleries.Count == 0)
            return;
        page.Append("<section id=\"gallery\">\n<h2>Adversarial examples</h2>\n<p>Digits. One row is one example: the clean image, ");
        page.Append("the perturbation, the adversarial image, and the classes that the attacked network and the other one predict, ");
        page.Append("with their softmax. Grey is no change; black and white are the largest change.</p>\n<div class=\"plots\">\n");
        foreach (IGrouping<string, AdversarialExample> group in source.Galleries.GroupBy(example => example.Attack))
        {
            AdversarialExample[] examples = [.. group];
            string picture = Convert.ToBase64String(AdversarialGrid.Draw(examples));
            string alternative =
                $"{group.Key}. Rows of clean image, change and adversarial image. {string.Join(' ', examples.Select(InWords))}";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<figure><img width=\"{AdversarialGrid.Width}\" height=\"{AdversarialGrid.Height(examples.Length)}\" "
                + $"alt=\"{Html.Text(alternative)}\" src=\"data:image/png;base64,{picture}\">"
                + $"<figcaption>{Html.Text(group.Key)}</figcaption></figure>\n");
        }

        page.Append("</div>\n</section>\n");

        static string InWords(AdversarialExample example)
        {
            IEnumerable<string> predictions = example.Predictions.Select(prediction => $"{prediction.Network} sees {prediction.Class}");
            return $"A {example.Label}: {string.Join(", ", predictions)}.";
        }
    }

    static void AppendExperiment(
        StringBuilder page, ReportSource source, Experiment experiment, ExperimentResult? here, ExperimentResult? shipped)
    {
        string heading = $"{Html.Text(Capital(experiment.Reference))}: {Html.Text(experiment.Title)}";
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"{experiment.Id}\">\n<h2>{heading}</h2>\n");
        if (shipped is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Html.Text(shipped.Finding)}</p>\n");
            AppendDetail(page, shipped);
        }

        if (here is not null && shipped is null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Html.Text(here.Finding)}</p>\n");
            AppendDetail(page, here);
        }
        else if (here is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<details><summary>{Html.Text(Heading(here))}</summary>\n");
            page.Append(CultureInfo.InvariantCulture, $"<p>{Html.Text(here.Finding)}</p>\n");
            AppendDetail(page, here);
            page.Append("</details>\n");
        }

        if (here is null && shipped is null)
            page.Append(CultureInfo.InvariantCulture, $"<p>{Html.Text(NotMeasured(experiment))}</p>\n");
        page.Append("</section>\n");
    }

    static void AppendDetail(StringBuilder page, ExperimentResult result)
    {
        foreach (ResultTable table in result.Tables)
        {
            IEnumerable<string[]> rows = table.Rows.Select(row => row.Select(Html.Cell).ToArray());
            page.Append(Html.Table(table.Caption, [.. table.Columns], rows, $"{result.Reference}, {result.Dataset}: "));
        }

        if (result.Rule is string rule)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">{Html.Text(rule)}</p>\n");
        if (result.Plots.Count == 0)
            return;
        page.Append("<div class=\"plots\">\n");
        foreach (PlotData plot in result.Plots)
            page.Append(Html.Figure(plot, ReportFolder.Figure(result, plot)));
        page.Append("</div>\n");
    }

    static void AppendAudits(StringBuilder page)
    {
        page.Append("<section id=\"audit\">\n<h2>Audit: the checks that a claim of robustness has to pass</h2>\n");
        page.Append("<p>Results included with the release; <code>dapprox audit</code> audits other defences.</p>\n");
        page.Append(Html.Table(
            $"Audited defences; {string.Join(", ", Audit.DecideRobustness)} decide whether it is more robust, "
            + $"{string.Join(", ", Audit.DecideTransfer)} whether fewer examples transfer",
            ["defence", "network, images", "budget", "more robust", "less transfer", "scale"],
            ResultsJson.ShippedAudits.Select(audit => (string[])
            [
                Html.Text(audit.Defence), Html.Text($"{Model(audit)}, {audit.Dataset}"), audit.Threat,
                AuditReport.Decided(audit, audit.Claims[0]), AuditReport.Decided(audit, audit.Claims[1]), audit.Scale,
            ])));
        foreach (AuditResult audit in ResultsJson.ShippedAudits)
        {
            string heading = $"{Html.Text(audit.Defence)}: {Html.Text(Model(audit))}, {Html.Text(audit.Dataset)}";
            page.Append(CultureInfo.InvariantCulture, $"<h3>{heading}</h3>\n<p>{Html.Text(audit.Conclusion)}</p>\n");
            page.Append("<details><summary>All checks, tables and figures</summary>\n");
            page.Append(AuditReport.Section(audit, ReportFolder.Prefix(audit))).Append("</details>\n");
        }

        page.Append("</section>\n");

        static string Model(AuditResult audit) => Path.GetFileNameWithoutExtension(audit.Model);
    }

    static void AppendRun(StringBuilder page, ReportSource source)
    {
        page.Append("<section id=\"run\">\n<h2>The run</h2>\n");
        page.Append(Html.Run(source.Results.Scale, source.Results.Seed, source.Results.Run));
        if (source.Shipped is RunResults shipped)
        {
            page.Append("<h3>The results included with the release</h3>\n");
            page.Append(Html.Run(shipped.Scale, shipped.Seed, shipped.Run));
        }

        if (source.Timings.Count > 0)
        {
            page.Append("<details><summary>Times of the units that were computed</summary>\n");
            page.Append(Html.Table("Wall time of the units computed in this run", ["unit", ">seconds"],
                source.Timings.Select(timing => (string[])
                    [Html.Text(timing.Unit), timing.Seconds.ToString("F1", CultureInfo.InvariantCulture)])));
            page.Append("</details>\n");
        }

        page.Append("</section>\n");
    }

    internal static string NotMeasured(Experiment experiment)
    {
        string needed = experiment.Domain == ImageDomain.Colour ? "CIFAR-10 (--scale standard)" : "units that are not done yet";
        return $"Not measured in this run: it needs {needed}, and no result of it is included with the release.";
    }

    /// <summary>The heading of a result of this run, with its data set.</summary>
    internal static string Heading(ExperimentResult result) => result switch
    {
        { Dataset: null } => "This run",
        { StandsFor: null } => $"This run, {result.Dataset}",
        _ => $"This run, {result.Dataset}: a stand-in for {result.StandsFor}, not judged",
    };

    internal static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
