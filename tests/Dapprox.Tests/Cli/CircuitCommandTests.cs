using System.Text.Json;
using Dapprox.Tests.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class CircuitCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Ci)]
    [InlineData("x.v", "--hierarchical")]
    [InlineData("x.v")]
    [InlineData("x.blif")]
    [InlineData("x.json")]
    [InlineData("x.cgp")]
    public async Task BuildThenVerify_ThroughAFile_IsEqual(string name, params string[] options)
    {
        string file = folder.File(name);

        DapproxRun build = await DapproxRun.RunAsync(["circuit", "build", "array:5:ama1", "--output", file, "--json", .. options]);
        DapproxRun verify = await DapproxRun.RunAsync("circuit", "verify", "array:5:ama1", file);

        Assert.Equal((0, ""), (build.ExitCode, build.Error));
        Assert.Equal(25, build.Json.GetProperty("cells").GetProperty("and").GetInt32());
        Assert.Equal(20, build.Json.GetProperty("cells").GetProperty("ama1").GetInt32());
        Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
        Assert.StartsWith("equal: all 1,024 inputs compared", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WhereTheyDiffer_ShowsTheInputsAndEndsWithTwo()
    {
        DapproxRun text = await DapproxRun.RunAsync("circuit", "verify", "array:24:ama5", "exact");
        DapproxRun json = await DapproxRun.RunAsync("circuit", "verify", "array:4:loa", "array:4", "--json");

        Assert.Equal(2, text.ExitCode);
        Assert.StartsWith(
            "different: for the inputs 16777215 (0xffffff), 16777215 (0xffffff) the first gives ", text.Output, StringComparison.Ordinal);
        Assert.Contains("the second 281474943156225 (0xfffffe000001)", text.Output, StringComparison.Ordinal);
        Assert.Equal(2, json.ExitCode);
        Assert.False(json.Json.GetProperty("equal").GetBoolean());
        Assert.Equal(JsonValueKind.Object, json.Json.GetProperty("difference").ValueKind);
    }

    [Fact]
    public async Task Verify_TakesDefinitionsOnEitherSide()
    {
        string file = folder.File("exact.v");
        await DapproxRun.RunAsync("circuit", "export", "array:6:sign-magnitude", "--output", file);

        DapproxRun same = await DapproxRun.RunAsync("circuit", "verify", file, "exact-int6");
        DapproxRun drum = await DapproxRun.RunAsync("circuit", "verify", "drum:6:k=4", "array:6", "--json");
        DapproxRun exact = await DapproxRun.RunAsync("circuit", "verify", "drum:8:k=8:sign-magnitude", "exact");
        DapproxRun widths = await DapproxRun.RunAsync("circuit", "verify", "mitchell:8", "array:6");
        DapproxRun proof = await DapproxRun.RunAsync("circuit", "verify", "array:13", "exact-uint13", "--yosys");

        Assert.StartsWith("equal: all 4,096 inputs compared", same.Output, StringComparison.Ordinal);
        Assert.Equal(2, drum.ExitCode);
        Assert.Equal("0x1", drum.Json.GetProperty("difference").GetProperty("inputs")[0].GetString());
        Assert.StartsWith("equal: all 65,536 inputs compared", exact.Output, StringComparison.Ordinal);
        widths.AssertRefused("mitchell:8 has inputs of 8 and 8 bits and outputs of 16, and array:6 has 6 and 6 and 12");
        proof.AssertRefused("exact-uint13 is a definition, of which Yosys proves nothing; leave out --yosys");
    }

    [Fact]
    public async Task Metrics_OfADefinition_AreItsErrors()
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "metrics", "kulkarni:4:sign-magnitude", "--json");
        DapproxRun other = await DapproxRun.RunAsync("circuit", "metrics", "kulkarni:4", "--signed");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("kulkarni:4:sign-magnitude", run.Json.GetProperty("circuit").GetString());
        Assert.True(run.Json.GetProperty("signed").GetBoolean());
        Assert.Equal(2.0 / 9, run.Json.GetProperty("worstRelative").GetDouble(), 1e-12);
        other.AssertRefused("the name 'kulkarni:4' says that its numbers are unsigned; leave out --signed");
    }

    [Fact]
    public async Task Verify_WideCircuits_SaysThatSamplesAreNoProof()
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "verify", "wallace:24", "exact", "--samples", "50000");
        DapproxRun json = await DapproxRun.RunAsync("circuit", "verify", "wallace:24", "dadda:24", "--samples", "50000", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("no difference in 50,000 random inputs, which is no proof", run.Output, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, json.Json.GetProperty("equal").ValueKind);
    }

    [FactOf(Tier.Ci)]
    public async Task Verify_WithYosys_Proves()
    {
        Circuits.Formats.Tool.Require("yosys");

        DapproxRun run = await DapproxRun.RunAsync(
            "circuit", "verify", "array:24:ama5", "carry-save:24:ama5", "--samples", "1000", "--yosys");
        DapproxRun same = await DapproxRun.RunAsync(
            "circuit", "verify", "blocks:24:ama5", "blocks:24:ama5:width=48", "--samples", "1000", "--yosys", "--json");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("equal", same.Json.GetProperty("proof").GetString());
        Assert.True(same.Json.GetProperty("equal").GetBoolean());
    }

    [FactOf(Tier.Ci)]
    public async Task Verify_WithYosys_GivesTheInputForWhichTheyDiffer()
    {
        Circuits.Formats.Tool.Require("yosys");
        // They differ for one pair of operands of 2⁴⁰.
        const string Ports = "(input [19:0] a, input [19:0] b, output [19:0] p)";
        string first = folder.File("first.v"), second = folder.File("second.v");
        await File.WriteAllTextAsync(first, $"module m{Ports}; assign p = a ^ b; endmodule", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            second, $"module m{Ports}; assign p = a ^ b ^ (a == 20'd70707 && b == 20'd912345); endmodule",
            TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync("circuit", "verify", first, second, "--samples", "1000", "--yosys", "--json");
        DapproxRun text = await DapproxRun.RunAsync("circuit", "verify", first, second, "--samples", "1000", "--yosys");

        Assert.Equal((2, false, "different"), (
            run.ExitCode, run.Json.GetProperty("equal").GetBoolean(), run.Json.GetProperty("proof").GetString()));
        JsonElement difference = run.Json.GetProperty("difference");
        Assert.Equal(
            [$"0x{70707:x}", $"0x{912345:x}"], difference.GetProperty("inputs").EnumerateArray().Select(number => number.GetString()));
        Assert.Equal($"0x{70707 ^ 912345:x}", difference.GetProperty("first")[0].GetString());
        Assert.Equal($"0x{70707 ^ 912345 ^ 1:x}", difference.GetProperty("second")[0].GetString());
        Assert.Contains("found by Yosys after 1,000 random inputs had shown no difference", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Multiplier_FromFiles_IsTheDescribedOne()
    {
        string verilog = folder.File("mine.v"), json = folder.File("mine.json");
        await DapproxRun.RunAsync("circuit", "export", "blocks:8:ama5:block=4", "--output", verilog);
        await DapproxRun.RunAsync("circuit", "export", verilog, "--output", json);
        string text = await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            json,
            text.Replace("\"cells\"", "\"float\": {\"exponentBits\": 5, \"fractionBits\": 7},\n  \"cells\"", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        DapproxRun described = await DapproxRun.RunAsync("multiply", "1.625", "-2.75", "--multiplier", "blocks:8:ama5:block=4", "--json");
        DapproxRun file = await DapproxRun.RunAsync("multiply", "1.625", "-2.75", "--multiplier", verilog, "--json");
        DapproxRun small = await DapproxRun.RunAsync("multiply", "1e6", "1e6", "--multiplier", json, "--json");

        Assert.Equal(
            described.Json.GetProperty("product").GetProperty("bits").GetString(),
            file.Json.GetProperty("product").GetProperty("bits").GetString());
        Assert.Equal(verilog, file.Json.GetProperty("multiplier").GetString());
        Assert.Equal("Infinity", small.Json.GetProperty("product").GetProperty("value").GetString());
    }

    [Fact]
    public async Task Metrics_OfASignedTable_AsksForTheSign_AndTakesIt()
    {
        string table = folder.File("t.npy");
        await DapproxRun.RunAsync("circuit", "export", "array:4:signed", "--output", table);

        DapproxRun unsaid = await DapproxRun.RunAsync("circuit", "metrics", table);
        DapproxRun signed = await DapproxRun.RunAsync("circuit", "metrics", table, "--signed", "--json");
        DapproxRun both = await DapproxRun.RunAsync("circuit", "metrics", table, "--signed", "--unsigned");

        unsaid.AssertRefused("say --signed if the first row is that of the most negative operand, or --unsigned");
        Assert.Equal((0, ""), (signed.ExitCode, signed.Error));
        Assert.True(signed.Json.GetProperty("signed").GetBoolean());
        Assert.Equal(0, signed.Json.GetProperty("errorProbability").GetDouble());
        both.AssertRefused("leave out one of them");
    }

    [Theory]
    [InlineData("array:4:signed", "--unsigned", "taken as unsigned, and its numbers are nearer to products of signed numbers; --signed")]
    [InlineData("array:4", "--signed", "taken as signed, and its numbers are nearer to products of unsigned numbers; --unsigned")]
    public async Task Metrics_ByAnotherReading_Warns(string circuit, string option, string warning)
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "metrics", circuit, option);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(warning, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blif", "note: BLIF does not say that a circuit is signed")]
    [InlineData("cgp", "note: CGP does not say that a circuit is signed")]
    [InlineData("v", "")]
    [InlineData("json", "")]
    public async Task Export_OfASignedCircuit_SaysWhereTheSignIsLost(string extension, string note)
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "circuit", "export", "array:4:signed", "--output", folder.File("signed." + extension));

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith(note, run.Error, StringComparison.Ordinal);
        Assert.Equal(note.Length == 0, run.Error.Length == 0);
    }

    [Fact]
    public async Task Import_WithPorts_RenamesThem()
    {
        string file = folder.File("ports.json");
        await DapproxRun.RunAsync("circuit", "export", "array:3:ama5", "--output", file);

        DapproxRun run = await DapproxRun.RunAsync("circuit", "import", file, "--ports", "x=b,y=a,z=p", "--json");
        DapproxRun wrong = await DapproxRun.RunAsync("circuit", "import", file, "--ports", "x");

        Assert.Equal(["x", "y"], run.Json.GetProperty("inputs").EnumerateArray().Select(bus => bus.GetProperty("name").GetString()));
        wrong.AssertRefused("--ports has 'x'; give NAME=PORT");
    }

    [Theory]
    [InlineData("array:4:signed", "", 0)]
    [InlineData("array:4:signed", "--unsigned", 2)]
    [InlineData("array:4", "--signed", 2)]
    [InlineData("booth:12:signed", "", 0)]
    public async Task Verify_Exact_IsOfTheSign(string circuit, string option, int exitCode)
    {
        DapproxRun run = await DapproxRun.RunAsync(["circuit", "verify", circuit, "exact", .. option.Length > 0 ? [option] : (string[])[]]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Multiplier_FromATable_IsThatOfTheCircuit()
    {
        string table = folder.File("t.npy");
        await DapproxRun.RunAsync("circuit", "export", "blocks:8:ama5:block=4", "--output", table);

        DapproxRun described = await DapproxRun.RunAsync("multiply", "1.625", "-2.75", "--multiplier", "blocks:8:ama5:block=4", "--json");
        DapproxRun read = await DapproxRun.RunAsync("multiply", "1.625", "-2.75", "--multiplier", table, "--json");

        Assert.Equal((0, ""), (read.ExitCode, read.Error));
        Assert.Equal(
            described.Json.GetProperty("product").GetProperty("bits").GetString(),
            read.Json.GetProperty("product").GetProperty("bits").GetString());
    }

    [Fact]
    public async Task Import_WithoutOutput_SaysWhatTheFileIs()
    {
        string file = folder.File("x.v");
        await DapproxRun.RunAsync(
            "circuit", "build", "dadda:4", "--output", file, "--hierarchical", "--test-bench", folder.File("bench.v"));

        DapproxRun run = await DapproxRun.RunAsync("circuit", "import", file);

        Assert.Equal(
            "dadda_4: a of 4 bits, b of 4 bits to p of 8 bits, unsigned\ncells  28: 16 and, 8 fa, 4 ha\ndepth  7\n",
            run.Output.ReplaceLineEndings("\n"));
        Assert.Contains(
            "module test_bench;", await File.ReadAllTextAsync(folder.File("bench.v"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--mac", "array_4_ama1_mac", "PASSED 4 sums")]
    [InlineData("--systolic 3", "array_4_ama1_systolic", "PASSED 36 sums")]
    public async Task Export_OfAMac_PassesItsTestBench(string options, string module, string printed)
    {
        Tool.Require("iverilog", "vvp");

        DapproxRun run = await DapproxRun.RunAsync(
            ["circuit", "export", "array:4:ama1", .. options.Split(' '), "--output", folder.File("mac.v"), "--test-bench",
                folder.File("bench.v"), "--json"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(module, run.Json.GetProperty("module").GetString());
        await Tool.RunAsync(folder.Path, "iverilog", "-Wall", "-o", "test", "mac.v", "bench.v");
        Assert.Equal(printed, (await Tool.RunAsync(folder.Path, "vvp", "test")).Trim());
    }
}
