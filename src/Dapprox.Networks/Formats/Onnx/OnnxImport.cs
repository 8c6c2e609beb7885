using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Makes layers of the nodes of a graph. What can be computed without images is computed here; the first dimension of all else
/// counts images, and shapes below are those of one image.
/// </summary>
sealed partial class OnnxImport
{
    // A quarter of a gigabyte for one image: more than any network has between two layers.
    const int MaxNumbers = 1 << 26;

    // Of all layers together, with their tables, the constants that nodes make and repeated uses of the same weights.
    const long MaxNumbersOfAll = 4L * MaxNumbers;

    // A file can hold a name of a million letters.
    const int LongestName = 200;

    readonly GraphProto graph;
    readonly int version;
    readonly Dictionary<string, OnnxTensor> constants = [];
    readonly Dictionary<string, Value> values = [];
    readonly List<Graph.Node> nodes = [];
    readonly HashSet<string> names = [];
    // The tensors that the output depends on.
    readonly HashSet<string> needed = [];
    readonly HashSet<float[]> used = [];
    // The number of images that the file is made for; 0 where it leaves that open.
    readonly long batch;
    readonly int[] inputShape;
    readonly string folder;
    long numbers;

    /// <summary>What a layer gives, the images, or a constant.</summary>
    /// <param name="Place">The layer's place, or <see cref="Graph.Node.Images"/>.</param>
    /// <param name="Shape">The dimensions of one image, or those of the constant.</param>
    /// <param name="Constant">The constant, or null.</param>
    sealed record Value(int Place, int[] Shape, OnnxTensor? Constant = null)
    {
        public int Count => (int)Tensor.Count(Shape);

        /// <summary>Dimensions before those of the shape: that of the images, which a constant has not.</summary>
        public int Images => Constant is null ? 1 : 0;

        /// <summary>The dimensions of a batch.</summary>
        public int Rank => Shape.Length + Images;

        /// <summary>The place in <see cref="Shape"/> of an axis of the batch.</summary>
        public int Axis(long axis)
        {
            long place = axis < 0 ? axis + Rank : axis;
            return place >= Images && place < Rank
                ? (int)place - Images
                : throw new InputException(
                    $"the axis {axis} of a tensor with {Rank} dimensions "
                        + $"{(place == 0 && Rank > 0 ? "is the one of the images, which have to stay apart" : "does not exist")}");
        }

        /// <summary>Whether an axis is that of the images.</summary>
        public bool IsImages(long axis) => Constant is null && (axis == 0 || axis == -Rank);
    }

    /// <summary>Reads what is not a layer: the constants and the input.</summary>
    /// <param name="version">Of ONNX's operators.</param>
    /// <param name="folder">Where files of external data are.</param>
    public OnnxImport(GraphProto graph, int version, string folder)
    {
        this.graph = graph;
        this.version = version;
        this.folder = folder;
        if (graph.Output.Count != 1)
            throw new InputException(
                $"the network has {graph.Output.Count} outputs ({string.Join(", ", graph.Output.Select(one => one.Name))}); it has to "
                    + "have one, the logits: export the model with that alone");
        needed.Add(graph.Output[0].Name);
        foreach (NodeProto node in graph.Node.Reverse().Where(IsNeeded))
            needed.UnionWith(node.Input.Where(input => input.Length > 0));
        foreach (TensorProto tensor in graph.Initializer.Where(tensor => needed.Contains(tensor.Name)))
            constants[tensor.Name] = OnnxTensor.Read(tensor, folder);
        ValueProto[] inputs = [.. graph.Input.ExceptBy(graph.Initializer.Select(tensor => tensor.Name), input => input.Name)];
        if (inputs.Length > 1)
            inputs = [.. inputs.Where(input => needed.Contains(input.Name))];
        if (inputs.Length != 1)
            throw new InputException(
                $"the output depends on {inputs.Length} inputs ({string.Join(", ", inputs.Select(input => input.Name))}); it has to "
                    + "depend on one, the images");
        int type = inputs[0].Type?.TensorType?.ElemType ?? OnnxTensor.Float;
        if (type is not (0 or OnnxTensor.Float or OnnxTensor.Half or OnnxTensor.BFloat16 or OnnxTensor.Double))
            throw new InputException($"the input '{inputs[0].Name}' is of the data type {OnnxTensor.NameOf(type)}; images are of real "
                + "numbers: export the model with an input of float");
        DimensionProto[] dimensions = [.. inputs[0].Type?.TensorType?.Shape?.Dim ?? []];
        if (dimensions.Length < 2 || dimensions.Skip(1).Any(dimension => dimension.DimValue < 1))
            throw new InputException(
                $"the input '{inputs[0].Name}' has the shape [{string.Join(", ", dimensions.Select(Shown))}]; it has to be the number of "
                    + "images, which can be left open, and fixed dimensions of each image: export the model with them");
        batch = Math.Max(0, dimensions[0].DimValue);
        inputShape = Checked([.. dimensions.Skip(1).Select(dimension => dimension.DimValue)]);
        values[inputs[0].Name] = new Value(Graph.Node.Images, inputShape);

        static string Shown(DimensionProto dimension) => dimension.DimParam.Length > 0 ? dimension.DimParam : $"{dimension.DimValue}";
    }

