using System.Globalization;
using System.Net;
using System.Text;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Reports;

/// <summary>The pieces of HTML of which reports are made.</summary>
static class Html
{
    /// <summary>The largest number of columns that a narrow screen shows at once.</summary>
    const int MaxNarrow = 2;

    const string Paper = """
        The paper: A. Guesmi, I. Alouani, K. Khasawneh, M. Baklouti, T. Frikha, M. Abid,
        N. Abu-Ghazaleh: Defensive Approximation: Securing CNNs using Approximate Computing, ASPLOS 2021,
        doi 10.1145/3445814.3446747.
        """;

    /// <summary>A whole page.</summary>
    /// <param name="title">The title, as text.</param>
    /// <param name="body">The content, as HTML.</param>
    /// <param name="footer">What is below it, as HTML.</param>
    public static string Page(string title, string body, string footer = Paper) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Text(title)}</title>
        <link rel="icon" href="data:,">
        <style>
        {Resource("report.css")}{Colours()}</style>
        </head>
        <body>
        <main>
        {body}</main>
        <footer class="soft"><p>{footer}</p></footer>
        <script>
        {Resource("report.js")}</script>
        </body>
        </html>

        """;

    /// <summary>The program, machine and settings of a run.</summary>
    public static string Run(string scale, ulong seed, RunInfo run) => string.Create(CultureInfo.InvariantCulture, $"""
        <dl>
        <dt>command</dt><dd><code>{Text(run.CommandLine)}</code></dd>
        <dt>scale, seed</dt><dd>{Text(scale)}, {seed}</dd>
        <dt>date</dt><dd>{run.Date:yyyy-MM-dd HH:mm} UTC</dd>
        <dt>program</dt><dd>dapprox {Text(run.Version)}</dd>
        <dt>processor</dt><dd>{Text(run.Processor)}</dd>
        <dt>system</dt><dd>{Text(run.System)}</dd>
        </dl>

        """);

    static string Resource(string name)
    {
        using Stream stream = typeof(Html).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The colours of figures, for light pages, for dark ones, and for print.</summary>
    static string Colours()
    {
        return $":root {{{Of(PlotTheme.Light)} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{{Of(PlotTheme.Dark)} }} }}\n";

        static string Of(PlotTheme theme) =>
            string.Concat(PlotStyle.Variables.Zip(theme.Hex, (variable, colour) => $" {variable}: {colour};"));
    }

    /// <summary>
    /// Text with the special characters of HTML escaped, and with no line break between a number and its percent sign.
    /// </summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text).Replace(" %", "&#8239;%", StringComparison.Ordinal);

    /// <summary>A cell: our number, its interval, the paper's number and the verdict.</summary>
    public static string Cell(ResultCell cell)
    {
        if (cell.Text is not null)
            return Text(cell.Text) + Tag(cell.Verdict);
        string interval = NumberText.Interval(cell);
        var html = new StringBuilder(Text(NumberText.Value(cell)));
        if (interval.Length > 0)
            html.Append(CultureInfo.InvariantCulture, $" <span class=\"soft\">({Text(interval)})</span>");
        if (cell.Value is double value && cell.Of is not null)
            html.Append(Bar(value, cell.Low!.Value, cell.High!.Value, cell.Paper));
        if (cell.Paper is double paper)
            html.Append(CultureInfo.InvariantCulture, $" <span class=\"paper\">paper {Text(NumberText.Of(paper, cell.Format))}</span>");
        return html.Append(Tag(cell.Verdict)).ToString();
    }

    /// <summary>A verdict, in a sign and in words.</summary>
    public static string Tag(Verdict? verdict) => verdict switch
    {
        null => "",
        Verdict.Reproduced => " <span class=\"tag agrees\">✓ reproduced</span>",
        Verdict.SameDirection => " <span class=\"tag partly\">≈ same direction</span>",
        Verdict.NotReproduced => " <span class=\"tag differs\">✗ not reproduced</span>",
        _ => " <span class=\"tag open\">? inconclusive</span>",
    };

    /// <summary>A table that scrolls by itself where the page is too narrow.</summary>
    /// <param name="caption">The subject, and what one row is.</param>
    /// <param name="columns">
    /// The titles. One that begins with &gt; is right-aligned, over numbers; one that begins with | is over cells that are not broken.
    /// </param>
    /// <param name="rows">The cells, as HTML; the first of each row names it.</param>
    /// <param name="where">A prefix that distinguishes its label from those of tables with the same caption.</param>
    public static string Table(string caption, string[] columns, IEnumerable<string[]> rows, string where = "")
    {
        var html = new StringBuilder();
        string hint = columns.Length > MaxNarrow ? " <i class=\"hint\">The table scrolls sideways.</i>" : "";
        string label = Text(where + caption);
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">");
        html.Append(CultureInfo.InvariantCulture, $"<table>\n<caption><span>{Text(caption)}.{hint}</span></caption>\n<thead><tr>");
        foreach (string column in columns)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Class(column)}>{Text(column.TrimStart('>', '|'))}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (string[] row in rows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{row[0]}</th>");
            for (int i = 1; i < row.Length; i++)
                html.Append(CultureInfo.InvariantCulture, $"<td{Class(columns[i])}>{row[i]}</td>");
            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    /// <summary>A picture inside the page, with links to its files beside the page.</summary>
    /// <param name="plot">The numbers and titles of the plot.</param>
    /// <param name="path">The path of its files, without the extensions.</param>
    /// <param name="tool">An element below it, as HTML.</param>
    public static string Figure(PlotData plot, string path, string tool = "")
    {
        string of = $"<span class=\"away\"> of {Text(plot.Title)}</span>";
        return $"<figure>{ResultFigure.Svg(plot, path[(path.LastIndexOf('/') + 1)..], $" aria-label=\"{Text(Alternative(plot))}\"")}{tool}"
            + $"<figcaption><a href=\"{Text(path)}.png\">PNG{of}</a> · <a href=\"{Text(path)}.csv\">CSV{of}</a></figcaption></figure>\n";
    }

    /// <summary>A picture in words, for those who cannot see it.</summary>
    public static string Alternative(PlotData plot)
    {
        string what = plot.Kind switch
        {
            PlotKind.Map => $"Map of {plot.ValueTitle}",
            PlotKind.Bars => "Histogram",
            PlotKind.Intervals => "Values with intervals",
            PlotKind.Steps => "Cumulative distributions",
            _ => "Curves",
        };
        string vertical = plot.YTitle.Length > 0 ? $"Vertical: {plot.YTitle}. " : "";
        string names = string.Join(", ", plot.Series.Select(series => series.Name));
        return $"{what}: {plot.Title}. Horizontal: {plot.XTitle}. {vertical}{names}.";
    }

    static string Class(string column) => column switch
    {
        ['>', ..] => " class=\"n\"",
        ['|', ..] => " class=\"i\"",
        _ => "",
    };

    /// <summary>
    /// A bar from 0 to 100 %: the interval is a thick line, the value a stroke, the paper's value a diamond. The numbers beside it say the
    /// same.
    /// </summary>
    static string Bar(double value, double low, double high, double? paper)
    {
        var svg = new StringBuilder("<svg class=\"bar\" viewBox=\"-4 0 108 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        svg.Append("<path d=\"M0 6H100\" stroke=\"currentColor\" stroke-opacity=\".3\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{100 * low:0.##} 6H{100 * high:0.##}\" ");
        svg.Append("stroke=\"currentColor\" stroke-opacity=\".55\" stroke-width=\"5\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{100 * value:0.##} 1V11\" stroke=\"currentColor\" stroke-width=\"2.5\"/>");
        if (paper is double theirs)
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"mark\" d=\"M{100 * theirs:0.##} 2l2.5 4l-2.5 4l-2.5-4z\"/>");
        return svg.Append("</svg>").ToString();
    }
}
