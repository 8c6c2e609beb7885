using Xunit;

namespace DefensiveApproximation.Tests.Cli;

public class TerminalTests
{
    [Fact]
    public async Task Reproduce_InATerminal_ShowsProgressAndEndsWell()
    {
        Terminal.SkipWhereThereIsNone();
        using var folder = new TemporaryFolder();

        Terminal.Screen first = await new Terminal().RunAsync("reproduce", "--only", "figure-3", "--out", folder.File("run"));
        Terminal.Screen again = await new Terminal().RunAsync("reproduce", "--only", "figure-3", "--out", folder.File("run"));

        Assert.True(first.ExitCode == 0, first.Text);
        Assert.True(again.ExitCode == 0, again.Text);
        Assert.DoesNotContain("   at ", first.Text, StringComparison.Ordinal);
    }
}
