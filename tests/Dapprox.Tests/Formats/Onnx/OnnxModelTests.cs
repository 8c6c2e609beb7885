using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Small networks of the kinds people have, against ONNX Runtime.</summary>
public class OnnxModelTests
{
    [Fact]
    public void LeNet()
    {
        var graph = new OnnxGraph(13, 1, 28, 28);
        string x = Convolution(graph, Input, 1, 6, kernel: 5, padding: 2);
        x = graph.Node("MaxPool", [graph.Node("Relu", [x])], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        x = graph.Node(
            "MaxPool", [graph.Node("Relu", [Convolution(graph, x, 6, 16, kernel: 5)])], ("kernel_shape", new[] { 2, 2 }),
            ("strides", new[] { 2, 2 }));
        x = graph.Node("Flatten", [x]);
        x = graph.Node("Relu", [Gemm(graph, x, 400, 120)]);

        graph.Check(Gemm(graph, graph.Node("Relu", [Gemm(graph, x, 120, 84)]), 84, 10), 0, 1);
    }

    [Fact]
    public void VggLike()
    {
        var graph = new OnnxGraph(17, 3, 32, 32);
        string x = Input;
        foreach ((int inputs, int outputs) in ((int, int)[])[(3, 8), (8, 16), (16, 32)])
        {
            x = graph.Node("Relu", [Convolution(graph, x, inputs, outputs, padding: 1)]);
            x = graph.Node("Relu", [Convolution(graph, x, outputs, outputs, padding: 1)]);
            x = graph.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        }

        x = graph.Node("Relu", [Gemm(graph, graph.Node("Flatten", [x]), 512, 64)]);
        graph.Check(Gemm(graph, graph.Node("Dropout", [x]), 64, 10), 0, 1);
    }

    [Fact]
    public void ResNetLike()
    {
        var graph = new OnnxGraph(17, 3, 32, 32);
        string x = graph.Node(
            "Relu", [Normalised(graph, Convolution(graph, Input, 3, 16, kernel: 7, padding: 3, stride: 2, bias: false), 16)]);
        x = graph.Node("MaxPool", [x], ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }));
        foreach ((int inputs, int outputs, int stride) in ((int, int, int)[])[(16, 16, 1), (16, 32, 2)])
        {
            string inner = graph.Node(
                "Relu", [Normalised(graph, Convolution(graph, x, inputs, outputs, padding: 1, stride: stride, bias: false), outputs)]);
            inner = Normalised(graph, Convolution(graph, inner, outputs, outputs, padding: 1, bias: false), outputs);
            string around = stride == 1 ? x : Normalised(
                graph, Convolution(graph, x, inputs, outputs, kernel: 1, stride: stride, bias: false), outputs);
            x = graph.Node("Relu", [graph.Node("Add", [inner, around])]);
        }

