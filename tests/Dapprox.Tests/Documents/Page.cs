using System.Text;
using System.Text.RegularExpressions;

namespace Dapprox.Tests.Documents;

/// <summary>A Markdown page of the repository: its links, the anchors of its headings, and its fenced blocks.</summary>
/// <param name="Name">The path from the repository's root.</param>
/// <param name="Text">The Markdown.</param>
sealed partial record Page(string Name, string Text)
{
    /// <summary>The names of all pages.</summary>
    public static IEnumerable<string> Names
    {
        get
        {
            string root = Path.GetDirectoryName(Repository.Path("README.md"))!;
            return new[] { "docs", "models", "results", "benchmarks" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories))
                .Append(Path.Combine(root, "README.md"))
                .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal);
        }
    }

    /// <summary>Reads a page.</summary>
    /// <param name="name">The path from the repository's root.</param>
    public static Page Read(string name) => new(name, File.ReadAllText(Repository.Path(name)));

    /// <summary>What the page links to and shows, outside of code.</summary>
    public IEnumerable<string> Links =>
        Link().Matches(Code().Replace(Text, "")).Select(match => match.Groups[1].Value + match.Groups[2].Value);

    /// <summary>The anchors that GitHub gives to the headings.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>();
            foreach (string heading in Heading().Matches(Fence().Replace(Text, "")).Select(match => match.Groups[1].Value))
            {
                string slug = Slug(heading);
                string anchor = slug;
                for (int i = 1; !anchors.Add(anchor); i++)
                    anchor = $"{slug}-{i}";
            }

            return anchors;
        }
    }

    /// <summary>The fenced blocks, in order.</summary>
    public IReadOnlyList<Block> Blocks =>
        [.. Fence().Matches(Text)
            .Select(
                match => new Block(
                    match.Groups["language"].Value, match.Groups["code"].Value, match.Groups["code"].Index, match.Groups["mark"].Value))];

    static string Slug(string heading)
    {
        string words = LinkedText().Replace(heading, "$1").Trim().ToLowerInvariant();
        return words.Aggregate(
            new StringBuilder(),
            (slug, c) => c == ' ' ? slug.Append('-') : char.IsLetterOrDigit(c) || c is '-' or '_' ? slug.Append(c) : slug).ToString();
    }

    /// <summary>A fenced block.</summary>
    /// <param name="Language">What stands after the fence.</param>
    /// <param name="Code">The lines, each with its end.</param>
    /// <param name="Start">The index of the first line in the page.</param>
    /// <param name="Mark">The comment in the line before the fence, or nothing.</param>
    public sealed record Block(string Language, string Code, int Start, string Mark);

    [GeneratedRegex(@"^(?:<!-- (?<mark>[^>\n]*) -->\n)?```(?<language>[a-z]*)\n(?<code>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^```.*?^```$|`[^`\n]*`|^    .*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)|(?:src|srcset)=""([^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkedText();
}
