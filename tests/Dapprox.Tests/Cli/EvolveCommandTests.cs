using System.Globalization;
using System.Text.Json;
using Dapprox.Circuits.Formats;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class EvolveCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FactOf(Tier.Ci)]
    public async Task Evolve_OfASmallMultiplier_WritesCircuitsThatOtherCommandsMeasureAlike()
    {
        string[] search = ["evolve", "array:4", "--metric", "mre", "--at-most", "0.05", "--out", folder.File("front"), "--json"];
        DapproxRun first = await DapproxRun.RunAsync([.. search, "--generations", "1500"]);
        DapproxRun more = await DapproxRun.RunAsync([.. search, "--generations", "5000"]);
        DapproxRun whole = await DapproxRun.RunAsync(
            [.. search[..^2], folder.File("whole"), "--state", folder.File("other"), "--json", "--generations", "5000"]);

        Assert.Equal((0, 2000), (first.ExitCode, first.Json.GetProperty("generations").GetInt32()));
        Assert.Equal(whole.Json.GetProperty("front").GetRawText(), more.Json.GetProperty("front").GetRawText());
        JsonElement[] front = [.. more.Json.GetProperty("front").EnumerateArray()];
        Assert.True(front.Length > 1);
        foreach (JsonElement one in front)
        {
            string file = folder.File($"front/{one.GetProperty("name").GetString()}.v");
            DapproxRun metrics = await DapproxRun.RunAsync("circuit", "metrics", file, "--json");
            Assert.Equal(metrics.Json.GetProperty("mae").GetDouble(), one.GetProperty("mae").GetDouble());
            Assert.Equal(metrics.Json.GetProperty("mreWithZeros").GetDouble(), one.GetProperty("mre").GetDouble());
            Assert.InRange(one.GetProperty("mre").GetDouble(), 0, 0.05);
        }

        Assert.True(front[0].GetProperty("area").GetDouble() < 1);
        Assert.Equal(1 + front.Length, File.ReadAllLines(folder.File("front/front.csv")).Length);
        Assert.Equal(
            "dapprox evolve array:4 --metric mre --at-most 0.05 --seed 1 --generations 5000",
            CircuitFiles.Open(folder.File("front/evolved-01.json")).Source);
        DapproxRun other = await DapproxRun.RunAsync([.. search, "--seed", "2"]);
        other.AssertRefused("another search");
    }

    [FactOf(Tier.Ci)]
    public async Task Evolve_ByTheOperandsOfANetwork_SaysWhatItIsWeightedBy()
    {
        string[] search =
        [
            "evolve", "dadda:6", "--metric", "mre", "--at-most", "0.05", "--generations", "1500", "--out", folder.File("front"),
            "--operands-from", "lenet5-digits", "--dataset", "digits", "--operand-images", "40",
        ];
        DapproxRun run = await DapproxRun.RunAsync([.. search, "--layers", "conv*", "--json"]);

        Assert.Equal(0, run.ExitCode);
        JsonElement by = run.Json.GetProperty("weightedBy");
        Assert.Equal(
            ("lenet5-digits", "train", 40, "conv*"),
            (by.GetProperty("network").GetString(), by.GetProperty("split").GetString(), by.GetProperty("images").GetInt32(),
                by.GetProperty("layers").GetString()));
        JsonElement one = run.Json.GetProperty("front")[0];
        Assert.InRange(one.GetProperty("weightedError").GetDouble(), 0, 0.05);
        // The other errors are those of all pairs.
        DapproxRun metrics = await DapproxRun.RunAsync("circuit", "metrics", folder.File("front/evolved-01.v"), "--json");
        Assert.Equal(metrics.Json.GetProperty("mreWithZeros").GetDouble(), one.GetProperty("mre").GetDouble());
        Assert.NotEqual(one.GetProperty("weightedError").GetDouble(), one.GetProperty("mre").GetDouble());
        Assert.Contains("weightedError", File.ReadLines(folder.File("front/front.csv")).First(), StringComparison.Ordinal);
        Assert.Equal(
            "dapprox evolve dadda:6 --metric mre --at-most 0.05 --operands-from lenet5-digits --dataset digits --layers conv* "
                + "--operand-images 40 --seed 1 --generations 2000",
            CircuitFiles.Open(folder.File("front/evolved-01.json")).Source);
        (await DapproxRun.RunAsync(search)).AssertRefused("another search");
        DapproxRun shown = await DapproxRun.RunAsync([.. search, "--state", folder.File("other.json")]);
        Assert.Contains("weighted mre: by the operands of lenet5-digits in all layers (40 training images of digits", shown.Output,
            StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("dadda:8 --metric wce --at-most 1 --operands-from lenet5-digits --dataset digits", "wce is none")]
    [InlineData("dadda:8 --metric mae --at-most 1 --operands-from nothing --dataset digits", "nothing")]
    [InlineData("dadda:8 --metric mae --at-most 1 --operands-from alexnet-cifar-10 --dataset digits", "choose a data set or a model")]
    [InlineData("dadda:8 --metric mae --at-most 1 --operands-from lenet5-digits --dataset digits --layers no", "no layer is 'no'")]
    [InlineData("dadda:10 --metric mae --at-most 1 --operands-from lenet5-digits --dataset digits", "operands of 4 to 8 bits")]
    [InlineData("dadda:8 --metric mae --at-most 1 --operands-from lenet5-digits --dataset digits --signed --signs offset", "--signs")]
    [InlineData("dadda:8 --metric mae --at-most 1 --layers conv1", "--layers is given without --operands-from")]
    [InlineData("array:4 --at-most 1", "--metric")]
    [InlineData("array:4 --metric mae", "--at-most")]
    [InlineData("array:4 --metric mae --at-most -1", "at least 0")]
    [InlineData("array:4 --metric mean --at-most 1", "unknown error metric 'mean'")]
    [InlineData("array:4 --metric ep --at-most 0.1 --avoid-bias", "no sign")]
    [InlineData("array:20 --metric mae --at-most 1", "at most 32 bits")]
    [InlineData("drum:8:k=4 --metric mae --at-most 1", "has no circuit")]
    [InlineData("evo8u-mae-51 --metric mae --at-most 1", "did you mean 'evo8u-mae-5")]
    [InlineData("array:4 --metric mae --at-most 1 --minutes 0", "above 0")]
    [InlineData("array:4:vertical=7 --metric mae --at-most 0 --generations 1", "no circuit with mae of at most 0 was found")]
    public async Task Evolve_WithAMistake_SaysSoInOneLine(string arguments, string reason)
    {
        DapproxRun run = await DapproxRun.RunAsync(["evolve", .. arguments.Split(' '), "--out", folder.File("front")]);

        run.AssertRefused(reason);
    }

    [FactOf(Tier.Ci)]
    public async Task Evolve_IntoAFolderOfAnotherSearch_RemovesItsCircuitsAndNoOtherFile()
    {
        string[] search = ["evolve", "array:4", "--metric", "mae", "--out", folder.File("front"), "--generations", "1000"];
        Assert.Equal(0, (await DapproxRun.RunAsync([.. search, "--at-most", "2"])).ExitCode);
        File.Delete(folder.File("front/state.json"));
        string[] earlier = Directory.GetFiles(folder.File("front"), "evolved-*.json");
        Assert.True(earlier.Length > 1);
        string own = folder.File("front/evolved-notes.json"), after = folder.File($"front/evolved-{earlier.Length + 1:D2}.json");
        File.WriteAllText(own, "{}");
        File.WriteAllText(after, "{}");

        // Of a bound of 0 the front is one circuit.
        DapproxRun exact = await DapproxRun.RunAsync([.. search, "--at-most", "0"]);

        Assert.Equal(0, exact.ExitCode);
        Assert.Equal(
            [after, own, folder.File("front/evolved-01.json"), folder.File("front/evolved-01.v")],
            Directory.GetFiles(folder.File("front"), "evolved-*").OrderBy(file => file != after).ThenBy(file => file != own)
                .ThenBy(file => file, StringComparer.Ordinal));
    }

    [FactOf(Tier.Ci)]
    public async Task Evaluate_WithAnEvolvedMultiplier_TakesItsName()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "evaluate", "--quantise", "int8", "--multiplier", "evo8s-mre-0.05", "--first", "50", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.InRange(run.Json.GetProperty("accuracy").GetDouble(), 0.9, 1);
    }

    // The document's table is what the command prints, and keeps the ratios that it says.
    [FactOf(Tier.Long)]
    public async Task Document_OfEvolvedMultipliers_HasTheAreasOfTheCommand()
    {
        string library = Path.Combine(DataFolder.Reference, "sky130", "sky130hd_tt.lib.gz");
        Circuits.Formats.Tool.Require("yosys");
        DapproxRun run = await DapproxRun.RunAsync("multipliers", "--evolved", "--liberty", library, "--json");
        Dictionary<string, double> areas = run.Json.GetProperty("evolved").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("mappedArea").GetDouble());
        string[][] rows =
        [
            .. File.ReadLines(Repository.Path("docs/circuits.md"))
                .Where(line => line.Contains("| `evo8", StringComparison.Ordinal))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)),
        ];

        Assert.True(rows.Length >= 16);
        Assert.All(rows, row =>
        {
            string name = row[2].Trim('`');
            double area = areas[name], exact = name.StartsWith("evo8u", StringComparison.Ordinal) ? 1981.9 : 1938.1, other = Number(row[5]);
            Assert.Equal(Number(row[3]), area, 0.051);
            Assert.Equal(Number(row[4]), area / exact, 0.0006);
            Assert.Equal(Number(row[6]), area / exact / other, 0.002);
        });

        static double Number(string text) => double.Parse(text.Trim('*'), CultureInfo.InvariantCulture);
    }
}
