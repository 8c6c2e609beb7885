using System.Text.Json;
using Dapprox.Cli.Options;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class AssignCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The whole way: the best assignment is a multiplier that has the accuracy that was found.
    [Fact]
    public async Task Assign_FindsAFront_WhoseFilesAreMultipliers()
    {
        string output = folder.File("assigned");
        string[] small = ["--quantise", "int8", "--first", "200", "--range-images", "100"];
        DapproxRun run = await DapproxRun.RunAsync(
            [
                "assign", "--from", "array:8:vertical=6,array:8:vertical=9", "--search-images", "200", "--validation-images", "300",
                .. small, "--out", output, "--json",
            ]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(200, run.Json.GetProperty("searchImages").GetInt32());
        Assert.Equal(300, run.Json.GetProperty("validationImages").GetInt32());
        JsonElement[] front = [.. run.Json.GetProperty("front").EnumerateArray()];
        Assert.NotEmpty(front);
        double exact = run.Json.GetProperty("exact").GetProperty("accuracy").GetDouble();
        double previous = 0;
        foreach (JsonElement point in front)
        {
            Assert.Equal(4, point.GetProperty("layers").GetArrayLength());
            Assert.Equal(100 * (exact - point.GetProperty("accuracy").GetDouble()), point.GetProperty("loss").GetDouble(), 1e-9);
            Assert.InRange(point.GetProperty("energy").GetDouble(), previous - 0.02, 1.02);
            previous = point.GetProperty("energy").GetDouble();
        }

        JsonElement best = front[run.Json.GetProperty("best").GetInt32() - 1];
        Assert.True(best.GetProperty("loss").GetDouble() <= 1);
        string file = best.GetProperty("file").GetString()!;
        string written = string.Join('+', best.GetProperty("layers").EnumerateArray()
            .Select(part => $"{part.GetProperty("multiplier").GetString()}:{part.GetProperty("layer").GetString()}"));
        foreach (string multiplier in (string[])[file, written])
        {
            DapproxRun again = await DapproxRun.RunAsync(["evaluate", "--multiplier", multiplier, .. small, "--json"]);
            Assert.Equal(best.GetProperty("correct").GetInt32(), again.Json.GetProperty("correct").GetInt32());
        }

        DapproxRun floats = await DapproxRun.RunAsync("evaluate", "--multiplier", file);
        Assert.Contains("assigns multipliers of integers, and the network is one of floats", floats.Error, StringComparison.Ordinal);
        DapproxRun audit = await DapproxRun.RunAsync("audit", "--multiplier", file, "--out", folder.File("audit"));
        Assert.Contains("assigns multipliers of integers, and the network is one of floats", audit.Error, StringComparison.Ordinal);
        Assert.Equal(1 + front.Length, (await File.ReadAllLinesAsync(Path.Combine(output, "front.csv"))).Length);
        Assert.True(new FileInfo(Path.Combine(output, "front.png")).Length > 1000);
    }

    [Theory]
    [InlineData("is known by what it computes", "--from", "drum:8:k=4", "--quantise", "int8")]
    [InlineData("multiplies integers, and the network floats; quantise it", "--from", "exact-int8")]
    [InlineData("is an assignment; give multipliers", "--from", "exact-int8:conv1+exact-int8:conv2", "--quantise", "int8")]
    [InlineData("Option '--from' is required")]
    public async Task Assign_RefusesInOneLine(string reason, params string[] options)
    {
        DapproxRun run = await DapproxRun.RunAsync(["assign", .. options, "--out", folder.File("out")]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Error.Trim());
    }

    [Theory]
    [InlineData("ax-fpm")]
    [InlineData("array:8:ama5")]
    [InlineData("array:8:by-column=2xfa+ama5")]
    [InlineData("array:8:amma5")]
    [InlineData("drum:8:k=4")]
    [InlineData("circuit.v")]
    [InlineData("a+b+c")]
    [InlineData("")]
    public void OneMultiplier_IsNoAssignment(string given) => Assert.Null(AssignedLayers.Of(given));

    [Theory]
    [InlineData("ax-fpm:convolutions", "ax-fpm", "convolutions")]
    [InlineData("ax-fpm:conv1", "ax-fpm", "conv1")]
    [InlineData("ax-fpm:conv1+bfloat16:dense", "ax-fpm", "conv1", "bfloat16", "dense")]
    [InlineData("array:8:by-column=2xfa+ama5:conv1+drum:8:k=4:conv*", "array:8:by-column=2xfa+ama5", "conv1", "drum:8:k=4", "conv*")]
    [InlineData("array:8:ama1:columns=8:a/b+my.v:c", "array:8:ama1:columns=8", "a/b", "my.v", "c")]
    public void WrittenForms_AreTakenApart(string given, params string[] expected) =>
        Assert.Equal(expected, AssignedLayers.Of(given)!.Parts.SelectMany(part => (string[])[part.Multiplier, part.Layers]));

    // Every + could end a part; trying all of them would take for ever.
    [Fact]
    public void LongListsOfParts_EndSoon() => Assert.Null(AssignedLayers.Of(string.Join('+', Enumerable.Repeat("exact:a", 300)) + "+x=1"));

    [Theory]
    [InlineData("{}", null)]
    [InlineData("not JSON", null)]
    [InlineData("""{"layers": 3}""", null)]
    [InlineData("""{"layers": []}""", "assigns a multiplier to no layer")]
    [InlineData("""{"layers": [3]}""", "is damaged")]
    [InlineData("""{"layers": [{"layer": "a"}]}""", "is damaged")]
    [InlineData("""{"numbers": 8, "layers": [{"layer": "a", "multiplier": "b"}]}""", "its 'numbers' are 'integers' or 'floats'")]
    public void FilesOfSomethingElse_AreNotRead_AndDamagedOnesRefused(string content, string? reason)
    {
        string file = folder.File("a.json");
        File.WriteAllText(file, content);

        if (reason is null)
            Assert.Null(AssignmentFile.TryRead(file));
        else
            Assert.Contains(reason, Assert.Throws<InputException>(() => AssignmentFile.TryRead(file)).Message, StringComparison.Ordinal);
    }

    // The folder can be moved with the circuits in it.
    [Fact]
    public void Circuits_AreNamedRelativeToTheFile()
    {
        string circuit = folder.File("c.v"), file = folder.File("a.json");
        File.WriteAllText(circuit, "");
        AssignmentFile.Write(file, "n", areIntegers: true, [("conv1", circuit), ("conv2", "exact-int8")]);

        Assert.Contains("\"c.v\"", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal([(circuit, "conv1"), ("exact-int8", "conv2")], AssignmentFile.TryRead(file)!.Parts);
        Assert.True(AssignmentFile.TryRead(file)!.AreIntegers);
    }
}
