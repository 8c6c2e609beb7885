using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>The operators that ONNX Runtime's optimiser writes, and attention, against ONNX Runtime.</summary>
public class OnnxFusedTests
{
    const int Length = 5, Heads = 2, Width = 8;

    [Theory]
    [InlineData("Relu", new float[0])]
    [InlineData("Sigmoid", new float[0])]
    [InlineData("Tanh", new float[0])]
    [InlineData("LeakyRelu", new[] { 0.2f })]
    [InlineData("Clip", new[] { -0.5f, 0.75f })]
    [InlineData("HardSigmoid", new[] { 0.3f, 0.4f })]
    public void FusedConv(string activation, float[] numbers)
    {
        var graph = new OnnxGraph(13, 2, 7, 6);
        (string, object)[] given = numbers.Length > 0 ? [("activation_params", numbers)] : [];
        Network network = graph.Check(graph.Node(
            "com.microsoft.FusedConv", [Input, graph.Weights(1, 3, 2, 3, 3), graph.Weights(1, 3)],
            [("activation", activation), ("pads", new[] { 1, 1, 1, 1 }), .. given]));
        Assert.Equal("FusedConv2", Assert.Single(network.Layers.OfType<Convolution2D>()).Name);
    }

    [Fact]
    public void FusedConv_WithASum()
    {
        var graph = new OnnxGraph(13, 3, 7, 6);
        graph.Check(graph.Node(
            "com.microsoft.FusedConv", [Input, graph.Weights(1, 3, 3, 3, 3), graph.Weights(1, 3), graph.Node("Tanh", [Input])],
            ("activation", "Relu"), ("pads", new[] { 1, 1, 1, 1 })));
    }

    [Fact]
    public void FusedGemm()
    {
        var graph = new OnnxGraph(13, 6);
        graph.Check(graph.Node(
            "com.microsoft.FusedGemm", [Input, graph.Weights(1, 4, 6), graph.Weights(1, 4)], ("transB", 1), ("activation", "LeakyRelu"),
            ("activation_alpha", 0.1f)));
    }

    [Theory]
    [InlineData(0, 0, 1f)]
    [InlineData(1, 0, 0.5f)]
    [InlineData(0, 1, 0.5f)]
    public void FusedMatMul(int left, int right, float alpha)
    {
        var graph = new OnnxGraph(13, 4, 4);
        graph.Check(graph.Node(
            "com.microsoft.FusedMatMul", [Input, graph.Node("Tanh", [Input])], ("transA", left), ("transB", right), ("alpha", alpha)));
        var weights = new OnnxGraph(13, 4, 4);
        weights.Check(weights.Node("com.microsoft.FusedMatMul", [Input, weights.Weights(1, 4, 4)], ("transB", right), ("alpha", alpha)));
    }

    [Fact]
    public void Gelus()
    {
        foreach (string type in (string[])["Gelu", "FastGelu", "QuickGelu"])
        {
            var graph = new OnnxGraph(13, 3, 4);
            graph.Check(graph.Node("com.microsoft." + type, [Input]), -3, 3);
        }

        foreach (string type in (string[])["BiasGelu", "FastGelu"])
        {
            var graph = new OnnxGraph(13, 3, 4);
            graph.Check(graph.Node("com.microsoft." + type, [Input, graph.Weights(1, 4)]), -3, 3);
        }
    }

