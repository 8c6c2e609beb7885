using System.Text.Json;
using Dapprox.Tests.Formats.Onnx;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>What the command line says about an ONNX file: which tensor is the logits, and the shape of an image.</summary>
public sealed class OnnxOptionTests : IDisposable
{
    const int Numbers = 28 * 28, Classes = 10;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Output_NamesTheLogits_AndImagesAreReshaped()
    {
        var graph = new OnnxGraph(13, Numbers);
        string logits = graph.Node("Gemm", [OnnxGraph.Input, graph.Weights(0.1f, Numbers, Classes)]);
        string file = Write(graph, graph.Node("Softmax", [logits]), logits);
        string[] evaluate = ["evaluate", "--model", file, "--dataset", "digits", "--first", "5", "--json"];

        DapproxRun refused = await DapproxRun.RunAsync(evaluate);
        DapproxRun run = await DapproxRun.RunAsync([.. evaluate, "--output", logits]);

        refused.AssertRefused("name the one that is the logits: --output NAME");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "note: the 1×28×28 images of digits are reshaped to the 784 numbers that flat takes, in their order", run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputShape_IsThatOfTheImages()
    {
        var graph = new OnnxGraph(13, Numbers);
        string file = Write(graph, graph.Node("Gemm", [OnnxGraph.Input, graph.Weights(0.1f, Numbers, Classes)]));

        DapproxRun run = await DapproxRun.RunAsync("model", "inspect", file, "--input-shape", "1,28,28", "--json");

        Assert.Equal(
            [1, 28, 28],
            JsonDocument.Parse(run.Output).RootElement.GetProperty("inputShape").EnumerateArray().Select(size => size.GetInt32()));
        (await DapproxRun.RunAsync("model", "inspect", file, "--input-shape", "3,5")).AssertRefused("which images of 3×5 do not become");
        (await DapproxRun.RunAsync("model", "inspect", file, "--input-shape", "0,5")).AssertRefused("--input-shape");
        (await DapproxRun.RunAsync("model", "inspect", "lenet5-digits", "--input-shape", "1,28,28"))
            .AssertRefused("--input-shape is for an ONNX file, and 'lenet5-digits' is none");
    }

    string Write(OnnxGraph graph, string output, string? other = null)
    {
        string file = folder.File("flat.onnx");
        graph.Bytes(output);
        if (other is not null)
        {
            graph.Model.Graph.Output.Add(graph.Model.Graph.Output[0].Clone());
            graph.Model.Graph.Output[1].Name = other;
        }

        using FileStream stream = File.Create(file);
        Google.Protobuf.MessageExtensions.WriteTo(graph.Model, stream);
        return file;
    }
}
