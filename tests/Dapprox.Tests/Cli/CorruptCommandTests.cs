using System.Text.Json;
using Dapprox.Networks.Corruptions;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class CorruptCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FactOf(Tier.Ci)]
    public async Task Corrupt_Json_HasEveryCorruptionAndSeverityOfEachMultiplier()
    {
        string csv = folder.File("rows.csv");

        DapproxRun run = await DapproxRun.RunAsync(
            "corrupt", "--multiplier", "ax-fpm,exact", "--dataset", "digits", "--first", "20", "--csv", csv, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] names = [.. Corruption.All.Where(corruption => !corruption.NeedsColour).Select(corruption => corruption.Name)];
        Assert.Equal(
            names, run.Json.GetProperty("corruptions").EnumerateArray().Select(corruption => corruption.GetProperty("name").GetString()!));
        JsonElement[] rows = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["ax-fpm", "exact"], rows.Select(row => row.GetProperty("multiplier").GetString()));
        foreach (JsonElement row in rows)
        {
            JsonElement[] corruptions = [.. row.GetProperty("corruptions").EnumerateArray()];
            Assert.Equal(names, corruptions.Select(corruption => corruption.GetProperty("name").GetString()!));
            double[] accuracies = [.. corruptions.SelectMany(corruption => corruption.GetProperty("severities").EnumerateArray()).Select(
                severity => severity.GetProperty("accuracy").GetDouble())];
            Assert.Equal(names.Length * Corruption.Severities, accuracies.Length);
            Assert.Equal(accuracies.Average(), row.GetProperty("meanAccuracy").GetDouble(), 1e-9);
        }

        Assert.Equal(1, rows[1].GetProperty("mce").GetDouble(), 1e-9);
        double mce = rows[0].GetProperty("mce").GetDouble();
        Assert.InRange(mce, rows[0].GetProperty("mceInterval")[0].GetDouble(), rows[0].GetProperty("mceInterval")[1].GetDouble());
        string[] lines = await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken);
        Assert.Equal("multiplier,corruption,severity,accuracy,correct,intervalLow,intervalHigh", lines[0]);
        Assert.Equal(1 + 2 * names.Length * Corruption.Severities, lines.Length);
    }

    [FactOf(Tier.Ci)]
    public async Task Corrupt_CleanAccuracy_IsThatOfEvaluate_AndTheSeedDecides()
    {
        string[] common = ["--dataset", "digits", "--first", "30", "--skip", "10", "--multiplier", "ax-fpm", "--json"];
        string[] corrupt = ["corrupt", .. common, "--only", "impulse-noise"];
        DapproxRun evaluated = await DapproxRun.RunAsync(["evaluate", .. common]);
        DapproxRun run = await DapproxRun.RunAsync(corrupt), again = await DapproxRun.RunAsync(corrupt);
        DapproxRun other = await DapproxRun.RunAsync([.. corrupt, "--seed", "2"]);

        Assert.Equal(
            evaluated.Json.GetProperty("correct").GetInt32(),
            run.Json.GetProperty("rows")[0].GetProperty("clean").GetProperty("correct").GetInt32());
        Assert.Equal(run.Output, again.Output);
        Assert.NotEqual(run.Json.GetProperty("rows").ToString(), other.Json.GetProperty("rows").ToString());
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("corrupt --only frost", "unknown corruption 'frost'")]
    [InlineData("corrupt --only fgo", "did you mean 'fog'?")]
    [InlineData("corrupt --dataset digits --only saturate", "saturate needs colour, and the images of digits are grey")]
    [InlineData("corrupt --multiplier ax-fmp", "unknown multiplier 'ax-fmp': did you mean 'ax-fpm'?")]
    [InlineData("corrupt --first 0", "--first is '0'")]
    [InlineData("corrupt --csv /dev/null/x", "/dev/null/x")]
    public async Task Corrupt_WrongInput_SaysSoInOneLineAndFails(string arguments, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(arguments.Split(' '));

        run.AssertRefused(message);
    }

    [Fact]
    public void TheTable_InTheDocument_IsThatOfTheCode()
    {
        string[] rows = [.. Corruption.All.Select(corruption =>
            $"| `{corruption.Name}` | {corruption.Summary} | {string.Join(", ", corruption.Amounts)} |")];

        string text = File.ReadAllText(Repository.Path("docs/robustness.md"));

        Assert.Contains(string.Join('\n', rows), text, StringComparison.Ordinal);
    }
}