    [Fact]
    public void SkipNormalizations()
    {
        var graph = new OnnxGraph(17, 3, 4);
        string[] both = graph.Nodes(
            "com.microsoft.SkipLayerNormalization", 4,
            [Input, graph.Node("Tanh", [Input]), graph.Weights(1, 4), graph.Weights(1, 4), graph.Weights(1, 4)], ("epsilon", 1e-5f));
        graph.Model.Graph.Node[^1].Output[1] = graph.Model.Graph.Node[^1].Output[2] = "";
        graph.Check(graph.Node("Add", [both[0], both[3]]));
        var simple = new OnnxGraph(17, 3, 4);
        simple.Check(simple.Node(
            "com.microsoft.SkipSimplifiedLayerNormalization", [Input, simple.Node("Tanh", [Input]), simple.Weights(1, 4)],
            ("epsilon", 1e-5f)));
        var alone = new OnnxGraph(17, 3, 4);
        alone.Check(alone.Node("SimplifiedLayerNormalization", [Input, alone.Weights(1, 4)], ("epsilon", 1e-5f), ("axis", -1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void PackedAttention(int unidirectional)
    {
        var graph = new OnnxGraph(17, Length, Width);
        Network network = graph.Check(graph.Node(
            "com.microsoft.Attention", [Input, graph.Weights(0.5f, Width, 3 * Width), graph.Weights(0.5f, 3 * Width)],
            ("num_heads", Heads), ("unidirectional", unidirectional)));
        Assert.Equal(2, network.Layers.OfType<MatrixMultiply>().Count());
    }

    [Fact]
    public void MultiHeadAttention()
    {
        var graph = new OnnxGraph(17, Length, Width);
        graph.Check(graph.Node(
            "com.microsoft.MultiHeadAttention",
            [Input, graph.Node("Tanh", [Input]), graph.Node("Sigmoid", [Input]), graph.Weights(0.5f, 3 * Width)], ("num_heads", Heads)));
    }

    [Theory]
    [InlineData("FusedConv", "activation", "Swish", "its activation is Swish")]
    [InlineData("Attention", "do_rotary", 1, "do_rotary is set")]
    public void Refusals(string type, string attribute, object value, string message)
    {
        var graph = new OnnxGraph(17, 1, Length, Width);
        string weights = type == "Attention" ? graph.Weights(1, Width, 3 * Width) : graph.Weights(1, 1, 1, 1, 1);
        graph.Refuses(
            graph.Node(
                $"com.microsoft.{type}", [Input, weights, graph.Weights(1, type == "Attention" ? 3 * Width : 1)], (attribute, value)),
            message);
    }

    [Theory]
    [InlineData("abc,cd->abd")]
    [InlineData("abc,dc->adb")]
    [InlineData("abc,adc->abd")]
    [InlineData("abc,abd->acd")]
    [InlineData("abc,abc->ab")]
    [InlineData("abc,c->ab")]
    [InlineData("abc->acb")]
    [InlineData("abc->ac")]
    [InlineData("abc,dc")]
    public void Einsum(string equation)
    {
        var graph = new OnnxGraph(13, 4, 4);
        string[] terms = equation.Split("->")[0].Split(',');
        string[] inputs = terms.Length == 1 ? [Input]
            : [Input, terms[1].Length == 3 ? graph.Node("Tanh", [Input]) : graph.Weights(1, [.. Enumerable.Repeat(4, terms[1].Length)])];
        graph.Check(graph.Node("Einsum", inputs, ("equation", equation)));
    }

    [Theory]
    [InlineData("aab->ab")]
    [InlineData("...c->c")]
    [InlineData("abc->bc")]
    [InlineData("abc,adc")]
    public void Einsum_Refused(string equation)
    {
        var graph = new OnnxGraph(13, 4, 4);
        graph.Refuses(
            graph.Node("Einsum", equation.Contains(',') ? [Input, Input] : [Input], ("equation", equation)), "Einsum0");
    }

    [Fact]
    public void Volumes()
    {
        var graph = new OnnxGraph(13, 2, 6, 7, 5);
        string x = graph.Node(
            "Conv", [Input, graph.Weights(0.5f, 3, 2, 3, 2, 3), graph.Weights(0.5f, 3)], ("pads", new[] { 1, 0, 1, 0, 1, 2 }),
            ("strides", new[] { 1, 2, 1 }), ("dilations", new[] { 1, 1, 2 }));
        Network network = graph.Check(graph.Node("GlobalAveragePool", [graph.Node("Relu", [x])]));
        Assert.Equal(3 * 2 * 3 * 2 * 3 * 5 * 4 * 4, network.Multiplications);
        foreach (string type in (string[])["MaxPool", "AveragePool"])
        {
            var pool = new OnnxGraph(13, 2, 6, 7, 5);
            pool.Check(pool.Node(
                type, [Input], ("kernel_shape", new[] { 2, 3, 2 }), ("strides", new[] { 2, 2, 1 }), ("pads", new[] { 1, 1, 0, 0, 1, 1 }),
                ("ceil_mode", 1)));
        }

        var groups = new OnnxGraph(13, 2, 6, 7, 5);
        groups.Refuses(
            groups.Node("Conv", [Input, groups.Weights(1, 2, 1, 1, 1, 1)], ("group", 2)), "a convolution of volumes in 2 groups");
    }

    [Fact]
    public void LpPool()
    {
        var graph = new OnnxGraph(18, 2, 7, 5);
        graph.Check(
            graph.Node("LpPool", [Input], ("kernel_shape", new[] { 3, 2 }), ("strides", new[] { 2, 1 }), ("pads", new[] { 1, 0, 1, 1 })),
            0.1f, 1);
    }
}
