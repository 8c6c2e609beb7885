using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Cli;

public class DataFolderTests
{
    [Fact]
    public async Task Evaluate_WithoutAFolder_LooksInTheUsersData()
    {
        Terminal.SkipWhereThereIsNone();
        string data = DataFolder.With("mnist");
        using var home = new TemporaryFolder();
        Directory.CreateSymbolicLink(home.File("dapprox"), data);

        Terminal.Screen screen = await new Terminal { Environment = new Dictionary<string, string?> { ["XDG_DATA_HOME"] = home.Path } }
            .RunAsync("evaluate", "--dataset", "mnist", "--first", "5");

        Assert.True(screen.ExitCode == 0, screen.Text);
        Assert.Contains("5 of 5 images", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_WithoutAFolder_PutsFilesIntoTheUsersData()
    {
        Terminal.SkipWhereThereIsNone();
        using var home = new TemporaryFolder();

        // Nobody listens there: what is seen is where the files would have gone.
        Terminal.Screen screen = await new Terminal
        {
            Columns = 1000,
            Environment = new Dictionary<string, string?> { ["XDG_DATA_HOME"] = home.Path }
        }.RunAsync("datasets", "fetch", "mnist",
            "--from", "http://127.0.0.1:9/");

        Assert.Equal(1, screen.ExitCode);
        Assert.Contains($"into '{home.File("dapprox/mnist")}'", screen.Text, StringComparison.Ordinal);
    }
}
