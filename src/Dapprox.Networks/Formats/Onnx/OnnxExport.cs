using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Writes the layers of a network as operators of ONNX. Nodes and initialisers have the names of layers and their parameters; products
/// are exact, and weights of few bits are those that are multiplied.
/// </summary>
sealed partial class OnnxExport
{
    // Version 17 is the first with LayerNormalization; format 8 is its format.
    const int OperatorVersion = 17, FormatVersion = 8;

    const string Images = "images", Logits = "logits", Batch = "batch";

    readonly GraphProto graph = new();
    readonly UniqueNames names = new(Images, Logits);

    /// <summary>The file of a network.</summary>
    /// <exception cref="InputException">A layer has no operator; the message names it.</exception>
    public static ModelProto Export(Network network)
    {
        var export = new OnnxExport();
        string[] outputs = new string[network.Nodes.Count];
        int[][][] shapes = network.InputShapes();
        for (int i = 0; i < outputs.Length; i++)
        {
            Graph.Node node = network.Nodes[i];
            string[] inputs = [.. node.Inputs.Select(input => input == Graph.Node.Images ? Images : outputs[input])];
            outputs[i] = export.Write(node.Layer, inputs, shapes[i]);
        }

        export.graph.Name = network.Name;
        export.graph.Node[^1].Output[0] = Logits;
        export.graph.Input.Add(Value(Images, network.InputShape));
        export.graph.Output.Add(Value(Logits, [network.Classes]));
        return new ModelProto
        {
            IrVersion = FormatVersion,
            ProducerName = "dapprox",
            Graph = export.graph,
            OpsetImport = { new OperatorSetProto { Version = OperatorVersion } },
        };
    }

    /// <summary>Writes a layer and returns the name of its output.</summary>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="shapes">Their shapes for one image.</param>
    string Write(Layer layer, string[] inputs, int[][] shapes) => layer switch
    {
        Convolution2D convolution => Write(convolution, inputs[0]),
        Dense dense => Write(dense, inputs[0], shapes[0]),
        BatchNormalization normalization => Node(
            "BatchNormalization", layer.Name,
            [inputs[0], .. normalization.Parameters.Select(own => Numbers($"{layer.Name}.{own.Name}", own.Values, [.. own.Shape]))],
            ("epsilon", normalization.Epsilon)),
        ChannelScale scale => Write(scale, inputs[0], shapes[0]),
        Relu => Node("Relu", layer.Name, inputs),
        QuantisedRelu relu => Write(relu, inputs[0]),
        Rounding rounding => Rounded(layer.Name, inputs[0], rounding.Format),
        Clip { Range: (float min, float max) } => Node(
            "Clip", layer.Name,
            [
                inputs[0], float.IsNegativeInfinity(min) ? "" : Number(layer.Name + ".min", min),
                float.IsPositiveInfinity(max) ? "" : Number(layer.Name + ".max", max),
            ]),
        Pointwise { Function: (string function, float[] constants) } => Write(layer.Name, function, constants, inputs[0]),
        MaxPool2D pool => Node(
            "MaxPool", layer.Name, inputs, ("kernel_shape", (long[])[pool.Size, pool.Size]), ("strides", (long[])[pool.Size, pool.Size])),
        Pool pool when pool.IsGlobal((int)Tensor.Count(shapes[0].AsSpan(1))) => Node(
            pool.Operation == Pooling.Max ? "GlobalMaxPool" : "GlobalAveragePool", layer.Name, inputs),
        Pool { Windows: PoolWindows windows } pool when pool.Operation == Pooling.Max || windows.Dilations.All(distance => distance == 1) =>
            Write(layer.Name, pool.Operation, windows, inputs),
        Reduce { Definition: (Reduction reduction, int[] axes, bool keep) } => Write(
            layer.Name, reduction, [.. axes.Select(axis => axis + 1L)], keep, inputs[0]),
        Flatten => Node("Flatten", layer.Name, inputs),
        Reshape reshape => Reshaped(layer.Name, inputs[0], reshape.Shape),
        Rearrange rearrange => Write(rearrange, inputs[0], shapes[0]),
        Concatenate concatenate => Write(concatenate, inputs),
        Combine combine when Fits(combine, shapes) => Write(combine, inputs),
        Select select => Write(select, inputs, shapes[0]),
        MatrixMultiply when shapes[0].AsSpan()[..^2].SequenceEqual(shapes[1].AsSpan()[..^2]) => Node("MatMul", layer.Name, inputs),
        Softmax softmax => Write(softmax, inputs[0], shapes[0]),
        LayerNormalization normalization when AxisOf(shapes[0], normalization.Numbers.Gamma.Length) is int axis and >= 0 =>
            Write(normalization, inputs[0], shapes[0], axis),
        LocalResponseNormalization { Numbers: (int size, float alpha, float beta, float bias) } => Node(
            "LRN", layer.Name, inputs, ("size", (long)size), ("alpha", alpha), ("beta", beta), ("bias", bias)),
        _ => throw new InputException(
            $"the layer '{layer.Name}' ({layer.GetType().Name}) is no operator of ONNX, so the network cannot be written as ONNX; one that "
                + "was read from an ONNX file is written back into that file"),
    };

