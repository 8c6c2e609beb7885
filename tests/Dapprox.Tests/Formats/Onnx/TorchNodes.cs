using Dapprox.Networks.Formats.Onnx;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>The nodes that PyTorch's exporter writes for its layers and for shapes that depend on the number of images.</summary>
static class TorchNodes
{
    const int Float = 1, Int64 = 7;

    public static string Scalar(this OnnxGraph graph, long number) =>
        graph.Node("Constant", [], ("value", new TensorProto { DataType = Int64, Int64Data = { number } }));

    public static string List(this OnnxGraph graph, params long[] numbers) =>
        graph.Node("Constant", [], ("value", OnnxGraph.IntegerTensor(numbers)));

    public static string Real(this OnnxGraph graph, float number) => graph.Node("Constant", [], ("value", RealTensor(number)));

    public static TensorProto RealTensor(float number, params long[] shape) =>
        new() { DataType = Float, FloatData = { number }, Dims = { shape } };

    /// <summary>A dimension, as a scalar.</summary>
    public static string Dimension(this OnnxGraph graph, string x, int axis) =>
        graph.Node("Gather", [graph.Node("Shape", [x]), graph.Scalar(axis)], ("axis", 0));

    /// <summary>A dimension divided by a number.</summary>
    public static string Divided(this OnnxGraph graph, string dimension, long by)
    {
        string quotient = graph.Node("Div", [dimension, graph.Scalar(by)]);
        return graph.Node("Cast", [graph.Node("Cast", [quotient], ("to", Int64))], ("to", Int64));
    }

    /// <summary>A list of fixed numbers and computed scalars.</summary>
    public static string Sizes(this OnnxGraph graph, params object[] sizes) => graph.Node(
        "Concat",
        [
            .. sizes.Select(size => size is string computed
                ? graph.Unsqueeze(computed, 0)
                : graph.List((int)size)),
        ],
        ("axis", 0));

    public static string Reshape(this OnnxGraph graph, string x, params object[] sizes) =>
        graph.Node("Reshape", [x, graph.Sizes(sizes)]);

    public static string Transpose(this OnnxGraph graph, string x, params int[] order) => graph.Node("Transpose", [x], ("perm", order));

    /// <summary>A dimension of 1 more, at an index that is an attribute before operator set 13.</summary>
    public static string Unsqueeze(this OnnxGraph graph, string x, int axis) => graph.Model.OpsetImport[0].Version < 13
        ? graph.Node("Unsqueeze", [x], ("axes", new[] { axis }))
        : graph.Node("Unsqueeze", [x, graph.List(axis)]);

    public static string Slice(this OnnxGraph graph, string x, int axis, long start, long end = long.MaxValue, long step = 1) =>
        graph.Node("Slice", [x, graph.List(start), graph.List(end), graph.List(axis), graph.List(step)]);

    /// <summary>expand() to sizes of which those of −1 stay.</summary>
    public static string Expand(this OnnxGraph graph, string x, string sizes)
    {
        string ones = graph.Node("ConstantOfShape", [graph.Node("Shape", [sizes])], ("value", OnnxGraph.IntegerTensor(1)));
        string stay = graph.Node("Equal", [sizes, graph.Node("Mul", [ones, graph.Scalar(-1)])]);
        return graph.Node("Expand", [x, graph.Node("Where", [stay, ones, sizes])]);
    }

    /// <summary>pad() by computed sizes, from the last dimension on.</summary>
    public static string Pad(this OnnxGraph graph, string x, int rank, params object[] sides)
    {
        string given = graph.Sizes(sides);
        string count = graph.Node("Gather", [graph.Node("Shape", [given]), graph.List(0)], ("axis", 0));
        string rest = graph.Node(
            "ConstantOfShape", [graph.Node("Sub", [graph.Scalar(2 * rank), count])], ("value", OnnxGraph.IntegerTensor(0)));
        string all = graph.Node("Concat", [graph.Node("Cast", [given], ("to", Int64)), rest], ("axis", 0));
        all = graph.Slice(graph.Node("Reshape", [all, graph.List(-1, 2)]), 0, -1, -long.MaxValue, -1);
        all = graph.Node("Reshape", [graph.Transpose(all, 1, 0), graph.List(-1)]);
        return graph.Node("Pad", [x, graph.Node("Cast", [all], ("to", Int64)), ""], ("mode", "constant"));
    }

    public static string Roll(this OnnxGraph graph, string x, int axis, long by) =>
        graph.Node("Concat", [graph.Slice(x, axis, -by), graph.Slice(x, axis, 0, -by)], ("axis", axis));

    /// <summary>A convolution that keeps height and width, but for its stride.</summary>
    /// <param name="width">The width of its kernel; 0 for the height.</param>
    public static string Conv(
        this OnnxGraph graph, string x, int inputs, int outputs, int kernel = 1, int stride = 1, int groups = 1, int width = 0,
        int? padding = null, bool bias = true)
    {
        width = width == 0 ? kernel : width;
        int own = inputs / groups, top = padding ?? kernel / 2, left = padding ?? width / 2;
        string weights = graph.Weights(MathF.Sqrt(4f / (own * kernel * width)), outputs, own, kernel, width);
        // Equal biases are written once, and named again.
        string[] biases = bias ? [graph.Node("Identity", [graph.Weights(0.1f, outputs)])] : [];
        return graph.Node(
            "Conv", [x, weights, .. biases], ("dilations", new[] { 1, 1 }), ("group", groups), ("kernel_shape", new[] { kernel, width }),
            ("pads", new[] { top, left, top, left }), ("strides", new[] { stride, stride }));
    }

