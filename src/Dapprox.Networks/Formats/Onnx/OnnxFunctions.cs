using Dapprox.Foundation;
using Google.Protobuf.Collections;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Puts the nodes of the file's own functions in the place of their calls, as PyTorch's exporter and onnxscript write them. A name inside a
/// function gets the name of the call before it; an attribute that refers to one of the call becomes that one, or the function's default.
/// The graphs inside nodes become branches, whose names get that of the node.
/// </summary>
sealed class OnnxFunctions
{
    // Calls inside calls multiply: a file of a few lines can ask for any number of nodes. Attributes count by their numbers.
    const int MaxSize = 1 << 18, MaxDepth = 100;

    readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> functions = [];
    readonly HashSet<FunctionProto> callers = new(ReferenceEqualityComparer.Instance);
    readonly UniqueNames calls = new();
    int size;

    /// <summary>Where a node stands: what its names are called outside, and what its attributes are.</summary>
    sealed record Scope(Func<string, string> Name, Func<NodeProto, IEnumerable<AttributeProto>> Attributes);

    OnnxFunctions(ModelProto model)
    {
        foreach (FunctionProto function in model.Functions)
        {
            if (!functions.TryAdd((Domain(function.Domain), function.Name, function.Overload), function))
                throw new InputException($"the file has two functions '{function.Name}' of the domain '{function.Domain}'");
        }
    }

    /// <summary>The nodes of the graph, without calls of functions.</summary>
    /// <exception cref="InputException">A function calls itself, is not called as it is defined, or has too many nodes.</exception>
    public static List<OnnxNode> Inline(ModelProto model)
    {
        var inlined = new OnnxFunctions(model);
        long version = VersionOf(model.OpsetImport);
        var nodes = new List<OnnxNode>();
        for (int i = 0; i < model.Graph.Node.Count; i++)
            inlined.Add(nodes, model.Graph.Node[i], version, i, new Scope(name => name, node => node.Attribute));
        return nodes;
    }

    /// <summary>The name of ONNX's own domain is empty or ai.onnx.</summary>
    public static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    static long VersionOf(RepeatedField<OperatorSetProto> sets) => sets.FirstOrDefault(set => Domain(set.Domain).Length == 0)?.Version ?? 0;

    /// <summary>Adds a node, or those of the function that it calls.</summary>
    /// <param name="nodes">The nodes before it.</param>
    /// <param name="node">The node, with the names outside.</param>
    /// <param name="scope">That of the graphs inside it.</param>
    void Add(List<OnnxNode> nodes, NodeProto node, long version, int? source, Scope scope)
    {
        if (!functions.TryGetValue((Domain(node.Domain), node.OpType, node.Overload), out FunctionProto? function))
        {
            nodes.Add(new OnnxNode(node, version, source)
            {
                Branches = [
                    .. node.Attribute.Where(attribute => attribute.G is not null).Select(
                        attribute => Branch(attribute.Name, attribute.G, node, version, scope))],
            });
            return;
        }

        if (!callers.Add(function) || callers.Count > MaxDepth)
            throw new InputException(
                $"the function '{node.OpType}' of the file "
                    + $"{(callers.Count > MaxDepth ? $"is called {MaxDepth} calls deep" : "calls itself")}, so it cannot be put in the "
                    + "place of its call; export the model without functions");
        if (node.Input.Count > function.Input.Count || node.Output.Count > function.Output.Count)
            throw new InputException(
                $"the function '{node.OpType}' of the file has {function.Input.Count} inputs and {function.Output.Count} outputs, and the "
                    + $"node '{node.Name}' gives it {node.Input.Count} and takes {node.Output.Count}");
        string call = CallOf(node);
        var names = new Dictionary<string, string> { [""] = "" };
        for (int i = 0; i < function.Input.Count; i++)
            names.TryAdd(function.Input[i], node.Input.ElementAtOrDefault(i) ?? "");
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
                names.TryAdd(function.Output[i], node.Output[i]);
        }

