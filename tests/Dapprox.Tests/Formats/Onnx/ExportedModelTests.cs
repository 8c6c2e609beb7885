using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Google.Protobuf;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Graphs as PyTorch's, TensorFlow's and Keras' exporters write them, against ONNX Runtime.</summary>
public class ExportedModelTests
{
    // An MLP on rows of features: MatMul and Add as PyTorch's linear layers over three dimensions and Keras' Dense have them, Gemm as the
    // last.
    [Fact]
    public void MlpOnFeatures()
    {
        var graph = new OnnxGraph(9, 20);
        string x = graph.Node(
            "Relu", [graph.Node("Add", [graph.Node("MatMul", [Input, graph.Weights(0.4f, 20, 16)]), graph.Weights(0.1f, 16)])]);
        x = graph.Node(
            "BatchNormalization", [
                x, graph.Weights(1, 16), graph.Weights(0.1f, 16), graph.Weights(0.1f, 16),
                graph.Constant([.. Enumerable.Repeat(0.7f, 16)], 16)]);
        x = graph.Node("Softmax", [graph.Node("Gemm", [x, graph.Weights(0.4f, 16, 5), graph.Weights(0.1f, 1, 5)])]);
        graph.Check(x);
    }

    [Fact]
    public void LineNetwork()
    {
        var graph = new OnnxGraph(13, 2, 40);
        string x = graph.Node(
            "Conv", [Input, graph.Weights(0.4f, 8, 2, 5), graph.Weights(0.1f, 8)], ("kernel_shape", new[] { 5 }), ("pads", new[] { 2, 2 }));
        x = graph.Node(
            "BatchNormalization",
            [x, graph.Weights(1, 8), graph.Weights(0.1f, 8), graph.Weights(0.1f, 8), graph.Constant([.. Enumerable.Repeat(0.7f, 8)], 8)]);
        x = graph.Node(
            "MaxPool", [graph.Node("Relu", [x])], ("kernel_shape", new[] { 3 }), ("strides", new[] { 2 }), ("pads", new[] { 1, 1 }));
        x = graph.Node("Conv", [x, graph.Weights(0.4f, 8, 1, 3)], ("group", 8), ("auto_pad", "SAME_LOWER"), ("strides", new[] { 2 }));
        x = graph.Node("ReduceMean", [graph.Node("LeakyRelu", [x])], ("axes", new[] { -1 }), ("keepdims", 0));
        graph.Check(graph.Node("Gemm", [x, graph.Weights(0.4f, 4, 8), graph.Weights(0.1f, 4)], ("transB", 1)));
    }

