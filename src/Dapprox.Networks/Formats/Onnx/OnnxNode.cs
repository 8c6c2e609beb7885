namespace Dapprox.Networks.Formats.Onnx;

/// <summary>A node to compute: one of the file's graph, of a function, or of those that stand for another operator.</summary>
/// <param name="Version">The version of ONNX's operators that it means.</param>
/// <param name="Source">Its index in the file's graph; null if it is not there.</param>
sealed record OnnxNode(NodeProto Node, long Version, int? Source)
{
    /// <summary>The graphs among its attributes.</summary>
    public IReadOnlyList<OnnxBranch> Branches { get; init; } = [];

    // The types of attributes by their numbers in the format.
    const int FloatAttribute = 1, IntegerAttribute = 2, FloatsAttribute = 6, IntegersAttribute = 7;

    /// <summary>A node with one output, which has its name.</summary>
    /// <param name="attributes">Their values: a number, or an array of integers or of real numbers.</param>
    public static NodeProto Of(
        string type, string name, IEnumerable<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { OpType = type, Name = name, Input = { inputs }, Output = { name } };
        foreach ((string attribute, object value) in attributes)
        {
            node.Attribute.Add(value switch
            {
                float real => new AttributeProto { Name = attribute, Type = FloatAttribute, F = real },
                float[] reals => new AttributeProto { Name = attribute, Type = FloatsAttribute, Floats = { reals } },
                long[] integers => new AttributeProto { Name = attribute, Type = IntegersAttribute, Ints = { integers } },
                _ => new AttributeProto { Name = attribute, Type = IntegerAttribute, I = (long)value },
            });
        }

        return node;
    }
}

/// <summary>A graph inside a node, as nodes of the graph around it, with names of their own.</summary>
/// <param name="Name">The name of the attribute: <c>then_branch</c>.</param>
/// <param name="Nodes">Its nodes, without calls of functions.</param>
/// <param name="Outputs">The tensors that it gives.</param>
/// <param name="Outer">The tensors around it that it uses.</param>
sealed record OnnxBranch(
    string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<string> Outputs, IReadOnlyCollection<string> Outer);
