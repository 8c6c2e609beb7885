using Dapprox.Networks.Formats.Onnx;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <content>Networks with attention.</content>
public partial class ExportedNetworkTests
{
    const int Width = 8, Heads = 2;

    // batch_first, so that the images come second inside; then the mean over the sequence.
    static string MultiheadAttention(OnnxGraph graph)
    {
        string attended = graph.Transpose(SelfAttention(graph, graph.Transpose(Input, 1, 0, 2)), 1, 0, 2);
        string x = graph.LayerNorm(graph.Node("Add", [Input, attended]), Width);
        return graph.Gemm(graph.Node("ReduceMean", [x], ("axes", new[] { 1 }), ("keepdims", 0)), Width, Classes);
    }

    /// <summary>Two layers: normalised before, with Gelu, as PyTorch 1 writes attention; or after, with Relu, as PyTorch 2 does.</summary>
    static string TransformerEncoder(OnnxGraph graph, bool isNormFirst)
    {
        string x = Input;
        for (int layer = 0; layer < 2; layer++)
        {
            string turned = graph.Transpose(isNormFirst ? graph.LayerNorm(x, Width) : x, 1, 0, 2);
            string attended = isNormFirst ? SelfAttention(graph, turned) : ScaledDotProductAttention(graph, turned);
            x = graph.Node("Add", [x, graph.Transpose(attended, 1, 0, 2)]);
            x = isNormFirst ? x : graph.LayerNorm(x, Width);
            string inner = graph.Perceptron(isNormFirst ? graph.LayerNorm(x, Width) : x, Width, 16, isGelu: isNormFirst);
            x = graph.Node("Add", [x, inner]);
            x = isNormFirst ? x : graph.LayerNorm(x, Width);
        }

        return graph.Gemm(graph.Node("Gather", [x, graph.Scalar(0)], ("axis", 1)), Width, Classes);
    }

    /// <summary>Attention over [length, images, width]: one product is sliced into three, and heads are joined with the images.</summary>
    static string SelfAttention(OnnxGraph graph, string x)
    {
        string length = graph.Dimension(x, 0), images = graph.Dimension(x, 1), width = graph.Dimension(x, 2);
        string size = graph.Divided(width, Heads), packed = graph.Linear(x, Width, 3 * Width);
        string all = graph.Node("Gather", [graph.Node("Shape", [packed]), graph.List(-1)], ("axis", 0));
        string third = graph.Node("Div", [graph.Node("Add", [all, graph.List(2)]), graph.List(3)]);
        string[] ends = [graph.List(0), .. Enumerable.Range(1, 3).Select(i => graph.Node("Mul", [third, graph.List(i)]))];
        string joined = graph.Node("Mul", [images, graph.Scalar(Heads)]);
        string[] parts = [.. Enumerable.Range(0, 3).Select(i =>
        {
            string part = graph.Node("Slice", [packed, ends[i], ends[i + 1], graph.List(-1)]);
            part = graph.Reshape(part, i == 0 ? length : graph.Dimension(part, 0), joined, size);
            return graph.Transpose(part, i == 1 ? [1, 2, 0] : [1, 0, 2]);
        })];
        string scores = graph.Node("MatMul", [graph.Node("Div", [parts[0], graph.Real(MathF.Sqrt(Width / Heads))]), parts[1]]);
        string attended = graph.Node("MatMul", [graph.Node("Softmax", [scores], ("axis", -1)), parts[2]]);
        string rows = graph.Reshape(graph.Transpose(attended, 1, 0, 2), graph.Node("Mul", [length, images]), width);
        rows = graph.Gemm(rows, Width, Width);
        return graph.Reshape(rows, length, images, graph.Dimension(rows, 1));
    }