        long own = VersionOf(function.OpsetImport);
        var inside = new Scope(name => Named(names, call, name), inner => Attributes(inner, node, function));
        foreach (NodeProto inner in function.Node)
            Add(nodes, Renamed(inner, call, inside), own, source: null, inside);
        callers.Remove(function);
        // What a function passes on unchanged, or gives twice.
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0 && names[function.Output[i]] is string given && given != node.Output[i])
                nodes.Add(new OnnxNode(new NodeProto { OpType = "Identity", Input = { given }, Output = { node.Output[i] } }, own, null));
        }
    }

    /// <summary>The graph inside a node: a name that it does not give is one of the tensors around it.</summary>
    OnnxBranch Branch(string attribute, GraphProto graph, NodeProto node, long version, Scope outside)
    {
        string call = CallOf(node);
        var names = new Dictionary<string, string> { [""] = "" };
        foreach (string name in graph.Initializer.Select(tensor => tensor.Name).Concat(graph.Node.SelectMany(inner => inner.Output)))
            Named(names, call, name);
        var outer = new HashSet<string>();
        var inside = new Scope(
            name =>
            {
                if (names.TryGetValue(name, out string? own))
                    return own;
                string around = outside.Name(name);
                outer.Add(around);
                return around;
            },
            outside.Attributes);
        var nodes = new List<OnnxNode>();
        foreach (TensorProto tensor in graph.Initializer)
        {
            var constant = new NodeProto
            {
                OpType = "Constant",
                Output = { inside.Name(tensor.Name) },
                Attribute = { new AttributeProto { Name = "value", T = tensor } },
            };
            Charge(1);
            nodes.Add(new OnnxNode(constant, version, Source: null));
        }

        foreach (NodeProto inner in graph.Node)
            Add(nodes, Renamed(inner, call, inside), version, source: null, inside);
        return new OnnxBranch(attribute, nodes, [.. graph.Output.Select(output => inside.Name(output.Name))], outer);
    }

    /// <summary>A name for all that is inside a node.</summary>
    string CallOf(NodeProto node) => calls.Of(Short(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? node.OpType));

    /// <summary>What a name inside a node is called outside.</summary>
    static string Named(Dictionary<string, string> names, string call, string name)
    {
        if (!names.TryGetValue(name, out string? outer))
            names[name] = outer = $"{call}/{Short(name)}{(name.Length > OnnxImport.LongestName ? $"#{names.Count}" : "")}";
        return outer;
    }

    NodeProto Renamed(NodeProto inner, string call, Scope scope)
    {
        var node = new NodeProto
        {
            Name = $"{call}/{Short(inner.Name.Length > 0 ? inner.Name : inner.OpType)}",
            OpType = inner.OpType,
            Domain = inner.Domain,
            Overload = inner.Overload,
        };
        node.Input.AddRange(inner.Input.Select(scope.Name));
        node.Output.AddRange(inner.Output.Select(scope.Name));
        node.Attribute.AddRange(scope.Attributes(inner));
        Charge(1);
        return node;
    }

    /// <summary>The attributes of a node of a function; one that refers to an attribute that the call lacks is left out.</summary>
    IEnumerable<AttributeProto> Attributes(NodeProto inner, NodeProto call, FunctionProto function)
    {
        foreach (AttributeProto attribute in inner.Attribute)
        {
            if (attribute.RefAttrName.Length == 0)
                yield return attribute;
            else if ((Find(call.Attribute) ?? Find(function.AttributeProto)) is AttributeProto given)
            {
                Charge(given.Floats.Count + given.Ints.Count + given.Strings.Count);
                yield return new AttributeProto
                {
                    Name = attribute.Name,
                    Type = given.Type,
                    F = given.F,
                    I = given.I,
                    S = given.S,
                    T = given.T,
                    Floats = { given.Floats },
                    Ints = { given.Ints },
                    Strings = { given.Strings },
                };
            }

            AttributeProto? Find(RepeatedField<AttributeProto> attributes) =>
                attributes.FirstOrDefault(one => one.Name == attribute.RefAttrName);
        }
    }

    void Charge(int count)
    {
        size += count;
        if (size > MaxSize)
            throw new InputException(
                $"the functions and branches of the file come to more than {MaxSize} nodes where they are used; export the model without "
                    + "them");
    }

    /// <summary>A name of a million letters would be repeated by every name inside.</summary>
    static string Short(string name) => InputFile.OneLine(name, OnnxImport.LongestName);
}
