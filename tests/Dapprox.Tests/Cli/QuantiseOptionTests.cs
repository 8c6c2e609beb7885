using System.Text.Json;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class QuantiseOptionTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Evaluate_QuantisedExactly_IsNearTheFloatNetwork_AndSaysHowItIsQuantised()
    {
        DapproxRun floats = await DapproxRun.RunAsync("evaluate", "--first", "300", "--json");
        DapproxRun run = await DapproxRun.RunAsync("evaluate", "--first", "300", "--quantise", "int8", "--range-images", "100", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.InRange(run.Json.GetProperty("accuracy").GetDouble() - floats.Json.GetProperty("accuracy").GetDouble(), -0.01, 0.01);
        JsonElement quantisation = run.Json.GetProperty("quantisation");
        Assert.Equal(
            ["bits", "activations", "range", "weightScales", "signs", "images"],
            quantisation.EnumerateObject().Select(field => field.Name));
        Assert.Equal((8, 100), (quantisation.GetProperty("bits").GetInt32(), quantisation.GetProperty("images").GetInt32()));
        Assert.Equal("int8", quantisation.GetProperty("activations")[0].GetString());
    }

    // The same products by a name, a description, a circuit file and tables of both signs give the same logits.
    [Fact]
    public async Task Evaluate_TheSameProductsInAnyForm_GivesTheSameLogits()
    {
        string table = folder.File("t.npy"), circuit = folder.File("c.v");
        TableFiles.Write(new ExactIntegerMultiplier(8, isSigned: false), table);
        Assert.Equal(0, (await DapproxRun.RunAsync("circuit", "export", "array:8", "--output", circuit)).ExitCode);
        var logits = new List<string>();
        string[] exact = ["exact-uint8", table, circuit, "dadda:8", $"{circuit}@int24", "exact-uint8@fa:6", "dadda:8@int30:saturate:fa:3"];
        foreach (string multiplier in exact)
        {
            string file = folder.File("logits.csv");
            DapproxRun run = await DapproxRun.RunAsync(
                "evaluate", "--first", "50", "--quantise", "int8", "--multiplier", multiplier, "--logits", file, "--json");
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal("uint8", run.Json.GetProperty("quantisation").GetProperty("activations")[0].GetString());
            logits.Add(await File.ReadAllTextAsync(file));
        }

        Assert.All(logits, text => Assert.Equal(logits[0], text));
    }

    // Of 4 bits: that of the network, or that of a multiplier.
    [Fact]
    public async Task Evaluate_AMultiplierOfFewerBits_QuantisesItsLayersToThese()
    {
        var logits = new List<string>();
        foreach ((string bits, string multiplier) in ((string, string)[])[("int4", "exact-int4"), ("int8", "exact-int4")])
        {
            string file = folder.File("logits.csv");
            DapproxRun run = await DapproxRun.RunAsync(
                "evaluate", "--first", "50", "--quantise", bits, "--multiplier", multiplier, "--logits", file, "--json");
            Assert.Equal("int4", run.Json.GetProperty("quantisation").GetProperty("activations")[0].GetString());
            Assert.Equal(bits == "int8", run.Error.Contains(
                "note: exact-int4 has operands of 4 bits; its layers are quantised to these", StringComparison.Ordinal));
            logits.Add(await File.ReadAllTextAsync(file));
        }

        Assert.Equal(logits[0], logits[1]);
        DapproxRun mixed = await DapproxRun.RunAsync(
            "evaluate", "--first", "50", "--quantise", "int8", "--multiplier", "exact-int8@loa:6:convolutions+exact-uint4:dense", "--json");
        Assert.Equal(
            ["int8", "uint4"],
            mixed.Json.GetProperty("quantisation").GetProperty("activations").EnumerateArray().Select(format => format.GetString()));
        Assert.InRange(mixed.Json.GetProperty("accuracy").GetDouble(), 0.7, 1);
    }

    [Fact]
    public async Task Evaluate_AnAllZeroTable_IsAtChance()
    {
        string table = folder.File("zero.npy");
        TableFiles.Write(new TableMultiplier("zero", 8, isSigned: true, (_, _) => 0), table);

        DapproxRun run = await DapproxRun.RunAsync(
            "evaluate", "--first", "500", "--quantise", "int8", "--multiplier", table, "--signed", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.InRange(run.Json.GetProperty("accuracy").GetDouble(), 0.05, 0.2);
    }

    // A table's first index is the activation: one that gives the activation alone, whatever the weight, is not its transpose.
    [Fact]
    public async Task Evaluate_ATable_HasActivationsInRows()
    {
        string first = folder.File("first.npy"), second = folder.File("second.npy");
        TableFiles.Write(new TableMultiplier("first", 8, isSigned: true, (a, b) => b == 0 ? 0 : a), first);
        TableFiles.Write(new TableMultiplier("second", 8, isSigned: true, (a, b) => a == 0 ? 0 : b), second);

        string[] logits = await Task.WhenAll(new[] { first, second }.Select(async table =>
        {
            string file = table + ".csv";
            DapproxRun run = await DapproxRun.RunAsync(
                "evaluate", "--first", "20", "--quantise", "int8", "--multiplier", table, "--signed", "--logits", file);
            Assert.Equal(0, run.ExitCode);
            return await File.ReadAllTextAsync(file);
        }));

        Assert.NotEqual(logits[0], logits[1]);
    }

    [Fact]
    public async Task Compare_MixesFloatsAndIntegers()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "compare", "exact,ax-fpm,exact-int8,array:8:ama5:columns=6,drum:8:k=4", "--first", "100", "--quantise", "int8", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonElement[] rows = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(
            ["exact", "ax-fpm", "exact-int8", "array:8:ama5:columns=6", "drum:8:k=4"],
            rows.Select(row => row.GetProperty("multiplier").GetString()));
        Assert.All(rows, row => Assert.InRange(row.GetProperty("accuracy").GetDouble(), 0.8, 1));
        double[] energy = [.. rows.Take(4).Select(row => row.GetProperty("relativeEnergy").GetDouble())];
        // An 8-bit multiplier has about a ninth of the cells of the 24-bit array in a float multiplier.
        Assert.InRange(energy[2], 0.01, 0.2);
        Assert.InRange(energy[3], 0.01, energy[2]);
        Assert.Contains("not by a circuit", rows[4].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, rows[2].GetProperty("mred").GetDouble());
        Assert.InRange(rows[4].GetProperty("mred").GetDouble(), 0.05, 0.07);
    }

    [Fact]
    public async Task Attack_OnAQuantisedNetwork_FindsExamples_WithEachEstimator()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "attack", "pgd", "--epsilon", "0.3", "--first", "10", "--quantise", "int8", "--multiplier", "drum:8:k=3", "--gradient",
            "straight-through,gain-matched,smoothed", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("quantisation", run.Json.EnumerateObject().Select(field => field.Name));
        Assert.Contains("\"exact-int8\"", $"{run.Json}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate --quantise int8 --multiplier exact-int8@sat16", "the accumulator 'sat16' is not of the form int16, uint16")]
    [InlineData("evaluate --quantise int8 --multiplier exact-int8@int12", "gives the product 16384; its accumulator holds -2048 to 2047")]
    [InlineData("evaluate --quantise int8 --multiplier exact-int9@int12", "exact-int9")]
    [InlineData("evaluate --quantise int8 --multiplier exact-int8@none.v", "none.v")]
    [InlineData("evaluate --multiplier ax-fpm@int16", "only a multiplier of integers takes an accumulator, 'int16'")]
    [InlineData("evaluate --multiplier exact-int8@int16", "exact-int8@int16 multiplies integers, and the network floats; quantise it")]
    [InlineData("evaluate --multiplier exact-int8", "exact-int8 multiplies integers, and the network floats; quantise it: --quantise int8")]
    [InlineData("evaluate --quantise int8 --multiplier ax-fpm", "ax-fpm multiplies floats, and the network integers")]
    [InlineData("evaluate --quantise int9", "--quantise is 'int9'; give int4 to int8")]
    [InlineData("evaluate --quantise 8", "--quantise is '8'; give int4 to int8")]
    [InlineData("evaluate --quantise int8 --split train", "--quantise takes the first 512 training images, and --split train uses")]
    [InlineData("evaluate --range mse", "--range is given without --quantise; give both, or neither")]
    [InlineData("evaluate --signs offset", "--signs is given without --quantise; give both, or neither")]
    [InlineData("evaluate --multiplier array:8 --signed", "--signed is given without --quantise; give both, or neither")]
    [InlineData("compare exact --first 1 --weight-scales per-tensor", "--weight-scales is given without --quantise")]
    [InlineData("evaluate --quantise int8 --range middle", "unknown value of --range 'middle'")]
    public async Task WrongOptions_AreRefusedInOneLine(string words, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(words.Split(' '));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