    /// <summary>The same as PyTorch 2 writes it: the product is unflattened into three, and both factors get the root of the scale.
    /// </summary>
    static string ScaledDotProductAttention(OnnxGraph graph, string x)
    {
        string length = graph.Dimension(x, 0), images = graph.Dimension(x, 1), width = graph.Dimension(x, 2);
        string size = graph.Divided(width, Heads), packed = graph.Linear(x, Width, 3 * Width);
        string shape = graph.Node(
            "Concat", [graph.Slice(graph.Node("Shape", [packed]), 0, 0, -1), graph.List(3, Width)], ("axis", 0));
        packed = graph.Unsqueeze(graph.Node("Reshape", [packed, shape], ("allowzero", 0)), 0);
        packed = graph.Node("Squeeze", [graph.Transpose(packed, 3, 1, 2, 0, 4), graph.List(-2)]);
        string joined = graph.Node("Mul", [images, graph.Scalar(Heads)]);
        string[] parts = [.. Enumerable.Range(0, 3).Select(i =>
        {
            string part = graph.Node("Gather", [packed, graph.Scalar(i)], ("axis", 0));
            part = graph.Transpose(graph.Reshape(part, i == 0 ? length : graph.Dimension(part, 0), joined, size), 1, 0, 2);
            return graph.Reshape(part, images, Heads, i == 0 ? length : graph.Dimension(part, 1), size);
        })];
        string last = graph.Node("Cast", [graph.Slice(graph.Node("Shape", [parts[0]]), 0, -1)], ("to", 1));
        string scale = graph.Node("Div", [graph.Constant([1], 1), graph.Node("Sqrt", [last])]);
        string turned = graph.Transpose(parts[1], 0, 1, 3, 2);
        string scores = graph.Node(
            "MatMul",
            [
                graph.Node("Mul", [parts[0], graph.Node("Sqrt", [scale])]), graph.Node("Mul", [turned, graph.Node("Sqrt", [scale])]),
            ]);
        string attended = graph.Node("MatMul", [graph.Node("Softmax", [scores], ("axis", -1)), parts[2]]);
        string rows = graph.Reshape(graph.Transpose(attended, 2, 0, 1, 3), graph.Node("Mul", [images, length]), width);
        rows = graph.Gemm(rows, Width, Width);
        return graph.Reshape(rows, length, images, graph.Dimension(rows, 1));
    }

    static string VisionTransformer(OnnxGraph graph)
    {
        const int Patch = 4, Patches = 16;
        string images = graph.Dimension(Input, 0);
        string[] sides = [.. Enumerable.Range(2, 2).Select(axis => graph.Divided(graph.Dimension(Input, axis), Patch))];
        string x = graph.Conv(Input, 3, Width, kernel: Patch, stride: Patch, padding: 0);
        x = graph.Transpose(graph.Reshape(x, images, Width, graph.Node("Mul", sides)), 0, 2, 1);
        string sizes = graph.Node("Reshape", [graph.Sizes(graph.Dimension(x, 0), -1, -1), graph.List(-1)]);
        string token = graph.Expand(graph.Weights(1, 1, 1, Width), sizes);
        x = graph.Node("Add", [graph.Node("Concat", [token, x], ("axis", 1)), graph.Weights(0.3f, 1, Patches + 1, Width)]);
        for (int block = 0; block < 2; block++)
        {
            string attended = SelfAttention(graph, graph.Transpose(graph.LayerNorm(x, Width), 1, 0, 2));
            x = graph.Node("Add", [graph.Transpose(attended, 1, 0, 2), x]);
            x = graph.Node("Add", [x, graph.Perceptron(graph.LayerNorm(x, Width), Width, 16)]);
        }

        return graph.Gemm(graph.Node("Gather", [graph.LayerNorm(x, Width), graph.Scalar(0)], ("axis", 1)), Width, Classes);
    }

    // Two stages, with channels last; every second block shifts its windows.
    static string Swin(OnnxGraph graph)
    {
        const int Wide = 12;
        string x = graph.Transpose(graph.Conv(Input, 3, Width, kernel: 2, stride: 2, padding: 0), 0, 2, 3, 1);
        x = graph.LayerNorm(x, Width);
        foreach (int width in (int[])[Width, Wide])
        {
            if (width == Wide)
                x = Merged(x);
            foreach (bool isShifted in (bool[])[false, true])
            {
                x = graph.Node("Add", [x, WindowAttention(graph, graph.LayerNorm(x, width), width, isShifted)]);
                x = graph.Node("Add", [x, graph.Perceptron(graph.LayerNorm(x, width), width, 2 * width)]);
            }
        }

        return graph.Classifier(graph.Transpose(graph.LayerNorm(x, Wide), 0, 3, 1, 2), Wide, Classes);

        // Four neighbours become one.
        string Merged(string all)
        {
            string[] rest = [.. Enumerable.Range(1, 2).Select(
                axis => graph.Node("Mod", [graph.Dimension(all, axis), graph.Scalar(2)], ("fmod", 0)))];
            all = graph.Pad(all, 4, 0, 0, 0, rest[1], 0, rest[0]);
            string[] rows = [graph.Slice(all, 1, 0, step: 2), graph.Slice(all, 1, 1, step: 2)];
            string[] parts = [.. Enumerable.Range(0, 4).Select(i => graph.Slice(rows[i % 2], 2, i / 2, step: 2))];
            string merged = graph.LayerNorm(graph.Node("Concat", parts, ("axis", -1)), 4 * Width);
            return graph.Node("MatMul", [merged, graph.Weights(0.3f, 4 * Width, Wide)]);
        }
    }

