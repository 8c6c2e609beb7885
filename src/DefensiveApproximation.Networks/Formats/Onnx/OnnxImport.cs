using DefensiveApproximation.Networks.Layers;

namespace DefensiveApproximation.Networks.Formats.Onnx;

/// <summary>
/// Makes layers of the nodes of a graph. What can be computed without images is computed here; the first dimension of all else
/// counts images, and shapes below are those of one image.
/// </summary>
sealed partial class OnnxImport
{
    // A quarter of a gigabyte for one image: more than any network has between two layers.
    const int MostNumbers = 1 << 26;

    // Of all layers together.
    const long MostNumbersOfAll = 4L * MostNumbers;

    readonly GraphProto graph;
    readonly int version;
    readonly Dictionary<string, OnnxTensor> constants = [];
    readonly Dictionary<string, Value> values = [];
    readonly List<Networks.Node> nodes = [];
    readonly HashSet<string> names = [];
    // The number of images that the file is made for; 0 where it leaves that open.
    readonly long batch;
    readonly int[] inputShape;
    readonly string folder;
    long numbers;

    /// <summary>What a layer gives, or the images.</summary>
    /// <param name="Place">The layer's place, or <see cref="Networks.Node.Images"/>.</param>
    /// <param name="Shape">The dimensions of one image.</param>
    sealed record Value(int Place, int[] Shape)
    {
        public int Count => (int)Tensor.Count(Shape);

        /// <summary>The dimensions of a batch.</summary>
        public int Rank => Shape.Length + 1;
    }

    /// <summary>Reads what is not a layer: the constants and the input.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="version">Of ONNX's operators.</param>
    /// <param name="folder">Where files of external data are.</param>
    public OnnxImport(GraphProto graph, int version, string folder)
    {
        this.graph = graph;
        this.version = version;
        this.folder = folder;
        foreach (TensorProto tensor in graph.Initializer)
            constants[tensor.Name] = OnnxTensor.Read(tensor, folder);
        ValueProto[] inputs = [.. graph.Input.Where(input => !constants.ContainsKey(input.Name))];
        if (inputs.Length != 1)
            throw new InputException($"the network has {inputs.Length} inputs ({string.Join(", ", inputs.Select(input => input.Name))}); it has to have one, the images");
        DimensionProto[] dimensions = [.. inputs[0].Type?.TensorType?.Shape?.Dim ?? []];
        if (dimensions.Length < 2 || dimensions.Skip(1).Any(dimension => dimension.DimValue < 1))
            throw new InputException($"the input '{inputs[0].Name}' has the shape [{string.Join(", ", dimensions.Select(Shown))}]; it has to be the number of images, which can be left open, and fixed dimensions of each image: export the model with them");
        batch = Math.Max(0, dimensions[0].DimValue);
        inputShape = Checked([.. dimensions.Skip(1).Select(dimension => dimension.DimValue)]);
        values[inputs[0].Name] = new Value(Networks.Node.Images, inputShape);

        static string Shown(DimensionProto dimension) => dimension.DimParam.Length > 0 ? dimension.DimParam : $"{dimension.DimValue}";
    }

    /// <summary>The network.</summary>
    /// <param name="name">Its name.</param>
    public Network Build(string name)
    {
        foreach (NodeProto node in graph.Node)
        {
            string where = $"the node '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "")}' ({node.OpType})";
            try
            {
                if (node.Domain is not ("" or "ai.onnx") || !Operators.TryGetValue(node.OpType, out Action<OnnxImport, NodeReader>? import))
                    throw new InputException($"the operator {(node.Domain.Length > 0 ? node.Domain + "." : "")}{node.OpType} is not read; read are {string.Join(", ", OnnxModels.Operators)}");
                import(this, new NodeReader(this, node));
            }
            catch (InputException e)
            {
                throw new InputException($"{where}: {e.Message}", e);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                throw new InputException($"{where}: its inputs do not fit it or each other: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", e);
            }
        }

        if (graph.Output.Count != 1 || !values.TryGetValue(graph.Output[0].Name, out Value? output))
            throw new InputException($"the network has {graph.Output.Count} outputs ({string.Join(", ", graph.Output.Select(one => one.Name))}); it has to have one, the logits, that depends on the images");
        if (output.Place == Networks.Node.Images)
            throw new InputException("the network has no layers");
        // What is [classes, 1, 1] is logits all the same.
        if (output.Shape.Length != 1)
        {
            if (output.Shape.Count(dimension => dimension != 1) > 1)
                throw new InputException($"the output of one image has the shape [{string.Join(", ", output.Shape)}]; it has to be a row of logits");
            output = Add(new Reshape(Unique("logits"), [output.Count]), [output.Count], output);
        }

        return new Network(name, inputShape, output.Count, Needed(output.Place));
    }

