using Dapprox.Networks.Formats.Onnx;
using Google.Protobuf;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>
/// Gives the tensors of a graph that depend on its images one dimension more, so that what has no batch is a batch of one.
/// </summary>
static class BatchOfOne
{
    static readonly HashSet<string> Elementwise =
    [
        "Abs", "Add", "And", "Cast", "Ceil", "Celu", "Clip", "Constant", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Floor", "Gelu",
        "Greater", "GreaterOrEqual", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Less", "LessOrEqual", "Log", "MatMul", "Max",
        "Mean", "Min", "Mish", "Mul", "Neg", "Not", "Or", "Pow", "PRelu", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign",
        "Softplus", "Softsign", "Sqrt", "Sub", "Sum", "Swish", "Tanh", "ThresholdedRelu", "Where",
    ];

    /// <summary>The graph with that dimension; false where a node is not known here.</summary>
    /// <param name="graph">The graph, which is changed; all inputs but one are initialisers.</param>
    /// <param name="input">The input that is not.</param>
    /// <param name="rank">The number of its dimensions.</param>
    /// <param name="version">The version of the operators.</param>
    public static bool Wrap(GraphProto graph, ValueProto input, int rank, long version)
    {
        input.Type.TensorType.Shape.Dim.Insert(0, new DimensionProto { DimValue = 1 });
        return graph.Node.All(node => Wrap(graph, node, rank, version));
    }

    static bool Wrap(GraphProto graph, NodeProto node, int rank, long version)
    {
        if (Elementwise.Contains(node.OpType))
            return true;
        if (node.OpType.StartsWith("Reduce", StringComparison.Ordinal))
        {
            bool isEmpty = node.Input.Count > 1 && graph.Initializer.Any(tensor => tensor.Name == node.Input[1] && tensor.Dims.Contains(0));
            if (node.Attribute.Any(attribute => attribute.Name == "axes") || node.Input.Count > 1 && node.Input[1].Length > 0 && !isEmpty)
                return Numbers(graph, node, "axes", 1, axes => [.. axes.Select(Shifted)]);
            long[] all = [.. Enumerable.Range(1, rank).Select(axis => (long)axis)];
            if (node.Attribute.Any(attribute => attribute.Name == "noop_with_empty_axes" && attribute.I != 0))
                return true;
            if (version < 18 && !(node.OpType == "ReduceSum" && version >= 13))
                node.Attribute.Add(new AttributeProto { Name = "axes", Type = 7, Ints = { all } });
            else
            {
                if (graph.Initializer.All(tensor => tensor.Name != "all axes"))
                    graph.Initializer.Add(Tensor("all axes", all));
                string reduced = node.Input[0];
                node.Input.Clear();
                node.Input.AddRange([reduced, "all axes"]);
            }

            return true;
        }

        return node.OpType switch
        {
            "Softmax" or "LogSoftmax" => Axis(node, version < 13 ? 1 : -1),
            "MeanVarianceNormalization" => Axes(node, [0, 2, 3]),
            "Einsum" => Term(node, graph.Input[0].Name),
            "Concat" => Axis(node, 0) && node.Input.All(name => Deepened(graph, name)),
            "Split" or "Gather" or "ArgMax" or "ArgMin" => Axis(node, 0),
            "LayerNormalization" or "RMSNormalization" or "LpNormalization" => Axis(node, -1),
            "Squeeze" => node.Input.Count < 2 && node.Attribute.Count == 0
                || Numbers(graph, node, "axes", 1, axes => [.. axes.Select(Shifted)]),
            "Unsqueeze" => Numbers(graph, node, "axes", 1, axes => [.. axes.Select(Shifted)]),
            "Transpose" => Order(node, rank),
            "Reshape" or "Expand" => Numbers(graph, node, "shape", 1, shape => [1, .. shape]),
            "Pad" when node.Input.Count < 4 => Numbers(
                graph, node, "pads", 1, pads => [0, .. pads[..(pads.Length / 2)], 0, .. pads[(pads.Length / 2)..]]),
            "Slice" when node.Input.Count > 3 => Numbers(graph, node, "axes", 3, axes => [.. axes.Select(Shifted)]),
            _ => false,
        };
    }

    static long Shifted(long axis) => axis < 0 ? axis : axis + 1;

    static bool Axis(NodeProto node, long otherwise)
    {
        AttributeProto? axis = node.Attribute.FirstOrDefault(attribute => attribute.Name == "axis");
        if (axis is null)
            node.Attribute.Add(axis = new AttributeProto { Name = "axis", Type = 2, I = otherwise });
        axis.I = Shifted(axis.I);
        return true;
    }

    static bool Axes(NodeProto node, long[] otherwise)
    {
        AttributeProto? axes = node.Attribute.FirstOrDefault(attribute => attribute.Name == "axes");
        if (axes is null)
            node.Attribute.Add(axes = new AttributeProto { Name = "axes", Type = 7, Ints = { otherwise } });
        long[] shifted = [.. axes.Ints.Select(Shifted)];
        axes.Ints.Clear();
        axes.Ints.AddRange(shifted);
        return true;
    }

    /// <summary>The dimension is a further letter of the images and of the result.</summary>
    static bool Term(NodeProto node, string images)
    {
        AttributeProto equation = node.Attribute.Single(attribute => attribute.Name == "equation");
        string[] sides = equation.S.ToStringUtf8().Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length != 2)
            return false;
        equation.S = ByteString.CopyFromUtf8(
            string.Join(',', terms.Select((term, i) => node.Input[i] == images ? $"Z{term.Trim()}" : term)) + $"->Z{sides[1].Trim()}");
        return true;
    }

    /// <summary>A constant beside the images has that dimension, too.</summary>
    static bool Deepened(GraphProto graph, string name)
    {
        graph.Initializer.FirstOrDefault(tensor => tensor.Name == name)?.Dims.Insert(0, 1);
        return true;
    }

    static bool Order(NodeProto node, int rank)
    {
        AttributeProto? order = node.Attribute.FirstOrDefault(attribute => attribute.Name == "perm");
        long[] axes = order is null ? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)] : [.. order.Ints];
        node.Attribute.Clear();
        node.Attribute.Add(new AttributeProto { Name = "perm", Type = 7, Ints = { 0, axes.Select(Shifted) } });
        return true;
    }

    /// <summary>Changes numbers that are an attribute or an initialiser.</summary>
    static bool Numbers(GraphProto graph, NodeProto node, string name, int input, Func<long[], long[]> change)
    {
        if (node.Attribute.FirstOrDefault(attribute => attribute.Name == name) is AttributeProto attribute)
        {
            long[] changed = change([.. attribute.Ints]);
            attribute.Ints.Clear();
            attribute.Ints.AddRange(changed);
            return true;
        }

        if (input >= node.Input.Count)
            return false;
        string changing = node.Input[input];
        TensorProto? given = graph.Initializer.FirstOrDefault(tensor => tensor.Name == changing)
            ?? graph.Node.FirstOrDefault(one => one.OpType == "Constant" && one.Output[0] == changing)?.Attribute
                .FirstOrDefault(one => one.Name == "value")?.T;
        if (given is null || OnnxTensor.Read(given.Clone(), "").Integers is not long[] numbers)
            return false;
        // Other nodes may share the numbers.
        node.Input[input] = $"{changing} of {node.Output[0]}";
        graph.Initializer.Add(Tensor(node.Input[input], change(numbers)));
        return true;
    }

    static TensorProto Tensor(string name, long[] numbers) =>
        new() { Name = name, DataType = OnnxTensor.Int64, Int64Data = { numbers }, Dims = { numbers.Length } };
}
