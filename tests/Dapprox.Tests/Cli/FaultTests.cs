using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Dapprox.Cli;
using Xunit;

namespace Dapprox.Tests.Cli;

public partial class FaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fault_OnAnotherThread_IsOneLineAndAFileWithTheDetails(bool isDebugging)
    {
        Terminal.SkipWhereThereIsNone();
        // The runtime starts this assembly's StartupHook in the program: a fault that is in no code of the program.
        var environment = new Dictionary<string, string?>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(FaultTests).Assembly.Location,
            [StartupHook.Variable] = StartupHook.Fault,
            ["DAPPROX_DEBUG"] = isDebugging ? "1" : null,
        };

        Terminal.Screen screen = await new Terminal { Columns = 300, Environment = environment }.RunAsync(
            "profile", "ax-fpm", "--samples", "10000000000");

        Assert.True(screen.ExitCode == 70, $"{screen.ExitCode}: {screen.Text}");
        Match line = Line().Match(screen.Text);
        Assert.True(line.Success, screen.Text);
        string file = line.Groups[1].Value;
        try
        {
            Assert.Contains(
                $"at {nameof(StartupHook)}", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(isDebugging, screen.Text.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault_InACommand_EndsWithItsOwnExitCode()
    {
        var command = new Command("broken");
        command.SetAction((Action<ParseResult>)(_ => throw new InvalidOperationException("this test breaks it")));
        string[] before = Directory.GetFiles(Path.GetTempPath(), Files());

        int code = await CommandLine.RunAsync(new RootCommand { command }, ["broken"]);

        Assert.Equal(70, code);
        string[] written = [.. Directory.GetFiles(Path.GetTempPath(), Files()).Except(before)];
        Assert.Contains(written, file => File.ReadAllText(file).Contains("this test breaks it", StringComparison.Ordinal));
        foreach (string file in written)
            File.Delete(file);
    }

    [Fact]
    public async Task Error_WithStderrClosed_KeepsItsExitCode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no shell to close it with.");
        using var shell = Process.Start("/bin/bash", ["-c", "\"$0\" evaluat 2>&-", Path.Combine(AppContext.BaseDirectory, "dapprox")]);

        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, shell.ExitCode);
    }

    static string Files() => $"dapprox-fault-*-{Environment.ProcessId}.txt";

    [GeneratedRegex(@"^error: this is a fault in dapprox: injected; details in (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