    /// <summary>The layers that one of them needs, itself the last.</summary>
    List<Networks.Node> Needed(int last)
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
        var kept = new List<Networks.Node>();
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
        numbers += Tensor.Count(shape);
        if (numbers > MostNumbersOfAll)
            throw new InputException($"one image has more than {MostNumbersOfAll} numbers in all layers up to here");
        nodes.Add(new Networks.Node(layer, places));
        return new Value(nodes.Count - 1, shape);
    }

    /// <summary>A name that no other layer has.</summary>
    string Unique(string wanted)
    {
        string name = wanted;
        for (int i = 2; !names.Add(name); i++)
            name = $"{wanted}#{i}";
        return name;
    }

    /// <summary>The dimensions of one image, if they are some and not too many.</summary>
    static int[] Checked(params ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count = dimension is >= 1 and <= MostNumbers ? count * dimension : 0;
            if (count is < 1 or > MostNumbers)
                throw new InputException($"one image has the shape [{string.Join(", ", shape.ToArray())}] here; dimensions are at least 1, and their product at most {MostNumbers}");
        }

        int[] result = new int[shape.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = (int)shape[i];
        return result;
    }

    static int[] Checked(IEnumerable<int> shape) => Checked([.. shape.Select(dimension => (long)dimension)]);

    /// <summary>A node with what goes into it, and where its outputs go.</summary>
    /// <param name="import">The graph's.</param>
    /// <param name="node">The node.</param>
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
            ?? throw new InputException($"its input {input + 1}, '{InputName(input)}', {(import.constants.ContainsKey(InputName(input)) ? "is a constant and has to depend on the images" : "is given by no node before it")}");

        /// <summary>The input, which must not depend on the images.</summary>
        public OnnxTensor Constant(int input) => import.constants.GetValueOrDefault(InputName(input))
            ?? throw new InputException($"its input {input + 1}, '{InputName(input)}', {(Find(input) is null ? "is given by no node before it" : "depends on the images and has to be a constant")}");

        public bool IsConstant(int input) => import.constants.ContainsKey(InputName(input));

        public float[] Reals(int input) => Constant(input).Reals ?? throw new InputException($"its input {input + 1} holds whole numbers and has to hold real ones");

        /// <summary>Weights: real numbers, all finite.</summary>
        public float[] Weights(int input) => Reals(input) is { } weights && weights.All(float.IsFinite)
            ? weights
            : throw new InputException($"its input {input + 1} holds a NaN or an infinity; a trained network has finite weights");

        public long[] Integers(int input) => Constant(input).Integers ?? throw new InputException($"its input {input + 1} holds real numbers and has to hold whole ones");

        public long Integer(string name, long otherwise) => Attribute(name)?.I ?? otherwise;

        public float Real(string name, float otherwise) => Attribute(name)?.F ?? otherwise;

        public string Text(string name, string otherwise) => Attribute(name)?.S.ToStringUtf8() ?? otherwise;

        public long[]? List(string name) => Attribute(name)?.Ints.ToArray();

        public AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

        /// <summary>Whole numbers that older operator sets have as an attribute and newer ones as an input.</summary>
        public long[]? ListOrInput(string name, int input) => List(name) ?? (Has(input) ? Integers(input) : null);

        /// <summary>What the node gives.</summary>
        public void Give(Value value, int output = 0) => import.values[OutputName(output)] = value;

        /// <summary>What the node gives, a constant.</summary>
        public void Give(OnnxTensor constant, int output = 0) => import.constants[OutputName(output)] = constant;

        /// <summary>What the node gives, a layer of one input.</summary>
        public void Give(Layer layer, Value input) => Give(import.Add(layer, input.Shape, input));

        /// <summary>What the node gives, a layer of one input and another shape.</summary>
        public void Give(Layer layer, int[] shape, Value input) => Give(import.Add(layer, shape, input));

        /// <summary>One of several layers that the node becomes.</summary>
        public Value Part(Layer layer, int[] shape, Value input) => import.Add(layer, shape, input);

        /// <summary>The dimension of one image that an axis of the batch is.</summary>
        public static int Axis(long axis, Value value)
        {
            long place = axis < 0 ? axis + value.Rank : axis;
            return place > 0 && place < value.Rank
                ? (int)place - 1
                : throw new InputException($"the axis {axis} of a tensor with {value.Rank} dimensions {(place == 0 ? "is the one of the images, which have to stay apart" : "does not exist")}");
        }

        string InputName(int input) => Has(input) ? node.Input[input] : throw new InputException($"its input {input + 1} is missing");

        string OutputName(int output) => output < node.Output.Count ? node.Output[output] : throw new InputException($"its output {output + 1} is missing");
    }
}
