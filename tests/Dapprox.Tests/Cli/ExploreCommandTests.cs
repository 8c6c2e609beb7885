using System.Text.Json;
using Xunit;

namespace Dapprox.Tests.Cli;

public class ExploreCommandTests
{
    [Fact]
    public async Task CircuitMetrics_AsJson_HasEveryMetric()
    {
        using var folder = new TemporaryFolder();
        string plot = folder.File("map.png");

        DapproxRun run = await DapproxRun.RunAsync("circuit", "metrics", "array:4:ama4", "--plot", plot, "--json");

        Assert.Equal("", run.Error);
        string[] metrics = ["errorProbability", "mae", "worstCase", "mre", "worstRelative", "mse", "mred", "nmed", "bias", "shareAbove"];
        foreach (string name in metrics)
            Assert.Equal(JsonValueKind.Number, run.Json.GetProperty(name).ValueKind);
        // Exhaustive, as computed apart from this program.
        Assert.Equal(0.615, run.Json.GetProperty("mred").GetDouble(), 0.0005);
        Assert.Equal(0.103, run.Json.GetProperty("nmed").GetDouble(), 0.0005);
        Assert.Equal(0.422, run.Json.GetProperty("shareAbove").GetDouble(), 0.0005);
        Assert.Equal(256, run.Json.GetProperty("samples").GetInt64());
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("seed").ValueKind);
        Assert.Equal(8, run.Json.GetProperty("perBit").GetArrayLength());
        Assert.Equal(16, run.Json.GetProperty("heatMap").GetProperty("meanErrors").GetArrayLength());
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(plot)[..4]);
    }

    [Fact]
    public async Task CircuitMetrics_OfWideOperands_IsASampleWithIntervals()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "circuit", "metrics", "array:24:ama5:columns=46", "--distribution", "normalised", "--samples", "200000", "--json");

        JsonElement interval = run.Json.GetProperty("mredInterval");
        Assert.InRange(0.147, interval[0].GetDouble() - 0.0005, interval[1].GetDouble() + 0.0005);
        Assert.Equal(1, run.Json.GetProperty("seed").GetInt64());
        Assert.Equal("normalised", run.Json.GetProperty("law").GetString());
    }

    [Fact]
    public async Task Explore_OfASmallSpace_FindsTheExactDesignAndOthers()
    {
        using var folder = new TemporaryFolder();
        string plot = folder.File("front.png");

        DapproxRun run = await DapproxRun.RunAsync(
            "explore", "array:4", "--by", "rows", "--cells", "fa,ama1,ama5", "--distribution", "uniform", "--objectives",
            "mred,transistors", "--plot", plot, "--json");

        JsonElement front = run.Json.GetProperty("front");
        Assert.Equal(27, run.Json.GetProperty("designs").GetDouble());
        Assert.Equal("exhaustive", run.Json.GetProperty("method").GetString());
        Assert.Equal(0, front[0].GetProperty("mred").GetDouble());
        Assert.Equal(1, front[0].GetProperty("transistors").GetDouble());
        Assert.True(front.GetArrayLength() > 3);
        DapproxRun metrics = await DapproxRun.RunAsync("circuit", "metrics", front[1].GetProperty("circuit").GetString()!, "--json");
        Assert.Equal(metrics.Json.GetProperty("mred").GetDouble(), front[1].GetProperty("mred").GetDouble(), 1e-12);
        Assert.True(File.Exists(plot));
    }

    [FactOf(Tier.Ci)]
    public async Task Explore_ForAccuracy_MeasuresTheNetwork()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "explore", "blocks:8:block=4", "--by", "blocks", "--cells", "fa,ama5", "--samples", "2000", "--objectives",
            "accuracy,transistors", "--first", "40", "--json");

        Assert.Equal("", run.Error);
        JsonElement[] front = [.. run.Json.GetProperty("front").EnumerateArray()];
        Assert.Equal(16, run.Json.GetProperty("designs").GetDouble());
        foreach (JsonElement design in front)
        {
            DapproxRun evaluated = await DapproxRun.RunAsync(
                "evaluate", "--multiplier", design.GetProperty("circuit").GetString()!, "--first", "40", "--json");
            Assert.Equal(evaluated.Json.GetProperty("accuracy").GetDouble(), design.GetProperty("accuracy").GetDouble());
        }

        // Nothing on a front is better in both: what costs less is right less often.
        Assert.Equal(
            front.OrderBy(Transistors).Select(Transistors),
            front.OrderBy(design => design.GetProperty("accuracy").GetDouble()).Select(Transistors));

        static double Transistors(JsonElement design) => design.GetProperty("transistors").GetDouble();
    }

    [FactOf(Tier.Ci)]
    public async Task Explore_GoneOnWithFromAState_EndsAsOneRun()
    {
        using var folder = new TemporaryFolder();
        string state = folder.File("state.json");
        string[] search =
        [
            "explore", "array:8", "--distribution", "uniform", "--samples", "2000", "--population", "12", "--objectives",
            "nmed,transistors", "--json",
        ];

        DapproxRun first = await DapproxRun.RunAsync([.. search, "--generations", "2", "--state", state]);
        DapproxRun second = await DapproxRun.RunAsync([.. search, "--generations", "5", "--state", state]);
        DapproxRun whole = await DapproxRun.RunAsync([.. search, "--generations", "5"]);
        DapproxRun other = await DapproxRun.RunAsync([.. search, "--generations", "5", "--seed", "2", "--state", state]);

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(whole.Json.GetProperty("front").GetRawText(), second.Json.GetProperty("front").GetRawText());
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("another search", other.Error, StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("array", "of the form")]
    [InlineData("blocks:24:block=5", "cannot be cut")]
    [InlineData("array:1", "no columns")]
    [InlineData("array:24 --by blocks", "no option by-block")]
    [InlineData("array:32", "give --distribution uniform")]
    [InlineData("array:8 --meet mred", "for example")]
    [InlineData("array:8 --meet mred=0", "above 0")]
    [InlineData("array:8 --meet mred=0.1 --objectives nmed", "leave out one")]
    [InlineData("array:8 --objectives speed", "unknown figure")]
    [InlineData("array:8 --distribution uniform --cells fa,tcaa --objectives mred,transistors", "not published")]
    public async Task Explore_WithAMistake_SaysSoInOneLine(string arguments, string reason)
    {
        DapproxRun run = await DapproxRun.RunAsync(["explore", .. arguments.Split(' ')]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
