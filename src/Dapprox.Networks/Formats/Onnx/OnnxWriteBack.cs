using System.Runtime.InteropServices;
using System.Text;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Google.Protobuf;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Puts the learnt numbers of a network into the file that it was read from. Numbers go where they came from, in the same data type; a
/// tensor that others use as well, and one that the file computes, is replaced by an initialiser of the node's own. All else keeps its
/// bytes, except that data in other files are written inside, so that the file stands alone.
/// </summary>
sealed class OnnxWriteBack
{
    // Before it, every initialiser is an input of the graph as well.
    const int InitialisersAloneSince = 4;

    // The types of attributes with graphs, whose nodes can use any tensor.
    const int GraphAttribute = 5, GraphsAttribute = 10;

    static readonly int[] NumberFields =
    [
        TensorProto.FloatDataFieldNumber, TensorProto.Int32DataFieldNumber, TensorProto.Int64DataFieldNumber,
        TensorProto.RawDataFieldNumber, TensorProto.DoubleDataFieldNumber, TensorProto.ExternalDataFieldNumber,
        TensorProto.DataLocationFieldNumber,
    ];

    readonly WireMessage file;
    readonly WireMessage graphMessage;
    readonly ModelProto model;
    readonly GraphProto graph;
    readonly OnnxImport import;
    readonly IReadOnlyList<WireMessage.Field> nodes;
    // The tensors that the file holds, by name: their message, and the initialiser's field.
    readonly Dictionary<string, (TensorProto Tensor, WireMessage Message, WireMessage.Field? Initializer)> tensors = [];
    readonly Dictionary<string, int> makers = [];
    readonly Dictionary<string, int> uses = [];
    readonly UniqueNames names = new();

    /// <summary>A parameter, where it is in the file, and the numbers that the file is to hold.</summary>
    sealed record Learnt(OnnxImport.Origin Origin, float[] Numbers, bool IsChanged);

    /// <summary>Indexes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="model">The same file.</param>
    /// <param name="import">Its import, after <see cref="OnnxImport.Build"/>.</param>
    public OnnxWriteBack(ReadOnlyMemory<byte> bytes, ModelProto model, OnnxImport import)
    {
        this.model = model;
        this.import = import;
        graph = model.Graph;
        file = new WireMessage(bytes);
        if (file.Of(ModelProto.GraphFieldNumber) is not [WireMessage.Field only])
            throw new InputException("the graph is in several parts; export the model again");
        graphMessage = only.Message;
        nodes = graphMessage.Of(GraphProto.NodeFieldNumber);
        IReadOnlyList<WireMessage.Field> initializers = graphMessage.Of(GraphProto.InitializerFieldNumber);
        for (int i = 0; i < graph.Initializer.Count; i++)
            tensors[graph.Initializer[i].Name] = (graph.Initializer[i], initializers[i].Message, initializers[i]);
        for (int i = 0; i < graph.Node.Count; i++)
        {
            NodeProto node = graph.Node[i];
            names.Take([node.Name]);
            foreach (string input in node.Input)
                uses[input] = uses.GetValueOrDefault(input) + 1;
            foreach (string output in node.Output)
                makers[output] = i;
            if (node.OpType == "Constant" && node.Output.Count == 1 && ValueOf(node) is int attribute)
                tensors[node.Output[0]] = (
                    node.Attribute[attribute].T,
                    nodes[i].Message.Of(NodeProto.AttributeFieldNumber)[attribute].Message.Of(AttributeProto.TFieldNumber)[0].Message,
                    null);
        }

        foreach (ValueProto output in graph.Output)
            uses[output.Name] = uses.GetValueOrDefault(output.Name) + 1;
        names.Take(tensors.Keys);
        names.Take(makers.Keys);
        names.Take(graph.Input.Select(input => input.Name));
    }

