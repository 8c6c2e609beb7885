using Dapprox.Tests.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Documents;

/// <summary>
/// What the documents tell a reader to type, and what they show of its output. With DAPPROX_WRITE_DOCUMENTS=1 the output is
/// written into the documents instead. Blocks below the comment <c>minutes</c> are left to the slow test; those below <c>needs MODULE</c>
/// run where Python has the module.
/// </summary>
public class TutorialTests
{
    const string Minutes = "minutes", Needs = "needs ";

    [TheoryOf(Tier.Ci)]
    [InlineData("docs/tutorial-designer.md")]
    [InlineData("docs/tutorial-security.md")]
    [InlineData("docs/how-to.md")]
    public async Task CommandsOfAPage_PrintWhatItShows(string name)
    {
        Tool.Require("bash", "script");

        using var folder = new TemporaryFolder();
        await WalkAsync(folder, name, null, block => block.Mark != Minutes);
    }

    [TheoryOf(Tier.Long)]
    [InlineData("docs/tutorial-designer.md")]
    [InlineData("docs/tutorial-security.md")]
    [InlineData("docs/how-to.md")]
    public async Task AllCommandsOfAPage_PrintWhatItShows(string name)
    {
        Tool.Require("bash", "script");

        using var folder = new TemporaryFolder();
        await WalkAsync(folder, name, null, _ => true);
    }

    [FactOf(Tier.Ci)]
    public async Task ThePageForPyTorch_Runs_WherePythonAndPyTorchAre()
    {
        Tool.Require("bash", "script");
        string python = Python.With("numpy, torch");

        using var folder = new TemporaryFolder();
        File.Copy(Repository.Path("models/lenet5-digits.safetensors"), folder.File("lenet5-digits.safetensors"));
        await WalkAsync(
            folder, "docs/from-pytorch.md", python,
            block => !block.Mark.StartsWith(Needs, StringComparison.Ordinal) || Python.Imports(python, block.Mark[Needs.Length..]));
    }

    static async Task WalkAsync(TemporaryFolder folder, string name, string? python, Func<Page.Block, bool> isRun)
    {
        var walk = new Walkthrough(folder.Path, python);

        string renewed = await walk.RunAsync(Page.Read(name), isRun);

        Assert.True(walk.Failures.Count == 0, string.Join("\n\n", walk.Failures));
        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
            File.WriteAllText(Repository.Path(name), renewed);
        else
            Assert.True(walk.Differences.Count == 0, string.Join("\n\n", walk.Differences));
    }
}