    // tf2onnx: images with the channels last, turned at the entrance, filters turned by a node, pads that SAME asks for, a bias added
    // to every channel, and the turning back before flattening.
    [Fact]
    public void KerasWithChannelsLast()
    {
        var graph = new OnnxGraph(13, 12, 12, 3);
        string x = graph.Node("Transpose", [Input], ("perm", new[] { 0, 3, 1, 2 }));
        string filters = graph.Node("Transpose", [graph.Weights(0.4f, 3, 3, 3, 8)], ("perm", new[] { 3, 2, 0, 1 }));
        x = graph.Node("Conv", [x, filters], ("kernel_shape", new[] { 3, 3 }), ("auto_pad", "SAME_UPPER"), ("strides", new[] { 2, 2 }));
        x = graph.Node("Relu", [graph.Node("Add", [x, graph.Node("Reshape", [graph.Weights(0.1f, 8), graph.Integers(1, 8, 1, 1)])])]);
        x = graph.Node("AveragePool", [x], ("kernel_shape", new[] { 3, 3 }), ("auto_pad", "SAME_UPPER"), ("strides", new[] { 2, 2 }));
        x = graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 3, 1 }));
        x = graph.Node("Reshape", [x, graph.Node("Concat", [graph.Integers(-1), graph.Integers(72)], ("axis", 0))]);
        string matrix = graph.Node("Identity", [graph.Weights(0.3f, 72, 4)]);
        graph.Check(graph.Node("Softmax", [graph.Node("Add", [graph.Node("MatMul", [x, matrix]), graph.Weights(0.1f, 4)])]));
    }

    [Fact]
    public void SqueezeNetFires()
    {
        var graph = new OnnxGraph(11, 3, 17, 17);
        string x = graph.Node("Relu", [graph.Node("Conv", [Input, graph.Weights(0.4f, 8, 3, 3, 3)], ("strides", new[] { 2, 2 }))]);
        for (int i = 0; i < 2; i++)
        {
            x = graph.Node(
                "MaxPool", [x], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("ceil_mode", i == 0 ? 0 : 1),
                ("pads", new[] { 0, 0, i, i }));
            string squeezed = graph.Node("Relu", [graph.Node("Conv", [x, graph.Weights(0.5f, 4, 8, 1, 1), graph.Weights(0.1f, 4)])]);
            string narrow = graph.Node("Relu", [graph.Node("Conv", [squeezed, graph.Weights(0.5f, 4, 4, 1, 1)])]);
            string wide = graph.Node(
                "Relu", [graph.Node("Conv", [squeezed, graph.Weights(0.5f, 4, 4, 3, 3)], ("pads", new[] { 1, 1, 1, 1 }))]);
            x = graph.Node("Concat", [narrow, wide], ("axis", 1));
        }

        x = graph.Node(
            "GlobalAveragePool",
            [graph.Node("Relu", [graph.Node("Conv", [graph.Node("Dropout", [x], ("ratio", 0.5f)), graph.Weights(0.5f, 5, 8, 1, 1)])])]);
        graph.Check(x);
    }

    [Fact]
    public void DenseNetBlock()
    {
        var graph = new OnnxGraph(17, 4, 8, 8);
        string[] parts = [Input];
        for (int i = 0; i < 3; i++)
        {
            int channels = 4 + 3 * i;
            string all = graph.Node("Concat", parts, ("axis", 1));
            string normal = graph.Node(
                "BatchNormalization", [
                    all, graph.Weights(1, channels), graph.Weights(0.1f, channels), graph.Weights(0.1f, channels),
                    graph.Constant([.. Enumerable.Repeat(0.7f, channels)], channels)]);
            string grown = graph.Node(
                "Conv", [graph.Node("Relu", [normal]), graph.Weights(0.4f, 3, channels, 3, 3)], ("pads", new[] { 1, 1, 1, 1 }));
            parts = [.. parts, grown];
        }

        string last = graph.Node(
            "AveragePool", [graph.Node("Concat", parts, ("axis", 1))], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        graph.Check(graph.Node("ReduceMean", [last], ("axes", new[] { 2, 3 })));
    }

    // Swish and squeeze-and-excitation, the mean over height and width and a sigmoid of two convolutions.
    [Fact]
    public void SqueezeAndExcitation()
    {
        var graph = new OnnxGraph(18, 6, 7, 7);
        string x = graph.Node("Conv", [Input, graph.Weights(0.5f, 6, 1, 5, 5)], ("group", 6), ("pads", new[] { 2, 2, 2, 2 }));
        x = graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]);
        string squeezed = graph.Node("ReduceMean", [x, graph.Integers(2, 3)], ("keepdims", 1));
        string inner = graph.Node("Conv", [squeezed, graph.Weights(0.5f, 2, 6, 1, 1), graph.Weights(0.1f, 2)]);
        string scale = graph.Node(
            "Sigmoid", [graph.Node("Conv", [graph.Node("Mul", [inner, graph.Node("Sigmoid", [inner])]), graph.Weights(0.5f, 6, 2, 1, 1)])]);
        x = graph.Node("Squeeze", [graph.Node("GlobalAveragePool", [graph.Node("Mul", [scale, x])])]);
        graph.Check(graph.Node("Gemm", [x, graph.Weights(0.5f, 3, 6), graph.Weights(0.1f, 3)], ("transB", 1)));
    }

    // scaled_dot_product_attention as PyTorch exports it: the scale is computed from the shape of the queries, both factors get its
    // root, and the causal mask is a constant; position embeddings are picked from a table.
    [Fact]
    public void AttentionWithMask()
    {
        const int Width = 8, Heads = 2, Length = 5;
        var graph = new OnnxGraph(17, Length, Width);
        string positions = graph.Node("Gather", [graph.Weights(0.5f, 9, Width), graph.Integers(0, 1, 2, 3, 4)], ("axis", 0));
        string x = graph.Node("Add", [Input, graph.Node("Unsqueeze", [positions, graph.Integers(0)])]);
        string[] weights = graph.Nodes(
            "Split", 3, [graph.Weights(0.5f, 3 * Width, Width), graph.Integers(Width, Width, Width)], ("axis", 0));
        string[] heads = [.. weights.Select((matrix, i) =>
        {
            string projected = graph.Node("MatMul", [x, graph.Node("Transpose", [matrix], ("perm", new[] { 1, 0 }))]);
            string images = graph.Node("Gather", [graph.Node("Shape", [projected]), graph.Integer(0)], ("axis", 0));
            string shape = graph.Node(
                "Concat", [
                    graph.Node("Unsqueeze", [images, graph.Integers(0)]), graph.Integers(-1), graph.Integers(Heads),
                    graph.Integers(Width / Heads)], ("axis", 0));
            return graph.Node(
                "Transpose", [graph.Node("Reshape", [projected, shape])], ("perm", i == 1 ? new[] { 0, 2, 3, 1 } : [0, 2, 1, 3]));
        })];
        string size = graph.Node(
            "Cast", [graph.Node("Slice", [graph.Node("Shape", [heads[0]]), graph.Integers(-1), graph.Integers(long.MaxValue)])], ("to", 1));
        string root = graph.Node("Sqrt", [graph.Node("Div", [graph.Constant([1], 1), graph.Node("Sqrt", [size])])]);
        string products = graph.Node("MatMul", [graph.Node("Mul", [heads[0], root]), graph.Node("Mul", [heads[1], root])]);
        float[] mask = [.. Enumerable.Range(0, Length * Length).Select(i => i % Length > i / Length ? float.NegativeInfinity : 0)];
        string attention = graph.Node("Softmax", [graph.Node("Add", [products, graph.Constant(mask, 1, 1, Length, Length)])], ("axis", -1));
        string attended = graph.Node("Transpose", [graph.Node("MatMul", [attention, heads[2]])], ("perm", new[] { 0, 2, 1, 3 }));
        x = graph.Node(
            "Add",
            [x, graph.Node("MatMul", [graph.Node("Reshape", [attended, graph.Integers(0, 0, Width)]), graph.Weights(0.5f, Width, Width)])]);
        x = graph.Node("LayerNormalization", [x, graph.Weights(1, Width), graph.Weights(1, Width)]);

        Network network = graph.Check(graph.Node("Gather", [x, graph.Integer(-1)], ("axis", 1)));

        Assert.Equal(2, network.Layers.OfType<MatrixMultiply>().Count());
    }

    // The constant comes first, as in mixing tokens: it is the multiplier's second operand all the same.
    [Fact]
    public void MixerTokens()
    {
        var graph = new OnnxGraph(13, 5, 6);
        string x = graph.Node("MatMul", [graph.Weights(0.5f, 7, 5), Input]);
        x = graph.Node("Add", [x, graph.Weights(0.1f, 7, 1)]);

        Network network = graph.Check(graph.Node("MatMul", [graph.Weights(0.5f, 1, 4, 7), x]));

        Assert.Equal(2, network.Layers.OfType<Dense>().Count());
        Assert.Equal((7 * 5 + 4 * 7) * 6, network.Multiplications);
    }

    // What a mask or auxiliary output hangs on is not looked at, nor are nodes and inputs that the logits do not need.
    [Fact]
    public void UnneededNodesAndInputs_AreLeftOut()
    {
        var graph = new OnnxGraph(12, 2, 4, 4);
        string[] dropped = graph.Nodes("Dropout", 2, [Input]);
        string[] pooled = graph.Nodes("MaxPool", 2, [dropped[0]], ("kernel_shape", new[] { 2, 2 }));
        graph.Node("NonZero", [dropped[1]]);
        graph.Check(pooled[0]);
        graph.Model.Graph.Input.Add(new ValueProto { Name = "unneeded" });
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.onnx"), graph.Model.ToByteArray());

        Assert.Equal(18, OnnxModels.Load(folder.File("m.onnx")).Classes);
    }

    // Before IR version 4 every initialiser is an input as well.
    [Fact]
    public void InitialisersAmongTheInputs_AreConstants()
    {
        var graph = new OnnxGraph(9, 2, 4, 4);
        string x = graph.Node("Conv", [Input, graph.Weights(1, 3, 2, 3, 3)]);
        graph.Model.IrVersion = 3;
        graph.Model.Graph.Input.Insert(0, graph.Model.Graph.Input[0].Clone());
        graph.Model.Graph.Input[0].Name = graph.Model.Graph.Initializer[0].Name;
        graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim.Clear();
        graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim.AddRange(
            graph.Model.Graph.Initializer[0].Dims.Select(size => new DimensionProto { DimValue = size }));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.onnx"), graph.Bytes(x));
        var images = new Tensor([.. Enumerable.Range(0, 32).Select(i => i / 32f)], 1, 2, 4, 4);

        Assert.Equal(12, OnnxModels.Load(folder.File("m.onnx")).Forward(images).Data.Length);
    }

    [Theory]
    [InlineData("conv\nt\u001b[31m", "conv?t?[31m")]
    [InlineData("/layers.0/[conv], *", "/layers.0/[conv], *")]
    public void NamesOfOddLetters(string given, string expected)
    {
        var graph = new OnnxGraph(13, 2, 4, 4);
        string x = graph.Node("Conv", [Input, graph.Weights(1, 3, 2, 3, 3)]);
        graph.Model.Graph.Node[0].Name = given;

        Assert.Equal(expected, graph.Check(x).Layers[0].Name);
    }
}
