using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <content>Convolutional networks of torchvision, of Keras and of the optimiser, and recurrent ones. PyTorch folds most normalisations
/// into convolutions.</content>
public partial class ExportedNetworkTests
{
    static string Vgg(OnnxGraph graph)
    {
        string x = Input;
        foreach ((int inputs, int outputs) in ((int, int)[])[(3, 8), (8, 16)])
        {
            x = graph.ConvRelu(x, inputs, outputs, kernel: 3);
            x = graph.MaxPool(graph.ConvRelu(x, outputs, outputs, kernel: 3), 2, 2);
        }

        // AdaptiveAvgPool2d of what has the size already.
        x = graph.Node("AveragePool", [x], ("kernel_shape", new[] { 1, 1 }), ("strides", new[] { 1, 1 }));
        x = graph.Relu(graph.Gemm(graph.Node("Flatten", [x], ("axis", 1)), 16 * 4 * 4, 12));
        return graph.Gemm(graph.Relu(graph.Gemm(x, 12, 12)), 12, Classes);
    }

    static string ResNet(OnnxGraph graph, bool isDeep)
    {
        string x = graph.MaxPool(graph.ConvRelu(Input, 3, 8, kernel: 7, stride: 2), 3, 2, padding: 1);
        foreach ((int inputs, int outputs, int stride) in ((int, int, int)[])[(8, 8, 1), (8, 16, 2)])
        {
            int inner = isDeep ? outputs / 4 : outputs;
            string own = isDeep ? graph.ConvRelu(x, inputs, inner) : x;
            own = graph.ConvRelu(own, isDeep ? inner : inputs, inner, kernel: 3, stride: stride);
            own = graph.Conv(own, inner, outputs, kernel: isDeep ? 1 : 3);
            string around = stride == 1 ? x : graph.Conv(x, inputs, outputs, stride: stride);
            x = graph.Relu(graph.Node("Add", [own, around]));
        }

        return graph.Classifier(x, 16, Classes);
    }

    // Its normalisations are before the convolutions.
    static string DenseNet(OnnxGraph graph)
    {
        string x = graph.MaxPool(graph.ConvRelu(Input, 3, 8, kernel: 7, stride: 2), 3, 2, padding: 1);
        foreach (bool isLast in (bool[])[false, true])
        {
            string[] parts = [x];
            for (int i = 0; i < 2; i++)
            {
                int channels = 8 + 4 * i;
                string normal = graph.BatchNorm(graph.Node("Concat", parts, ("axis", 1)), channels);
                string grown = graph.ConvRelu(graph.Relu(normal), channels, 8);
                parts = [.. parts, graph.Conv(grown, 8, 4, kernel: 3, bias: false)];
            }

            x = graph.Relu(graph.BatchNorm(graph.Node("Concat", parts, ("axis", 1)), 16));
            if (!isLast)
                x = graph.AveragePool(graph.Conv(x, 16, 8, bias: false), 2, 2);
        }

        return graph.Classifier(x, 16, Classes);
    }

    static string SqueezeNet(OnnxGraph graph)
    {
        string x = graph.ConvRelu(Input, 3, 8, kernel: 3, stride: 2, padding: 0);
        for (int i = 0; i < 2; i++)
        {
            x = graph.MaxPool(x, 3, 2, ceil: 1);
            string squeezed = graph.ConvRelu(x, 8, 4);
            x = graph.Node("Concat", [graph.ConvRelu(squeezed, 4, 4), graph.ConvRelu(squeezed, 4, 4, kernel: 3)], ("axis", 1));
        }

        return graph.Node("Flatten", [graph.Node("GlobalAveragePool", [graph.ConvRelu(x, 8, Classes)])], ("axis", 1));
    }

