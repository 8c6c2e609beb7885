using System.Diagnostics;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>Programs of the design world, where they are installed.</summary>
static class Tool
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Skips the test where a program is not there.</summary>
    public static void Require(params string[] names)
    {
        foreach (string name in names)
            Assert.SkipWhen(!IsThere(name), $"{name} is not on the PATH.");
    }

    /// <summary>Runs a program, and gives all that it printed; its exit code has to be 0.</summary>
    public static async Task<string> RunAsync(string folder, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            name, arguments)
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        string printed = await output + await error;
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {printed}");
        return printed;
    }

    static bool IsThere(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, name + ".exe")));
}