    /// <summary>The network.</summary>
    /// <param name="name">Its name.</param>
    public Network Build(string name)
    {
        foreach (NodeProto node in graph.Node.Where(IsNeeded))
        {
            string where = $"the node '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "")}' ({node.OpType})";
            try
            {
                if (node.Domain is not ("" or "ai.onnx") || !Operators.TryGetValue(node.OpType, out Action<OnnxImport, NodeReader>? import))
                    throw new InputException(
                        $"the operator {(node.Domain.Length > 0 ? node.Domain + "." : "")}{node.OpType} is not read; read are "
                            + $"{string.Join(", ", OnnxModels.Operators)}");
                import(this, new NodeReader(this, node));
            }
            catch (InputException e)
            {
                throw new InputException($"{where}: {e.Message}", e);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                // Without the name of a parameter, which says nothing to a user.
                string reason = e.Message.ReplaceLineEndings(" ").Replace(
                    $" (Parameter '{(e as ArgumentException)?.ParamName}')", "", StringComparison.Ordinal);
                throw new InputException($"{where}: its inputs do not fit it or each other: {reason.TrimEnd('.')}", e);
            }
        }

        if (!values.TryGetValue(graph.Output[0].Name, out Value? output))
            throw new InputException(
                $"the output '{graph.Output[0].Name}' "
                    + $"{(constants.ContainsKey(graph.Output[0].Name) ? "does not depend on the images" : "is given by no node")}");
        if (output.Place == Graph.Node.Images)
            throw new InputException("the network has no layers");
        // What is [classes, 1, 1] is logits all the same.
        if (output.Shape.Length != 1)
        {
            if (output.Shape.Count(dimension => dimension != 1) > 1)
                throw new InputException(
                    $"the output of one image has the shape [{string.Join(", ", output.Shape)}]; it has to be a row of logits");
            output = Add(new Reshape(Unique("logits"), [output.Count]), [output.Count], output);
        }

        return new Network(name, inputShape, output.Count, Needed(output.Place));
    }

    bool IsNeeded(NodeProto node) => node.Output.Any(needed.Contains);

    /// <summary>The layers that one of them needs, itself the last.</summary>
    List<Graph.Node> Needed(int last)
    {
        var needed = new bool[nodes.Count];
        needed[last] = true;
        for (int i = last; i >= 0; i--)
        {
            if (needed[i])
            {
                foreach (int input in nodes[i].Inputs.Where(input => input >= 0))
                    needed[input] = true;
            }
        }

        int[] places = new int[nodes.Count];
        var kept = new List<Graph.Node>();
        for (int i = 0; i <= last; i++)
        {
            places[i] = kept.Count;
            if (needed[i])
                kept.Add(nodes[i] with { Inputs = [.. nodes[i].Inputs.Select(input => input < 0 ? input : places[input])] });
        }

        return kept;
    }

    /// <summary>Adds a layer.</summary>
    Value Add(Layer layer, int[] shape, params ReadOnlySpan<Value> inputs)
    {
        int[] places = new int[inputs.Length];
        for (int i = 0; i < places.Length; i++)
            places[i] = inputs[i].Place;
        Charge(Tensor.Count(shape));
        nodes.Add(new Graph.Node(layer, places));
        return new Value(nodes.Count - 1, shape);
    }

