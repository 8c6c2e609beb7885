using System.Text.RegularExpressions;

namespace Dapprox.Experiments.Reports;

/// <summary>
/// Text in Markdown: names of files and circuits can hold anything, and are to be seen as they are. What no name makes dangerous, such
/// as a lone asterisk, stays readable in the source.
/// </summary>
static partial class MarkdownText
{
    /// <summary>Text that starts no tag, link, code or cell, in one line.</summary>
    public static string Plain(string text) => Special().Replace(LineBreaks().Replace(text, " "), @"\$0");

    /// <summary>A code span; its fence is longer than any run of backticks in the text.</summary>
    public static string Code(string text)
    {
        string line = LineBreaks().Replace(text, " ");
        string fence = new('`', 1 + Backticks().Matches(line).Select(run => run.Length).DefaultIfEmpty().Max());
        string space = line.StartsWith('`') || line.EndsWith('`') ? " " : "";
        return fence + space + line + space + fence;
    }

    [GeneratedRegex(@"[\p{Cc}\u2028\u2029]+")]
    private static partial Regex LineBreaks();

    [GeneratedRegex(@"[|`\\]|<(?=[a-zA-Z/!?])|(?<=\])\(|!(?=\[)|&(?=#?\w+;)")]
    private static partial Regex Special();

    [GeneratedRegex("`+")]
    private static partial Regex Backticks();
}
