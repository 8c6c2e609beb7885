using System.Text.RegularExpressions;

namespace Dapprox.Tests.Documents;

/// <summary>The parts of a source file beside this one that a document shows.</summary>
static class CodeParts
{
    /// <summary>
    /// What stands between the lines <c>// NAME</c> and <c>// end</c>, without the indentation that all of its lines have.
    /// </summary>
    /// <param name="file">The file's name.</param>
    public static string[] Of(string file, string name) =>
        [.. Regex.Matches(File.ReadAllText(Repository.Path($"tests/Dapprox.Tests/Documents/{file}")), $@"^ *// {name}\n(.*?)^ *// end$",
            RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(part => Unindent(part.Groups[1].Value))];

    static string Unindent(string code)
    {
        string[] lines = code.Trim('\n').Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..])).Trim();
    }
}