    /// <summary>Attention inside windows of 2 × 2, which are padded, and rolled by one if they are shifted.</summary>
    static string WindowAttention(OnnxGraph graph, string x, int width, bool isShifted)
    {
        const int Side = 2, Area = Side * Side;
        string images = graph.Dimension(x, 0), height = graph.Dimension(x, 1), breadth = graph.Dimension(x, 2);
        string channels = graph.Dimension(x, 3);
        x = graph.Pad(x, 4, 0, 0, 0, Rest(breadth), 0, Rest(height));
        string padded = graph.Dimension(x, 1), wide = graph.Dimension(x, 2);
        x = isShifted ? graph.Roll(graph.Roll(x, 1, -1), 2, -1) : x;
        string rows = graph.Divided(padded, Side), columns = graph.Divided(wide, Side), windows = graph.Node("Mul", [rows, columns]);
        x = graph.Transpose(graph.Reshape(x, images, rows, Side, columns, Side, channels), 0, 1, 3, 2, 4, 5);
        x = graph.Reshape(x, graph.Node("Mul", [images, windows]), Area, channels);
        string all = graph.Dimension(x, 0), length = graph.Dimension(x, 1);
        string packed = graph.Reshape(graph.Linear(x, width, 3 * width), all, length, 3, Heads, graph.Divided(channels, Heads));
        packed = graph.Transpose(packed, 2, 0, 3, 1, 4);
        string[] parts = [.. Enumerable.Range(0, 3).Select(i => graph.Node("Gather", [packed, graph.Scalar(i)], ("axis", 0)))];
        string size = graph.Node("Cast", [graph.Divided(channels, Heads)], ("to", 1));
        string queries = graph.Node("Mul", [parts[0], graph.Node("Pow", [size, graph.Real(-0.5f)])]);
        string scores = graph.Node("MatMul", [queries, graph.Transpose(parts[1], 0, 1, 3, 2)]);
        // The bias by relative position, computed when the file was written.
        scores = graph.Node("Add", [scores, graph.Weights(1, 1, Heads, Area, Area)]);
        if (isShifted)
        {
            string mask = graph.Unsqueeze(ShiftMask(graph, padded, wide, rows, columns, windows), 1);
            scores = graph.Reshape(scores, graph.Node("Div", [all, windows]), windows, Heads, length, length);
            scores = graph.Node("Add", [scores, graph.Unsqueeze(mask, 0)]);
            scores = graph.Reshape(scores, -1, Heads, length, length);
        }

        string attended = graph.Node("MatMul", [Undropped(graph.Node("Softmax", [scores], ("axis", -1))), parts[2]]);
        x = graph.Reshape(graph.Transpose(attended, 0, 2, 1, 3), all, length, channels);
        x = graph.Reshape(Undropped(graph.Linear(x, width, width)), images, rows, columns, Side, Side, channels);
        x = graph.Reshape(graph.Transpose(x, 0, 1, 3, 2, 4, 5), images, padded, wide, channels);
        x = isShifted ? graph.Roll(graph.Roll(x, 1, 1), 2, 1) : x;
        return Kept(Kept(x, 1, height), 2, breadth);

        // How much is missing to whole windows.
        string Rest(string side)
        {
            string over = graph.Node("Mod", [side, graph.Scalar(Side)], ("fmod", 0));
            return graph.Node("Mod", [graph.Node("Sub", [graph.Scalar(Side), over]), graph.Scalar(Side)], ("fmod", 0));
        }

        // Written for training, and dropping nothing.
        string Undropped(string of) => graph.Model.OpsetImport[0].Version < 12
            ? graph.Node("Dropout", [of], ("ratio", 0f))
            : graph.Node("Dropout", [of, graph.Real(0), graph.Node("Cast", [graph.Scalar(1)], ("to", 9))]);

        string Kept(string of, int axis, string end) => graph.Node(
            "Slice", [of, graph.List(0), graph.Unsqueeze(end, 0), graph.List(axis), graph.List(1)]);
    }

