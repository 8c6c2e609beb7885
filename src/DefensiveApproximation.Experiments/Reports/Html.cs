using System.Globalization;
using System.Net;
using System.Text;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>The few pieces of HTML that the report is made of.</summary>
static class Html
{
    /// <summary>Text with everything escaped that HTML would take for its own; no line ends between a number and its percent sign.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text).Replace(" %", "&#8239;%", StringComparison.Ordinal);

    /// <summary>A share in percent, or a dash where there is none.</summary>
    public static string Percent(double? share) =>
        share is double value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + "&#8239;%" : "–";

    /// <summary>A number with as many significant digits.</summary>
    public static string Number(double value, int digits = 4)
    {
        string text = Math.Abs(value) is > 0 and < 1e-4
            ? value.ToString("0." + new string('#', digits - 1) + "e-0", CultureInfo.InvariantCulture)
            : value.ToString($"G{digits}", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }

    /// <summary>A share with its interval.</summary>
    public static string Interval(Share share) =>
        share.Value is null ? "–" : $"{Percent(share.Value)} <span class=\"soft\">({Percent(share.Low)}–{Percent(share.High)})</span>";

    /// <summary>A share with its interval, in numbers and as a bar.</summary>
    public static string IntervalWithBar(Share share) =>
        share.Value is double value ? Interval(share) + Bar(value, share.Low, share.High) : "–";

    /// <summary>A table that scrolls by itself where the page is too narrow.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">The titles; one that begins with &gt; stands to the right, over numbers, one with | over what must not be broken.</param>
    /// <param name="rows">The cells, as HTML; the first of each row names it.</param>
    public static string Table(string caption, string[] columns, IEnumerable<string[]> rows)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Text(caption)}\"><table>\n<caption>{Text(caption)}</caption>\n<thead><tr>");
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

    /// <summary>A picture inside the page.</summary>
    /// <param name="png">The picture.</param>
    /// <param name="width">The width at which it is shown, at most.</param>
    /// <param name="height">The height that goes with it.</param>
    /// <param name="alternative">What it shows, for those who cannot see it.</param>
    /// <param name="caption">The line under it, as HTML.</param>
    public static string Figure(byte[] png, int width, int height, string alternative, string caption) =>
        $"<figure><img width=\"{width}\" height=\"{height}\" alt=\"{Text(alternative)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\"><figcaption>{caption}</figcaption></figure>\n";

    static string Class(string column) => column switch
    {
        ['>', ..] => " class=\"n\"",
        ['|', ..] => " class=\"i\"",
        _ => "",
    };

    /// <summary>The way from 0 to 100 % as a line, the interval thick, the value a dot. The numbers beside it say the same.</summary>
    static string Bar(double value, double low, double high) => string.Create(CultureInfo.InvariantCulture,
        $"<svg class=\"bar\" viewBox=\"-4 0 108 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path d=\"M0 6H100\" stroke=\"currentColor\" stroke-opacity=\".3\"/><path d=\"M{100 * low:0.##} 6H{100 * high:0.##}\" stroke=\"currentColor\" stroke-opacity=\".55\" stroke-width=\"5\"/><path d=\"M{100 * value:0.##} 1V11\" stroke=\"currentColor\" stroke-width=\"2.5\"/></svg>");
}
