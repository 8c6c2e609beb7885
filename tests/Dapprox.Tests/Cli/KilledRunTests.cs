using System.Diagnostics;
using System.Text.RegularExpressions;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>What keeps its state ends with the same bytes when it is killed ten times, anywhere, and started again.</summary>
public sealed partial class KilledRunTests : IDisposable
{
    const int Kills = 10;

    readonly TemporaryFolder folder = new();

    /// <summary>
    /// What is run, with {state} for the file or folder of its state and {out} for that of its results, and which of the two, or stdout,
    /// holds what has to be the same.
    /// </summary>
    public static TheoryData<string, string> Runs => new()
    {
        { "train lenet5 --dataset digits --epochs 4 --threads 1 --checkpoint {state} --out {out}", "{out}" },
        { "finetune --model lenet5-digits --dataset digits --multiplier ax-fpm --epochs 2 --checkpoint {state} --out {out}", "{out}" },
        { "explore array:4 --by columns --objectives mred,energy --population 40 --generations 60 --state {state} --json", "" },
        { "evolve array:6 --metric mae --at-most 9 --generations 60000 --state {state} --out {out}", "{out}" },
        { "attack hopskipjump --dataset digits --first 12 --max-queries 2000 --resume {state} --json", "" },
        { "attack boundary --dataset digits --multiplier ax-fpm --first 6 --max-queries 1500 --resume {state} --json", "" },
        { "reproduce --only figure-4,figure-12,figure-16,table-7,table-10 --out {state} --json", "{state}/units" },
        { "audit --dataset digits --multiplier bfloat16 --out {state} --json", "{state}/units" },
    };

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Long)]
    [MemberData(nameof(Runs))]
    public async Task KilledTenTimes_EndsWithTheSameBytes(string command, string result)
    {
        var watch = Stopwatch.StartNew();
        DapproxRun whole = await DapproxRun.RunAsync(Words(command, "whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);
        TimeSpan took = watch.Elapsed;
        var random = new CounterRandom((ulong)Environment.TickCount64);
        int killed = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = DapproxRun.Start(null, Words(command, "killed"));
            _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            TimeSpan delay = random.NextDouble() * 0.3 * took;
            TestContext.Current.TestOutputHelper?.WriteLine($"killed after {delay.TotalSeconds:F2} of {took.TotalSeconds:F2} s");
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            killed += process.HasExited ? 0 : 1;
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        DapproxRun last = await DapproxRun.RunAsync(Words(command, "killed"));

        Assert.True(last.ExitCode == 0, last.Error);
        Assert.True(killed > 0);
        if (result.Length == 0)
            Assert.Equal(Untimed(whole.Output), Untimed(last.Output));
        else
            AssertSame(Filled(result, "whole"), Filled(result, "killed"));
    }

    string[] Words(string command, string name) => [.. command.Split(' ').Select(word => Filled(word, name))];

    string Filled(string word, string name) => word
        .Replace("{state}", folder.File($"{name}-state.safetensors"), StringComparison.Ordinal)
        .Replace("{out}", folder.File($"{name}-out.safetensors"), StringComparison.Ordinal);

    /// <summary>A result without the times that it took.</summary>
    static string Untimed(string json) => Seconds().Replace(json, "");

    [GeneratedRegex("\"seconds\":[0-9.E+-]+")]
    private static partial Regex Seconds();

    static void AssertSame(string whole, string killed)
    {
        string[] files = Directory.Exists(whole) ? [.. Directory.GetFiles(whole).Select(Path.GetFileName).Order()!] : [""];
        Assert.NotEmpty(files);
        Assert.All(
            files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(killed, file))));
    }
}