    /// <summary>Counts numbers that are about to be held, which a small file could make any number of.</summary>
    void Charge(long count)
    {
        numbers += count;
        if (numbers > MaxNumbersOfAll)
            throw new InputException($"one image has more than {MaxNumbersOfAll} numbers in all layers, their tables and constants up to "
                + "here, and larger networks are not read");
    }

    /// <summary>A name that no other layer has.</summary>
    string Unique(string wanted)
    {
        wanted = InputFile.OneLine(wanted, LongestName);
        string name = wanted;
        for (int i = 2; !names.Add(name); i++)
            name = $"{wanted}#{i}";
        return name;
    }

    /// <summary>The dimensions of one image, if they are some and not too many.</summary>
    static int[] Checked(params ReadOnlySpan<long> shape) => Checked(1, shape);

    /// <summary>Dimensions, if they are not too few and not too many.</summary>
    static int[] Checked(int least, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count = dimension >= least && dimension <= MaxNumbers ? count * dimension : -1;
            if (count < least || count > MaxNumbers)
                throw new InputException(
                    $"{(least > 0 ? "one image" : "a constant")} has the shape {Shown(shape)} here; dimensions are at least {least}, and "
                        + $"their product at most {MaxNumbers}");
        }

        int[] result = new int[shape.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = (int)shape[i];
        return result;
    }

    static int[] Checked(IEnumerable<int> shape) => Checked([.. shape.Select(dimension => (long)dimension)]);

    /// <summary>Dimensions in a message.</summary>
    static string Shown(ReadOnlySpan<long> shape) =>
        $"[{string.Join(", ", shape.ToArray().Select(dimension => dimension == OnnxTensor.Batch ? "images" : $"{dimension}"))}]";

    /// <summary>A node with what goes into it, and where its outputs go.</summary>
    /// <param name="import">The graph's.</param>
    sealed class NodeReader(OnnxImport import, NodeProto node)
    {
        public string Name { get; } = import.Unique(node.Name.Length > 0 ? node.Name : node.OpType.ToLowerInvariant());

        public string Operator => node.OpType;

        public int Inputs => node.Input.Count;

        public int Outputs => node.Output.Count;

        public bool Has(int input) => input < node.Input.Count && node.Input[input].Length > 0;

        /// <summary>The input, where it depends on the images; otherwise null.</summary>
        public Value? Find(int input) => import.values.GetValueOrDefault(InputName(input));

        /// <summary>The input, which has to depend on the images.</summary>
        public Value Activation(int input) => Find(input)
            ?? throw new InputException($"its input {input + 1}, '{InputName(input)}', "
                + (IsConstant(input) ? "is a constant and has to depend on the images" : "is given by no node before it"));

        /// <summary>The input, which must not depend on the images.</summary>
        public OnnxTensor Constant(int input) => import.constants.GetValueOrDefault(InputName(input))
            ?? throw new InputException(
                $"its input {input + 1}, '{InputName(input)}', "
                    + $"{(Find(input) is null ? "is given by no node before it" : "depends on the images and has to be a constant")}");

        public bool IsConstant(int input) => import.constants.ContainsKey(InputName(input));

        /// <summary>The input, a constant or not.</summary>
        public Value Any(int input) =>
            Find(input) ?? (IsConstant(input) ? new Value(Graph.Node.Images, Constant(input).Shape, Constant(input)) : Activation(input));

        public float[] Reals(int input) =>
            Constant(input).Reals ?? throw new InputException($"its input {input + 1} holds integers and has to hold real ones");

        /// <summary>Weights: real numbers, all finite.</summary>
        public float[] Weights(int input)
        {
            float[] weights = Reals(input);
            if (!weights.All(float.IsFinite))
                throw new InputException($"its input {input + 1} holds a NaN or an infinity; a trained network has finite weights");
            if (!import.used.Add(weights))
                import.Charge(weights.Length);
            return weights;
        }

        public long[] Integers(int input) =>
            Constant(input).Integers ?? throw new InputException($"its input {input + 1} holds real numbers and has to hold whole ones");

