using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Dapprox.Tests.Formats.Onnx;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class FinetuneCommandTests : IDisposable
{
    // Sums in binary32 in another order.
    const float RuntimeTolerance = 1e-4f;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Finetune_WritesAFileThatSaysHowItWasMade_AndIsWhatTheReportIsAbout()
    {
        string file = folder.File("tuned.safetensors");

        DapproxRun run = await DapproxRun.RunAsync(
            "finetune", "--multiplier", "ax-fpm", "--layers", "convolutions", "--first", "200", "--calibrate", "50", "--epochs", "1",
            "--out", file, "--json");
        DapproxRun saved = await DapproxRun.RunAsync(
            "evaluate", "--model", file, "--multiplier", "ax-fpm", "--layers", "convolutions", "--json");

        DapproxRun again = await DapproxRun.RunAsync("evaluate", "--model", file, "--calibrate", "--first", "10");

        Assert.Equal(
            "note: tuned.safetensors is trained for ax-fpm in the layers 'convolutions'; its weights fit no other: run it with "
                + "--multiplier ax-fpm\n",
            saved.Error);
        Assert.StartsWith(
            "note: before the training it is calibrated on 50 training images of digits (", run.Error, StringComparison.Ordinal);
        Assert.Contains(
            "is trained for ax-fpm already; calibrate the network that it was made from", again.Error, StringComparison.Ordinal);
        Assert.Equal((0, 1), (run.ExitCode, again.ExitCode));
        Assert.Equal(
            [
                "model", "dataset", "multiplier", "file", "initialValidationAccuracy", "bestEpoch", "validationAccuracy", "testAccuracy",
                "epochs", "seconds",
            ],
            run.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(saved.Json.GetProperty("accuracy").GetDouble(), run.Json.GetProperty("testAccuracy").GetDouble());
        IReadOnlyDictionary<string, string> header = Safetensors.Load(file).Metadata;
        Assert.Equal(
            ("lenet5", "ax-fpm", "convolutions", "1", "1"),
            (header["architecture"], header["trained_for"], header["trained_layers"], header["trained_epochs"], header["trained_seed"]));
        Safetensors before = Safetensors.Load(Repository.Path("models/lenet5-digits.safetensors")), after = Safetensors.Load(file);
        Assert.All(before.Tensors, own => Assert.NotEqual(own.Value.Data, after.Tensors[own.Key].Data));
    }

    // What is written is the quantised network that was judged, biases fitted and weights trained for the multiplier.
    [Fact]
    public async Task Finetune_OfAQuantisedNetwork_WritesOneThatIsWhatTheReportIsAbout()
    {
        string file = folder.File("tuned.onnx");
        string[] hardware = ["--multiplier", "array:8:vertical=9"];

        DapproxRun run = await DapproxRun.RunAsync(
            ["finetune", .. hardware, "--quantise", "int8", "--first", "300", "--epochs", "2", "--out", file, "--json"]);
        DapproxRun saved = await DapproxRun.RunAsync(["evaluate", "--model", file, .. hardware, "--json"]);
        DapproxRun before = await DapproxRun.RunAsync(["evaluate", "--quantise", "int8", .. hardware, "--json"]);
        DapproxRun mixed = await DapproxRun.RunAsync(
            "finetune", "--quantise", "int8", "--multiplier", "ax-fpm", "--out", folder.File("other.onnx"));
        DapproxRun wrongKind = await DapproxRun.RunAsync(
            "finetune", "--quantise", "int8", "--multiplier", "exact-int8", "--out", folder.File("other.safetensors"));

        Assert.Equal((0, 0), (run.ExitCode, saved.ExitCode));
        double tuned = saved.Json.GetProperty("accuracy").GetDouble();
        Assert.Equal(tuned, run.Json.GetProperty("testAccuracy").GetDouble());
        Assert.True(tuned > before.Json.GetProperty("accuracy").GetDouble());
        Assert.Contains("ax-fpm multiplies floats, and the network integers", mixed.Error, StringComparison.Ordinal);
        Assert.Contains("give a file that ends in .onnx for the quantised network", wrongKind.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finetune_ThatOnlyDoesHarm_SavesTheCalibratedNetwork_AndSaysSo()
    {
        string tuned = folder.File("tuned.safetensors"), calibrated = folder.File("calibrated.safetensors");

        DapproxRun run = await DapproxRun.RunAsync(
            "finetune", "--multiplier", "ax-fpm", "--first", "60", "--epochs", "1", "--learning-rate", "1000", "--out", tuned);
        await DapproxRun.RunAsync("calibrate", "--multiplier", "ax-fpm", "--first", "60", "--out", calibrated);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("no epoch is as good as the network was before, whose numbers are saved", run.Output, StringComparison.Ordinal);
        Assert.All(
            Safetensors.Load(calibrated).Tensors, own => Assert.Equal(own.Value.Data, Safetensors.Load(tuned).Tensors[own.Key].Data));
    }

    [Fact]
    public async Task Finetune_OfAnOnnxFile_OnPicturesOfOnesOwn_IsWrittenBack_AndOnnxRuntimeAgrees()
    {
        string own = folder.File("own.onnx");
        await DapproxRun.RunAsync("model", "convert", "lenet5-digits", own);

        await AssertWrittenBack(own);
    }

    // The file of the authors' network was exported by PyTorch.
    [Fact]
    public Task Finetune_OfAFileFromPyTorch_OnPicturesOfOnesOwn_IsWrittenBack_AndOnnxRuntimeAgrees() =>
        AssertWrittenBack(Path.Combine(DataFolder.Reference, "lenet5-authors.onnx"));

    [Fact]
    public async Task Finetune_IntoAFileOfAnotherKind_IsRefusedBeforeTheWork()
    {
        DapproxRun run = await DapproxRun.RunAsync("finetune", "--out", folder.File("tuned.onnx"));

        run.AssertRefused("give a file that ends in .safetensors for the network 'lenet5-digits'");
    }

    async Task AssertWrittenBack(string model)
    {
        const int Pictures = 60;
        Dataset digits = Datasets.Load("digits", Split.Train);
        Directory.CreateDirectory(folder.File("pictures"));
        for (int i = 0; i < Pictures; i++)
        {
            using var picture = new SKBitmap(new SKImageInfo(digits.Width, digits.Height, SKColorType.Gray8));
            digits.Pixels.Span.Slice(i * digits.Width * digits.Height, digits.Width * digits.Height).CopyTo(picture.GetPixelSpan());
            using SKData png = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
            await File.WriteAllBytesAsync(Path.Combine(folder.File("pictures"), $"{i}.png"), png.ToArray());
        }

        await File.WriteAllLinesAsync(
            folder.File("labels.csv"), Enumerable.Range(0, Pictures).Select(i => $"{i}.png,{digits.Labels[i]}"));
        string tuned = folder.File("tuned.onnx");

        DapproxRun run = await DapproxRun.RunAsync(
            "finetune", "--model", model, "--images", folder.File("pictures"), "--labels", folder.File("labels.csv"), "--multiplier",
            "ax-fpm", "--epochs", "1", "--batch-size", "10", "--out", tuned);

        Assert.Equal(0, run.ExitCode);
        Network network = TrainedModels.Load(tuned), before = TrainedModels.Load(model);
        Assert.All(before.Parameters, own => Assert.NotEqual(own.Value.Values, network.Parameters[own.Key].Values));
        Tensor images = digits.Images(0, Pictures);
        float[] logits = network.Forward(images).Data;
        Assert.All(
            OnnxGraph.Runtime(tuned, images).Zip(logits),
            pair => Assert.Equal(pair.First, pair.Second, RuntimeTolerance * Math.Max(1, Math.Abs(pair.First))));
    }
}
