using System.Globalization;
using System.Text;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments.Figures;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>
/// The report of a run as one HTML file that needs nothing else: no network, no scripts, pictures inside. It shows what the
/// records hold and computes nothing.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="reproduction">What was found.</param>
    /// <param name="run">What it was run with.</param>
    /// <param name="examples">The picture of the examples, a PNG by <see cref="AdversarialGrid"/>; null without examples.</param>
    /// <param name="noise">The picture of the noise, a PNG by <see cref="NoiseFigure"/>.</param>
    public static string Write(Reproduction reproduction, RunInfo run, byte[]? examples, byte[] noise)
    {
        ArgumentNullException.ThrowIfNull(reproduction);
        ArgumentNullException.ThrowIfNull(run);
        ReproductionResult result = reproduction.Result;
        const string Title = "Defensive Approximation, reproduced";
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Title}: {Html.Text(result.Model)}</title>
            <link rel="icon" href="data:,">
            <style>
            {Style()}</style>
            </head>
            <body>
            <main>
            <h1>{Title}</h1>
            <p>What happens to a trained network’s accuracy and to its robustness when its multipliers are approximate?
            LeNet-5 on <b>{Html.Text(result.Dataset)}</b>, exact and with Ax-FPM, the multiplier of Guesmi et al. (ASPLOS 2021),
            without retraining.</p>

            """);
        AppendFigures(page, result);
        AppendLimitations(page, result);
        AppendFindings(page, result);
        AppendAccuracies(page, result);
        AppendAttacks(page, result, reproduction, examples);
        AppendMultipliers(page, result, noise);
        AppendRun(page, reproduction, run);
        page.Append("""
            <footer class="soft"><p>The paper: A. Guesmi, I. Alouani, K. Khasawneh, M. Baklouti, T. Frikha, M. Abid,
            N. Abu-Ghazaleh: Defensive Approximation: Securing CNNs using Approximate Computing, ASPLOS 2021,
            doi 10.1145/3445814.3446747.</p></footer>
            </main>
            </body>
            </html>

            """);
        return page.ToString();
    }

    static void AppendFigures(StringBuilder page, ReproductionResult result)
    {
        AccuracyRow exact = result.Accuracies[0], approximate = result.Accuracies[1];
        ErrorMetrics metrics = result.Metrics.First(metric => metric.Multiplier == approximate.Multiplier);
        page.Append("<div class=\"figures\">\n");
        Card(Html.Percent(exact.Accuracy.Value), "accuracy, exact", $"{exact.Accuracy.Of:N0} test images");
        Card(Html.Percent(approximate.Accuracy.Value), "accuracy, Ax-FPM", "all layers, same weights");
        foreach (AttackRow smallest in result.Attacks.Where(row => row.Epsilon is null))
            Card(Html.Percent(smallest.Transfers[0].Transfer.Value), "of the examples fool Ax-FPM too", Html.Text($"{AttackName(smallest)}, made on exact"));
        Card(Html.Percent(metrics.MeanRelativeError.Value), "mean error of a product", "MRED of Ax-FPM");
        page.Append("</div>\n");

        void Card(string number, string what, string small) =>
            page.Append(CultureInfo.InvariantCulture, $"<div><b>{number}</b><span>{what}</span><small>{small}</small></div>\n");
    }

    static void AppendLimitations(StringBuilder page, ReproductionResult result) => page.Append(CultureInfo.InvariantCulture, $"""
        <section id="limitations">
        <h2>Limitations</h2>
        <ul>
        <li>One small network, one data set ({Html.Text(result.Dataset)}), one set of weights. The intervals cover the choice of
        images, not the choice of weights.</li>
        <li>The attacked images are the first {result.AttackedImages} that both networks get right; other images give other
        numbers.</li>
        <li>Most attacks here have a fixed budget ε. The paper’s look for the smallest step that works, so its transfer rates
        and ours do not answer the same question. One row below uses the smallest step.</li>
        <li>An attacker who knows Ax-FPM would attack it directly. Low transfer alone does not show robustness.</li>
        <li>Sums are in binary32, as in hardware; the paper’s code summed in binary64.</li>
        <li>Energy, delay and area are not measured here.</li>
        </ul>
        </section>

        """);

    static void AppendFindings(StringBuilder page, ReproductionResult result)
    {
        page.Append("<section id=\"findings\">\n<h2>The paper’s claims, and what came out here</h2>\n<ul class=\"findings\">\n");
        foreach (Finding finding in result.Findings)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <li>{Tag(finding.Agreement)}<h3>{Html.Text(finding.Claim)}</h3>
                <p class="numbers">paper <b>{Html.Text(finding.Paper)}</b> · here <b>{Html.Text(finding.Here)}</b></p>
                <p>{Html.Text(finding.Sentence)}</p></li>

                """);
        }

        page.Append("</ul>\n<p class=\"soft\">In brackets the 95&#8239;% interval.</p>\n</section>\n");
    }

    static string Tag(Agreement agreement)
    {
        (string style, string words) = agreement switch
        {
            Agreement.Agrees => ("agrees", "✓ holds"),
            Agreement.Partly => ("partly", "≈ in part"),
            Agreement.Differs => ("differs", "✗ differs"),
            _ => ("open", "? open"),
        };
        return $"<span class=\"tag {style}\">{words}</span>";
    }

    static void AppendAccuracies(StringBuilder page, ReproductionResult result)
    {
        page.Append("<section id=\"accuracy\">\n<h2>Accuracy</h2>\n");
        page.Append(Html.Table(
            $"Share of {result.TestImages:N0} test images of {result.Dataset} classified correctly, with 95 % Wilson intervals; the paper’s are for MNIST",
            ["multiplier", "layers", ">correct", "|accuracy", ">paper"],
            result.Accuracies.Select(row => new[]
            {
                Html.Text(row.Multiplier), row.Layers, $"{row.Accuracy.Count:N0}", Html.Interval(row.Accuracy),
                row.Paper is double paper ? (100 * paper).ToString("0.00", CultureInfo.InvariantCulture) + "&#8239;%" : "–",
            })));
        page.Append("</section>\n");
    }

    static void AppendAttacks(StringBuilder page, ReproductionResult result, Reproduction reproduction, byte[]? examples)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            <section id="attacks">
            <h2>Adversarial examples</h2>
            <p>Made on the exact network, then shown to Ax-FPM. ε is the largest change of a pixel (pixels lie in [0, 1]);
            success is the share of the {result.AttackedImages} images that the exact network now gets wrong; transfer is the
            share of those successes that Ax-FPM gets wrong, too. PGD makes {result.PgdSteps} steps of ε/30 from a random
            start.</p>

            """);
        IReadOnlyList<TransferRow> columns = result.Attacks[0].Transfers;
        page.Append(Html.Table(
            "Success on the exact network, and transfer to Ax-FPM in all layers or in the convolutions only, with 95 % Wilson intervals",
            ["attack", "|success on exact", ">mean L2", .. columns.Select(column => column.Layers == "all" ? "|transfer, all layers" : $"|transfer, {column.Layers}")],
            result.Attacks.Select(row => (string[])
            [
                Html.Text(AttackName(row)), Html.IntervalWithBar(row.Success), row.MeanL2?.ToString("F2", CultureInfo.InvariantCulture) ?? "–",
                .. row.Transfers.Select(transfer => Html.IntervalWithBar(transfer.Transfer)),
            ])));
        page.Append("<p class=\"soft\">The paper’s table 2 (MNIST, smallest step): 12&#8239;% of the FGSM and 28&#8239;% of the PGD examples transfer.</p>\n");
        if (examples is not null)
        {
            string alternative = "Rows of clean image, perturbation and adversarial image. " + string.Join(' ', reproduction.Examples.Select(example =>
                $"{example.Attack}: a {example.Label}, {string.Join(", ", example.Predictions.Select(prediction => $"{prediction.Network} says {prediction.Class}"))}."));
            page.Append(Html.Figure(
                examples, AdversarialGrid.Width, AdversarialGrid.Height(reproduction.Examples.Count), alternative,
                "The first successes of different classes, and the first that Ax-FPM resists, where there is one. Grey in the perturbation means no change; black and white are the largest change, darker and lighter."));
        }

        page.Append("</section>\n");
    }

    static string AttackName(AttackRow row) =>
        row.Attack.ToUpperInvariant() + (row.Epsilon is double epsilon ? $", ε = {epsilon.ToString(CultureInfo.InvariantCulture)}" : ", smallest ε");

    static void AppendMultipliers(StringBuilder page, ReproductionResult result, byte[] noise)
    {
        ErrorMetrics first = result.Metrics[0];
        page.Append("<section id=\"multipliers\">\n<h2>The multipliers</h2>\n");
        page.Append(Html.Table(
            $"Error of {first.Samples:N0} products each, {first.LawSummary}; NMED is normalised by {Html.Number(first.Normaliser)}; ± is half the 95 % interval",
            ["multiplier", ">MRED", ">NMED", ">above exact", ">bias", ">worst", ">worst relative"],
            result.Metrics.Select(metric => new[]
            {
                Html.Text(metric.Multiplier), WithRadius(metric.MeanRelativeError), WithRadius(metric.NormalisedMeanError), Html.Percent(metric.ShareAbove.Value),
                WithRadius(metric.Bias), Html.Number(metric.WorstAbsolute.Error), Html.Number(metric.WorstRelative.Error),
            })));
        page.Append(Html.Figure(
            noise, NoiseFigure.Width, NoiseFigure.Height,
            "Left: density of the error of Ax-FPM’s products against the exact product; the error grows with the product and jumps. Right: histogram of the relative error, nearly all of it above zero.",
            "The noise of Ax-FPM (the paper’s figure 3). Left, the error against the exact product: it grows with the operands and jumps. Right, the relative error: most products come out too large; the few on the left are the overflows, which come out halved."));
        page.Append("</section>\n");
    }

    static string WithRadius(Estimate estimate) =>
        $"{Html.Number(estimate.Value)} <span class=\"soft\">± {Html.Number(estimate.Radius, digits: 1)}</span>";

    static void AppendRun(StringBuilder page, Reproduction reproduction, RunInfo run)
    {
        ReproductionResult result = reproduction.Result;
        page.Append(CultureInfo.InvariantCulture, $"""
            <section id="run">
            <h2>How it was run</h2>
            <dl>
            <dt>command</dt><dd><code>{Html.Text(run.CommandLine)}</code></dd>
            <dt>date</dt><dd>{run.Date:yyyy-MM-dd HH:mm} UTC</dd>
            <dt>program</dt><dd>dapprox {Html.Text(run.Version)}</dd>
            <dt>processor</dt><dd>{Html.Text(run.Processor)}</dd>
            <dt>system</dt><dd>{Html.Text(run.System)}</dd>
            <dt>network</dt><dd>{Html.Text(result.Model)}</dd>
            <dt>images</dt><dd>{Html.Text(result.Provenance)}</dd>
            <dt>seed</dt><dd>{result.Seed}</dd>
            </dl>
            <p>The same seed gives the same numbers, whatever the number of threads; only the times differ.</p>
            <details><summary>Times</summary>

            """);
        page.Append(Html.Table("Wall time of each part", ["part", ">seconds"],
            reproduction.Timings.Select(timing => new[] { Html.Text(timing.Part), timing.Seconds.ToString("F2", CultureInfo.InvariantCulture) })));
        page.Append("</details>\n</section>\n");
    }

    static string Style()
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")
            ?? throw new InvalidOperationException("The resource report.css is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
