using System.Text.Json;
using System.Text.RegularExpressions;
using Dapprox.Tests.Experiments;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed partial class DatasheetCommandTests : IDisposable
{
    const string Several = "exact-uint8,drum:8:k=4,evo8u-mre-0.1,evo8s-mae-50,array:10:ama5:columns=6,kulkarni:4";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FactOf(Tier.Ci)]
    public async Task Datasheet_HasTheNumbersOfTheOtherCommands_AndTheSameBytesAgain()
    {
        string file = folder.File("sheet.html");
        DapproxRun run = await DapproxRun.RunAsync("datasheet", Several, "--out", file, "--json");
        string page = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        DapproxRun again = await DapproxRun.RunAsync("datasheet", Several, "--out", folder.File("again.html"));
        DapproxRun metrics = await DapproxRun.RunAsync("circuit", "metrics", "drum:8:k=4", "--json");
        DapproxRun evolved = await DapproxRun.RunAsync("multipliers", "--evolved", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(page, await File.ReadAllTextAsync(folder.File("again.html"), TestContext.Current.CancellationToken));
        JsonElement[] rows = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(Several.Split(','), rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(metrics.Json.GetProperty("mae").GetDouble(), rows[1].GetProperty("mae").GetDouble());
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("energy").ValueKind);
        Assert.Equal(1, rows[0].GetProperty("energy").GetDouble());
        JsonElement same = evolved.Json.GetProperty("evolved").EnumerateArray()
            .First(one => one.GetProperty("name").GetString() == "evo8s-mae-50");
        foreach (string name in (string[])["mae", "wce", "mre", "ep", "bias", "energy", "delay", "area"])
            Assert.Equal(same.GetProperty(name).GetDouble(), rows[3].GetProperty(name).GetDouble());
        // A map for each but the exact one, and one front; nothing from outside.
        Assert.Equal(6, FigureTag().Count(page));
        Assert.All(FigureTag().Matches(page), figure => Assert.Matches("aria-label=\"[^\"]{40,}\"", figure.Value));
        Assert.Equal(IdAttribute().Count(page), IdAttribute().Matches(page).Select(match => match.Value).Distinct().Count());
        Assert.DoesNotMatch("(?i)https?://|<script[^>]+src|<link[^>]+href=\"(?!data:)|@import|url\\((?!#)", page);
    }

    [FactOf(Tier.Ci)]
    public async Task Datasheet_OfANetwork_HasTheAccuracyOfEvaluate()
    {
        string[] network = ["--quantise", "int8", "--dataset", "digits", "--first", "60", "--json"];
        DapproxRun run = await DapproxRun.RunAsync(
            ["datasheet", "evo8u-mre-0.2,exact-int8,evo8u-mre-0.2@int18:saturate", "--out", folder.File("s.html"), .. network]);
        DapproxRun evaluated = await DapproxRun.RunAsync(["evaluate", "--multiplier", "evo8u-mre-0.2", .. network]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement rows = run.Json.GetProperty("rows");
        Assert.Equal(evaluated.Json.GetProperty("accuracy").GetDouble(), rows[0].GetProperty("accuracy").GetDouble());
        Assert.Equal(run.Json.GetProperty("exactAccuracy").GetDouble(), rows[1].GetProperty("accuracy").GetDouble());
        Assert.Contains("accuracy", await File.ReadAllTextAsync(folder.File("s.html"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("evo8u-mre-0.1,nothing", "unknown multiplier 'nothing'")]
    [InlineData("ax-fpm", "no multiplier of integers")]
    [InlineData("exact-uint8 --first 5", "quantise it: --quantise int8")]
    [InlineData("exact-uint8 --out sheet.pdf", "ends in .html")]
    [InlineData("exact-uint8 --what", "unknown option '--what'")]
    [InlineData("drum:8:k=4:conv1+exact-int8:conv2", "is an assignment")]
    public async Task Datasheet_WithAMistake_SaysSoInOneLine(string arguments, string reason)
    {
        string[] file = arguments.Contains("--out", StringComparison.Ordinal) ? [] : ["--out", folder.File("s.html")];
        DapproxRun run = await DapproxRun.RunAsync(["datasheet", .. arguments.Split(' '), .. file]);

        run.AssertRefused(reason);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("1200,900")]
    [InlineData("390,844")]
    [InlineData("1200,900", "--force-dark-mode", "--blink-settings=preferredColorScheme=0")]
    public async Task Datasheet_InABrowser_PassesAxe_AndLogsNothing(string window, params string[] arguments)
    {
        string file = folder.File("sheet.html");
        await DapproxRun.RunAsync("datasheet", Several, "--out", file);
        (string title, string log) = await Browser.PassAxeAsync(
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), window, arguments);

        Assert.True(title == "axe: []", title);
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
    }

    [GeneratedRegex("<svg viewBox=\"0 0 (660 540|640 420)\"[^>]*>")]
    private static partial Regex FigureTag();

    [GeneratedRegex(" id=\"[^\"]+\"")]
    private static partial Regex IdAttribute();
}
