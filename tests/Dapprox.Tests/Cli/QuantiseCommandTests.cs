using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class QuantiseCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("int8", "--bits", "8")]
    [InlineData("int5", "--bits", "5", "--range", "mse", "--weight-scales", "per-tensor", "--layers", "convolutions")]
    [InlineData("int6", "--bits", "6", "--range", "minmax", "--equalise")]
    public async Task Quantise_WritesWhatEvaluateQuantises(string format, params string[] options)
    {
        string file = folder.File("q.onnx");
        string[] own = [.. options.Skip(2).TakeWhile(option => option != "--layers")];
        string[] layers = [.. options.SkipWhile(option => option != "--layers")];
        DapproxRun run = await DapproxRun.RunAsync(
            ["quantise", "--first", "50", .. options, "--signed-activations", "--out", file, "--json"]);
        DapproxRun saved = await DapproxRun.RunAsync(["evaluate", "--model", file, "--first", "40", "--logits", file + ".1"]);
        DapproxRun direct = await DapproxRun.RunAsync(
            ["evaluate", "--first", "40", "--quantise", format, .. own, .. layers, "--range-images", "50", "--logits", file + ".2"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal((0, 0), (saved.ExitCode, direct.ExitCode));
        Assert.Equal(
            ["model", "bits", "activations", "range", "weightScales", "equalised", "layers", "images", "count", "fingerprint", "file",
                "quantisation", "seconds"],
            run.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(format, run.Json.GetProperty("activations").GetString());
        Assert.Equal(layers.Length > 0 ? 2 : 4, run.Json.GetProperty("quantisation").GetArrayLength());
        Assert.Equal(await File.ReadAllTextAsync(file + ".2"), await File.ReadAllTextAsync(file + ".1"));
        Assert.Contains("exact-int8", saved.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AQuantisedFile_TakesMultipliersOfIntegers()
    {
        string file = folder.File("q.onnx");
        DapproxRun run = await DapproxRun.RunAsync("quantise", "--first", "50", "--out", file);
        DapproxRun drum = await DapproxRun.RunAsync("evaluate", "--model", file, "--first", "40", "--multiplier", "drum:8:k=4", "--json");
        DapproxRun floats = await DapproxRun.RunAsync("evaluate", "--model", file, "--first", "40", "--multiplier", "ax-fpm");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("conv1", run.Output, StringComparison.Ordinal);
        Assert.Contains("uint8", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, drum.ExitCode);
        Assert.Equal(1, floats.ExitCode);
        Network network = OnnxModels.Load(file);
        Assert.Equal(4, network.Layers.OfType<WeightedLayer>().Count(layer => layer.Quantisation is not null));
    }

    [Theory]
    [InlineData("--out is 'q.safetensors'; give a file that ends in .onnx", "--out", "q.safetensors")]
    [InlineData("--bits is '3'; give an integer from 4 to 8", "--bits", "3", "--out", "q.onnx")]
    public async Task BadOptions_AreRefused(string message, params string[] options)
    {
        DapproxRun run = await DapproxRun.RunAsync(["quantise", .. options]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AQuantisedFile_IsNotQuantisedAgain()
    {
        string file = folder.File("q.onnx");
        await DapproxRun.RunAsync("quantise", "--first", "20", "--out", file);
        DapproxRun run = await DapproxRun.RunAsync("quantise", "--model", file, "--first", "20", "--out", folder.File("r.onnx"));

        Assert.Equal((1, "error: q is quantised already\n"), (run.ExitCode, run.Error));
        Assert.False(File.Exists(folder.File("r.onnx")));
    }
}