    /// <summary>Puts the numbers of a network in the place of those that the file has.</summary>
    /// <param name="original">The network as read from the file.</param>
    /// <param name="network">The same layers with other numbers, possibly with others before them.</param>
    /// <exception cref="InputException">The network is not of this file, or a number does not fit its data type.</exception>
    public void Put(Network original, Network network)
    {
        List<Learnt> learnt = Compare(original, network);
        foreach (IGrouping<string, Learnt> sharing in learnt.GroupBy(one => InputName(one.Origin)).ToList())
        {
            Learnt first = sharing.First();
            bool areAlike = sharing.All(one => AreSame(one.Numbers, first.Numbers));
            if (sharing.All(one => !one.IsChanged))
                continue;
            if (tensors.TryGetValue(sharing.Key, out var held) && areAlike && import.Uses(sharing.Key) == sharing.Count())
            {
                SetNumbers(held.Message, Bytes(first, held.Tensor.DataType));
                continue;
            }

            foreach (Learnt one in sharing.Where(one => one.IsChanged))
            {
                int node = NodeOf(one.Origin);
                Attach(one.Origin, node, NewInitializer(one, TypeOf(makers.ContainsKey(sharing.Key) || tensors.ContainsKey(sharing.Key)
                    ? sharing.Key
                    : WeightsOf(one.Origin))));
            }
        }
    }

    /// <summary>Puts data of other files inside.</summary>
    /// <param name="folder">The folder of the file that was read.</param>
    /// <exception cref="InputException">They cannot be read, or a branch has them.</exception>
    public void PutExternalInside(string folder)
    {
        if (graph.Node.Any(HasExternalBranch))
            throw new InputException("a branch of the file has data in another file, which are not written inside; export the model in one "
                + "file, or without branches");
        foreach ((TensorProto tensor, WireMessage message, _) in tensors.Values)
        {
            if (OnnxTensor.IsExternal(tensor) && message.Of(TensorProto.ExternalDataFieldNumber).Count > 0)
                SetNumbers(message, OnnxTensor.ReadExternal(tensor, folder));
        }
    }

    /// <inheritdoc cref="WireMessage.WriteTo"/>
    public void WriteTo(Stream stream) => file.WriteTo(stream);

    /// <summary>Pairs the parameters of two networks by the names of their layers.</summary>
    List<Learnt> Compare(Network original, Network network)
    {
        ILookup<string, ILearnt> layers = network.Layers.Where(
            layer => layer is ILearnt).ToLookup(layer => layer.Name, layer => (ILearnt)layer);
        ILookup<string, OnnxImport.Origin> origins = import.Origins.ToLookup(origin => origin.Layer);
        Layer[] own = [.. original.Layers.Where(layer => layer is ILearnt)];
        if (own.FirstOrDefault(layer => layers[layer.Name].Count() != 1) is Layer missing)
            throw new InputException($"the network has no layer '{missing.Name}', so it is not of this file, or its batch normalisations "
                + "were "
                + "folded; only a network of the file's own layers is written back");
        if (layers.FirstOrDefault(layer => own.All(other => other.Name != layer.Key)) is { } other)
            throw new InputException($"the file has no layer '{other.Key}' with weights; only a network of its own layers is written back");
        var learnt = new List<Learnt>();
        foreach (Layer layer in own)
        {
            Dictionary<string, Parameter> before = ((ILearnt)layer).Parameters.ToDictionary(one => one.Name);
            Dictionary<string, Parameter> after = layers[layer.Name].Single().Parameters.ToDictionary(one => one.Name);
            foreach (string name in before.Keys.Union(after.Keys))
            {
                OnnxImport.Origin origin = origins[layer.Name].Single(one => one.Parameter == name);
                Parameter? old = before.GetValueOrDefault(name), now = after.GetValueOrDefault(name);
                // A bias that was left out is one of zeros.
                float[] numbers = now?.Values ?? new float[old!.Values.Length];
                if (numbers.Length != Tensor.Count(origin.Shape))
                    throw new InputException(
                        $"'{layer.Name}.{name}' has {numbers.Length} numbers in the network and {Tensor.Count(origin.Shape)} "
                            + "in "
                            + "the file, so the network is not of this file");
                if (Array.FindIndex(numbers, number => !float.IsFinite(number)) is int index and >= 0)
                    throw new InputException(
                        $"'{layer.Name}.{name}' has the number {numbers[index]}; only finite ones are written");
                bool isChanged = old is null || !AreSame(old.Values, numbers);
                if (isChanged && name == "weight" && layer is IMultiplies { Quantisation: not null })
                    throw new InputException(
                        $"the weights of the layer '{layer.Name}' are integers in the file, so other ones are not written back; quantise "
                            + "the network afterwards");
                learnt.Add(new Learnt(origin, InFile(origin, numbers), isChanged));
            }
        }

        return learnt;
    }

