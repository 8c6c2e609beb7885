using System.Text.RegularExpressions;
using Xunit;

namespace Dapprox.Tests.Documents;

/// <summary>Rules of style that no analyser knows.</summary>
public partial class SourceTests
{
    const int MaxColumns = 140;

    static IEnumerable<string> Files => new[] { "src", "tests", "benchmarks" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal);

    [Fact]
    public void Lines_AreAtMost140ColumnsWide() => AssertNone(
        from file in Files
        from line in Outside(File.ReadAllText(file)).Split('\n').Index()
        where line.Item.Length > MaxColumns
        select $"{file}, line {line.Index + 1}: {line.Item.Length} columns");

    /// <summary>A document of a parameter that only repeats its name tells nothing.</summary>
    [Fact]
    public void Parameters_AreDocumentedByMoreThanTheirName() => AssertNone(
        from file in Files
        from Match match in Parameter().Matches(File.ReadAllText(file))
        where Words(match.Groups["text"].Value).IsSubsetOf(Words(match.Groups["name"].Value).Union(["the", "a", "an", "another"]))
        select $"{file}: {match.Value.Trim()}");

    /// <summary>All of them are shown: Assert.Empty cuts its list.</summary>
    static void AssertNone(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        if (all.Length > 0)
            Assert.Fail(string.Join('\n', all));
    }

    static HashSet<string> Words(string text) =>
        [.. Word().Matches(text).Select(match => match.Value.ToLowerInvariant())];

    /// <summary>The text without raw string literals, whose lines are as long as what they show.</summary>
    static string Outside(string text) => Raw().Replace(text, match => new string('\n', match.Value.Count(c => c == '\n')));

    [GeneratedRegex("\"{3,}.*?\"{3,}", RegexOptions.Singleline)]
    private static partial Regex Raw();

    [GeneratedRegex("""<param name="(?<name>[^"]*)">(?<text>[^<]*)</param>""")]
    private static partial Regex Parameter();

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