    public static string Relu(this OnnxGraph graph, string x) => graph.Node("Relu", [x]);

    public static string ConvRelu(
        this OnnxGraph graph, string x, int inputs, int outputs, int kernel = 1, int stride = 1, int width = 0, int? padding = null) =>
        graph.Relu(graph.Conv(x, inputs, outputs, kernel, stride, width: width, padding: padding));

    public static string MaxPool(this OnnxGraph graph, string x, int kernel, int stride, int padding = 0, int ceil = 0) => graph.Node(
        "MaxPool", [x], ("ceil_mode", ceil), ("kernel_shape", new[] { kernel, kernel }),
        ("pads", new[] { padding, padding, padding, padding }), ("strides", new[] { stride, stride }));

    /// <summary>An average pool that counts its padding, which a node of its own writes.</summary>
    public static string AveragePool(this OnnxGraph graph, string x, int kernel, int stride, int padding = 0) => graph.Node(
        "AveragePool", [graph.Node("Pad", [x, graph.List(0, 0, padding, padding, 0, 0, padding, padding)], ("mode", "constant"))],
        ("ceil_mode", 0), ("kernel_shape", new[] { kernel, kernel }), ("pads", new[] { 0, 0, 0, 0 }),
        ("strides", new[] { stride, stride }));

    public static string BatchNorm(this OnnxGraph graph, string x, int channels) => graph.Node(
        "BatchNormalization",
        [
            x, graph.Weights(1, channels), graph.Weights(0.2f, channels), graph.Weights(0.2f, channels),
            graph.Constant([.. Enumerable.Repeat(0.8f, channels)], channels),
        ],
        ("epsilon", 1e-5f), ("momentum", 0.9f));

    public static string Gemm(this OnnxGraph graph, string x, int inputs, int outputs) => graph.Node(
        "Gemm", [x, graph.Weights(MathF.Sqrt(3f / inputs), outputs, inputs), graph.Weights(0.1f, outputs)], ("alpha", 1f), ("beta", 1f),
        ("transB", 1));

    /// <summary>The mean over all pixels, and a layer on it.</summary>
    public static string Classifier(this OnnxGraph graph, string x, int channels, int classes) =>
        graph.Gemm(graph.Node("Flatten", [graph.Node("GlobalAveragePool", [x])], ("axis", 1)), channels, classes);

    /// <summary>A linear layer over the last of several dimensions.</summary>
    public static string Linear(this OnnxGraph graph, string x, int inputs, int outputs)
    {
        string product = graph.Node("MatMul", [x, graph.Weights(MathF.Sqrt(3f / inputs), inputs, outputs)]);
        return graph.Node("Add", [graph.Weights(0.1f, outputs), product]);
    }

    /// <summary>A normalisation over the last dimension, as one node from operator set 17 on.</summary>
    public static string LayerNorm(this OnnxGraph graph, string x, int width)
    {
        string scale = graph.Weights(1, width), bias = graph.Node("Identity", [graph.Weights(0.1f, width)]);
        if (graph.Model.OpsetImport[0].Version >= 17)
            return graph.Node("LayerNormalization", [x, scale, bias], ("axis", -1), ("epsilon", 1e-5f));
        string centred = graph.Node("Sub", [x, Mean(x)]);
        string variance = Mean(graph.Node("Pow", [centred, graph.Real(2)]));
        string deviation = graph.Node("Sqrt", [graph.Node("Add", [variance, graph.Real(1e-5f)])]);
        return graph.Node("Add", [graph.Node("Mul", [graph.Node("Div", [centred, deviation]), scale]), bias]);

        string Mean(string of) => graph.Node("ReduceMean", [of], ("axes", new[] { -1 }));
    }

    public static string Gelu(this OnnxGraph graph, string x)
    {
        string step = graph.Node("Erf", [graph.Node("Div", [x, graph.Real(MathF.Sqrt(2))])]);
        return graph.Node("Mul", [graph.Node("Mul", [x, graph.Node("Add", [step, graph.Real(1)])]), graph.Real(0.5f)]);
    }

    /// <summary>Two linear layers with the activation between them.</summary>
    public static string Perceptron(this OnnxGraph graph, string x, int width, int inner, bool isGelu = true)
    {
        x = graph.Linear(x, width, inner);
        return graph.Linear(isGelu ? graph.Gelu(x) : graph.Relu(x), inner, width);
    }

    public static string Swish(this OnnxGraph graph, string x) => graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]);

    public static string HardSigmoid(this OnnxGraph graph, string x) => graph.Node("HardSigmoid", [x], ("alpha", 1 / 6f));

    public static string HardSwish(this OnnxGraph graph, string x) => graph.Node("Mul", [x, graph.HardSigmoid(x)]);
}
