using System.Text.Json;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class AttackCommandTests : IDisposable
{
    static readonly string[] Names = [.. AttackCatalogue.All.Select(entry => entry.Name)];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Attacks_Json_ListsAllWithWhatTheyNeed()
    {
        DapproxRun run = await DapproxRun.RunAsync("attacks", "--json");

        JsonElement[] attacks = [.. run.Json.GetProperty("attacks").EnumerateArray()];
        Assert.Equal(Names, attacks.Select(attack => attack.GetProperty("name").GetString()));
        Assert.All(attacks, attack => Assert.Equal(
            ["name", "summary", "norms", "knowledge", "budget", "targeted", "presets", "source", "bestFor"],
            attack.EnumerateObject().Select(field => field.Name)));
        // The paper's eight have the settings of Foolbox 2.4.
        Assert.All(
            attacks[..8],
            attack => Assert.Contains("foolbox-2.4", attack.GetProperty("presets").EnumerateArray().Select(preset => preset.GetString())));
        Assert.Equal(
            ["straight-through", "gain-matched", "smoothed", "finite-difference", "nes", "spsa"],
            run.Json.GetProperty("backwardRules").EnumerateArray().Select(rule => rule.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("--preset", "released")]
    [InlineData("--preset=released")]
    public async Task Preset_ByItsFormerName_IsUnderstoodWithANote(params string[] preset)
    {
        DapproxRun run = await DapproxRun.RunAsync(["attack", "fgsm", "--first", "1", "--json", .. preset]);

        Assert.Equal("note: released is called foolbox-2.4 now\n", run.Error);
        Assert.Contains("RefinesOnGrid = True", run.Json.GetProperty("settings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attacks_Table_NamesAll()
    {
        DapproxRun run = await DapproxRun.RunAsync("attacks");

        Assert.All(Names, name => Assert.Contains($"\n{name} ", run.Output, StringComparison.Ordinal));
    }

    [FactOf(Tier.Ci)]
    public async Task Attack_Saved_SaysWhere_KeepsItAndCanBeQueried()
    {
        string saved = folder.File("saved");
        string[] attack = ["attack", "fgsm", "--epsilon", "0.05", "--first", "5", "--save", saved];

        DapproxRun run = await DapproxRun.RunAsync(attack);
        DapproxRun again = await DapproxRun.RunAsync(attack);
        DapproxRun query = await DapproxRun.RunAsync(
            "results", "query", "SELECT sum(success::INT), count(*) FROM attack", "--run", saved, "--json");

        string[] files = ["records.parquet", "adversarial-0.05.safetensors", "grid.png", "curve.png"];
        Assert.All(files, file => Assert.Contains(Path.Combine(saved, file), run.Output, StringComparison.Ordinal));
        again.AssertRefused("holds the results of an attack");
        Tensor success = Safetensors.Load(Path.Combine(saved, files[1])).Tensors["success"];
        Assert.Equal(5, success.Data.Length);
        Assert.Equal(
            $"[{success.Data.Sum()},5]",
            query.Json.GetProperty("rows")[0].GetRawText().Replace(
                "\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    // Budgets that take no time: what the attacks are worth is tested elsewhere.
    [TheoryOf(Tier.Ci)]
    [InlineData("fgsm")]
    [InlineData("pgd", "--preset", "foolbox-2.4", "--epsilon", "0.1", "--norm", "l2", "--steps", "3", "--targeted")]
    [InlineData("jsma", "--variant", "art-target-gradient", "--gamma", "0.02", "--targeted")]
    [InlineData("cw", "--search-steps", "2", "--iterations", "20", "--confidence", "1")]
    [InlineData("deepfool", "--preset", "foolbox-2.4")]
    [InlineData("lsa", "--rounds", "2", "--pixel-order", "lowest")]
    [InlineData("boundary", "--steps", "20", "--max-queries", "3000")]
    [InlineData("hopskipjump", "--iterations", "1", "--norm", "linf", "--targeted")]
    [InlineData("apgd", "--epsilon", "0.1", "--loss", "targeted-dlr", "--restarts", "1", "--steps", "5")]
    [InlineData("fab", "--steps", "3", "--restarts", "1", "--boundaries", "2")]
    [InlineData("square", "--epsilon", "0.1", "--queries", "50")]
    [InlineData("mi-fgsm", "--epsilon", "0.1")]
    [InlineData("noise", "--epsilon", "0.1", "--draws", "20", "--norm", "l2")]
    [InlineData("autoattack", "--epsilon", "0.3")]
    [InlineData("apgd", "--norm", "l1", "--restarts", "1", "--steps", "10")]
    [InlineData("ddn", "--steps", "20")]
    [InlineData("fmn", "--steps", "20", "--norm", "l1", "--step-size", "2")]
    [InlineData("pdpgd", "--steps", "20", "--norm", "linf", "--targeted")]
    [InlineData("sigma-zero", "--steps", "20")]
    [InlineData("ead", "--search-steps", "2", "--iterations", "20", "--beta", "0.1")]
    [InlineData("best", "--norm", "l0", "--budget", "60")]
    [InlineData("rays", "--queries", "100")]
    [InlineData("surfree", "--steps", "10", "--frequencies", "0.3", "--targeted")]
    [InlineData("geoda", "--evaluations", "100", "--iterations", "2", "--norm", "linf")]
    public async Task Attack_EachByItsName_PrintsOneObjectAndSavesWhatItFound(string name, params string[] options)
    {
        DapproxRun run = await DapproxRun.RunAsync(["attack", name, .. options, "--first", "3", "--save", folder.Path, "--json"]);

        Assert.Equal("", run.Error);
        Assert.Equal(name, run.Json.GetProperty("attack").GetString());
        JsonElement result = run.Json.GetProperty("results")[0];
        Assert.Equal(options.Contains("--epsilon") ? JsonValueKind.Number : JsonValueKind.Null, result.GetProperty("epsilon").ValueKind);
        JsonElement[] curve = [.. run.Json.GetProperty("curve").EnumerateArray()];
        // With a budget there is one point, at it: nothing was measured below.
        if (options.Contains("--epsilon"))
            Assert.Equal([result.GetProperty("epsilon").GetDouble()], curve.Select(point => point[0].GetDouble()));
        else
            Assert.Equal((0, 1), (curve[0][0].GetDouble(), curve[0][1].GetDouble()));
        Assert.Equal(result.GetProperty("robustAccuracy").GetDouble(), curve[^1][1].GetDouble());
        Assert.Equal(3, result.GetProperty("reasons").EnumerateObject().Sum(reason => reason.Value.GetInt32()));
        Assert.Equal(3, Parquet.Rows(folder.File("records.parquet")).Length);
        Assert.Equal("PNG"u8, File.ReadAllBytes(folder.File("curve.png")).AsSpan(1, 3));
        Assert.Equal("PNG"u8, File.ReadAllBytes(folder.File("grid.png")).AsSpan(1, 3));
        Assert.Single(Directory.GetFiles(folder.Path, "adversarial*.safetensors"));
    }

    // A mean over equal members is each of them; over others it is not.
    [FactOf(Tier.Ci)]
    public async Task Attack_TogetherWith_AttacksTheMeanOfTheLogits()
    {
        string[] attack = ["attack", "deepfool", "--first", "5", "--try-on", "bfloat16", "--json"];
        DapproxRun alone = await DapproxRun.RunAsync(attack);
        DapproxRun same = await DapproxRun.RunAsync([.. attack, "--together-with", "exact"]);
        DapproxRun other = await DapproxRun.RunAsync([.. attack, "--together-with", "ax-fpm,bfloat16"]);

        Assert.Equal(MeanL2(alone), MeanL2(same));
        Assert.NotEqual(MeanL2(alone), MeanL2(other));
        Assert.Equal(1, other.Json.GetProperty("results")[0].GetProperty("success").GetDouble());

        static double MeanL2(DapproxRun run) => run.Json.GetProperty("results")[0].GetProperty("meanL2").GetDouble();
    }

    [FactOf(Tier.Ci)]
    public async Task Attack_UnderSeveralBackwardRules_TakesTheNearestOfEachImage()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "attack", "deepfool", "--multiplier", "ax-fpm", "--gradient", "straight-through,gain-matched,smoothed", "--first", "10",
            "--save", folder.Path, "--json");

        JsonElement result = run.Json.GetProperty("results")[0];
        JsonElement[] rules = [.. result.GetProperty("backward").EnumerateArray()];
        Assert.Equal(["straight-through", "gain-matched", "smoothed"], rules.Select(rule => rule.GetProperty("rule").GetString()));
        Assert.Equal(1, result.GetProperty("success").GetDouble());
        Assert.Equal(rules.Sum(rule => rule.GetProperty("meanQueries").GetDouble()), result.GetProperty("meanQueries").GetDouble(), 1e-9);
        string[] nearest = Parquet.Rows(
            folder.File("records.parquet"), "min(l2) FILTER (success) OVER (PARTITION BY image) AS nearest, image").Distinct().ToArray();
        Assert.Equal(
            nearest.Average(row => double.Parse(row.Split('|')[0], System.Globalization.CultureInfo.InvariantCulture)),
            result.GetProperty("meanL2").GetDouble(), 1e-9);
    }

    [FactOf(Tier.Ci)]
    public async Task Attack_Resumed_GivesTheResultsOfAnUninterruptedRun_AndRefusesAnotherAttacksState()
    {
        string[] attack = ["attack", "hopskipjump", "--first", "3", "--iterations", "2", "--json"];

        DapproxRun whole = await DapproxRun.RunAsync(attack);
        DapproxRun first = await DapproxRun.RunAsync([.. attack, "--resume", folder.File("state")]);
        DapproxRun again = await DapproxRun.RunAsync([.. attack, "--resume", folder.File("state")]);
        DapproxRun other = await DapproxRun.RunAsync([.. attack, "--seed", "2", "--resume", folder.File("state")]);
        await File.WriteAllTextAsync(folder.File("damaged"), "no state", TestContext.Current.CancellationToken);
        DapproxRun damaged = await DapproxRun.RunAsync([.. attack, "--resume", folder.File("damaged")]);

        Assert.Equal(Numbers(whole), Numbers(first));
        Assert.Equal(Numbers(whole), Numbers(again));
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("is the state of another attack", other.Error, StringComparison.Ordinal);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Single(damaged.Error.TrimEnd().Split('\n'));

        static string Numbers(DapproxRun run) =>
            string.Join(
                ' ',
                run.Json.GetProperty("results")[0].EnumerateObject().Where(
                    field => field.Name != "seconds").Select(field => field.Value.ToString()));
    }

    [FactOf(Tier.Ci)]
    public async Task Attack_Resumed_TakesMoreImages_AndRefusesTheStateOfOtherWeights()
    {
        string[] attack = ["attack", "boundary", "--steps", "2", "--resume", folder.File("state"), "--json"];
        Dictionary<string, Tensor> weights = new(TrainedModels.Weights("lenet5-digits"));
        string name = weights.Keys.First();
        Tensor changed = weights[name].Clone();
        changed.Data[0] += 0.01f;
        weights[name] = changed;
        Safetensors.Save(folder.File("lenet5-digits.safetensors"), weights);

        DapproxRun one = await DapproxRun.RunAsync([.. attack, "--first", "1"]);
        DapproxRun more = await DapproxRun.RunAsync([.. attack, "--skip", "1", "--first", "2"]);
        DapproxRun other = await DapproxRun.RunAsync([.. attack, "--first", "1", "--model", folder.File("lenet5-digits.safetensors")]);

        Assert.Equal((0, 0, 1), (one.ExitCode, more.ExitCode, other.ExitCode));
        Assert.Contains("is the state of another attack (boundary against lenet5-digits on digits", other.Error, StringComparison.Ordinal);
    }
}