        public long Integer(string name, long otherwise) => Attribute(name)?.I ?? otherwise;

        public float Real(string name, float otherwise) => Attribute(name)?.F ?? otherwise;

        public string Text(string name, string otherwise) => Attribute(name)?.S.ToStringUtf8() ?? otherwise;

        public long[]? List(string name) => Attribute(name)?.Ints.ToArray();

        public AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

        /// <summary>Whole numbers that older operator sets have as an attribute and newer ones as an input.</summary>
        public long[]? ListOrInput(string name, int input) => List(name) ?? (Has(input) ? Integers(input) : null);

        /// <summary>Whether something takes this output.</summary>
        public bool IsNeeded(int output) => output < node.Output.Count && import.needed.Contains(node.Output[output]);

        /// <summary>What the node gives.</summary>
        public void Give(Value value, int output = 0)
        {
            string name = OutputName(output);
            if (import.values.ContainsKey(name) || import.constants.ContainsKey(name))
                throw new InputException($"it gives '{name}', which is there already");
            if (value.Constant is OnnxTensor constant)
                import.constants[name] = constant;
            else
                import.values[name] = value;
        }

        /// <summary>What the node gives, a constant.</summary>
        public void Give(OnnxTensor constant, int output = 0) => Give(new Value(Graph.Node.Images, constant.Shape, constant), output);

        /// <summary>What the node gives, a layer of one input.</summary>
        public void Give(Layer layer, Value input) => Give(import.Add(layer, input.Shape, input));

        /// <summary>What the node gives, a layer of one input and another shape.</summary>
        public void Give(Layer layer, int[] shape, Value input) => Give(import.Add(layer, shape, input));

        /// <summary>What the node gives, a function of every number of its input by itself.</summary>
        public void Give(Layer layer)
        {
            Value input = Any(0);
            if (input.Constant is null)
            {
                Give(layer, input);
                return;
            }

            import.Charge(input.Count);
            Give(new OnnxTensor(input.Shape, layer.Forward(new Tensor(Reals(0), 1, input.Count), 1).Data, null));
        }

        /// <summary>What the node gives, the same numbers under another shape.</summary>
        public void GiveReshaped(Value input, int[] shape)
        {
            if (input.Constant is OnnxTensor constant)
                Give(
                    constant with
                    {
                        Shape = Tensor.Count(shape) == constant.Count ? shape : throw new InputException($"{constant.Count} "
                        + $"numbers do not take the shape [{string.Join(", ", shape)}]")
                    });
            else
                Give(new Reshape(Name, shape), shape, input);
        }

        /// <summary>What the node gives, numbers of its input in other places.</summary>
        /// <param name="dimensions">Those of the output.</param>
        /// <param name="part">For a dimension and an index in it, the share of the place in the input; negative for the constant.</param>
        /// <param name="shape">The shape of the output where it is another than the dimensions that are gone through.</param>
        /// <param name="output">Which of the node's outputs it is.</param>
        public void GiveMoved(
            Value input, IEnumerable<long> dimensions, Func<int, int, int> part, float constant = 0, int[]? shape = null, int output = 0)
        {
            int[] moved = Checked(input.Images, [.. dimensions]);
            shape ??= moved;
            import.Charge(Tensor.Count(moved));
            int[] sources = Places(moved, part);
            if (input.Constant is null)
                Give(
                    import.Add(new Rearrange(Outputs == 1 ? Name : $"{Name}.{output + 1}", shape, sources, constant), shape, input),
                    output);
            else if (input.Constant.Reals is { } reals)
                Give(new OnnxTensor(shape, [.. sources.Select(place => place < 0 ? constant : reals[place])], null), output);
            else
                Give(new OnnxTensor(shape, null, [.. sources.Select(place => place < 0 ? 0 : input.Constant.Integers![place])]), output);
        }

        /// <summary>One of several layers that the node becomes.</summary>
        public Value Part(Layer layer, int[] shape, Value input) => import.Add(layer, shape, input);

        string InputName(int input) => Has(input) ? node.Input[input] : throw new InputException($"its input {input + 1} is missing");

        string OutputName(int output) =>
            output < node.Output.Count ? node.Output[output] : throw new InputException($"its output {output + 1} is missing");
    }
}
