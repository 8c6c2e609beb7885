using DefensiveApproximation.Experiments.Reports;
using DefensiveApproximation.Experiments.Results;
using Xunit;

namespace DefensiveApproximation.Tests.Documents;

public class ReadmeTests
{
    [Fact]
    public void Example_InTheReadme_IsTheCodeThatIsCompiledHere()
    {
        string[] parts = CodeParts.Of("ReadmeExample.cs", "example");

        string shown = Page.Read("README.md").Blocks.Single(block => block.Language == "csharp").Code;

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

    /// <summary>With DAPPROX_WRITE_DOCUMENTS=1 the documents are written anew instead.</summary>
    [Theory]
    [InlineData("docs/paper.md")]
    [InlineData("docs/findings.md")]
    public void Results_InADocument_AreThoseThatWereMeasured(string document)
    {
        string path = Repository.Path(document), text = File.ReadAllText(path);

        string renewed = DocumentBlocks.Renew(text);

        Assert.Contains("<!-- results: ", text, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
            File.WriteAllText(path, renewed);
        else
            Assert.Equal(renewed, text);
    }

    [Fact]
    public void ShippedResults_AreThoseUnderResults()
    {
        using FileStream file = File.OpenRead(Repository.Path("results/standard/results.json"));
        RunResults all = ResultsJson.Read(file);

        Assert.Equal("standard", all.Scale);
        Assert.Equal(
            ResultsJson.Write(all with { Results = [.. all.Results.Where(result => result.Dataset is not null)] }), ResultsJson.Write(ResultsJson.Shipped));
        Assert.Equal(Directory.GetFiles(Repository.Path("results/audits"), "*.json").Length, ResultsJson.ShippedAudits.Count);
    }
}