    /// <summary>−100 between pixels of one window that come from different sides of the image: nine regions get numbers.</summary>
    static string ShiftMask(OnnxGraph graph, string height, string wide, string rows, string columns, string windows)
    {
        string numbers = graph.Node("ConstantOfShape", [graph.Sizes(height, wide)], ("value", TorchNodes.RealTensor(0, 1)));
        (long Start, long End)[] parts = [(0, -2), (-2, -1), (-1, long.MaxValue)];
        for (int region = 0; region < 9; region++)
        {
            ((long top, long bottom), (long left, long right)) = (parts[region / 3], parts[region % 3]);
            string shape = graph.Node("Shape", [graph.Slice(graph.Slice(numbers, 0, top, bottom), 1, left, right)]);
            string filled = graph.Node("ConstantOfShape", [shape], ("value", TorchNodes.RealTensor(region, 1)));
            string[] indices =
            [
                graph.Node("Reshape", [Indices(0, top, bottom), graph.List(-1, 1)]), Indices(1, left, right),
            ];
            string both = graph.Node("Shape", [graph.Node("Add", indices)]);
            string[] expanded = [.. indices.Select(one => graph.Unsqueeze(graph.Expand(one, both), -1))];
            string target = graph.Node("Concat", [both, graph.Slice(graph.Node("Shape", [numbers]), 0, 2)], ("axis", 0));
            numbers = graph.Node(
                "ScatterND",
                [
                    numbers, graph.Node("Concat", expanded, ("axis", -1)),
                    graph.Node("Reshape", [graph.Node("Expand", [filled, shape]), target]),
                ]);
        }

        numbers = graph.Transpose(graph.Reshape(numbers, rows, 2, columns, 2), 0, 2, 1, 3);
        numbers = graph.Reshape(numbers, windows, 4);
        string differences = graph.Node(
            "Sub", [graph.Unsqueeze(numbers, 1), graph.Unsqueeze(numbers, 2)]);
        string isSame = graph.Node("Equal", [differences, graph.Real(0)]);
        string isOther = graph.Node("Cast", [graph.Node("Not", [isSame])], ("to", 9));
        string mask = graph.Node("Where", [isOther, graph.Real(-100), differences]);
        return graph.Node("Where", [graph.Node("Cast", [isSame], ("to", 9)), graph.Real(0), mask]);

        string Indices(int axis, long start, long end)
        {
            string count = graph.Node("Cast", [graph.Dimension(numbers, axis)], ("to", 7));
            return graph.Slice(graph.Node("Range", [graph.Scalar(0), count, graph.Scalar(1)]), 0, start, end);
        }
    }

    // Normalised after and before: the optimiser joins sums with the normalisations behind them, whose sums go on.
    static string OptimisedTransformer(OnnxGraph graph)
    {
        string x = graph.Conv(Input, 3, Width, kernel: 4, stride: 4, padding: 0);
        x = graph.Transpose(graph.Node("Reshape", [x, graph.Integers(0, Width, 16)]), 0, 2, 1);
        x = graph.Node("Add", [x, graph.Weights(0.3f, 1, 16, Width)]);
        string normal = graph.LayerNorm(x, Width);
        foreach (string type in (string[])["BiasGelu", "FastGelu"])
        {
            string attended = graph.Node(
                "com.microsoft.Attention", [normal, graph.Weights(0.6f, Width, 3 * Width), graph.Weights(0.1f, 3 * Width)],
                ("num_heads", Heads));
            (normal, x) = Joined(Product(attended, Width, Width), x);
            string inner = graph.Node("com.microsoft." + type, [Product(normal, Width, 16), graph.Weights(0.1f, 16)]);
            (normal, x) = Joined(Product(inner, 16, Width), x);
        }

        return graph.Gemm(graph.Node("ReduceMean", [normal], ("axes", new[] { 1 }), ("keepdims", 0)), Width, Classes);

        string Product(string of, int inputs, int outputs) =>
            graph.Node("MatMul", [of, graph.Weights(MathF.Sqrt(3f / inputs), inputs, outputs)]);

        (string Normal, string Sum) Joined(string one, string other)
        {
            string[] both = graph.Nodes(
                "com.microsoft.SkipLayerNormalization", 4,
                [one, other, graph.Weights(1, Width), graph.Weights(0.1f, Width), graph.Weights(0.1f, Width)], ("epsilon", 1e-5f));
            graph.Model.Graph.Node[^1].Output[1] = graph.Model.Graph.Node[^1].Output[2] = "";
            return (both[0], both[3]);
        }
    }