        graph.Check(Gemm(graph, graph.Node("Flatten", [graph.Node("GlobalAveragePool", [x])]), 32, 10), 0, 1);
    }

    [Fact]
    public void MobileNetLike()
    {
        var graph = new OnnxGraph(14, 3, 32, 32);
        string x = Relu6(graph, Normalised(graph, Convolution(graph, Input, 3, 8, padding: 1, stride: 2, bias: false), 8));
        foreach ((int inputs, int outputs, int stride) in ((int, int, int)[])[(8, 8, 1), (8, 12, 2), (12, 12, 1)])
        {
            int wide = 4 * inputs;
            string inner = Relu6(graph, Normalised(graph, Convolution(graph, x, inputs, wide, kernel: 1, bias: false), wide));
            inner = Relu6(
                graph,
                Normalised(graph, Convolution(graph, inner, wide, wide, padding: 1, stride: stride, groups: wide, bias: false), wide));
            // Squeeze and excitation, as in the third.
            string scale = graph.Node(
                "HardSigmoid", [Convolution(graph, graph.Node("GlobalAveragePool", [inner]), wide, wide, kernel: 1)], ("alpha", 1 / 6f));
            inner = Normalised(
                graph, Convolution(graph, graph.Node("Mul", [inner, scale]), wide, outputs, kernel: 1, bias: false), outputs);
            x = stride == 1 && inputs == outputs ? graph.Node("Add", [x, inner]) : inner;
        }

        x = graph.Node("ReduceMean", [graph.Node("HardSwish", [x])], ("axes", new[] { 2, 3 }), ("keepdims", 0));
        graph.Check(Gemm(graph, x, 12, 10), 0, 1);

        static string Relu6(OnnxGraph graph, string x) => graph.Node("Clip", [x, graph.Constant([0]), graph.Constant([6])]);
    }

    [Fact]
    public void VisionTransformerLike()
    {
        OnnxGraph graph = Transformer(out string logits);

        Network network = graph.Check(logits, 0, 1);

        // Two products of activations in each of two blocks.
        Assert.Equal(4, network.Layers.OfType<MatrixMultiply>().Count());
        Network approximate = network.With(AxFpm.Released);
        Assert.All(approximate.Layers.OfType<IMultiplies>(), layer => Assert.Same(AxFpm.Released, layer.Multiplier));
        Tensor images = Tensor.Zeros(2, 3, 16, 16);
        images.Data.AsSpan().Fill(0.5f);
        Assert.NotEqual(network.Forward(images).Data, approximate.Forward(images).Data);
    }

    // The logits of an image are the same whatever is beside it and however many threads there are.
    [Fact]
    public void Logits_DoNotDependOnBatchOrThreads()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllBytes(path, Transformer(out string logits).Bytes(logits));
        Network network = OnnxModels.Load(path).With(AxFpm.Released), one = network.With(AxFpm.Released, threads: 1);
        var random = new CounterRandom(1, 1);
        float[] numbers = new float[5 * 3 * 16 * 16];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = random.NextSingle(0, 1);
        var images = new Tensor(numbers, 5, 3, 16, 16);
        LogitGradient loss = (_, scores, back) => scores.CopyTo(back);

        (Tensor all, Tensor gradient) = network.InputGradient(images, loss);

        Assert.Equal(all.Data, network.Forward(images).Data);
        for (int i = 0; i < 5; i++)
        {
            (Tensor alone, Tensor own) = one.InputGradient(images.Rows(i, 1), loss);
            Assert.Equal(alone.Data, all.Row(i).ToArray());
            Assert.Equal(own.Data, gradient.Row(i).ToArray());
        }
    }

    [Fact]
    public void Attacks_WorkOnIt()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllBytes(path, Transformer(out string logits).Bytes(logits));
        Network network = OnnxModels.Load(path).With(AxFpm.Released);
        Tensor image = Tensor.Zeros(1, 3, 16, 16);
        image.Data.AsSpan().Fill(0.5f);
        int label = network.Forward(image).Data.Index().MaxBy(logit => logit.Item).Index;

        AttackRecord[] records = AttackRunner.Run(new DeepFool(), new NetworkVictim(network), image, [label], seed: 1);

        Assert.True(records[0].Success);
    }

    [Fact]
    public void Policies_SelectLayers()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllBytes(path, Transformer(out string logits).Bytes(logits));
        Network network = OnnxModels.Load(path);
        int all = network.Layers.OfType<IMultiplies>().Count();

        Assert.Equal(all, Approximate("all"));
        Assert.Equal(1, Approximate("convolutions"));
        Assert.Equal(all - 1, Approximate("dense"));
        Assert.Equal(all - 2, Approximate("inner"));
        Assert.Equal(all - 1, Approximate("MatMul*,Gemm*"));
        Assert.Contains(
            "no layer is 'Gemn*'; the layers that multiply are Conv",
            Assert.Throws<InputException>(() => Approximate("Conv*,Gemn*")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "the layers that multiply are Conv", Assert.Throws<InputException>(() => Approximate("nothing")).Message,
            StringComparison.Ordinal);

        int Approximate(string selection) =>
            network.With(AxFpm.Released, LayerSelection.Parse(selection)).Layers.OfType<IMultiplies>().Count(
                layer => layer.Multiplier == AxFpm.Released);
    }

    [Fact]
    public void TheAuthorsModel_GivesWhatOnnxRuntimeGives()
    {
        string folder = DataFolder.Reference;
        string path = Path.Combine(folder, "lenet5-authors.onnx");
        Network network = OnnxModels.Load(path);
        var random = new CounterRandom(1, 1);
        var images = Tensor.Zeros(4, 1, 28, 28);
        for (int i = 0; i < images.Data.Length; i++)
            images.Data[i] = random.NextSingle(0, 1);

        for (int i = 0; i < 4; i++)
            AssertNear(Runtime(path, images.Rows(i, 1)), network.Forward(images.Rows(i, 1)).Data);
    }

    static OnnxGraph Transformer(out string logits)
    {
        const int Width = 12, Heads = 3, Patches = 16;
        var graph = new OnnxGraph(17, 3, 16, 16);
        string x = Convolution(graph, Input, 3, Width, kernel: 4, stride: 4);
        x = graph.Node("Transpose", [graph.Node("Reshape", [x, graph.Integers(0, Width, -1)])], ("perm", new[] { 0, 2, 1 }));
        string images = graph.Node("Slice", [graph.Node("Shape", [Input]), graph.Integers(0), graph.Integers(1), graph.Integers(0)]);
        string token = graph.Node(
            "Expand",
            [graph.Weights(1, 1, 1, Width), graph.Node("Concat", [images, graph.Integers(1), graph.Integers(Width)], ("axis", 0))]);
        x = graph.Node("Add", [graph.Node("Concat", [token, x], ("axis", 1)), graph.Weights(1, 1, Patches + 1, Width)]);
        for (int block = 0; block < 2; block++)
        {
            string normal = graph.Node("LayerNormalization", [x, graph.Weights(1, Width), graph.Weights(1, Width)]);
            string all = graph.Node(
                "Add", [graph.Node("MatMul", [normal, graph.Weights(0.5f, Width, 3 * Width)]), graph.Weights(1, 3 * Width)]);
            string[] parts = graph.Nodes("Split", 3, [all, graph.Integers(Width, Width, Width)], ("axis", 2));
            string[] heads = [.. parts.Select((part, i) => graph.Node(
                "Transpose", [graph.Node("Reshape", [part, graph.Integers(0, -1, Heads, Width / Heads)])],
                ("perm", i == 1 ? new[] { 0, 2, 3, 1 } : [0, 2, 1, 3])))];
            string weights = graph.Node(
                "Softmax", [graph.Node("Div", [graph.Node("MatMul", [heads[0], heads[1]]), graph.Constant([2])])], ("axis", -1));
            string attended = graph.Node(
                "Reshape", [
                    graph.Node("Transpose", [graph.Node("MatMul", [weights, heads[2]])], ("perm", new[] { 0, 2, 1, 3 })),
                    graph.Integers(0, -1, Width)]);
            x = graph.Node("Add", [x, graph.Node("MatMul", [attended, graph.Weights(0.5f, Width, Width)])]);
            normal = graph.Node("LayerNormalization", [x, graph.Weights(1, Width), graph.Weights(1, Width)]);
            string hidden = graph.Node("MatMul", [normal, graph.Weights(0.5f, Width, 4 * Width)]);
            // The Gelu of exports before version 20.
            string half = graph.Node(
                "Mul", [
                    hidden, graph.Node(
                        "Add", [graph.Node("Erf", [graph.Node("Div", [hidden, graph.Constant([MathF.Sqrt(2)])])]), graph.Constant([1])])]);
            x = graph.Node(
                "Add",
                [x, graph.Node("MatMul", [graph.Node("Mul", [half, graph.Constant([0.5f])]), graph.Weights(0.5f, 4 * Width, Width)])]);
        }

        logits = Gemm(graph, graph.Node("Gather", [x, graph.Integer(0)], ("axis", 1)), Width, 10);
        return graph;
    }

    static string Convolution(
        OnnxGraph graph, string x, int inputs, int outputs, int kernel = 3, int padding = 0, int stride = 1, int groups = 1,
        bool bias = true)
    {
        float scale = MathF.Sqrt(3f / (inputs / groups * kernel * kernel));
        string filters = graph.Weights(scale, outputs, inputs / groups, kernel, kernel);
        return graph.Node(
            "Conv", bias ? [x, filters, graph.Weights(0.1f, outputs)] : [x, filters],
            ("pads", new[] { padding, padding, padding, padding }), ("strides", new[] { stride, stride }), ("group", groups));
    }

    static string Gemm(OnnxGraph graph, string x, int inputs, int outputs) =>
        graph.Node("Gemm", [x, graph.Weights(MathF.Sqrt(3f / inputs), outputs, inputs), graph.Weights(0.1f, outputs)], ("transB", 1));

    static string Normalised(OnnxGraph graph, string x, int channels) => graph.Node(
        "BatchNormalization", [
            x, graph.Weights(1, channels), graph.Weights(0.1f, channels), graph.Weights(0.1f, channels),
            graph.Constant([.. Enumerable.Repeat(0.7f, channels)], channels)]);
}
