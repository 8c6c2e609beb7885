using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Results;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Documents;

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
    [InlineData("README.md")]
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

    /// <summary>
    /// The numbers decide: another platform may draw the same picture in other bytes. With DAPPROX_WRITE_DOCUMENTS=1 all are written anew.
    /// </summary>
    [Fact]
    public void Pictures_OfDocuments_ShowWhatWasMeasured()
    {
        string numbers = Repository.Path("docs/images/answer.csv");

        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
        {
            File.WriteAllText(numbers, DocumentBlocks.PictureNumbers);
            foreach ((string name, Func<byte[]> png) in DocumentBlocks.Pictures)
                File.WriteAllBytes(Repository.Path($"docs/images/{name}"), png());
        }

        Assert.Equal(DocumentBlocks.PictureNumbers, File.ReadAllText(numbers));
        Assert.All(DocumentBlocks.Pictures, picture =>
        {
            using SKBitmap committed = SKBitmap.Decode(Repository.Path($"docs/images/{picture.Name}")),
            drawn = SKBitmap.Decode(picture.Png());
            Assert.Equal((drawn.Width, drawn.Height, drawn.GetPixel(0, 0)), (committed.Width, committed.Height, committed.GetPixel(0, 0)));
        });
    }

    [Fact]
    public void Claims_OfTheAnswer_AreOfThePapersOwnDataSets()
    {
        Answer answer = Answer.Included;

        Assert.StartsWith("No. ", answer.Sentence, StringComparison.Ordinal);
        Assert.Equal(
            ["table-2", "table-3", "table-4", "figures-8-10", "robust-accuracy", "figure-12", "table-6-mnist", "table-6-cifar-10",
                "table-7"],
            answer.Claims.Select(row => row.Id));
        Assert.All(answer.Claims, row => Assert.NotNull(row.Claim.Verdict));
        // The sentence and the plots are made of the same numbers.
        Assert.All(
            [answer.Plots[0].Series[0].Y[0], answer.Plots[0].Series[0].Y[^1]],
            rate =>
                Assert.Contains(NumberText.Of(Math.Round(rate / 100, 3), NumberFormat.Percent), answer.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void ShippedResults_AreThoseUnderResults()
    {
        using FileStream file = File.OpenRead(Repository.Path("results/standard/results.json"));
        RunResults all = ResultsJson.Read(file);

        Assert.Equal("standard", all.Scale);
        Assert.Equal(ResultsJson.Write(all), ResultsJson.Write(ResultsJson.Shipped));
        Assert.Equal(Directory.GetFiles(Repository.Path("results/audits"), "*.json").Length, ResultsJson.ShippedAudits.Count);
    }
}
