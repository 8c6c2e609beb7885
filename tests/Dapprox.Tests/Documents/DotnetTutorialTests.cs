using Xunit;

namespace Dapprox.Tests.Documents;

public class DotnetTutorialTests
{
    static readonly Page Tutorial = Page.Read("docs/tutorial-dotnet.md");

    [Fact]
    public void Code_InTheTutorial_IsTheCodeThatIsCompiledHere()
    {
        IEnumerable<string> shown = Tutorial.Blocks.Where(block => block.Language == "csharp").Select(block => block.Code.Trim());

        Assert.Equal(CodeParts.Of("DotnetTutorial.cs", "part"), shown);
    }

    /// <summary>The digits are embedded and every product is defined to the bit, so the tutorial can show what comes out.</summary>
    [FactOf(Tier.Ci)]
    public void Code_PrintsWhatTheTutorialShows()
    {
        DotnetTutorial.Run();

        string shown = string.Concat(Tutorial.Blocks.Where(block => block.Language == "text").Select(block => block.Code));
        Assert.Equal(shown.TrimEnd(), string.Join('\n', DotnetTutorial.Console.Lines));
    }
}