    static float[] InFile(OnnxImport.Origin origin, float[] numbers)
    {
        if (origin is { Place: null, Factor: 1 })
            return numbers;
        float[] result = new float[numbers.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = origin.Factor * numbers[origin.Place?.Invoke(i) ?? i];
        return result;
    }

    static bool AreSame(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        MemoryMarshal.AsBytes(one).SequenceEqual(MemoryMarshal.AsBytes(other));

    /// <summary>The tensor that holds a parameter; a name of its own for one that is absent.</summary>
    string InputName(OnnxImport.Origin origin)
    {
        NodeProto node = import.Steps[origin.Node].Node;
        return origin.Input >= 0 && origin.Input < node.Input.Count && node.Input[origin.Input].Length > 0
            ? node.Input[origin.Input]
            : $"{origin.Node}\n{origin.Parameter}";
    }

    /// <summary>The tensor with the weights of the layer of a parameter.</summary>
    string WeightsOf(OnnxImport.Origin origin) =>
        InputName(import.Origins.First(other => other.Node == origin.Node && other.Parameter == "weight"));

    static byte[] Bytes(Learnt learnt, int type)
    {
        RealFormat format = OnnxTensor.RealFormatOf(type)!.Value;
        int size = format.Size();
        byte[] bytes = new byte[learnt.Numbers.Length * size];
        for (int i = 0; i < learnt.Numbers.Length; i++)
        {
            format.Write(learnt.Numbers[i], bytes.AsSpan(i * size));
            if (!float.IsFinite(format.Read(bytes.AsSpan(i * size))))
                throw new InputException($"'{learnt.Origin.Layer}.{learnt.Origin.Parameter}' has the number {learnt.Numbers[i]}, which is "
                    + $"beyond the range of {OnnxTensor.NameOf(type)}, the data type in the file; export the model in float");
        }

        return bytes;
    }

    static void SetNumbers(WireMessage tensor, ReadOnlyMemory<byte> bytes)
    {
        WireMessage.Field[] old = [.. NumberFields.SelectMany(tensor.Of)];
        tensor.Add(TensorProto.RawDataFieldNumber, bytes, old.FirstOrDefault());
        foreach (WireMessage.Field field in old)
            tensor.Remove(field);
    }

    string NewInitializer(Learnt learnt, int type)
    {
        var tensor = new TensorProto
        {
            Name = names.Of($"{learnt.Origin.Layer}.{learnt.Origin.Parameter}"),
            DataType = type,
            RawData = UnsafeByteOperations.UnsafeWrap(Bytes(learnt, type)),
        };
        tensor.Dims.AddRange(learnt.Origin.Shape.Select(dimension => (long)dimension));
        graphMessage.Add(GraphProto.InitializerFieldNumber, tensor.ToByteArray());
        if (model.IrVersion < InitialisersAloneSince)
        {
            var shape = new ShapeProto();
            shape.Dim.AddRange(learnt.Origin.Shape.Select(dimension => new DimensionProto { DimValue = dimension }));
            var input = new ValueProto
            {
                Name = tensor.Name,
                Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = type, Shape = shape } },
            };
            graphMessage.Add(GraphProto.InputFieldNumber, input.ToByteArray());
        }

        return tensor.Name;
    }

