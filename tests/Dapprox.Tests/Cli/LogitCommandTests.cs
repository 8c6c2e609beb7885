using System.Text.Json;
using System.Text.Json.Nodes;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Formats.Onnx;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>Networks whose outputs are no logits: each command takes the logits, or says that there are none.</summary>
public sealed class LogitCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public static TheoryData<string> Attacks =>
    [
        "deepfool", "cw --search-steps 3 --iterations 30", "pgd --epsilon 0.1 --steps 10", "apgd --epsilon 0.1 --steps 10 --restarts 1",
        "square --epsilon 0.2 --queries 60", "hopskipjump --iterations 2",
    ];

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(Attacks))]
    public async Task Attack_OnAFileThatEndsInASoftmax_IsThatOnItsLogits_ToTheBit(string attack)
    {
        string plain = OnnxFile.WriteDigits(folder.File("plain.onnx")),
            softmax = OnnxFile.WriteDigits(folder.File("softmax.onnx"), (graph, logits) => graph.Node("Softmax", [logits], ("axis", 1))),
            logarithm = OnnxFile.WriteDigits(folder.File("logarithm.onnx"), (graph, logits) => graph.Node(
                "Reshape", [graph.Node("LogSoftmax", [graph.Node("Identity", [logits])], ("axis", -1)), graph.Integers(0, 10)]));

        (string expected, byte[] image, string quiet) = await AttackAsync(attack, plain);
        (string ofSoftmax, byte[] imageOfSoftmax, string note) = await AttackAsync(attack, softmax);
        (string ofLogarithm, byte[] imageOfLogarithm, string other) = await AttackAsync(attack, logarithm);

        Assert.Equal((expected, expected), (ofSoftmax, ofLogarithm));
        Assert.Equal(image, imageOfSoftmax);
        Assert.Equal(image, imageOfLogarithm);
        Assert.Equal("", quiet);
        Assert.Contains("note: softmax ends in a softmax (the layer 'Softmax", note, StringComparison.Ordinal);
        Assert.Contains("note: logarithm ends in a log-softmax (the layer 'LogSoftmax", other, StringComparison.Ordinal);
        Assert.Single(note.TrimEnd().Split('\n'));
    }

    // The index of the class has no gradient, and no margin.
    [Fact]
    public void AFileThatEndsInAnIndex_IsThatOnItsLogits()
    {
        Network plain = TrainedModels.Load(OnnxFile.WriteDigits(folder.File("plain.onnx")));
        Network index = TrainedModels.Load(OnnxFile.WriteDigits(
            folder.File("index.onnx"), (graph, logits) => graph.Node("ArgMax", [logits], ("axis", 1), ("keepdims", 0))));
        Network both = TrainedModels.Load(OnnxFile.WriteDigits(folder.File("both.onnx"), (graph, logits) => graph.Node(
            "Cast", [graph.Node("ArgMax", [graph.Node("Softmax", [logits], ("axis", 1))], ("axis", -1))], ("to", 6))));
        Tensor images = Datasets.Load("digits", Split.Test).Images(0, 5);

        Assert.Equal(plain.Forward(images).Data, index.Forward(images).Data);
        Assert.Equal(plain.Forward(images).Data, both.Forward(images).Data);
        Assert.Matches(
            @"^ends in the index of the largest number \(the layer 'ArgMax\d+'\); its input counts as the logits$", index.RemovedEnd);
        Assert.Matches(
            @"^ends in the index of the largest number \(the layer 'ArgMax\d+'\) behind a softmax \(the layer 'Softmax\d+'\); its input",
            both.RemovedEnd);
    }

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(Attacks))]
    public async Task Attack_OnASigmoidOfOneOutput_IsThatOnTwoLogits_ToTheBit(string attack)
    {
        string sigmoid = OnnxFile.WriteSmall(
            folder.File("sigmoid.onnx"),
            (graph, hidden) => graph.Node("Sigmoid", [graph.Node("Gemm", [hidden, Column(graph, 1), graph.Constant([0.125f], 1)])]));
        // The logit of class 0 is zero: its weights and its bias are.
        string twin = OnnxFile.WriteSmall(
            folder.File("twin.onnx"),
            (graph, hidden) => graph.Node("Gemm", [hidden, Column(graph, 2), graph.Constant([0, 0.125f], 2)]));
        string[] pictures = OnnxFile.WritePictures(folder, sigmoid, 8, scores => scores[0] > 0.5f ? 1 : 0);

        (string expected, byte[] image, _) = await AttackAsync(attack, twin, pictures);
        (string actual, byte[] imageOfSigmoid, string note) = await AttackAsync(attack, sigmoid, pictures);

        Assert.Equal(expected, actual);
        Assert.Equal(image, imageOfSigmoid);
        Assert.Contains("note: sigmoid ends in a sigmoid of one output z (the layer 'Sigmoid", note, StringComparison.Ordinal);
        JsonElement run = JsonDocument.Parse(actual).RootElement;
        Assert.Equal(8, run.GetProperty("cleanCorrect").GetInt32());
        Assert.True(run.GetProperty("results")[0].GetProperty("success").GetDouble() > 0);

        // One weight for each of eight numbers; with two outputs, zeros before it.
        static string Column(OnnxGraph graph, int outputs) => graph.Constant(
            [.. Enumerable.Range(0, 8).SelectMany(i => new float[outputs - 1].Append((i % 2 == 0 ? 1 : -1) * (0.5f + i / 16f)))],
            8, outputs);
    }

    [Fact]
    public async Task OneOutputWithoutASigmoid_IsRefusedByEachCommandThatClassifies()
    {
        string linear = OnnxFile.WriteSmall(
            folder.File("linear.onnx"), (graph, hidden) => graph.Node("Gemm", [hidden, graph.Weights(1, 8, 1)]));
        string[] pictures = OnnxFile.WritePictures(folder, linear, 3, scores => scores[0] > 0 ? 1 : 0);

        string[] commands = ["evaluate", "attack pgd --epsilon 0.1", "compare exact", $"audit --out {folder.File("audit")}"];
        foreach (string command in commands)
        {
            DapproxRun run = await DapproxRun.RunAsync([.. command.Split(' '), "--model", linear, .. pictures]);

            run.AssertRefused("linear gives one number for each image and no sigmoid of it");
            Assert.Contains("export it with a final sigmoid (class 1 above 0.5)", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Inspect_ShowsTheSoftmaxThatTheFileHas()
    {
        string file = OnnxFile.WriteDigits(folder.File("softmax.onnx"), (graph, logits) => graph.Node("Softmax", [logits], ("axis", 1)));

        DapproxRun run = await DapproxRun.RunAsync("model", "inspect", file, "--json");

        Assert.Equal("softmax", run.Json.GetProperty("layers").EnumerateArray().Last().GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Finetune_OfAFileThatEndsInASoftmax_TrainsItsLogits_AndWritesTheSoftmaxBack()
    {
        string file = OnnxFile.WriteDigits(folder.File("softmax.onnx"), (graph, logits) => graph.Node("Softmax", [logits], ("axis", 1)));
        string plain = OnnxFile.WriteDigits(folder.File("plain.onnx"));
        string tuned = folder.File("tuned.onnx"), plainTuned = folder.File("plain-tuned.onnx");

        DapproxRun run = await Tune(file, tuned);
        await Tune(plain, plainTuned);

        Assert.Contains("note: softmax ends in a softmax", run.Error, StringComparison.Ordinal);
        GraphProto before = Graph(file), after = Graph(tuned), other = Graph(plainTuned);
        Assert.Equal(before.Node, after.Node);
        Assert.NotEqual(before.Initializer, after.Initializer);
        Assert.Equal(other.Initializer, after.Initializer);

        Task<DapproxRun> Tune(string from, string to) => DapproxRun.RunAsync(
            "finetune", "--model", from, "--multiplier", "ax-fpm", "--first", "60", "--epochs", "1", "--calibrate", "20", "--out", to);

        static GraphProto Graph(string path) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph;
    }

    [Fact]
    public async Task Calibrate_OfAFileThatEndsInASoftmax_WritesWhatItDoesWithoutIt()
    {
        string file = OnnxFile.WriteDigits(folder.File("softmax.onnx"), (graph, logits) => graph.Node("Softmax", [logits], ("axis", 1)));
        string plain = OnnxFile.WriteDigits(folder.File("plain.onnx"));

        DapproxRun run = await Calibrate(file, folder.File("a.onnx"));
        await Calibrate(plain, folder.File("b.onnx"));

        Assert.Contains("note: softmax ends in a softmax", run.Error, StringComparison.Ordinal);
        Assert.Equal(Graph(folder.File("b.onnx")).Initializer, Graph(folder.File("a.onnx")).Initializer);
        Assert.Equal("Softmax", Graph(folder.File("a.onnx")).Node[^1].OpType);

        static Task<DapproxRun> Calibrate(string from, string to) => DapproxRun.RunAsync(
            "calibrate", "--model", from, "--multiplier", "ax-fpm", "--first", "20", "--out", to);

        static GraphProto Graph(string path) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph;
    }

    // A multiplier that gives 0 leaves the biases, which are no bound of a sigmoid.
    [Fact]
    public async Task ScoresThatAreTheSameForAllImages_AreTheMultipliersDoing()
    {
        string table = folder.File("zero.csv");
        await File.WriteAllLinesAsync(
            table, Enumerable.Repeat(string.Join(',', Enumerable.Repeat(0, 256)), 256), TestContext.Current.CancellationToken);
        DapproxRun run = await DapproxRun.RunAsync(
            "evaluate", "--quantise", "int8", "--multiplier", table, "--unsigned", "--dataset", "digits", "--first", "60", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("gives the same scores for all 60 images", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("saturates", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tanh", "saturates: the largest score of ")]
    [InlineData("Sigmoid", "saturates: the largest score of ")]
    [InlineData("Relu", "saturates: the smallest score of ")]
    [InlineData("Clip", "saturates: the largest score of ")]
    [InlineData("Softmax", "gives scores that sum to one for 60 of 60 images")]
    public async Task SaturatingEnd_IsNoticed_ByEachCommandThatPredicts(string end, string warning)
    {
        string file = OnnxFile.WriteDigits(folder.File("end.onnx"), (graph, logits) => end switch
        {
            "Clip" => graph.Node(
                "Mul", [graph.Node("Clip", [logits, graph.Constant([-2]), graph.Constant([2])]), graph.Constant([3], 1)]),
            // Not the last operator, so that only the scores tell.
            "Softmax" => graph.Node("Relu", [graph.Node("Softmax", [logits], ("axis", 1))]),
            _ => graph.Node(end, [logits]),
        });

        DapproxRun evaluated = await DapproxRun.RunAsync("evaluate", "--model", file, "--first", "60", "--json");
        DapproxRun attacked = await DapproxRun.RunAsync("attack", "fgsm", "--epsilon", "0.1", "--model", file, "--first", "60", "--json");
        DapproxRun compared = await DapproxRun.RunAsync("compare", "exact,bfloat16", "--model", file, "--first", "60", "--json");

        Assert.StartsWith($"warning: end {warning}", evaluated.Error, StringComparison.Ordinal);
        Assert.Contains(": export it without ", evaluated.Error, StringComparison.Ordinal);
        Assert.StartsWith($"warning: end {warning}", attacked.Error, StringComparison.Ordinal);
        Assert.StartsWith($"warning: end with exact {warning}", compared.Error, StringComparison.Ordinal);
        Assert.All((DapproxRun[])[evaluated, attacked, compared], run =>
        {
            Assert.Single(run.Error.TrimEnd().Split('\n'));
            Assert.Contains(warning, run.Json.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task NonFiniteLogits_AreCounted_WithTheirLayer_AndFoolNobody(float value)
    {
        // Of the logits z: z + (z − z) / (z − z), or z · 1e38 · 1e38.
        string file = OnnxFile.WriteDigits(folder.File("broken.onnx"), (graph, logits) =>
        {
            if (float.IsNaN(value))
            {
                string zero = graph.Node("Sub", [logits, logits]);
                return graph.Node("Add", [logits, graph.Node("Div", [zero, zero])]);
            }

            return graph.Node("Mul", [graph.Node("Mul", [logits, graph.Constant([1e38f], 1)]), graph.Constant([1e38f], 1)]);
        });
        string layer = float.IsNaN(value) ? "Div" : "Mul";

        DapproxRun evaluated = await DapproxRun.RunAsync("evaluate", "--model", file, "--first", "20", "--json");
        DapproxRun attacked = await DapproxRun.RunAsync("attack", "pgd", "--epsilon", "0.3", "--model", file, "--first", "20", "--json");
        DapproxRun compared = await DapproxRun.RunAsync(
            "compare", "exact,ax-fpm", "--model", file, "--first", "20", "--epsilon", "0.3", "--json");

        Assert.All((DapproxRun[])[evaluated, attacked, compared], run =>
        {
            Assert.Equal(0, run.ExitCode);
            Assert.Contains(
                $"gives non-finite logits for 20 of 20 images, first in the layer '{layer}", run.Error, StringComparison.Ordinal);
        });
        foreach (JsonElement found in (JsonElement[])[evaluated.Json, attacked.Json, compared.Json.GetProperty("rows")[1]])
        {
            Assert.Equal(20, found.GetProperty("nonFinite").GetProperty("count").GetInt32());
            Assert.StartsWith(layer, found.GetProperty("nonFinite").GetProperty("layer").GetString(), StringComparison.Ordinal);
        }

        JsonElement result = attacked.Json.GetProperty("results")[0];
        // Without an attacked image, there is no success rate.
        Assert.Equal(0, result.GetProperty("success").ValueKind == JsonValueKind.Null ? 0 : result.GetProperty("success").GetDouble());
        Assert.False(result.GetProperty("reasons").TryGetProperty("Found", out _));
        if (float.IsNaN(value))
        {
            Assert.Equal(0, evaluated.Json.GetProperty("accuracy").GetDouble());
            Assert.Equal(20, result.GetProperty("reasons").GetProperty("NonFinite").GetInt32());
            Assert.Equal(0, attacked.Json.GetProperty("cleanCorrect").GetInt32());
        }
    }

    [Fact]
    public async Task Audit_OfNonFiniteLogits_SaysSo_BeforeItFindsNoImageToAttack()
    {
        string file = OnnxFile.WriteDigits(folder.File("broken.onnx"), (graph, logits) =>
        {
            string zero = graph.Node("Sub", [logits, logits]);
            return graph.Node("Add", [logits, graph.Node("Div", [zero, zero])]);
        });

        DapproxRun run = await DapproxRun.RunAsync("audit", "--model", file, "--first", "20", "--out", folder.File("audit"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "warning: broken with exact gives non-finite logits for 20 of 20 images, first in the layer 'Div", run.Error,
            StringComparison.Ordinal);
        Assert.Contains("warning: broken with ax-fpm gives non-finite", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "AutoAttack cannot run APGD-T on 2 classes")]
    [InlineData(3, "AutoAttack cannot run APGD-T on 3 classes")]
    [InlineData(4, null)]
    public async Task AutoAttack_OnFewClasses_SaysWhichPartsItCannotRun(int classes, string? note)
    {
        string file = OnnxFile.WriteSmall(
            folder.File("few.onnx"), (graph, hidden) => graph.Node("Gemm", [hidden, graph.Weights(1, 8, classes)]));
        string[] pictures = OnnxFile.WritePictures(folder, file, 3, scores => Array.IndexOf(scores, scores.Max()));

        DapproxRun run = await DapproxRun.RunAsync(["attack", "autoattack", "--epsilon", "0.01", "--model", file, .. pictures, "--json"]);
        DapproxRun compared = await DapproxRun.RunAsync(["compare", "exact", "--epsilon", "0.01", "--model", file, .. pictures, "--json"]);

        Assert.Equal((0, 0), (run.ExitCode, compared.ExitCode));
        Assert.Equal(note is not null, run.Error.Contains("AutoAttack", StringComparison.Ordinal));
        Assert.Equal(note is not null, compared.Error.Contains("note: APGD-T needs 4 classes", StringComparison.Ordinal));
        if (note is not null)
        {
            Assert.Contains($"note: {note}", run.Error, StringComparison.Ordinal);
            Assert.StartsWith(note, run.Json.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Attack_Json_CountsForwardAndBackwardPasses_AndHasAPointOfTheCurveForEachEpsilon()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "attack", "pgd", "--epsilon", "0.1,8/255", "--steps", "3", "--restarts", "1", "--first", "5", "--json");
        DapproxRun estimated = await DapproxRun.RunAsync(
            "attack", "fgsm", "--epsilon", "0.1", "--gradient", "nes", "--first", "2", "--json");

        JsonElement[] results = [.. run.Json.GetProperty("results").EnumerateArray()];
        Assert.Equal(
            results.Select(result => (result.GetProperty("epsilon").GetDouble(), result.GetProperty("robustAccuracy").GetDouble())).Order(),
            run.Json.GetProperty("curve").EnumerateArray().Select(point => (point[0].GetDouble(), point[1].GetDouble())));
        Assert.All(results, result =>
        {
            Assert.InRange(result.GetProperty("meanBackward").GetDouble(), 1, 3);
            Assert.Equal(result.GetProperty("meanBackward").GetDouble(), result.GetProperty("meanGradientCalls").GetDouble());
            Assert.Equal(result.GetProperty("meanQueries").GetDouble(), result.GetProperty("meanForward").GetDouble());
        });
        JsonElement nes = estimated.Json.GetProperty("results")[0];
        Assert.Equal((1, 0), (nes.GetProperty("meanGradientCalls").GetDouble(), nes.GetProperty("meanBackward").GetDouble()));
        Assert.True(nes.GetProperty("meanForward").GetDouble() > 100);
    }

    [Fact]
    public async Task Targets_AreAllOrOneOfFourKinds()
    {
        async Task<JsonElement> Of(params string[] how) => (await DapproxRun.RunAsync(
            ["attack", "pgd", "--epsilon", "0.15", "--steps", "10", "--restarts", "1", "--first", "6", "--json", .. how])).Json;

        JsonElement all = await Of("--targets", "all"), next = await Of("--targets", "next"), flag = await Of("--targeted"),
            least = await Of("--targets", "least-likely"), random = await Of("--targets", "random");

        Assert.Equal(
            ["all", "next", "next", "least-likely", "random"],
            ((JsonElement[])[all, next, flag, least, random]).Select(one => one.GetProperty("targets").GetString()));
        Assert.Equal(Success(next), Success(flag));
        Assert.True(Success(all) >= Math.Max(Success(next), Math.Max(Success(least), Success(random))));
        Assert.True(Success(least) <= Success(all));
        (await DapproxRun.RunAsync("attack", "deepfool", "--targets", "next"))
            .AssertRefused("deepfool is defined for any wrong class only");
        (await DapproxRun.RunAsync("attack", "pgd", "--targets", "next", "--targeted", "--epsilon", "0.1"))
            .AssertRefused("--targeted is --targets next");
        (await DapproxRun.RunAsync("attack", "boundary", "--targets", "all", "--resume", folder.File("state")))
            .AssertRefused("--resume keeps the state of an attack at one target");

        static double Success(JsonElement run) => run.GetProperty("results")[0].GetProperty("success").GetDouble();
    }

    /// <summary>The results of an attack without times and notes, its images, and its lines on stderr.</summary>
    static async Task<(string Results, byte[] Images, string Error)> AttackAsync(string attack, string model, params string[] images)
    {
        string saved = $"{model}.saved";
        DapproxRun run = await DapproxRun.RunAsync(
        [
            "attack", .. attack.Split(' '), "--model", model, "--first", "8", "--save", saved, "--json", .. images,
        ]);
        Assert.Equal(0, run.ExitCode);
        JsonObject json = JsonNode.Parse(run.Output)!.AsObject();
        json.Remove("notes");
        foreach (JsonNode? result in json["results"]!.AsArray())
            result!.AsObject().Remove("seconds");
        return (json.ToJsonString(), File.ReadAllBytes(Directory.GetFiles(saved, "adversarial*.safetensors").Single()), run.Error);
    }
}