    string Write(Convolution2D layer, string input)
    {
        ConvolutionShape shape = layer.Shape;
        return Node(
            "Conv", layer.Name,
            [
                Activations(layer, input),
                Weights(layer, layer.Weights, [shape.OutputChannels, shape.GroupInputs, shape.KernelHeight, shape.KernelWidth]),
                .. Bias(layer),
            ],
            ("kernel_shape", (long[])[shape.KernelHeight, shape.KernelWidth]),
            ("strides", (long[])[shape.Stride.Height, shape.Stride.Width]),
            ("pads", (long[])[shape.Padding.Top, shape.Padding.Left, shape.Padding.Bottom, shape.Padding.Right]),
            ("dilations", (long[])[shape.Dilation.Height, shape.Dilation.Width]), ("group", (long)shape.Groups));
    }

    /// <summary>Gemm takes one row an image, MatMul any number.</summary>
    string Write(Dense layer, string input, int[] shape)
    {
        int inputs = layer.Inputs, outputs = layer.Weights.Length / inputs;
        if (shape.Length == 1)
            return Node(
                "Gemm", layer.Name, [Activations(layer, input), Weights(layer, layer.Weights, [outputs, inputs]), .. Bias(layer)],
                ("transB", 1L));
        float[] columns = new float[layer.Weights.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = layer.Weights[i % outputs * inputs + i / outputs];
        string product = Node(
            "MatMul", layer.Name, [Activations(layer, input), Weights(layer, columns, [inputs, outputs], channelAxis: 1)]);
        return Bias(layer) is [string bias] ? Node("Add", layer.Name + ".add", [product, bias]) : product;
    }

    string[] Bias(WeightedLayer layer) =>
        layer.Bias.IsEmpty ? [] : [Numbers(layer.Name + ".bias", layer.Bias, [layer.Bias.Length])];

    /// <summary>An average has no dilations in this operator set.</summary>
    string Write(string name, Pooling pooling, PoolWindows windows, string[] inputs)
    {
        (string, object)[] own =
        [
            ("kernel_shape", Long(windows.Sizes)), ("strides", Long(windows.Strides)), ("pads", Long(windows.Padding)),
            ("ceil_mode", windows.IsCeiling ? 1L : 0),
        ];
        return pooling == Pooling.Max
            ? Node("MaxPool", name, inputs, [.. own, ("dilations", Long(windows.Dilations))])
            : Node("AveragePool", name, inputs, [.. own, ("count_include_pad", windows.CountsPadding ? 1L : 0)]);

        static long[] Long(int[] numbers) => [.. numbers.Select(number => (long)number)];
    }

    string Write(ChannelScale layer, string input, int[] shape)
    {
        int[] channels = [shape[0], .. Enumerable.Repeat(1, shape.Length - 1)];
        string product = Node("Mul", layer.Name, [input, Numbers(layer.Name + ".scale", layer.Scale, channels)]);
        return Node("Add", layer.Name + ".add", [product, Numbers(layer.Name + ".shift", layer.Shift, channels)]);
    }

    string Write(QuantisedRelu layer, string input)
    {
        (float range, int bits) = layer.Levels;
        string name = layer.Name, steps = Number(name + ".steps", (1 << bits) - 1);
        string x = Node("Div", name + ".divide", [input, Number(name + ".range", range)]);
        x = Node("Clip", name + ".clip", [x, Number(name + ".min", 0), Number(name + ".max", 1)]);
        x = Node("Round", name + ".round", [Node("Mul", name + ".multiply", [x, steps])]);
        return Node("Div", name, [x, steps]);
    }

    /// <summary>A function of one number; Gelu, which version 20 introduced, by older ones.</summary>
    string Write(string name, string function, float[] constants, string input)
    {
        switch (function)
        {
            case "LeakyRelu" or "Elu" or "Celu" or "ThresholdedRelu":
                return Node(function, name, [input], ("alpha", constants[0]));
            case "Selu":
                return Node(function, name, [input], ("alpha", constants[0]), ("gamma", constants[1]));
            case "Mish":
                return Node("Mul", name, [input, Node("Tanh", name + ".tanh", [Node("Softplus", name + ".softplus", [input])])]);
            case "Swish":
                string sharp = Node("Mul", name + ".alpha", [input, Number(name + ".factor", constants[0])]);
                return Node("Mul", name, [input, Node("Sigmoid", name + ".sigmoid", [sharp])]);
            case "Float16" or "BFloat16":
                long type = function == "Float16" ? OnnxTensor.Half : OnnxTensor.BFloat16;
                string there = Node("Cast", name + ".cast", [input], ("to", type));
                return Node("Cast", name, [there], ("to", (long)OnnxTensor.Float));
            case "Truncate":
                string integer = Node("Cast", name + ".integer", [input], ("to", (long)OnnxTensor.Int64));
                return Node("Cast", name, [integer], ("to", (long)OnnxTensor.Float));
            case "HardSigmoid":
                return Node(function, name, [input], ("alpha", constants[0]), ("beta", constants[1]));
            case "Pow":
                return Node(function, name, [input, Number(name + ".exponent", constants[0])]);
            case "Gelu":
                return Halved(Node("Erf", name + ".erf", [Node("Div", name + ".divide", [input, Number(name + ".root", MathF.Sqrt(2))])]));
            case "GeluByTanh":
                string cube = Node("Pow", name + ".cube", [input, Number(name + ".three", 3)]);
                string sum = Node(
                    "Add", name + ".sum", [input, Node("Mul", name + ".part", [cube, Number(name + ".factor", 0.044715f)])]);
                string scaled = Node("Mul", name + ".scale", [sum, Number(name + ".root", MathF.Sqrt(2 / MathF.PI))]);
                return Halved(Node("Tanh", name + ".tanh", [scaled]));
            default:
                return Node(function, name, [input]);
        }

        // x·(1 + value) / 2.
        string Halved(string value)
        {
            string factor = Node("Add", name + ".add", [value, Number(name + ".one", 1)]);
            return Node("Mul", name, [Node("Mul", name + ".multiply", [input, factor]), Number(name + ".half", 0.5f)]);
        }
    }

    /// <summary>Of the reductions ReduceSum alone has its axes as an input in operator set 17.</summary>
    string Write(string name, Reduction reduction, long[] axes, bool keep, string input)
    {
        (string, object) keeps = ("keepdims", keep ? 1L : 0);
        // An index is an integer, and a real number here.
        if (reduction is Reduction.ArgMax or Reduction.ArgMin)
            return Node(
                "Cast", name, [Node($"{reduction}", name + ".index", [input], ("axis", axes[0]), keeps)], ("to", (long)OnnxTensor.Float));
        return reduction == Reduction.Sum
            ? Node("ReduceSum", name, [input, Integers(name + ".axes", axes)], keeps)
            : Node($"Reduce{(reduction == Reduction.Product ? "Prod" : $"{reduction}")}", name, [input], ("axes", axes), keeps);
    }

    string Write(Rearrange layer, string input, int[] shape)
    {
        (int[] moved, int[] sources, float constant) = layer.Moves;
        string name = layer.Name, x = Node("Flatten", name + ".flatten", [input]);
        int end = (int)Tensor.Count(shape);
        // The constant follows the numbers of the image.
        if (sources.Any(source => source < 0))
            x = Node("Pad", name + ".pad", [x, Integers(name + ".pads", [0, 0, 0, 1]), Number(name + ".constant", constant)]);
        string indices = Integers(name + ".indices", [.. sources.Select(source => source < 0 ? end : (long)source)]);
        return Reshaped(name, Node("Gather", name + ".gather", [x, indices], ("axis", 1L)), moved);
    }

    /// <summary>Constant parts are repeated for each image.</summary>
    string Write(Concatenate layer, string[] inputs)
    {
        (int[] shape, int axis, IReadOnlyList<(int Length, float[]? Constant)> parts) = layer.Layout;
        var names = new List<string>();
        var left = new Queue<string>(inputs);
        foreach ((int length, float[]? constant) in parts)
            names.Add(constant is null ? left.Dequeue() : Repeated(constant, length, names.Count));
        return Node("Concat", layer.Name, [.. names], ("axis", axis + 1L));

        string Repeated(float[] constant, int length, int part)
        {
            string name = $"{layer.Name}.{part + 1}";
            int[] own = [.. shape.Select((dimension, index) => index == axis ? length : dimension)];
            string batch = Node(
                "Slice", name + ".images",
                [Node("Shape", name + ".shape", [inputs[0]]), Integers(name + ".first", [0]), Integers(name + ".end", [1])]);
            string target = Node(
                "Concat", name + ".target", [batch, Integers(name + ".dimensions", [.. own.Select(dimension => (long)dimension)])],
                ("axis", 0L));
            return Node("Expand", name + ".expand", [Numbers(name + ".constant", constant, [1, .. own]), target]);
        }
    }

    /// <summary>Whether the inputs have the shapes that the layer gives them; PReLU repeats its slope but not its input.</summary>
    static bool Fits(Combine layer, int[][] shapes) =>
        (layer.Left.Constant is not null || shapes[0].AsSpan().SequenceEqual(layer.Left.Shape))
        && (layer.Right.Constant is not null || shapes[^1].AsSpan().SequenceEqual(layer.Right.Shape))
        && (layer.Combination != Combination.ScaleNegative
            || (
                layer.Left.Constant is null && Combine.ShapeOf(
                    layer.Left.Shape, layer.Right.Shape).AsSpan().SequenceEqual(layer.Left.Shape)));

    string Write(Combine layer, string[] inputs)
    {
        string left = layer.Left.Constant is float[] a ? Numbers(layer.Name + ".left", a, layer.Left.Shape) : inputs[0];
        string right = layer.Right.Constant is float[] b ? Numbers(layer.Name + ".right", b, layer.Right.Shape) : inputs[^1];
        string type = layer.Combination switch
        {
            Combination.Add => "Add",
            Combination.Subtract => "Sub",
            Combination.Multiply => "Mul",
            Combination.Divide => "Div",
            Combination.Maximum => "Max",
            Combination.Minimum => "Min",
            Combination.Power => "Pow",
            Combination.ScaleNegative => "PRelu",
            _ => $"{layer.Combination}",
        };
        // A comparison gives conditions, which are numbers here.
        return layer.Combination is Combination.Greater or Combination.GreaterOrEqual or Combination.Equal
            ? Node("Cast", layer.Name, [Node(type, layer.Name + ".compare", [left, right])], ("to", (long)OnnxTensor.Float))
            : Node(type, layer.Name, [left, right]);
    }

    string Write(Select layer, string[] inputs, int[] shape)
    {
        var left = new Queue<string>(inputs);
        string[] operands = [
            .. layer.Constants.Select((constant, i) => constant is null
                ? left.Dequeue()
                : Numbers($"{layer.Name}.{i + 1}", constant, shape))];
        operands[0] = Node("Cast", layer.Name + ".condition", [operands[0]], ("to", (long)OnnxTensor.Bool));
        return Node("Where", layer.Name, operands);
    }

    string Write(Softmax layer, string input, int[] shape)
    {
        (int length, int inner, bool logarithm) = layer.Sums;
        string type = logarithm ? "LogSoftmax" : "Softmax";
        int axis = AxisOf(shape, length * inner);
        if (axis >= 0 && shape[axis] == length)
            return Node(type, layer.Name, [input], ("axis", axis + 1L));
        string view = Reshaped(layer.Name + ".view", input, [(int)Tensor.Count(shape) / (length * inner), length, inner]);
        return Reshaped(layer.Name + ".reshape", Node(type, layer.Name, [view], ("axis", 2L)), shape);
    }

    string Write(LayerNormalization layer, string input, int[] shape, int axis)
    {
        (float[] gamma, float[] beta, float epsilon) = layer.Numbers;
        return Node(
            "LayerNormalization", layer.Name,
            [input, Numbers(layer.Name + ".weight", gamma, shape[axis..]), Numbers(layer.Name + ".bias", beta, shape[axis..])],
            ("axis", axis + 1L), ("epsilon", epsilon));
    }

    /// <summary>The first axis from which on a shape has that many numbers; −1 for none.</summary>
    static int AxisOf(int[] shape, int count) =>
        Array.FindIndex([.. Enumerable.Range(0, shape.Length)], axis => Tensor.Count(shape.AsSpan(axis)) == count);

    string Reshaped(string name, string input, IEnumerable<int> shape) =>
        Node("Reshape", name, [input, Integers(name + ".shape", [0, .. shape.Select(dimension => (long)dimension)])]);

    /// <summary>Adds a node and returns the name of its output, which is its own name.</summary>
    string Node(string type, string name, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        name = names.Of(name);
        graph.Node.Add(OnnxNode.Of(type, name, inputs, attributes));
        return name;
    }

    string Number(string name, float number) => Numbers(name, [number], []);

    string Numbers(string name, ReadOnlySpan<float> numbers, int[] shape) =>
        Add(new TensorProto { Name = names.Of(name), DataType = OnnxTensor.Float, FloatData = { numbers.ToArray() } }, shape);

    string Integers(string name, long[] numbers) =>
        Add(new TensorProto { Name = names.Of(name), DataType = OnnxTensor.Int64, Int64Data = { numbers } }, [numbers.Length]);

    string Add(TensorProto tensor, int[] shape)
    {
        tensor.Dims.AddRange(shape.Select(dimension => (long)dimension));
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    static ValueProto Value(string name, ReadOnlySpan<int> shape)
    {
        var dimensions = new ShapeProto { Dim = { new DimensionProto { DimParam = Batch } } };
        foreach (int dimension in shape)
            dimensions.Dim.Add(new DimensionProto { DimValue = dimension });
        return new ValueProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = OnnxTensor.Float, Shape = dimensions } },
        };
    }
}