    static string ShuffleNet(OnnxGraph graph)
    {
        string x = graph.MaxPool(graph.ConvRelu(Input, 3, 8, kernel: 3, stride: 2), 3, 2, padding: 1);
        string near = graph.Conv(graph.Conv(x, 8, 8, kernel: 3, stride: 2, groups: 8), 8, 8);
        string far = graph.Conv(graph.ConvRelu(x, 8, 8), 8, 8, kernel: 3, stride: 2, groups: 8);
        x = Shuffled(graph.Relu(near), graph.ConvRelu(far, 8, 8));
        string[] halves = Halves(x);
        far = graph.Conv(graph.ConvRelu(halves[1], 8, 8), 8, 8, kernel: 3, groups: 8);
        x = graph.ConvRelu(Shuffled(halves[0], graph.ConvRelu(far, 8, 8)), 16, 12);
        return graph.Gemm(graph.Node("ReduceMean", [x], ("axes", new[] { 2, 3 }), ("keepdims", 0)), 12, Classes);

        // The channels of two parts in turn.
        string Shuffled(string first, string second)
        {
            string both = graph.Node("Concat", [first, second], ("axis", 1));
            string[] sizes = [.. Enumerable.Range(0, 4).Select(axis => graph.Dimension(both, axis))];
            string half = graph.Divided(sizes[1], 2);
            both = graph.Transpose(graph.Reshape(both, sizes[0], 2, half, sizes[2], sizes[3]), 0, 2, 1, 3, 4);
            return graph.Reshape(both, sizes[0], -1, sizes[2], sizes[3]);
        }

        // chunk(2, dim=1).
        string[] Halves(string all)
        {
            string channels = graph.Node("Gather", [graph.Node("Shape", [all]), graph.List(1)], ("axis", 0));
            string half = graph.Node("Div", [graph.Node("Add", [channels, graph.List(1)]), graph.List(2)]);
            string[] ends = [.. Enumerable.Range(1, 2).Select(i => graph.Node("Mul", [half, graph.List(i)]))];
            return
            [
                graph.Node("Slice", [all, graph.List(0), ends[0], graph.List(1)]),
                graph.Node("Slice", [all, ends[0], ends[1], graph.List(1)]),
            ];
        }
    }

    // As Caffe's is converted: with normalisation across channels, and probabilities at the end.
    static string GoogLeNet(OnnxGraph graph)
    {
        string x = graph.MaxPool(graph.ConvRelu(Input, 3, 8, kernel: 7, stride: 2), 3, 2, padding: 1);
        x = Normal(graph.ConvRelu(graph.ConvRelu(Normal(x), 8, 8), 8, 12, kernel: 3));
        string[] branches =
        [
            graph.ConvRelu(x, 12, 4), graph.ConvRelu(graph.ConvRelu(x, 12, 4), 4, 6, kernel: 3),
            graph.ConvRelu(graph.ConvRelu(x, 12, 2), 2, 4, kernel: 5), graph.ConvRelu(graph.MaxPool(x, 3, 1, padding: 1), 12, 2),
        ];
        x = graph.Node("AveragePool", [graph.Node("Concat", branches, ("axis", 1))], ("kernel_shape", new[] { 4, 4 }));
        x = graph.Node("Reshape", [graph.Node("Dropout", [x], ("ratio", 0.4f)), graph.Integers(0, 16)]);
        return graph.Node("Softmax", [graph.Gemm(x, 16, Classes)], ("axis", 1));

        string Normal(string all) => graph.Node("LRN", [all], ("size", 5), ("alpha", 0.2f), ("beta", 0.75f), ("bias", 1f));
    }

    static string Inception(OnnxGraph graph)
    {
        // transform_input: each channel with a scale and a shift of its own.
        string x = graph.Node(
            "Concat",
            [
                .. Enumerable.Range(0, 3).Select(i =>
                {
                    string channel = graph.Node("Gather", [Input, graph.Scalar(i)], ("axis", 1));
                    string scaled = graph.Node("Mul", [graph.Unsqueeze(channel, 1), graph.Real(0.458f - 0.01f * i)]);
                    return graph.Node("Add", [scaled, graph.Real(-0.03f * (i + 1))]);
                }),
            ],
            ("axis", 1));
        x = graph.MaxPool(graph.ConvRelu(graph.ConvRelu(x, 3, 6, kernel: 3, stride: 2, padding: 0), 6, 8, kernel: 3), 3, 2);
        string lines = graph.ConvRelu(graph.ConvRelu(x, 8, 4), 4, 4, kernel: 1, width: 7);
        string[] branches =
        [
            graph.ConvRelu(x, 8, 4), graph.ConvRelu(graph.ConvRelu(x, 8, 4), 4, 4, kernel: 5),
            graph.ConvRelu(lines, 4, 4, kernel: 7, width: 1), graph.ConvRelu(graph.AveragePool(x, 3, 1, padding: 1), 8, 4),
        ];
        x = graph.Node("Concat", branches, ("axis", 1));
        string reduced = graph.ConvRelu(graph.ConvRelu(x, 16, 4, kernel: 3), 4, 4, kernel: 3, stride: 2, padding: 0);
        return graph.Classifier(graph.Node("Concat", [reduced, graph.MaxPool(x, 3, 2)], ("axis", 1)), 20, Classes);
    }

