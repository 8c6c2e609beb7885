using System.Diagnostics;
using System.Text.Json;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Paper;
using Dapprox.Foundation;
using Dapprox.Tests.Experiments;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class ExperimentCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Profile_Json_HasTheMetrics()
    {
        DapproxRun run = await DapproxRun.RunAsync("profile", "ax-fpm", "--samples", "200000", "--json");

        Assert.Equal("uniform01", run.Json.GetProperty("law").GetString());
        // Known to three digits; the standard error of so many samples is 0.0006.
        Assert.Equal(0.411, run.Json.GetProperty("mred").GetDouble(), 0.003);
        Assert.Equal(0.091, run.Json.GetProperty("nmed").GetDouble(), 0.002);
        Assert.Equal(0.957, run.Json.GetProperty("shareAbove").GetDouble(), 0.003);
        Assert.Equal(2, run.Json.GetProperty("mredInterval").GetArrayLength());
        Assert.Equal(200_000, run.Json.GetProperty("histogram").GetProperty("counts").EnumerateArray().Sum(count => count.GetInt64()));
    }

    [Fact]
    public async Task Profile_Plot_DrawsTheFigure()
    {
        string file = folder.File("noise.png");

        DapproxRun run = await DapproxRun.RunAsync("profile", "bfloat16", "--distribution", "normal", "--samples", "10000", "--plot", file);

        using SKBitmap picture = SKBitmap.Decode(file);
        Assert.Equal(2 * NoiseFigure.Width, picture.Width);
        Assert.Contains(file, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_Bits_LooksAtAllPairs()
    {
        DapproxRun run = await DapproxRun.RunAsync("profile", "ax-fpm", "--bits", "4", "--json");

        Assert.Equal(64, run.Json.GetProperty("samples").GetInt64());
        Assert.Equal("mantissa", run.Json.GetProperty("law").GetString());
    }

    [Theory]
    [InlineData("--samples is '0'", "--samples", "0")]
    [InlineData("--samples is 'many'", "--samples", "many")]
    [InlineData("from 1 to 12", "--bits", "13")]
    [InlineData("unknown distribution", "--distribution", "uniform")]
    [InlineData("leave out one of them", "--bits", "4", "--samples", "5")]
    [InlineData("leave out --distribution", "--bits", "4", "--distribution", "normal")]
    public async Task Profile_BadValue_IsOneLine(string message, params string[] arguments)
    {
        DapproxRun run = await DapproxRun.RunAsync(["profile", "ax-fpm", .. arguments]);

        run.AssertRefused(message);
    }

    [FactOf(Tier.Ci)]
    public async Task Reproduce_AtQuickScale_HasAllOfTheScale()
    {
        DapproxRun run = await DapproxRun.RunAsync("reproduce", "--out", folder.Path, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            AllExperiments.List.Where(experiment => experiment.IsIn(Scale.Quick)).Select(experiment => experiment.Id),
            run.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()));
        Assert.All(["report.html", "report.md", "results.json"], file => Assert.True(File.Exists(folder.File(file))));
        Assert.Contains("1 of ", run.Error, StringComparison.Ordinal);
    }

    // Short, and with units of several kinds.
    static readonly string[] Some = ["reproduce", "--only", "figure-4,figure-12,figure-16,table-7"];

    [FactOf(Tier.Ci)]
    public async Task Reproduce_KilledAtRandomPoints_EndsWithTheSameBytes()
    {
        string whole = folder.File("whole"), broken = folder.File("broken");
        DapproxRun uninterrupted = await DapproxRun.RunAsync([.. Some, "--out", whole, "--json"]);

        var random = new CounterRandom(seed: 1);
        for (int kill = 0; kill < 4; kill++)
        {
            using Process process = DapproxRun.Start(null, [.. Some, "--out", broken]);
            await Task.Delay(500 + random.NextInt32(2500), TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        DapproxRun last = await DapproxRun.RunAsync([.. Some, "--out", broken, "--json"]);
        Assert.Equal(0, last.ExitCode);
        Assert.Equal(uninterrupted.Json.GetProperty("results").GetRawText(), last.Json.GetProperty("results").GetRawText());
        string[] units = Directory.GetFiles(Path.Combine(whole, "units"), "*.parquet").Select(Path.GetFileName).Order().ToArray()!;
        Assert.NotEmpty(units);
        Assert.All(
            units,
            unit => Assert.Equal(
                File.ReadAllBytes(Path.Combine(whole, "units", unit)), File.ReadAllBytes(Path.Combine(broken, "units", unit))));
    }

    [Theory]
    [InlineData("unknown scale 'huge'", "--scale", "huge")]
    [InlineData("unknown table or figure 'table-12'", "--only", "table-12")]
    [InlineData("no unit of this scale", "--report")]
    public async Task Reproduce_OfWhatThereIsNot_IsOneLine(string message, params string[] arguments)
    {
        DapproxRun run = await DapproxRun.RunAsync(["reproduce", "--out", folder.Path, .. arguments]);

        run.AssertRefused(message);
    }

    [FactOf(Tier.Ci)]
    public async Task Results_AreAsked_Listed_Exported_AndTheirStateShown()
    {
        await DapproxRun.RunAsync("reproduce", "--only", "figure-4", "--out", folder.Path);

        DapproxRun query = await DapproxRun.RunAsync(
            "results", "query", "SELECT similarity, count(*), avg(approximate - exact) FROM response GROUP BY ALL ORDER BY 1", "--run",
            folder.Path, "--json");
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], query.Json.GetProperty("rows").EnumerateArray().Select(row => row[0].GetDouble()));
        Assert.All(query.Json.GetProperty("rows").EnumerateArray(), row => Assert.Equal(200, row[1].GetInt64()));

        string[] values = [
            "results", "query", "SELECT [1, 2] AS l, {'a': 0.5, 'b': 'x'} AS f, 1.5::FLOAT AS s, 7::UTINYINT AS u", "--run", folder.Path];
        JsonElement row = (await DapproxRun.RunAsync([.. values, "--json"])).Json.GetProperty("rows")[0];
        Assert.Equal("""[[1,2],{"a":0.5,"b":"x"},1.5,7]""", JsonSerializer.Serialize(row));
        Assert.Contains("[1,2]", (await DapproxRun.RunAsync(values)).Output, StringComparison.Ordinal);

        foreach (string none in new[] { "", ";", "-- a comment" })
        {
            DapproxRun nothing = await DapproxRun.RunAsync("results", "query", none, "--run", folder.Path);
            Assert.Equal(1, nothing.ExitCode);
            Assert.Contains("the query has no statement", nothing.Error, StringComparison.Ordinal);
        }

        foreach ((string sql, string json, string text) in new[]
        {
            ("SELECT [1, NULL]", "[1,null]", "[1,null]"),
            ("SELECT MAP {'k': {'x': [NULL]}}", """{"k":{"x":[null]}}""", """{"k":{"x":[null]}}"""),
            ("SELECT INTERVAL 1 MONTH", "\"1 month\"", "1 month"),
            ("SELECT DATE 'infinity'", "\"infinity\"", "infinity"),
            ("SELECT 12345678901234567890123456789012345678::DECIMAL(38, 0)", "12345678901234567890123456789012345678",
                "12345678901234567890123456789012345678"),
            ("SELECT 170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727",
                "170141183460469231731687303715884105727"),
            ("SELECT '101'::BIT", "\"101\"", "101"),
            ("SELECT union_value(a := 1)", """{"a":1}""", """{"a":1}"""),
            ("SELECT NULL", "null", "–"),
            ("SELECT TIMESTAMPTZ '2020-01-01 00:00:00+00' < now()", "true", "true"),
            ("FROM (VALUES ('seen')) t(x) -- and a comment", "\"seen\"", "seen"),
        })
        {
            string[] one = ["results", "query", sql, "--run", folder.Path];
            DapproxRun asked = await DapproxRun.RunAsync([.. one, "--json"]);
            Assert.True(asked.ExitCode == 0, $"{sql}: {asked.Error}");
            Assert.Equal(json, JsonSerializer.Serialize(asked.Json.GetProperty("rows")[0][0]));
            Assert.Contains(text, (await DapproxRun.RunAsync(one)).Output, StringComparison.Ordinal);
        }

        string other = folder.File("other.csv"), written = folder.File("written.csv");
        await File.WriteAllTextAsync(other, "x\n7\n", TestContext.Current.CancellationToken);
        foreach ((string sql, string why) in new[]
        {
            ($"SELECT * FROM read_csv('{other}')", "file system operations are disabled"),
            ($"FROM '{other}'", "file system operations are disabled"),
            ($"COPY (SELECT 1) TO '{written}'", "it is no SELECT"),
            ($"SELECT 1) ; COPY (SELECT 1) TO '{written}'; SELECT (1", "syntax error"),
            ("SELECT 1; SELECT 2", "the query has 2 statements"),
            ($"ATTACH '{written}'", "it is no SELECT"),
            ("INSTALL httpfs", "it is no SELECT"),
            ("SET threads = 2", "it is no SELECT"),
            ("SELECT * FROM range(1000001)", "more than 1,000,000 rows"),
            ("SELECT repeat('x', 2000000)", "a text has more than 1,000,000 bytes"),
            ("SELECT repeat('x', 900000) FROM range(200)", "the answer is too long"),
        })
        {
            DapproxRun refused = await DapproxRun.RunAsync("results", "query", sql, "--run", folder.Path);
            refused.AssertRefused(why);
        }

        (await DapproxRun.RunAsync(
            "results", "query", "SELECT count(*) FROM range(100000000) a, range(100000000) b", "--timeout", "1", "--run", folder.Path))
            .AssertRefused("the query takes more than 1 s");
        Assert.False(File.Exists(written));
        Assert.Contains(
            "7", (await DapproxRun.RunAsync("results", "query", $"FROM '{other}'", "--allow-files", "--run", folder.Path)).Output,
            StringComparison.Ordinal);

        DapproxRun list = await DapproxRun.RunAsync("results", "list", "--run", folder.Path, "--json");
        Assert.Contains(
            list.Json.GetProperty("tables").EnumerateArray(),
            table => table.GetProperty("name").GetString() == "response" && table.GetProperty("rows").GetInt64() == 1200);

        foreach (string format in new[] { "csv", "json", "parquet" })
        {
            DapproxRun export = await DapproxRun.RunAsync(
                "results", "export", format, "--run", folder.Path, "--to", folder.File("to"), "--json");
            Assert.All(export.Json.GetProperty("files").EnumerateArray(), file => Assert.True(new FileInfo(file.GetString()!).Length > 0));
        }

        Assert.Equal(1201, (await File.ReadAllLinesAsync(folder.File("to/response.csv"), TestContext.Current.CancellationToken)).Length);
        DapproxRun status = await DapproxRun.RunAsync("results", "status", "--run", folder.Path, "--json");
        Assert.Equal((1, 0), (status.Json.GetProperty("done").GetInt32(), status.Json.GetProperty("pending").GetInt32()));
    }

    [Theory]
    [InlineData("holds no results", "query", "SELECT 1")]
    [InlineData("is not the folder of a run", "status")]
    [InlineData("unknown format 'xml'", "export", "xml")]
    public async Task Results_OfWhatThereIsNot_AreOneLine(string message, params string[] arguments)
    {
        DapproxRun run = await DapproxRun.RunAsync(["results", .. arguments, "--run", folder.Path]);

        run.AssertRefused(message);
    }

    [FactOf(Tier.Ci)]
    public async Task Results_OfTwoRuns_AreToldApart_AndWithoutRunOneHasToBeNamed()
    {
        Terminal.SkipWhereThereIsNone();
        var terminal = new Terminal { Folder = folder.Path };
        Assert.StartsWith(
            "error: no run is here, neither dapprox-out nor dapprox-audit; give --run",
            (await terminal.RunAsync("results", "query", "SELECT 1")).Text, StringComparison.Ordinal);
        await terminal.RunAsync("reproduce", "--only", "figure-3");

        Terminal.Screen alone = await terminal.RunAsync("results", "query", "SELECT DISTINCT multiplier FROM noise");
        Assert.Contains("ax-fpm", alone.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("run", alone.Lines[0].Split(' '), StringComparer.Ordinal);

        Directory.Move(folder.File("dapprox-out"), folder.File("dapprox-audit"));
        Assert.Contains(
            "ax-fpm", (await terminal.RunAsync("results", "query", "SELECT DISTINCT multiplier FROM noise")).Text,
            StringComparison.Ordinal);

        await terminal.RunAsync("reproduce", "--only", "figure-3");
        Terminal.Screen unclear = await terminal.RunAsync("results", "list");
        Assert.Equal(1, unclear.ExitCode);
        Assert.Contains("--run dapprox-out,dapprox-audit", string.Join(' ', unclear.Lines), StringComparison.Ordinal);

        Terminal.Screen both = await terminal.RunAsync(
            "results", "query", "SELECT run, count(*) AS products FROM noise GROUP BY run ORDER BY run", "--run",
            "dapprox-out,dapprox-audit");
        Assert.StartsWith("run ", both.Lines[0], StringComparison.Ordinal);
        Assert.Contains(both.Lines, line => line.StartsWith("dapprox-audit ", StringComparison.Ordinal));
        Assert.Contains(both.Lines, line => line.StartsWith("dapprox-out ", StringComparison.Ordinal));
        foreach (string command in new[] { "list", "status" })
            Assert.Contains(
                command == "list" ? "multiplier," : "dapprox-audit",
                (await terminal.RunAsync("results", command, "--run", "dapprox-out,dapprox-audit")).Text, StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Results_OfManyColumns_FitTheTerminal(int columns)
    {
        Terminal.SkipWhereThereIsNone();
        var terminal = new Terminal { Columns = columns };
        string[] run = ["--run", Repository.Path("results/standard")];

        string[][] commands = [
            ["results", "list", .. run], ["results", "query", "SELECT * FROM attack LIMIT 2", .. run], ["results", "status", .. run]];
        foreach (string[] command in commands)
        {
            Terminal.Screen screen = await terminal.RunAsync(command);

            Assert.Equal(0, screen.ExitCode);
            // A name or path that is wider than the screen stays whole.
            Assert.All(
                screen.Lines,
                line => Assert.True(
                    line.Length <= columns || !line.Trim().Split(
                        "  ", StringSplitOptions.RemoveEmptyEntries)[^1].Contains(' ', StringComparison.Ordinal),
                    line));
            Assert.DoesNotContain("…", screen.Text, StringComparison.Ordinal);
        }

        Terminal.Screen list = await terminal.RunAsync(["results", "list", .. run]);
        Assert.Contains("\"fools_exact × gain and noise_at_1.25\"", list.Text, StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public async Task Audit_OfAnOwnNetworkAndPictures_InATerminal_ShowsEveryCheck()
    {
        Terminal.SkipWhereThereIsNone();
        OwnNetwork.Write(folder.Path, classes: 3, pictures: 5);
        var terminal = new Terminal { Folder = folder.Path };
        string[] audit = ["audit", "--model", "own.onnx", "--images", "pictures", "--labels", "labels.csv", .. OwnNetwork.Preprocessing];

        Terminal.Screen stopped = await terminal.RunAsync([.. audit, "--minutes", "0.02"]);
        Terminal.Screen screen = await terminal.RunAsync(audit);
        Terminal.Screen other = await terminal.RunAsync([.. audit, "--multiplier", "bfloat16"]);

        Assert.True(stopped.ExitCode == 0, stopped.Text);
        Assert.Contains("undecided (not run)", stopped.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("not run", screen.Text, StringComparison.Ordinal);
        Assert.True(screen.ExitCode == 0, screen.Text);
        foreach (string id in Enumerable.Range(1, 16).Select(i => $"S{i}").Concat(Enumerable.Range(1, 4).Select(i => $"T{i}")))
            Assert.Contains(screen.Lines, line => line.StartsWith($"{id} ", StringComparison.Ordinal));
        Assert.All(screen.Lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain("…", screen.Text, StringComparison.Ordinal);
        Assert.Contains("no training images", string.Join(' ', screen.Lines), StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("dapprox-audit/audit.html")));
        Assert.False(Directory.Exists(folder.File("dapprox-out")));
        Assert.Equal(1, other.ExitCode);
        Assert.Contains(
            "'dapprox-audit' holds the audit of ax-fpm (own.onnx, pictures, ε = 8/255 in L∞, quick scale)", string.Join(' ', other.Lines),
            StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("give --model FILE|NAME", "--images", "pictures", "--labels", "labels.csv")]
    [InlineData("there is no folder 'pictures'", "--images", "pictures", "--model", "lenet5-digits")]
    [InlineData("give one of them", "--images", "pictures", "--labels", "labels.csv", "--model", "lenet5-digits", "--dataset", "digits")]
    [InlineData("there is no folder 'pictures'", "--images", "pictures", "--labels", "labels.csv", "--model", "lenet5-digits")]
    [InlineData("leave it out", "--resize", "32")]
    [InlineData("2 numbers are given as mean", "--mean", "0.5,0.5")]
    [InlineData("leave out --layers", "--layers", "dense", "--multiplier", "ax-fpm:convolutions")]
    [InlineData("no layer is 'conv9'", "--layers", "conv9")]
    [InlineData("--skip 5000 leaves none", "--skip", "5000")]
    [InlineData("--first is '0'", "--first", "0")]
    [InlineData("unknown multiplier 'nothing'", "--multiplier", "nothing")]
    [InlineData("there is no file 'nothing.v'", "--multiplier", "nothing.v")]
    [InlineData("unknown scale 'paper'", "--scale", "paper")]
    [InlineData("--epsilon is '0'", "--epsilon", "0")]
    [InlineData("--minutes is '0'", "--minutes", "0")]
    [InlineData("no two images are further apart than 1 in L∞", "--epsilon", "2000")]
    [InlineData("no two images are further apart than 28 in L2", "--norm", "l2", "--epsilon", "1.5,29")]
    [InlineData("there is no file 'nothing.onnx'", "--undefended", "nothing.onnx")]
    [InlineData("alexnet-cifar-10 takes 3×32×32 images", "--undefended", "alexnet-cifar-10")]
    [InlineData("no layer is 'nowhere'", "--multiplier", "ax-fpm:nowhere")]
    [InlineData("unknown multiplier 'heap-like:dense+ax-fpm'", "--multiplier", "heap-like:dense+ax-fpm")]
    [InlineData("ax-fpm multiplies floats, and the layers of lenet5-digits", "--quantise", "int8", "--multiplier", "ax-fpm")]
    [InlineData("--range is given without --quantise", "--range", "mse")]
    [InlineData("which are the same", "--multiplier", "array:24:ama1,array:24:AMA1")]
    public async Task Audit_OfWhatThereIsNot_IsOneLine(string message, params string[] arguments)
    {
        DapproxRun run = await DapproxRun.RunAsync(["audit", "--out", folder.Path, .. arguments]);

        run.AssertRefused(message);
    }
}
