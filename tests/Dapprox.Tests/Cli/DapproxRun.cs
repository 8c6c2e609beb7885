using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>What a run of the program printed, and how it ended.</summary>
sealed record DapproxRun(int ExitCode, string Output, string Error)
{
    // Far more than any of these runs takes; a program that hangs must not hang the tests.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>A folder that is not there: the data of whoever runs the tests is not theirs.</summary>
    public static string NoFolder { get; } = Path.Combine(Path.GetTempPath(), "dapprox-tests-no-folder");

    /// <summary>The one JSON object that stdout is.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Skips where SIGINT is ignored, as in what a script starts in the background: the program would inherit that.</summary>
    public static void SkipWhereInterruptsAreIgnored()
    {
        const string Status = "/proc/self/status", Ignored = "SigIgn:";
        const ulong Interrupt = 1UL << (2 - 1);
        string? line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(
            line => line.StartsWith(Ignored, StringComparison.Ordinal)) : null;
        Assert.SkipWhen(
            line is not null && (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) & Interrupt) != 0,
            "The tests were started with SIGINT ignored, which programs inherit.");
    }

    /// <summary>Asserts that the program refused its input: exit code 1, nothing on stdout, and on stderr one line that says so.</summary>
    /// <param name="message">What the line says.</param>
    public void AssertRefused(string message)
    {
        Assert.Equal((1, ""), (ExitCode, Output));
        Assert.StartsWith("error: ", Error, StringComparison.Ordinal);
        Assert.Contains(message, Error, StringComparison.Ordinal);
        Assert.Single(Error.TrimEnd().Split('\n'));
    }

    /// <summary>Runs the program that the build put beside the tests, with no data folder unless one is given.</summary>
    public static Task<DapproxRun> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public static async Task<DapproxRun> RunAsync(string? data, string[] arguments, params (string Name, string Value)[] environment)
    {
        using Process process = Start(data, arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return new DapproxRun(process.ExitCode, await output, await error);
    }

    public static Process Start(string? data, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "dapprox.exe" : "dapprox"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            StandardErrorEncoding = System.Text.Encoding.UTF8,
        };
        start.Environment["DAPPROX_DATA"] = data;
        start.Environment["XDG_DATA_HOME"] = NoFolder;
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