    // Modules are functions of the file, which call functions of operators; constants pass through Identity.
    static string Dynamo(OnnxGraph graph)
    {
        const string Modules = "pkg.modules", Operators = "pkg.onnxscript.torch_lib";
        graph.Model.Functions.AddRange(
        [
            Function(Modules, "Block", ["x", "scale", "shift", "first", "bias", "second", "last"], ["y"],
            [
                Call(Operators, "aten_layer_norm", ["x", "scale", "shift"], "normal", ("eps", 1e-5f)),
                Call(Modules, "Linear", ["normal", "first", "bias"], "wide"), Call(Operators, "aten_gelu", ["wide"], "active"),
                Call(Modules, "Linear", ["active", "second", "last"], "narrow"), Call("", "Add", ["x", "narrow"], "y"),
            ]),
            Function(Modules, "Linear", ["x", "weight", "bias"], ["y"],
            [
                Call(Operators, "aten_t", ["weight"], "turned"), Call("", "MatMul", ["x", "turned"], "product"),
                Call("", "Add", ["product", "bias"], "y"),
            ]),
            Function(Operators, "aten_t", ["x"], ["y"], [Call("", "Transpose", ["x"], "y", ("perm", new[] { 1, 0 }))]),
            Function(Operators, "aten_gelu", ["x"], ["y"],
            [
                Call("", "Constant", [], "root", ("value_float", MathF.Sqrt(2))), Call("", "Constant", [], "one", ("value_float", 1f)),
                Call("", "Constant", [], "half", ("value_float", 0.5f)), Call("", "Div", ["x", "root"], "part"),
                Call("", "Erf", ["part"], "step"), Call("", "Add", ["step", "one"], "raised"), Call("", "Mul", ["x", "raised"], "twice"),
                Call("", "Mul", ["twice", "half"], "y"),
            ]),
            Normalization(),
        ]);
        graph.Model.OpsetImport.Add(new OperatorSetProto { Domain = Operators, Version = 1 });
        string x = graph.Conv(Named(Input), 3, Width, kernel: 4, stride: 4, padding: 0);
        x = graph.Node("Reshape", [x, graph.Integers(-1, Width, 16)], ("allowzero", 1));
        x = graph.Transpose(x, 0, 2, 1);
        for (int block = 0; block < 2; block++)
            x = graph.Node(
                Modules + ".Block",
                [
                    x, Named(graph.Weights(1, Width)), Named(graph.Weights(0.1f, Width)), Named(graph.Weights(0.6f, 16, Width)),
                    Named(graph.Weights(0.1f, 16)), Named(graph.Weights(0.4f, Width, 16)), Named(graph.Weights(0.1f, Width)),
                ]);
        x = graph.Node("ReduceMean", [x, graph.Integers(1)], ("keepdims", 0), ("noop_with_empty_axes", 0));
        return graph.Node(Modules + ".Linear", [x, Named(graph.Weights(0.6f, Classes, Width)), graph.Weights(0.1f, Classes)]);

        string Named(string of) => graph.Node("Identity", [of]);

        FunctionProto Function(string domain, string name, string[] inputs, string[] outputs, NodeProto[] nodes) => new()
        {
            Name = name,
            Domain = domain,
            Input = { inputs },
            Output = { outputs },
            Node = { nodes },
            OpsetImport =
            {
                new OperatorSetProto { Version = 18 }, new OperatorSetProto { Domain = Modules, Version = 1 },
                new OperatorSetProto { Domain = Operators, Version = 1 },
            },
        };

        // The epsilon of the call is that of the node inside.
        FunctionProto Normalization()
        {
            FunctionProto function = Function(
                Operators, "aten_layer_norm", ["x", "scale", "shift"], ["y"],
                [Call("", "LayerNormalization", ["x", "scale", "shift"], "y", ("axis", -1))]);
            function.Attribute.Add("eps");
            function.Node[0].Attribute.Add(new AttributeProto { Name = "epsilon", RefAttrName = "eps", Type = 1 });
            return function;
        }

        static NodeProto Call(
            string domain, string type, string[] inputs, string output, params (string Name, object Value)[] attributes) =>
            NodeOf(domain, type, inputs, [output], attributes);
    }
}