    static bool HasExternalBranch(NodeProto node) => node.Attribute.Any(attribute => attribute.G is GraphProto branch
        && (branch.Initializer.Any(OnnxTensor.IsExternal)
            || branch.Node.Any(inner => inner.Attribute.Any(own => own.T is not null && OnnxTensor.IsExternal(own.T))
                || HasExternalBranch(inner))));

    /// <summary>The index in the graph of the node that has a parameter.</summary>
    int NodeOf(OnnxImport.Origin origin) => import.Steps[origin.Node].Source ?? throw new InputException(
        $"'{origin.Layer}.{origin.Parameter}' belongs to a node of a function, a branch or a fused operator and is no tensor of its own in "
            + "the file, so it cannot be written back; export the model without these");

    /// <summary>Makes a tensor the input of a node, or has it added to the node's output.</summary>
    /// <param name="place">The index of the node in the graph.</param>
    void Attach(OnnxImport.Origin origin, int place, string tensor)
    {
        WireMessage node = nodes[place].Message;
        if (origin.Input < 0)
        {
            string output = graph.Node[place].Output[0], product = names.Of(output + ".product");
            var add = new NodeProto
            {
                Name = names.Of(origin.Layer + ".bias"),
                OpType = "Add",
                Input = { product, tensor },
                Output = { output }
            };
            node.Replace(node.Of(NodeProto.OutputFieldNumber)[0], Encoding.UTF8.GetBytes(product));
            graphMessage.Add(GraphProto.NodeFieldNumber, add.ToByteArray(), nodes[place]);
            return;
        }

        while (node.Of(NodeProto.InputFieldNumber).Count <= origin.Input)
            node.Add(NodeProto.InputFieldNumber, default, node.Of(NodeProto.InputFieldNumber)[^1]);
        node.Replace(node.Of(NodeProto.InputFieldNumber)[origin.Input], Encoding.UTF8.GetBytes(tensor));
        if (graph.Node[place].Input.ElementAtOrDefault(origin.Input) is string { Length: > 0 } old)
            Release(old);
    }

    /// <summary>Removes a tensor that a node used, with the nodes that compute it, if no other node uses it.</summary>
    void Release(string tensor)
    {
        uses[tensor]--;
        if (uses[tensor] > 0 || graph.Node.Any(HasGraph))
            return;
        if (makers.TryGetValue(tensor, out int maker))
        {
            if (graph.Node[maker].Output.Any(output => uses.GetValueOrDefault(output) > 0))
                return;
            graphMessage.Remove(nodes[maker]);
            foreach (string input in graph.Node[maker].Input.Where(input => input.Length > 0))
                Release(input);
        }
        else if (tensors.Remove(tensor, out var held))
        {
            graphMessage.Remove(held.Initializer!);
            for (int i = 0; i < graph.Input.Count; i++)
            {
                if (graph.Input[i].Name == tensor)
                    graphMessage.Remove(graphMessage.Of(GraphProto.InputFieldNumber)[i]);
            }
        }
    }

    /// <summary>The data type of a constant, which the nodes that compute it pass on, except for Cast.</summary>
    int TypeOf(string tensor)
    {
        if (tensors.TryGetValue(tensor, out var held))
            return held.Tensor.DataType;
        NodeProto maker = graph.Node[makers[tensor]];
        return maker.OpType switch
        {
            "Cast" => (int)maker.Attribute.First(attribute => attribute.Name == "to").I,
            "Constant" => OnnxTensor.Float,
            "ConstantOfShape" => ValueOf(maker) is int attribute ? maker.Attribute[attribute].T.DataType : OnnxTensor.Float,
            _ when HasGraph(maker) => throw new InputException(
                $"'{tensor}' is given by a branch, so it cannot be written back; export the model without branches"),
            _ => TypeOf(maker.Input[0]),
        };
    }

    static bool HasGraph(NodeProto node) => node.Attribute.Any(attribute => attribute.Type is GraphAttribute or GraphsAttribute);

    static int? ValueOf(NodeProto node) =>
        node.Attribute.ToList().FindIndex(attribute => attribute is { Name: "value", T: not null }) is int index and >= 0 ? index : null;
}
