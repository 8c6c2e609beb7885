using System.Text.Json;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Tests.Data;
using Dapprox.Tests.Experiments;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class CalibrateCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string File => folder.File("c.safetensors");

    [Fact]
    public async Task Calibrate_OfAQuantisedNetwork_WritesWhatTheOptionComputes()
    {
        string file = folder.File("c.onnx");
        string[] hardware = ["--multiplier", "array:8:vertical=9"], quantise = ["--quantise", "int8", "--range-images", "50"];
        DapproxRun run = await DapproxRun.RunAsync(["calibrate", .. hardware, .. quantise, "--first", "50", "--out", file]);
        DapproxRun saved = await DapproxRun.RunAsync(
            ["evaluate", "--model", file, .. hardware, "--first", "100", "--logits", file + ".1"]);
        DapproxRun option = await DapproxRun.RunAsync(
            ["evaluate", .. hardware, .. quantise, "--calibrate", "50", "--first", "100", "--logits", file + ".2"]);

        Assert.Equal((0, 0, 0), (run.ExitCode, saved.ExitCode, option.ExitCode));
        Assert.Equal(await System.IO.File.ReadAllTextAsync(file + ".2"), await System.IO.File.ReadAllTextAsync(file + ".1"));
    }

    [Fact]
    public async Task Calibrate_WritesAFileThatSaysWhatItIsFor_AndEvaluatesAsTheOptionDoes()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "calibrate", "--multiplier", "ax-fpm", "--layers", "convolutions", "--first", "50", "--out", File, "--json");
        DapproxRun saved = await DapproxRun.RunAsync(
            "evaluate", "--model", File, "--multiplier", "ax-fpm", "--layers", "convolutions", "--first", "100", "--logits", File + ".1");
        DapproxRun option = await DapproxRun.RunAsync(
            "evaluate", "--multiplier", "ax-fpm", "--layers", "convolutions", "--first", "100", "--calibrate", "50", "--logits",
            File + ".2", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            ["model", "multiplier", "layers", "accumulate", "images", "count", "fingerprint", "file", "calibration", "seconds"],
            run.Json.EnumerateObject().Select(field => field.Name));
        JsonElement[] layers = [.. run.Json.GetProperty("calibration").EnumerateArray()];
        Assert.Equal(["conv1", "conv2", "linear1", "linear2"], layers.Select(layer => layer.GetProperty("layer").GetString()));
        double[] gains = [.. layers.Select(layer => layer.GetProperty("gain").GetDouble())];
        Assert.InRange(gains[0], 1.2, 1.6);
        Assert.InRange(gains[1] / gains[0], 1.2, 1.6);
        Assert.Equal(gains[1], gains[2]);
        Assert.Equal(gains[1], gains[3] / Math.ScaleB(1, layers[3].GetProperty("exponent").GetInt32()));
        Assert.InRange(gains[3], 0.7, 1.42);
        Assert.All(layers, layer => Assert.True(layer.GetProperty("change").GetDouble() > 0));
        string fingerprint = Fingerprint.Of(Datasets.Load("digits", Split.Train).First(50));
        Assert.Equal(fingerprint, run.Json.GetProperty("fingerprint").GetString());
        IReadOnlyDictionary<string, string> header = Safetensors.Load(File).Metadata;
        Assert.Equal("lenet5", header["architecture"]);
        Assert.Equal(
            ("ax-fpm", "convolutions", "float32", $"50 training images of digits (fingerprint {fingerprint})"),
            (header["calibrated_for"], header["calibrated_layers"], header["calibrated_sums"], header["calibrated_on"]));
        Assert.Equal(
            $"note: c.safetensors is calibrated for ax-fpm in the layers 'convolutions', sums in float32, on {header["calibrated_on"]}; "
                + "its biases fit no other: run it with --multiplier ax-fpm\n",
            saved.Error);
        Assert.Equal((0, ""), (option.ExitCode, option.Error));
        Assert.Equal(50, option.Json.GetProperty("calibrationImages").GetInt32());
        Assert.Equal(await System.IO.File.ReadAllTextAsync(File + ".1"), await System.IO.File.ReadAllTextAsync(File + ".2"));
    }

    [Fact]
    public async Task Calibrate_ForTheExactMultiplier_WritesTheSameTensors()
    {
        DapproxRun run = await DapproxRun.RunAsync("calibrate", "--first", "40", "--out", File);

        Assert.Equal(
            (0, "note: the products of exact are exact, and nothing is to be fitted; name the hardware with --multiplier\n"),
            (run.ExitCode, run.Error));
        Safetensors before = Safetensors.Load(Repository.Path("models/lenet5-digits.safetensors")), after = Safetensors.Load(File);
        Assert.Equal(before.Tensors.Keys.Order(), after.Tensors.Keys.Order());
        Assert.All(before.Tensors, own => Assert.Equal(own.Value.Data, after.Tensors[own.Key].Data));
    }

    [Fact]
    public async Task Calibrate_OnPicturesOfOnesOwn_NeedsNoLabels_AndWritesOnnxBack()
    {
        OwnNetwork.Write(folder.Path, classes: 2, pictures: 4);
        string[] own = ["--model", folder.File("own.onnx"), .. OwnNetwork.Preprocessing];
        string[] used = ["--images", folder.File("pictures"), "--labels", folder.File("labels.csv")];
        Directory.CreateDirectory(folder.File("others"));
        foreach (string picture in (string[])["0.png", "1.png"])
            System.IO.File.Copy(Path.Combine(folder.File("pictures"), picture), Path.Combine(folder.File("others"), picture));
        string[] evaluate = ["evaluate", .. own, .. used, "--multiplier", "ax-fpm", "--json"];

        DapproxRun calibrated = await DapproxRun.RunAsync(
            [.. evaluate, "--calibrate", "--calibration-images", folder.File("others")]);
        string[] images = ["--images", folder.File("others"), "--multiplier", "ax-fpm"];
        DapproxRun written = await DapproxRun.RunAsync(["calibrate", .. own, .. images, "--out", folder.File("c.onnx")]);
        string[] with = ["evaluate", .. OwnNetwork.Preprocessing, .. used, "--multiplier", "ax-fpm", "--logits", File];
        await DapproxRun.RunAsync(
            [.. with, "--model", folder.File("own.onnx"), "--calibrate", "--calibration-images", folder.File("others")]);
        string expected = await System.IO.File.ReadAllTextAsync(File);
        await DapproxRun.RunAsync([.. with, "--model", folder.File("c.onnx")]);
        DapproxRun without = await DapproxRun.RunAsync([.. evaluate, "--calibrate"]);
        DapproxRun same = await DapproxRun.RunAsync([.. evaluate, "--calibrate", "--calibration-images", folder.File("pictures")]);
        DapproxRun alone = await DapproxRun.RunAsync([.. evaluate, "--calibration-images", folder.File("others")]);
        DapproxRun empty = await DapproxRun.RunAsync([.. evaluate, "--calibrate", "--calibration-images", folder.Path]);

        Assert.Equal((0, 0), (calibrated.ExitCode, written.ExitCode));
        Assert.Equal(expected, await System.IO.File.ReadAllTextAsync(File));
        Assert.Equal(2, calibrated.Json.GetProperty("calibrationImages").GetInt32());
        AssertRefused(without, "--calibrate takes images that are not used otherwise");
        AssertRefused(same, "--calibrate takes images that are not used otherwise");
        AssertRefused(alone, "--calibration-images is given without --calibrate");
        AssertRefused(empty, "holds no picture; give a folder of PNG, JPEG, WebP, BMP or GIF files");

        // A note on the pictures stands before the error.
        static void AssertRefused(DapproxRun run, string message)
        {
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.StartsWith("error: ", run.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Calibrate_OfACalibratedFile_IsRefused()
    {
        await DapproxRun.RunAsync("calibrate", "--multiplier", "ax-fpm", "--first", "10", "--out", File);

        DapproxRun file = await DapproxRun.RunAsync("calibrate", "--model", File, "--out", folder.File("d.safetensors"));
        DapproxRun option = await DapproxRun.RunAsync("evaluate", "--model", File, "--calibrate", "--first", "10");

        file.AssertRefused("is calibrated for ax-fpm already; calibrate the network that it was made from");
        Assert.Contains("is calibrated for ax-fpm already", option.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(folder.File("d.safetensors")));
    }

    [FactOf(Tier.Ci)]
    public async Task CompareAndAttack_Calibrated_UseTheCalibratedNetwork()
    {
        DapproxRun evaluate = await DapproxRun.RunAsync(
            "evaluate", "--multiplier", "ax-fpm", "--calibrate", "60", "--first", "200", "--json");
        DapproxRun compare = await DapproxRun.RunAsync("compare", "ax-fpm", "--first", "200", "--calibrate", "60", "--json");
        DapproxRun attack = await DapproxRun.RunAsync(
            "attack", "fgsm", "--epsilon", "0.01", "--multiplier", "ax-fpm", "--first", "200", "--calibrate", "60", "--json");

        int correct = evaluate.Json.GetProperty("correct").GetInt32();
        Assert.Equal(correct, compare.Json.GetProperty("rows")[0].GetProperty("correct").GetInt32());
        Assert.Equal(correct, attack.Json.GetProperty("cleanCorrect").GetInt32());
        Assert.Equal(60, compare.Json.GetProperty("calibrationImages").GetInt32());
        Assert.Equal(60, attack.Json.GetProperty("calibrationImages").GetInt32());
    }

    [FactOf(Tier.Ci)]
    public async Task Calibrate_OfAlexNetOnCifar10_ClassifiesAsTheDocumentSays()
    {
        string data = DataFolder.With("cifar-10-batches-bin");
        string[] on = ["--dataset", "cifar-10", "--multiplier", "ax-fpm"];

        await DapproxRun.RunAsync(data, ["calibrate", "--model", "alexnet-cifar-10", .. on, "--first", "512", "--out", File]);
        DapproxRun run = await DapproxRun.RunAsync(data, ["evaluate", "--model", File, .. on, "--json"]);

        Assert.Equal(10_000, run.Json.GetProperty("count").GetInt32());
        Assert.InRange(run.Json.GetProperty("accuracy").GetDouble(), 0.765, 1);
    }
}