    static string MobileNetV2(OnnxGraph graph)
    {
        string x = Relu6(graph.Conv(Input, 3, 8, kernel: 3, stride: 2));
        foreach ((int inputs, int outputs, int wide, int stride) in ((int, int, int, int)[])[(8, 8, 8, 1), (8, 12, 24, 2), (12, 12, 36, 1)])
        {
            string inner = wide == inputs ? x : Relu6(graph.Conv(x, inputs, wide));
            inner = Relu6(graph.Conv(inner, wide, wide, kernel: 3, stride: stride, groups: wide));
            inner = graph.Conv(inner, wide, outputs);
            x = stride == 1 && inputs == outputs ? graph.Node("Add", [x, inner]) : inner;
        }

        return graph.Classifier(Relu6(graph.Conv(x, 12, 16)), 16, Classes);

        string Relu6(string of) => graph.Node("Clip", [of, graph.Real(0), graph.Real(6)]);
    }

    static string MobileNetV3(OnnxGraph graph)
    {
        string x = graph.HardSwish(graph.Conv(Input, 3, 8, kernel: 3, stride: 2));
        string inner = graph.Relu(graph.Conv(x, 8, 8, kernel: 3, groups: 8));
        x = graph.Node("Add", [graph.Conv(Excited(inner, 8), 8, 8), x]);
        inner = graph.HardSwish(graph.Conv(graph.HardSwish(graph.Conv(x, 8, 16)), 16, 16, kernel: 5, stride: 2, groups: 16));
        x = graph.HardSwish(graph.Conv(graph.Conv(Excited(inner, 16), 16, 12), 12, 24));
        x = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [x])], ("axis", 1));
        return graph.Gemm(graph.HardSwish(graph.Gemm(x, 24, 16)), 16, Classes);

        string Excited(string all, int channels)
        {
            string squeezed = graph.ConvRelu(graph.Node("GlobalAveragePool", [all]), channels, 8);
            return graph.Node("Mul", [graph.HardSigmoid(graph.Conv(squeezed, 8, channels)), all]);
        }
    }

    static string EfficientNet(OnnxGraph graph)
    {
        string x = graph.Swish(graph.Conv(Input, 3, 8, kernel: 3, stride: 2));
        foreach ((int wide, int kernel, int stride) in ((int, int, int)[])[(8, 3, 1), (16, 5, 2), (16, 3, 1)])
        {
            string inner = wide == 8 ? x : graph.Swish(graph.Conv(x, 8, wide));
            inner = graph.Swish(graph.Conv(inner, wide, wide, kernel, stride, groups: wide));
            string squeezed = graph.Swish(graph.Conv(graph.Node("GlobalAveragePool", [inner]), wide, 2));
            inner = graph.Node("Mul", [graph.Node("Sigmoid", [graph.Conv(squeezed, 2, wide)]), inner]);
            inner = graph.Conv(inner, wide, 8);
            x = stride == 1 ? graph.Node("Add", [inner, x]) : inner;
        }

        return graph.Classifier(graph.Swish(graph.Conv(x, 8, 16)), 16, Classes);
    }

    // Normalisations and linear layers with the channels last.
    static string ConvNeXt(OnnxGraph graph)
    {
        string x = Normal(graph.Conv(Input, 3, 8, kernel: 4, stride: 4, padding: 0), 8);
        x = Block(x, 8);
        x = graph.Conv(Normal(x, 8), 8, 12, kernel: 2, stride: 2, padding: 0);
        x = graph.Node("GlobalAveragePool", [Block(x, 12)]);
        return graph.Gemm(graph.Node("Flatten", [Normal(x, 12)], ("axis", 1)), 12, Classes);

        string Normal(string all, int channels) =>
            graph.Transpose(graph.LayerNorm(graph.Transpose(all, 0, 2, 3, 1), channels), 0, 3, 1, 2);

        string Block(string all, int channels)
        {
            string own = graph.Transpose(graph.Conv(all, channels, channels, kernel: 7, groups: channels), 0, 2, 3, 1);
            own = graph.Perceptron(graph.LayerNorm(own, channels), channels, 4 * channels);
            string scaled = graph.Node("Mul", [graph.Weights(1, channels, 1, 1), graph.Transpose(own, 0, 3, 1, 2)]);
            return graph.Node("Add", [scaled, all]);
        }
    }

    /// <summary>What is made larger again is padded, or resized, to the size of what it goes behind.</summary>
    /// <param name="enlarged">ConvTranspose, or the mode of Resize.</param>
    static string UNet(OnnxGraph graph, string enlarged)
    {
        string wide = Twice(Input, 3, 8), x = Twice(graph.MaxPool(wide, 2, 2), 8, 8);
        string mode = enlarged == "linear" ? "align_corners" : "asymmetric";
        x = enlarged == "ConvTranspose"
            ? graph.Node(
                enlarged, [x, graph.Weights(0.5f, 8, 8, 2, 2), graph.Weights(0.1f, 8)], ("dilations", new[] { 1, 1 }), ("group", 1),
                ("kernel_shape", new[] { 2, 2 }), ("pads", new[] { 0, 0, 0, 0 }), ("strides", new[] { 2, 2 }))
            : Resized(x, graph.Constant([1, 1, 2, 2], 4));
        string[] sizes = [graph.Dimension(wide, 2), graph.Dimension(wide, 3)];
        if (enlarged == "nearest")
            x = Resized(x, "", graph.Node("Concat", [graph.Slice(graph.Node("Shape", [x]), 0, 0, 2), graph.Sizes(sizes)], ("axis", 0)));
        else
        {
            string down = graph.Node("Sub", [sizes[0], graph.Dimension(x, 2)]);
            string right = graph.Node("Sub", [sizes[1], graph.Dimension(x, 3)]);
            string top = graph.Divided(down, 2), left = graph.Divided(right, 2);
            x = graph.Pad(x, 4, left, graph.Node("Sub", [right, left]), top, graph.Node("Sub", [down, top]));
        }

        x = graph.Conv(Twice(graph.Node("Concat", [wide, x], ("axis", 1)), 16, 8), 8, Classes);
        return graph.Node("ReduceMean", [x], ("axes", new[] { 2, 3 }), ("keepdims", 0));

        string Twice(string all, int inputs, int outputs) =>
            graph.ConvRelu(graph.ConvRelu(all, inputs, outputs, kernel: 3), outputs, outputs, kernel: 3);

        string Resized(string all, params string[] size) => graph.Node(
            "Resize", [all, "", .. size], ("coordinate_transformation_mode", mode), ("cubic_coeff_a", -0.75f), ("mode", enlarged),
            ("nearest_mode", "floor"));
    }

    // tf2onnx: the images are turned at the entrance, and back before they become rows.
    static string Keras(OnnxGraph graph)
    {
        string x = graph.Transpose(Input, 0, 3, 1, 2);
        x = graph.Relu(graph.BatchNorm(Conv(x, 3, 8, 2), 8));
        string filters = graph.Node("Reshape", [graph.Weights(0.5f, 3, 3, 8, 1), graph.Integers(3, 3, 1, 8)]);
        x = graph.Node(
            "Conv", [x, graph.Transpose(filters, 3, 2, 0, 1)], ("auto_pad", "SAME_UPPER"), ("group", 8), ("kernel_shape", new[] { 3, 3 }),
            ("strides", new[] { 1, 1 }));
        x = graph.Node("Clip", [graph.BatchNorm(x, 8), graph.Constant([0]), graph.Constant([6])]);
        x = graph.Node("Add", [Conv(x, 8, 12, 1), graph.Weights(0.1f, 1, 12, 1, 1)]);
        x = graph.Node("MaxPool", [graph.Relu(x)], ("auto_pad", "VALID"), ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        x = graph.Node("Reshape", [graph.Transpose(x, 0, 2, 3, 1), graph.Integers(-1, 4 * 4 * 12)]);
        x = graph.Relu(Dense(x, 4 * 4 * 12, 16));
        return graph.Node("Softmax", [Dense(x, 16, Classes)]);

        string Conv(string all, int inputs, int outputs, int step) => graph.Node(
            "Conv", [all, graph.Weights(0.4f, outputs, inputs, 3, 3)], ("dilations", new[] { 1, 1 }), ("kernel_shape", new[] { 3, 3 }),
            ("pads", step == 2 ? new[] { 0, 0, 1, 1 } : [1, 1, 1, 1]), ("strides", new[] { step, step }));

        string Dense(string all, int inputs, int outputs) => graph.Node(
            "Add", [graph.Node("MatMul", [all, graph.Weights(MathF.Sqrt(3f / inputs), inputs, outputs)]), graph.Weights(0.1f, outputs)]);
    }

    // The rows of an image are the steps; both directions, two layers, and the last step of the second.
    static string Lstm(OnnxGraph graph)
    {
        const int Size = 6;
        string rows = graph.Node("Squeeze", [Input, graph.List(1)]), states = States(graph, rows, 4, Size);
        string x = graph.Transpose(rows, 1, 0, 2);
        for (int layer = 0; layer < 2; layer++)
        {
            int inputs = layer == 0 ? 8 : 2 * Size;
            string first = graph.Slice(states, 0, 2 * layer, 2 * layer + 2), cells = graph.Slice(states, 0, 2 * layer, 2 * layer + 2);
            x = graph.Nodes(
                "LSTM", 3,
                [
                    x, graph.Weights(0.5f, 2, 4 * Size, inputs), graph.Weights(0.5f, 2, 4 * Size, Size), graph.Weights(0.5f, 2, 8 * Size),
                    "", first, cells,
                ],
                ("direction", "bidirectional"), ("hidden_size", Size))[0];
            x = graph.Node("Reshape", [graph.Transpose(x, 0, 2, 1, 3), graph.List(0, 0, -1)]);
        }

        x = graph.Node("Gather", [graph.Transpose(x, 1, 0, 2), graph.Scalar(-1)], ("axis", 1));
        return graph.Gemm(x, 2 * Size, Classes);
    }

    // Two layers, and the last state of the second.
    static string Gru(OnnxGraph graph)
    {
        const int Size = 6;
        string rows = graph.Node("Squeeze", [Input, graph.List(1)]), states = States(graph, rows, 2, Size);
        string x = graph.Transpose(rows, 1, 0, 2);
        string[] lasts = new string[2];
        for (int layer = 0; layer < 2; layer++)
        {
            string[] outputs = graph.Nodes(
                "GRU", 2,
                [
                    x, graph.Weights(0.5f, 1, 3 * Size, layer == 0 ? 8 : Size), graph.Weights(0.5f, 1, 3 * Size, Size),
                    graph.Weights(0.5f, 1, 6 * Size), "", graph.Slice(states, 0, layer, layer + 1),
                ],
                ("hidden_size", Size), ("linear_before_reset", 1));
            x = graph.Node("Squeeze", [outputs[0], graph.List(1)]);
            lasts[layer] = outputs[1];
        }

        return graph.Gemm(
            graph.Node("Gather", [graph.Node("Concat", lasts, ("axis", 0)), graph.Scalar(-1)], ("axis", 0)), Size, Classes);
    }

    /// <summary>Zeros of as many images as there are.</summary>
    static string States(OnnxGraph graph, string rows, int layers, int size) => graph.Node(
        "ConstantOfShape", [graph.Sizes(layers, graph.Dimension(rows, 0), size)], ("value", TorchNodes.RealTensor(0, 1)));

    static string OptimisedResNet(OnnxGraph graph)
    {
        string x = graph.MaxPool(Fused(Input, 3, 8, 7, 2, "Relu"), 3, 2, padding: 1);
        foreach ((int inputs, int outputs, int stride) in ((int, int, int)[])[(8, 8, 1), (8, 12, 2)])
        {
            string inner = Fused(x, inputs, outputs, 3, stride, "LeakyRelu");
            string around = stride == 1 ? x : graph.Conv(x, inputs, outputs, stride: stride);
            x = Fused(inner, outputs, outputs, 3, 1, "Relu", around);
        }

        x = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [x])]);
        x = graph.Node(
            "com.microsoft.FusedGemm", [x, graph.Weights(0.5f, 16, 12), graph.Weights(0.1f, 16)], ("transB", 1), ("activation", "Relu"));
        return graph.Gemm(x, 16, Classes);

        string Fused(string all, int inputs, int outputs, int kernel, int stride, string activation, params string[] added)
        {
            int half = kernel / 2;
            (string, object)[] slope = activation == "LeakyRelu" ? [("activation_params", new[] { 0.1f })] : [];
            return graph.Node(
                "com.microsoft.FusedConv",
                [
                    all, graph.Weights(MathF.Sqrt(4f / (inputs * kernel * kernel)), outputs, inputs, kernel, kernel),
                    graph.Weights(0.1f, outputs), .. added,
                ],
                [
                    ("activation", activation), ("kernel_shape", new[] { kernel, kernel }), ("pads", new[] { half, half, half, half }),
                    ("strides", new[] { stride, stride }), .. slope,
                ]);
        }
    }
}
