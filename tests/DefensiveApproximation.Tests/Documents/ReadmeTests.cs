using System.Text.RegularExpressions;
using Xunit;

namespace DefensiveApproximation.Tests.Documents;

public partial class ReadmeTests
{
    [Fact]
    public void Example_InTheReadme_IsTheCodeThatIsCompiledHere()
    {
        string code = File.ReadAllText(Repository.Path("tests/DefensiveApproximation.Tests/Documents/ReadmeExample.cs"));
        string[] parts = Marked().Matches(code).Select(match => Unindent(match.Groups[1].Value)).ToArray();

        string shown = Fenced().Match(File.ReadAllText(Repository.Path("README.md"))).Groups[1].Value;

        Assert.Equal(3, parts.Length);
        Assert.Equal(string.Join("\n\n", parts), shown.Trim());
    }

    [Fact]
    public void Example_Runs_AndMitchellsMultiplierKeepsTheAccuracy()
    {
        ReadmeExample.Run();

        Assert.Equal(3, ReadmeExample.Console.Lines.Count);
        Assert.All(ReadmeExample.Console.Lines, accuracy => Assert.InRange(accuracy, 0.9, 1));
    }

    [Fact]
    public void EveryFileThatTheReadmeLinksTo_Exists()
    {
        string[] links = Links().Matches(File.ReadAllText(Repository.Path("README.md")))
            .Select(match => match.Groups[1].Value)
            .Where(link => !link.StartsWith("http", StringComparison.Ordinal) && !link.StartsWith('#'))
            .ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Repository.Path(link)), link));
    }

    static string Unindent(string code)
    {
        string[] lines = code.Trim('\n').Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..])).Trim();
    }

    [GeneratedRegex(@"// example\n(.*?)// end", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Links();
}
