using System.Globalization;
using System.Text.Json;
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

    [Fact]
    public void Results_InTheReadme_AreThoseOfTheCommittedRuns()
    {
        string readme = File.ReadAllText(Repository.Path("README.md"));
        (JsonElement digits, JsonElement mnist) = (Results("digits"), Results("mnist"));

        foreach ((JsonElement left, JsonElement right) in Pairs(digits, mnist, "accuracies"))
        {
            string name = left.GetProperty("multiplier").GetString() + (left.GetProperty("layers").GetString() == "all" ? "" : ", convolutions only");
            string paper = left.GetProperty("paper").ValueKind == JsonValueKind.Null ? "–" : Percent(left.GetProperty("paper").GetDouble(), 2);
            Assert.Contains($"| {name} | {Percent(Value(left, "accuracy"), 2)} | {Percent(Value(right, "accuracy"), 2)} | {paper} |\n", readme, StringComparison.Ordinal);
        }

        foreach ((JsonElement left, JsonElement right) in Pairs(digits, mnist, "attacks"))
        {
            string epsilon = left.GetProperty("epsilon").ValueKind == JsonValueKind.Null ? "smallest ε" : $"ε = {left.GetProperty("epsilon")}";
            string name = $"{left.GetProperty("attack").GetString()!.ToUpperInvariant()}, {epsilon}";
            Assert.Contains($"| {name} | {Percent(Value(left, "success"), 1)} | {Transfer(left)} | {Percent(Value(right, "success"), 1)} | {Transfer(right)} |\n", readme, StringComparison.Ordinal);
        }
    }

    static JsonElement Results(string dataset) =>
        JsonDocument.Parse(File.ReadAllText(Repository.Path($"results/{dataset}.json"))).RootElement.GetProperty("results");

    static IEnumerable<(JsonElement, JsonElement)> Pairs(JsonElement left, JsonElement right, string name) =>
        left.GetProperty(name).EnumerateArray().Zip(right.GetProperty(name).EnumerateArray());

    static double Value(JsonElement row, string share) => row.GetProperty(share).GetProperty("value").GetDouble();

    static string Transfer(JsonElement attack)
    {
        JsonElement share = attack.GetProperty("transfers")[0].GetProperty("transfer");
        return $"{Percent(share.GetProperty("value").GetDouble(), 1)} ({share.GetProperty("count")} of {share.GetProperty("of")})";
    }

    static string Percent(double share, int digits) => $"{(100 * share).ToString($"F{digits}", CultureInfo.InvariantCulture)} %";

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
