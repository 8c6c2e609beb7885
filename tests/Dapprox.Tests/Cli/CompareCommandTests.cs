using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed partial class CompareCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FactOf(Tier.Ci)]
    public async Task Compare_Json_HasARowForEachMultiplier()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "compare", "exact,bfloat16,ax-fpm,exact-fused,array:8", "--dataset", "digits", "--first", "50", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement[] rows = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(
            ["exact", "bfloat16", "ax-fpm", "exact-fused", "array:8"], rows.Select(row => row.GetProperty("multiplier").GetString()));
        foreach (JsonElement row in rows)
        {
            foreach (string name in (string[])["accuracy", "correct", "mred", "meanRelativeError", "seconds"])
                Assert.Equal(JsonValueKind.Number, row.GetProperty(name).ValueKind);
            double accuracy = row.GetProperty("accuracy").GetDouble();
            Assert.InRange(accuracy, row.GetProperty("interval")[0].GetDouble(), row.GetProperty("interval")[1].GetDouble());
            Assert.Equal(JsonValueKind.Null, row.GetProperty("robustAccuracy").ValueKind);
            bool hasCircuit = row.GetProperty("multiplier").GetString() != "exact-fused";
            string[] prices = ["energyPerImage", "energyPerProduct", "relativeEnergy", "delay", "relativeDelay", "area", "relativeArea"];
            foreach (string name in prices)
                Assert.Equal(hasCircuit ? JsonValueKind.Number : JsonValueKind.Null, row.GetProperty(name).ValueKind);
            Assert.Equal(hasCircuit ? JsonValueKind.Null : JsonValueKind.String, row.GetProperty("reason").ValueKind);
        }

        Assert.Equal(1, rows[0].GetProperty("relativeEnergy").GetDouble());
        Assert.Equal(1, rows[0].GetProperty("relativeDelay").GetDouble());
        Assert.Equal(rows[0].GetProperty("energyPerImage").GetDouble(), 4467664 * rows[0].GetProperty("energyPerProduct").GetDouble(), 1);
        Assert.InRange(rows[1].GetProperty("relativeEnergy").GetDouble(), 0.05, 0.4);
        Assert.InRange(rows[2].GetProperty("relativeEnergy").GetDouble(), 0.25, 0.95);
        Assert.Equal(50, run.Json.GetProperty("count").GetInt32());
        Assert.Contains(
            "leading 8 bits of binary32 mantissas", Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString(),
            StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public async Task Compare_AccuracyAndErrors_AreThoseOfTheOtherCommands()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "compare", "ax-fpm", "--dataset", "digits", "--first", "30", "--skip", "10", "--layers", "convolutions", "--json");
        DapproxRun accuracy = await DapproxRun.RunAsync(
            "evaluate", "--multiplier", "ax-fpm", "--dataset", "digits", "--first", "30", "--skip", "10", "--layers", "convolutions",
            "--json");
        DapproxRun profile = await DapproxRun.RunAsync(
            "profile", "ax-fpm", "--distribution", "uniform11", "--samples", "1048576", "--json");

        JsonElement row = run.Json.GetProperty("rows")[0];
        Assert.Equal(accuracy.Json.GetProperty("correct").GetInt32(), row.GetProperty("correct").GetInt32());
        Assert.Equal(profile.Json.GetProperty("mred").GetDouble(), row.GetProperty("mred").GetDouble());
    }

    [FactOf(Tier.Ci)]
    public async Task Compare_Csv_HasTheColumnsOfJson()
    {
        string csv = folder.File("rows.csv"), list = folder.File("list.txt");
        await File.WriteAllTextAsync(
            list, "# what is compared\n\nax-fpm   # as released\r\n  exact-fused\nax-fpm\n", TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync(
            "compare", "exact", $"@{list}", "--dataset", "digits", "--first", "2", "--epsilon", "8/255", "--csv", csv, "--json");

        Assert.Equal(0, run.ExitCode);
        string text = await File.ReadAllTextAsync(csv, TestContext.Current.CancellationToken);
        string[] lines = text.Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        string[][] fields = [
            .. lines[..^1].Select(line => Field().Matches(line).Select(match => match.Groups[1].Value.Trim('"')).ToArray())];
        JsonElement[] rows = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["multiplier", "exact", "ax-fpm", "exact-fused"], fields.Select(row => row[0]));
        Assert.All(fields, row => Assert.Equal(fields[0].Length, row.Length));
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i].GetProperty("accuracy").GetDouble(), Number(i, "accuracy"));
            Assert.Equal(rows[i].GetProperty("interval")[1].GetDouble(), Number(i, "intervalHigh"));
            Assert.Equal(rows[i].GetProperty("robustInterval")[0].GetDouble(), Number(i, "robustIntervalLow"));
            Assert.Equal(rows[i].GetProperty("mred").GetDouble(), Number(i, "mred"));
        }

        Assert.Equal("", fields[3][Array.IndexOf(fields[0], "relativeEnergy")]);
        Assert.Equal(rows[2].GetProperty("reason").GetString(), fields[3][Array.IndexOf(fields[0], "reason")]);
        Assert.Equal(2, run.Json.GetProperty("attacked").GetInt32());
        Assert.True(Number(0, "robustAccuracy") <= Number(0, "accuracy"));

        double Number(int row, string column) =>
            double.Parse(fields[row + 1][Array.IndexOf(fields[0], column)], CultureInfo.InvariantCulture);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("front.svg", "<svg")]
    [InlineData("front.png", "PNG")]
    public async Task Compare_Plot_IsAFigure(string name, string beginning)
    {
        string plot = folder.File(name);

        DapproxRun run = await DapproxRun.RunAsync(
            "compare", "exact,ax-fpm,exact-fused", "--dataset", "digits", "--first", "20", "--plot", plot);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 of 3 multipliers are not in the figure", run.Error, StringComparison.Ordinal);
        Assert.Contains(
            beginning,
            System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(plot, TestContext.Current.CancellationToken))[..200],
            StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public async Task Compare_InATerminal_BreaksNoNameAndNoNumber()
    {
        Terminal.SkipWhereThereIsNone();
        const string Long = "array:4:by-column=2xama5+2xama1+ama2+ama3";

        Terminal.Screen screen = await new Terminal().RunAsync(
            "compare", $"exact,ax-fpm-renormalised,{Long},array:8", "--dataset", "digits", "--first", "1", "--layers", "conv1", "--epsilon",
            "16/255");

        Assert.True(screen.ExitCode == 0, screen.Text);
        Assert.DoesNotContain('…', screen.Text);
        Assert.Equal(3, Rows("ax-fpm-renormalised").Length);
        Assert.Equal(4, Rows("#3").Length);
        Assert.Contains($"#3  {Long}", screen.Lines);
        Assert.Contains(screen.Lines, line => line.Contains("robust at 16/255", StringComparison.Ordinal));
        Assert.Contains(
            "circuit of 8 bits multiplies the leading 8 bits of binary32 mantissas", string.Join(' ', screen.Lines),
            StringComparison.Ordinal);
        Assert.Equal(3, Rows("exact").Length);
        Assert.All(Rows("exact"), line => Assert.InRange(line.Length, 20, 80));

        string[] Rows(string name) => [.. screen.Lines.Where(line => line.TrimStart().StartsWith($"{name} ", StringComparison.Ordinal))];
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("compare", "MULTIPLIER,… is missing")]
    [InlineData("compare exact,ax-fmp", "unknown multiplier 'ax-fmp': did you mean 'ax-fpm'?")]
    [InlineData("compare exact --frist 10", "unknown option '--frist': did you mean '--first'?")]
    [InlineData("compare exact,", "unknown multiplier ''")]
    [InlineData("compare @no-such-file", "there is no file 'no-such-file'")]
    [InlineData("compare array:32", "array:32 has inputs of 32 and 32 bits")]
    [InlineData("compare exact --epsilon x", "--epsilon is 'x'; give a number or a fraction above 0, up to 1")]
    [InlineData("compare exact --epsilon 8/0", "--epsilon is '8/0'")]
    [InlineData("compare exact --epsilon 3/2", "--epsilon is '3/2'; give a number or a fraction above 0, up to 1")]
    [InlineData("compare exact --plot x.pdf", "--plot is 'x.pdf'; give a file that ends in .png or .svg")]
    [InlineData("compare exact --csv /dev/null/x", "/dev/null/x")]
    [InlineData("compare exact --first 0", "--first is '0'")]
    public async Task Compare_WrongInput_SaysSoInOneLineAndFails(string arguments, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(arguments.Split(' '));

        run.AssertRefused(message);
    }

    [Fact]
    public async Task Compare_AWrongLineOfAList_IsNamed()
    {
        string list = folder.File("list.txt");
        await File.WriteAllTextAsync(list, "exact\n# nothing\narray:24:ama9\n", TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync("compare", $"@{list}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("list.txt, line 3: unknown full adder 'ama9'", run.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?:^|,)(\"(?:[^\"]|\"\")*\"|[^,]*)")]
    private static partial Regex Field();
}
