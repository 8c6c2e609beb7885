using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Statistics;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class CommandTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("dapprox-tests-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task ModelInspect_Price_AddsUpTheLayers()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "model", "inspect", "lenet5-digits", "--price", "ama5-flat", "--layers", "convolutions", "--json");

        JsonElement[] layers = [.. run.Json.GetProperty("layers").EnumerateArray()];
        double Energy(string name) =>
            layers.Single(layer => layer.GetProperty("name").GetString() == name).GetProperty("energy").GetDouble();
        Assert.Equal(
            run.Json.GetProperty("energy").GetDouble(),
            layers.Sum(layer => layer.GetProperty("energy") is { ValueKind: JsonValueKind.Number } energy ? energy.GetDouble() : 0), 1e-3);
        // Products of one kind cost the same in all layers: 225,792 and 4 · 903,168 of them; 627,200 and 2,000 exact ones.
        Assert.Equal(16, Energy("conv2") / Energy("conv1"), 1e-9);
        Assert.Equal(313.6, Energy("linear1") / Energy("linear2"), 1e-9);
        Assert.True(Energy("conv1") / 225_792 < Energy("linear2") / 2000);
        Assert.True(run.Json.GetProperty("energy").GetDouble() < run.Json.GetProperty("exactEnergy").GetDouble());
        Assert.Equal("ama5-flat", run.Json.GetProperty("circuit").GetString());
    }

    [FactOf(Tier.Ci)]
    public async Task Evaluate_APictureFolder_GivesWhatTheDataSetGives()
    {
        using var own = new TemporaryFolder();
        PictureFolderTests.WriteDigits(own, Datasets.Load("digits", Split.Test).First(60));
        string[] subject = [
            "--model", "lenet5-digits", "--images", own.Path, "--labels", own.File("labels.csv"), "--multiplier", "ax-fpm", "--logits"];

        DapproxRun pictures = await DapproxRun.RunAsync(["evaluate", .. subject, own.File("pictures.csv"), "--json"]);
        DapproxRun digits = await DapproxRun.RunAsync(
            "evaluate", "--multiplier", "ax-fpm", "--first", "60", "--logits", own.File("digits.csv"), "--json");
        DapproxRun attack = await DapproxRun.RunAsync(
            "attack", "fgsm", "--epsilon", "0.2", "--gradient", "gain-matched", "--first", "10", "--multiplier", "ax-fpm", "--model",
            "lenet5-digits", "--images", own.Path, "--labels", own.File("labels.csv"), "--json");

        Assert.Equal(0, pictures.ExitCode);
        Assert.Contains("60 pictures of", pictures.Error, StringComparison.Ordinal);
        Assert.Equal(digits.Json.GetProperty("correct").GetInt32(), pictures.Json.GetProperty("correct").GetInt32());
        Assert.Equal(
            await File.ReadAllTextAsync(own.File("digits.csv"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(own.File("pictures.csv"), TestContext.Current.CancellationToken));
        Assert.True(attack.Json.GetProperty("results")[0].GetProperty("success").GetDouble() > 0);
    }

    /// <summary>The images and labels go in as arrays, and the logits come out as one: the numbers of the CSV file.</summary>
    [Fact]
    public async Task Evaluate_OnArrays_GivesWhatTheDataSetGives()
    {
        using var own = new TemporaryFolder();
        Dataset digits = Datasets.Load("digits", Split.Test).First(5);
        Write("x.npy", "|u1", [5, 28, 28], digits.Pixels.ToArray());
        Write("y.npy", "<i8", [5], [.. digits.Labels.SelectMany(label => BitConverter.GetBytes((long)label))]);

        DapproxRun arrays = await DapproxRun.RunAsync(
            "evaluate", "--model", "lenet5-digits", "--images", own.File("x.npy"), "--labels", own.File("y.npy"), "--logits",
            own.File("logits.npy"), "--json");
        DapproxRun dataset = await DapproxRun.RunAsync("evaluate", "--first", "5", "--logits", own.File("logits.csv"), "--json");

        Assert.Contains("5 images of '", arrays.Error, StringComparison.Ordinal);
        Assert.Equal(dataset.Json.GetProperty("correct").GetInt32(), arrays.Json.GetProperty("correct").GetInt32());
        using FileStream stream = File.OpenRead(own.File("logits.npy"));
        NumPyArray logits = NumPyArray.Read("logits", stream, stream.Length, stream.Length);
        Assert.Equal([5, 10], logits.Shape);
        Assert.Equal("<f4", logits.Type);
        Assert.Equal(
            (await File.ReadAllTextAsync(own.File("logits.csv"), TestContext.Current.CancellationToken))
                .Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => float.Parse(word, CultureInfo.InvariantCulture)),
            Enumerable.Range(0, 50).Select(i => (float)logits.Real(i)));

        void Write(string name, string type, int[] shape, byte[] numbers)
        {
            using FileStream file = File.Create(own.File(name));
            NumPyArray.WriteHeader(file, type, shape);
            file.Write(numbers);
        }
    }

    /// <summary>Fewer folders than classes: the numbering may be another one than the network's.</summary>
    [Fact]
    public async Task Evaluate_OnFoldersOfClasses_WarnsOfMissingOnes()
    {
        using var own = new TemporaryFolder();
        Dataset digits = Datasets.Load("digits", Split.Test).First(5);
        PictureFolderTests.WriteDigits(own, digits);
        for (int i = 0; i < digits.Count; i++)
        {
            Directory.CreateDirectory(own.File($"classes/{digits.Labels[i]}"));
            File.Move(own.File($"{i}.png"), own.File($"classes/{digits.Labels[i]}/{i}.png"));
        }

        DapproxRun run = await DapproxRun.RunAsync(
            "evaluate", "--model", "lenet5-digits", "--images", own.File("classes"), "--json");

        int count = digits.Labels.Distinct().Count();
        Assert.Equal(5, run.Json.GetProperty("count").GetInt32());
        Assert.Contains($"with its {count} folders as the classes from 0 in the order of their names", run.Error, StringComparison.Ordinal);
        Assert.Contains($"warning: '{own.File("classes")}' holds {count} folders", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_OnPictures_ReadsNoneThatIsSkipped()
    {
        using var own = new TemporaryFolder();
        PictureFolderTests.WriteDigits(own, Datasets.Load("digits", Split.Test).First(5));
        foreach (int skipped in (int[])[0, 1, 4])
            File.WriteAllText(own.File($"{skipped}.png"), "no picture");
        string[] evaluate = ["evaluate", "--model", "lenet5-digits", "--images", own.Path, "--labels", own.File("labels.csv"), "--json"];

        DapproxRun run = await DapproxRun.RunAsync([.. evaluate, "--skip", "2", "--first", "2"]);

        Assert.Equal(2, run.Json.GetProperty("count").GetInt32());
        (await DapproxRun.RunAsync([.. evaluate, "--skip", "5"])).AssertRefused("--skip 5 leaves none of the 5 images of");
    }

    [Fact]
    public async Task Evaluate_OnTheDefinitionAlone_GivesTheSameLogits()
    {
        string fast = Path.Combine(folder, "fast.csv"), scalar = Path.Combine(folder, "scalar.csv");

        DapproxRun first = await DapproxRun.RunAsync(null, ["evaluate", "--first", "3", "--multiplier", "ax-fpm", "--logits", fast]);
        DapproxRun second = await DapproxRun.RunAsync(
            null, ["evaluate", "--first", "3", "--multiplier", "ax-fpm", "--logits", scalar], ("DAPPROX_KERNEL", "scalar"));

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(File.ReadAllText(fast), File.ReadAllText(scalar));
    }

    [Fact]
    public async Task Version_IsPrinted()
    {
        DapproxRun run = await DapproxRun.RunAsync("--version");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Fact]
    public async Task Help_ListsTheCommands()
    {
        DapproxRun run = await DapproxRun.RunAsync();

        Assert.Equal(0, run.ExitCode);
        foreach (string command in new[] { "multipliers", "multiply", "evaluate", "attack", "train", "datasets", "models" })
            Assert.Contains($"\n  {command} ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Multipliers_Json_NamesThemAll()
    {
        DapproxRun run = await DapproxRun.RunAsync("multipliers", "--json");

        Assert.Equal(
            Multipliers.All.Select(multiplier => multiplier.Name),
            run.Json.GetProperty("multipliers").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        Assert.Equal(
            IntegerMultipliers.All.Select(family => family.Example.Name),
            run.Json.GetProperty("integers").EnumerateArray().Select(entry => entry.GetProperty("example").GetString()));
    }

    [Fact]
    public async Task Multiply_PublishedExample_GivesThePublishedProduct()
    {
        DapproxRun run = await DapproxRun.RunAsync("multiply", "0.856", "0.471", "--multiplier", "ax-fpm", "--json");

        Assert.Equal(0.426080584526062, run.Json.GetProperty("product").GetProperty("value").GetSingle(), 1e-15 + 4e-8);
        Assert.Equal("0x3eda273c", run.Json.GetProperty("product").GetProperty("bits").GetString());
        Assert.Equal(0.0568, run.Json.GetProperty("relativeError").GetDouble(), 1e-4);
    }

    [Fact]
    public async Task Multiply_LoadsNoNeuralNetworks()
    {
        string file = Path.Combine(folder, "assemblies");

        DapproxRun run = await DapproxRun.RunAsync(
            null, ["multiply", "0.856", "0.471", "--multiplier", "ax-fpm"],
            ("DOTNET_STARTUP_HOOKS", typeof(StartupHook).Assembly.Location), (StartupHook.Variable, file));

        Assert.Equal(0, run.ExitCode);
        string[] loaded = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("Dapprox.Core", loaded);
        Assert.DoesNotContain("Dapprox.Networks", loaded);
        Assert.DoesNotContain("Dapprox.Experiments", loaded);
    }

    [Theory]
    [InlineData("-1.5", "2", "0xc0400000")]
    [InlineData("0x80000000", "-inf", "0xffc00000")]
    [InlineData("-inf", "1e-3", "0xff800000")]
    public async Task Multiply_NegativeAndSpecialOperands_AreUnderstood(string a, string b, string product)
    {
        DapproxRun run = await DapproxRun.RunAsync("multiply", a, b, "--json");

        Assert.Equal(product, run.Json.GetProperty("product").GetProperty("bits").GetString());
    }

    [Fact]
    public async Task Multiply_Pairs_SkipsCommentsAndFurtherColumns()
    {
        string file = Path.Combine(folder, "pairs.txt");
        await File.WriteAllTextAsync(
            file, "# a b\n3f800000 40000000 deadbeef\n\n  0xC0000000\t3f000000\n", TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync("multiply", "--pairs", file);

        Assert.Equal("3f800000 40000000 40000000\nc0000000 3f000000 bf800000\n", run.Output);
    }

    [Theory]
    [InlineData("3f800000", "line 2 of")]
    [InlineData("3f800000 1.5", "has '1.5'")]
    public async Task Multiply_PairsWithABadLine_NamesTheLineAndPrintsNothing(string line, string message)
    {
        string file = Path.Combine(folder, "pairs.txt");
        await File.WriteAllLinesAsync(file, ["3f800000 3f800000", line], TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync("multiply", "--pairs", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Multiply_PairsOfTheReference_GivesEveryProduct()
    {
        string reference = DataFolder.Reference;
        string file = Path.Combine(reference, "ax_fpm_products.txt");

        DapproxRun run = await DapproxRun.RunAsync("multiply", "--pairs", file, "--multiplier", "ax-fpm");

        string[] expected = [.. File.ReadLines(file).Where(line => !line.StartsWith('#'))];
        Assert.Equal(expected, run.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Evaluate_Json_HasTheStableFieldsAndLogitsOnePerImage()
    {
        string logits = Path.Combine(folder, "logits.csv");

        DapproxRun run = await DapproxRun.RunAsync(
            "evaluate", "--multiplier", "ax-fpm", "--skip", "100", "--first", "60", "--logits", logits, "--json");
        DapproxRun all = await DapproxRun.RunAsync(
            "evaluate", "--multiplier", "ax-fpm", "--first", "160", "--logits", logits + "2", "--json");

        JsonElement json = run.Json;
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(["accuracy", "correct", "count", "interval", "seconds"], json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(60, json.GetProperty("count").GetInt32());
        Assert.Equal(json.GetProperty("correct").GetInt32() / 60.0, json.GetProperty("accuracy").GetDouble());
        (double low, double high) = Wilson.Interval(json.GetProperty("correct").GetInt32(), 60);
        Assert.Equal([low, high], json.GetProperty("interval").EnumerateArray().Select(end => end.GetDouble()));
        string[] lines = await File.ReadAllLinesAsync(logits, TestContext.Current.CancellationToken);
        Assert.Equal(60, lines.Length);
        Assert.All(
            lines, line => Assert.Equal(10, line.Split(',').Select(text => float.Parse(text, CultureInfo.InvariantCulture)).Count()));
        // The same images give the same logits, wherever the run begins.
        Assert.Equal((await File.ReadAllLinesAsync(logits + "2", TestContext.Current.CancellationToken))[100..], lines);
        Assert.Equal(160, all.Json.GetProperty("count").GetInt32());
    }

    [FactOf(Tier.Ci)]
    public async Task Evaluate_AuthorsWeightsOnMnist_GivesThePublishedAccuracies()
    {
        (string data, string model) = Reference();

        (string, double)[] published = [("exact", 0.9889), ("ax-fpm", 0.9750), ("ax-fpm --layers convolutions", 0.9705)];
        foreach ((string options, double accuracy) in published)
        {
            DapproxRun run = await DapproxRun.RunAsync(
                data, $"evaluate --model {model} --dataset mnist --accumulate float64 --json --multiplier {options}".Split(' '));

            Assert.Equal(accuracy, run.Json.GetProperty("accuracy").GetDouble());
        }
    }

    [Fact]
    public async Task Attack_Json_HasTheStableFields()
    {
        DapproxRun run = await DapproxRun
            .RunAsync("attack", "pgd", "--epsilon", "0.05,0.3", "--steps", "4", "--random-start", "--restarts", "1", "--step-size", "0.05",
            "--correct-on", "exact,ax-fpm", "--try-on", "ax-fpm,bfloat16", "--skip", "10", "--first", "20", "--seed", "3", "--save", folder,
            "--json");

        JsonElement json = run.Json;
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["attack", "count", "cleanCorrect", "results", "norm", "settings", "curve"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal("pgd", json.GetProperty("attack").GetString());
        Assert.Equal((20, 20), (json.GetProperty("count").GetInt32(), json.GetProperty("cleanCorrect").GetInt32()));
        JsonElement[] results = [.. json.GetProperty("results").EnumerateArray()];
        Assert.Equal([0.05, 0.3], results.Select(result => result.GetProperty("epsilon").GetDouble()));
        Assert.All(results, result => Assert.Equal(
            [
                "epsilon", "success", "meanL2", "medianL2", "meanLinf", "medianLinf", "meanL1", "medianL1", "meanL0", "medianL0",
                "meanQueries", "transfer", "seconds", "robustAccuracy", "meanQueriesToBest", "survivesRounding", "reasons", "backward",
                "meanGradientCalls", "meanForward", "meanBackward", "successInterval", "robustAccuracyInterval", "transferInterval",
            ],
            result.EnumerateObject().Select(field => field.Name)));
        Assert.All(
            results,
            result => Assert.Equal(["ax-fpm", "bfloat16"], result.GetProperty("transfer").EnumerateObject().Select(field => field.Name)));
        Assert.Equal(5, results[1].GetProperty("meanQueries").GetDouble());
        Assert.InRange(results[1].GetProperty("meanLinf").GetDouble(), 0.05, 0.3);

        string[] records = Parquet.Rows(Path.Combine(folder, "records.parquet"), "epsilon, success, settings, backward, \"fools_ax-fpm\"");
        Assert.Equal(2 * 20, records.Length);
        Assert.Equal(
            results[1].GetProperty("success").GetDouble(),
            records.Count(line => line.StartsWith("0.3|True|", StringComparison.Ordinal)) / 20.0);
        Assert.All(records, line => Assert.Contains("Steps = 4", line, StringComparison.Ordinal));
        var images = Safetensors.Load(Path.Combine(folder, "adversarial-0.3.safetensors"));
        Assert.Equal([20, 1, 28, 28], images.Tensors["clean"].Shape.ToArray());
        Assert.Equal([20, 1, 28, 28], images.Tensors["adversarial"].Shape.ToArray());
        Assert.Equal([20], images.Tensors["labels"].Shape.ToArray());
        Assert.Equal("PNG"u8, File.ReadAllBytes(Path.Combine(folder, "grid.png")).AsSpan(1, 3));
        Assert.All(
            images.Tensors["clean"].Data.Zip(images.Tensors["adversarial"].Data),
            pair => Assert.True(Math.Abs((double)pair.First - pair.Second) <= 0.3));
    }

    // Neither random numbers, nor images to begin at, nor what the network is measured on.
    [TheoryOf(Tier.Ci)]
    [InlineData("pgd --epsilon 0.1 --steps 3 --random-start")]
    [InlineData("boundary --steps 2 --targeted")]
    [InlineData("deepfool --multiplier ax-fpm --gradient gain-matched")]
    public async Task Attack_SameSeed_GivesTheSameNumbersWhereverTheRunBegins(string command)
    {
        string[] attack = ["attack", .. command.Split(' '), "--save"];

        await DapproxRun.RunAsync([.. attack, Path.Combine(folder, "whole"), "--first", "12"]);
        await DapproxRun.RunAsync([.. attack, Path.Combine(folder, "rest"), "--skip", "8", "--first", "4"]);

        string[] whole = Parquet.Rows(Path.Combine(folder, "whole", "records.parquet")),
            rest = Parquet.Rows(Path.Combine(folder, "rest", "records.parquet"));
        Assert.Equal(whole[8..], rest);
    }

    [Fact]
    public async Task Attack_WithoutTryOn_TriesExactAndAxFpm()
    {
        DapproxRun run = await DapproxRun.RunAsync("attack", "fgsm", "--epsilon", "0.3", "--first", "5", "--json");

        JsonElement transfer = run.Json.GetProperty("results")[0].GetProperty("transfer");
        Assert.Equal(["exact", "ax-fpm"], transfer.EnumerateObject().Select(field => field.Name));
        Assert.Equal(1, transfer.GetProperty("exact").GetDouble());
    }

    [TheoryOf(Tier.Ci)]
    // The table of the reference measurements: success, mean L2, transfer to Ax-FPM in all layers.
    [InlineData("fgsm", 0.20, 0.82, 1.00, 0.90, 0.99, 0.99)]
    [InlineData("pgd --random-start", 0.37, 0.99, 1.00, 0.97, 0.99, 1.00)]
    public async Task Attack_AuthorsWeightsOnMnist_GivesTheReferenceTable(
        string attack, double success1, double success2, double success3, double transfer1, double transfer2, double transfer3)
    {
        // Five points: other frameworks round and draw differently.
        const double Tolerance = 0.05;
        (string data, string model) = Reference();

        DapproxRun run = await DapproxRun.RunAsync(
            data,
            [
                "attack", .. attack.Split(' '), "--model", model, "--dataset", "mnist", "--epsilon", "0.1,0.2,0.3",
                "--correct-on", "exact,ax-fpm", "--try-on", "exact,ax-fpm", "--first", "100", "--json",
            ]);

        JsonElement[] results = [.. run.Json.GetProperty("results").EnumerateArray()];
        double[] success = [success1, success2, success3], transfer = [transfer1, transfer2, transfer3];
        for (int i = 0; i < results.Length; i++)
        {
            Assert.Equal(success[i], results[i].GetProperty("success").GetDouble(), Tolerance);
            Assert.Equal(transfer[i], results[i].GetProperty("transfer").GetProperty("ax-fpm").GetDouble(), Tolerance);
        }
    }

    [Fact]
    public async Task ModelInspect_ShowsLayersAndWhatIsReplaced()
    {
        DapproxRun run = await DapproxRun.RunAsync("model", "inspect", "lenet5-digits", "--layers", "conv*,linear2", "--json");

        Assert.Equal((0, 4_467_664), (run.ExitCode, run.Json.GetProperty("multiplications").GetInt64()));
        System.Text.Json.JsonElement[] layers = [.. run.Json.GetProperty("layers").EnumerateArray()];
        Assert.Equal(
            ["conv1", "conv2", "linear2"],
            layers.Where(layer => layer.GetProperty("replaced").GetBoolean()).Select(layer => layer.GetProperty("name").GetString()));
        Assert.Equal("max pool", layers[2].GetProperty("kind").GetString());
        Assert.Equal([32, 28, 28], layers[2].GetProperty("inputShapes")[0].EnumerateArray().Select(size => size.GetInt32()));
    }

    [Theory]
    [InlineData("model inspect nothing.onnx", "there is no file 'nothing.onnx'")]
    [InlineData("model convert lenet5-digits out.txt", "does not end in .safetensors, .npz or .onnx, which are written")]
    [InlineData("model convert network.onnx out.onnx", "'network.onnx' is an ONNX network already")]
    public async Task Models_ThatCannotBeUsed_AreOneLine(string command, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(command.Split(' '));

        run.AssertRefused(message);
    }

    [Fact]
    public async Task ModelConvert_ToOnnx_EvaluatesAsTheNetwork()
    {
        using var folder = new TemporaryFolder();

        DapproxRun converted = await DapproxRun.RunAsync("model", "convert", "lenet5-digits", folder.File("a.onnx"));

        Assert.Equal(
            (0, $"{folder.File("a.onnx")}: 10 layers, 648,226 numbers{Environment.NewLine}"), (converted.ExitCode, converted.Output));
        string[] shared = ["--dataset", "digits", "--first", "50", "--multiplier", "ax-fpm", "--logits"];
        await DapproxRun.RunAsync(["evaluate", "--model", folder.File("a.onnx"), .. shared, folder.File("a.csv")]);
        await DapproxRun.RunAsync(["evaluate", "--model", "lenet5-digits", .. shared, folder.File("b.csv")]);
        Assert.Equal(File.ReadAllText(folder.File("b.csv")), File.ReadAllText(folder.File("a.csv")));
    }

    [Fact]
    public async Task ModelConvert_ToNpz_WritesEveryTensorAsAnArray()
    {
        using var folder = new TemporaryFolder();

        DapproxRun converted = await DapproxRun.RunAsync("model", "convert", "lenet5-digits", folder.File("a.npz"));

        Assert.Equal(
            (0, $"{folder.File("a.npz")}: 8 tensors, 648,226 numbers{Environment.NewLine}"), (converted.ExitCode, converted.Output));
        IReadOnlyDictionary<string, Tensor> weights = TrainedModels.Weights("lenet5-digits");
        using ZipArchive archive = ZipFile.OpenRead(folder.File("a.npz"));
        Assert.Equal(
            weights.Keys.Order(StringComparer.Ordinal).Select(name => $"{name}.npy"), archive.Entries.Select(entry => entry.FullName));
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream stream = entry.Open();
            NumPyArray read = NumPyArray.Read(entry.Name, stream, entry.Length, entry.Length);
            Tensor tensor = weights[Path.GetFileNameWithoutExtension(entry.Name)];
            Assert.Equal(tensor.Shape.ToArray(), read.Shape);
            Assert.Equal(tensor.Data, Enumerable.Range(0, read.Count).Select(i => (float)read.Real(i)));
        }
    }

    // The header says dq-full; the option decides.
    [Theory]
    [InlineData("dq-full", true)]
    [InlineData("dq-weights", false)]
    public async Task ModelConvert_ToOnnx_TakesTheNamedArchitecture(string architecture, bool hasQuantisedActivations)
    {
        using var folder = new TemporaryFolder();

        await DapproxRun.RunAsync("model", "convert", "dq-full-cifar-10", folder.File("a.onnx"), "--architecture", architecture);

        Network network = OnnxModels.Load(folder.File("a.onnx"));
        Assert.Equal(hasQuantisedActivations, network.Layers.OfType<Clip>().Any());
        Assert.Equal(!hasQuantisedActivations, network.Layers.OfType<Relu>().Any());
    }

    [Fact]
    public async Task ModelInspect_Folded_HasFewerLayersAndAsManyProducts()
    {
        DapproxRun plain = await DapproxRun.RunAsync("model", "inspect", "dq-float-cifar-10", "--json");
        DapproxRun folded = await DapproxRun.RunAsync("model", "inspect", "dq-float-cifar-10", "--fold-batch-norm", "--json");

        Assert.Equal(5, plain.Json.GetProperty("layers").GetArrayLength() - folded.Json.GetProperty("layers").GetArrayLength());
        Assert.Equal(plain.Json.GetProperty("multiplications").GetInt64(), folded.Json.GetProperty("multiplications").GetInt64());
    }

    [Fact]
    public async Task Models_Json_ListsTheShippedOnes()
    {
        DapproxRun run = await DapproxRun.RunAsync("models", "--json");

        Assert.Equal(
            [
                "alexnet-cifar-10", "dq-float-cifar-10", "dq-full-cifar-10", "dq-weights-cifar-10", "lenet5-digits", "lenet5-mnist",
                "resnet-20-cifar-10", "resnet-8-cifar-10",
            ],
            run.Json.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Datasets_Json_FindsTheBuiltInDigits()
    {
        DapproxRun run = await DapproxRun.RunAsync("datasets", "--json");

        JsonElement digits = run.Json.GetProperty("datasets").EnumerateArray()
            .Single(entry => entry.GetProperty("name").GetString() == "digits" && entry.GetProperty("split").GetString() == "test");
        Assert.True(digits.GetProperty("found").GetBoolean());
        Assert.Equal(1000, digits.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task DatasetsFetch_DeadMirror_SaysWhatToDoAndLeavesNoFile()
    {
        // Port 9 (discard) is not served.
        DapproxRun run = await DapproxRun.RunAsync("datasets", "fetch", "mnist", "--data", folder, "--from", "http://127.0.0.1:9/");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("get it by other means", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task DatasetsFetch_Digits_HasNothingToDo()
    {
        DapproxRun run = await DapproxRun.RunAsync("datasets", "fetch", "digits", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Json.GetProperty("written").EnumerateArray());
    }

    static (string Data, string Model) Reference() =>
        (DataFolder.With("mnist"), Path.Combine(DataFolder.Reference, "lenet5-authors.safetensors"));
}
