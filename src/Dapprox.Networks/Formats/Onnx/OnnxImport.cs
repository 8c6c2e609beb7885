using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Google.Protobuf.Collections;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Converts the nodes of a graph to layers. Everything that does not depend on the images is computed here; the first dimension of
/// all other tensors counts images, and shapes below are those of one image.
/// </summary>
sealed partial class OnnxImport
{
    // A quarter of a gigabyte for one image: more than any network needs between two layers.
    const int MaxNumbers = 1 << 26;

    // For all layers together, including their tables, computed constants and repeated uses of the same weights.
    const long MaxNumbersOfAll = 4L * MaxNumbers;

    // Between these no operator that is read means something that is not known here, but for those below.
    const int OldestOperators = 6, NewestOperators = 28;

    // The newest version makes something of these that is not known here.
    static readonly string[] ChangedInNewest = ["Cast", "CastLike", "DequantizeLinear", "Einsum", "Mod", "OneHot", "QuantizeLinear"];

    // A recurrent node stands for many: some for each step of a sequence.
    const int MaxRewritten = 1 << 18;

    // A file can contain a name of a million letters.
    public const int LongestName = 200;

    // What is not read yet, the next one last.
    readonly Stack<OnnxNode> pending;
    readonly List<OnnxNode> steps = [];
    // The name of the logits.
    readonly string logits;
    // That of the node being read.
    long version;
    readonly Dictionary<string, OnnxTensor> constants = [];
    readonly Dictionary<string, Value> values = [];
    readonly List<Graph.Node> nodes = [];
    readonly UniqueNames names = new();
    // The tensors on which the output depends.
    readonly HashSet<string> needed = [];
    readonly HashSet<float[]> used = [];
    // Tensors inside nodes; a function's are the same in all its calls.
    readonly Dictionary<TensorProto, OnnxTensor> inside = new(ReferenceEqualityComparer.Instance);
    readonly List<Origin> origins = [];
    // The batch size fixed by the file; 0 if it is open.
    readonly long batch;
    readonly int[] inputShape;
    readonly string folder;
    long numbers;
    int rewritten;
    Dictionary<string, int>? uses;

    /// <summary>The output of a layer, the images, or a constant.</summary>
    /// <param name="Index">The index of the layer's node, or <see cref="Graph.Node.Images"/>.</param>
    /// <param name="Shape">The dimensions of one image or of the constant.</param>
    /// <param name="Constant">The constant, or null.</param>
    /// <param name="Layout">Where the file has the dimension of the images; the network has it first.</param>
    /// <param name="Kind">What the numbers that depend on the images are in the file.</param>
    sealed record Value(
        int Index, int[] Shape, OnnxTensor? Constant = null, Layout Layout = default, NumberKind Kind = NumberKind.Real)
    {
        public int Count => (int)Tensor.Count(Shape);

        /// <summary>The number of dimensions before those of the shape: 1 for the images, 0 for a constant.</summary>
        public int Images => Constant is null ? 1 : 0;

        /// <summary>The number of dimensions in the file.</summary>
        public int Rank => Shape.Length + Images - Layout.Joined;

        /// <summary>The dimensions in the file.</summary>
        public long[] FileShape
        {
            get
            {
                long[] shape = [.. Shape.Select(dimension => (long)dimension)];
                int first = Layout.Place - Layout.Before, end = Layout.Place + Layout.Behind;
                return Constant is not null ? shape
                    : [.. shape[..first], OnnxTensor.Images(Tensor.Count(Shape.AsSpan()[first..end])), .. shape[end..]];
            }
        }

        /// <summary>The index in <see cref="Shape"/> of a dimension in the file.</summary>
        public int Axis(long axis)
        {
            long index = axis < 0 ? axis + Rank : axis;
            return index >= 0 && index < Rank && !IsImages(axis)
                ? (int)index + (Constant is not null || index < Layout.Place - Layout.Before ? 0 : Layout.Joined - 1)
                : throw new InputException(
                    $"the axis {axis} of a tensor with {Rank} dimensions "
                        + $"{(IsImages(axis) ? "is the one of the images, which have to stay apart" : "does not exist")}");
        }

        /// <summary>Whether a dimension in the file is that of the images.</summary>
        public bool IsImages(long axis) => Constant is null && (axis < 0 ? axis + Rank : axis) == Layout.Place - Layout.Before;
    }

    /// <summary>
    /// What numbers that depend on the images are in the file; the network has real numbers only. What is made of several kinds is of the
    /// last of them.
    /// </summary>
    enum NumberKind
    {
        Real,
        // True or false, which is 1 or 0 here.
        Condition,
        Integer,
    }

    /// <summary>
    /// Where the file has the dimension of the images. Networks of sequences have it second, and attention joins it with heads, windows or
    /// steps: [length, images, width] has the place 1, and [images·heads, length, size] one dimension behind the images joined with them.
    /// </summary>
    /// <param name="Place">The number of the image's dimensions before it.</param>
    /// <param name="Before">How many of these are one dimension with it.</param>
    /// <param name="Behind">How many behind it are.</param>
    readonly record struct Layout(int Place, int Before, int Behind)
    {
        public int Joined => Before + Behind;

        /// <summary>The layout without some dimensions, which are not joined with the images.</summary>
        public Layout Without(IEnumerable<int> axes)
        {
            int place = Place;
            return this with { Place = place - axes.Count(axis => axis < place) };
        }
    }

    /// <summary>Where the file has a parameter of a layer.</summary>
    /// <param name="Layer">The layer's name.</param>
    /// <param name="Parameter">The parameter's name.</param>
    /// <param name="Node">The index of the node in <see cref="Steps"/>.</param>
    /// <param name="Input">The node's input, which may be absent; −1 if the node takes none, so that an Add would have to follow
    /// it.</param>
    /// <param name="Shape">The dimensions in the file.</param>
    /// <param name="Place">For an index in the file, that in the parameter; null if they are the same.</param>
    /// <param name="Factor">The number in the file is that of the parameter times this.</param>
    public sealed record Origin(
        string Layer, string Parameter, int Node, int Input, int[] Shape, Func<int, int>? Place = null, float Factor = 1);

    /// <summary>Where the file has the parameters of the layers, known after <see cref="Build"/>.</summary>
    public IReadOnlyList<Origin> Origins => origins;

    /// <summary>The nodes that were read: those that the logits depend on, with others in the place of calls and fused operators.</summary>
    public IReadOnlyList<OnnxNode> Steps => steps;

    /// <summary>Reads the constants and the input.</summary>
    /// <param name="folder">The folder of external data files.</param>
    public OnnxImport(ModelProto model, string folder, OnnxOptions options)
    {
        GraphProto graph = model.Graph;
        this.folder = folder;
        List<OnnxNode> nodes = OnnxFunctions.Inline(model);
        pending = new Stack<OnnxNode>(nodes.AsEnumerable().Reverse());
        string[] outputs = [.. graph.Output.Select(one => one.Name).Distinct()];
        logits = options.Output ?? (outputs.Length == 1 ? outputs[0] : throw new InputException(
            $"the network has {outputs.Length} outputs ({string.Join(", ", outputs)}); name the one that is the logits: --output NAME"));
        if (nodes.All(step => !step.Node.Output.Contains(logits)) && options.Output is not null)
            throw new InputException(
                $"no node gives the tensor '{logits}' that is to be the logits; the outputs are {string.Join(", ", outputs)}");
        needed.Add(logits);
        Need(nodes);
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
        inputShape = InputShape(inputs[0].Name, dimensions, options.InputShape);
        batch = dimensions.Length == 0 ? 0 : Math.Max(0, dimensions[0].DimValue);
        values[inputs[0].Name] = new Value(Graph.Node.Images, inputShape);
    }

    /// <summary>The dimensions of one image: those of the file, and the given ones where it leaves them open.</summary>
    static int[] InputShape(string name, DimensionProto[] dimensions, IReadOnlyList<int>? given)
    {
        string shown = $"[{string.Join(", ", dimensions.Select(own => own.DimParam.Length > 0 ? own.DimParam : $"{own.DimValue}"))}]";
        DimensionProto[] own = [.. dimensions.Skip(1)];
        bool isOpen = own.Length == 0 || own.Any(dimension => dimension.DimValue < 1);
        if (!isOpen || given is null)
            return !isOpen ? Checked([.. own.Select(dimension => dimension.DimValue)]) : throw new InputException(
                $"the input '{name}' has the shape {shown}; it has to be the number of images, which can be left open, and fixed "
                    + "dimensions of each image: export the model with them, or give them: --input-shape C,H,W");
        if (dimensions.Length > 0 && own.Length != given.Count
            || own.Where((dimension, axis) => dimension.DimValue > 0 && dimension.DimValue != given[axis]).Any())
            throw new InputException(
                $"the input '{name}' has the shape {shown}, whose first dimension is that of the images; one image cannot be "
                    + $"{string.Join('×', given)}: give the dimensions that are open, and the fixed ones as they are");
        return Checked(given);
    }

    /// <summary>Builds the network.</summary>
    /// <param name="name">Its name.</param>
    public Network Build(string name)
    {
        while (pending.TryPop(out OnnxNode? step))
        {
            NodeProto node = step.Node;
            if (!IsNeeded(node))
                continue;
            steps.Add(step);
            version = step.Version;
            string domain = OnnxFunctions.Domain(node.Domain), type = domain.Length > 0 ? $"{domain}.{node.OpType}" : node.OpType;
            string where = $"the node '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "")}' ({node.OpType})";
            try
            {
                if (!Operators.TryGetValue(type, out Action<OnnxImport, NodeReader>? import))
                    throw new InputException($"the operator {type} is not read; read are {string.Join(", ", OnnxModels.Operators)}");
                int newest = ChangedInNewest.Contains(node.OpType) ? NewestOperators - 1 : NewestOperators;
                if (domain.Length == 0 && (version < OldestOperators || version > newest))
                    throw new InputException(
                        $"{node.OpType} of version {version} of ONNX's operators is not known; those of the versions {OldestOperators} to "
                            + $"{newest} are: export the model with one of these");
                import(this, new NodeReader(this, step, steps.Count - 1));
                FollowGrids(node);
            }
            catch (InputException e)
            {
                throw new InputException($"{where}: {e.Message}", e);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                // Removes the parameter name, which is meaningless to a user.
                string reason = e.Message.ReplaceLineEndings(" ").Replace(
                    $" (Parameter '{(e as ArgumentException)?.ParamName}')", "", StringComparison.Ordinal);
                throw new InputException($"{where}: its inputs do not fit it or each other: {reason.TrimEnd('.')}", e);
            }
        }

        if (!values.TryGetValue(logits, out Value? output))
            throw new InputException(
                $"the output '{logits}' {(constants.ContainsKey(logits) ? "does not depend on the images" : "is given by no node")}");
        if (output.Layout != default)
            throw new InputException($"the output '{logits}' has the shape {Shown(output.FileShape)}; its first dimension has to be that "
                + "of the images");
        if (output.Index == Graph.Node.Images)
            throw new InputException("the network has no layers");
        // An output [classes, 1, 1] also counts as logits.
        if (output.Shape.Length != 1)
        {
            if (output.Shape.Count(dimension => dimension != 1) > 1)
                throw new InputException(
                    $"the output of one image has the shape [{string.Join(", ", output.Shape)}]; it has to be a row of logits");
            output = Add(new Reshape(Unique("logits"), [output.Count]), [output.Count], output);
        }

        return new Network(name, inputShape, output.Count, Needed(output.Index));
    }

    /// <summary>How often the nodes that the logits depend on take a tensor.</summary>
    /// <param name="tensor">Its name.</param>
    public int Uses(string tensor)
    {
        uses ??= steps.SelectMany(step => step.Node.Input).CountBy(input => input).ToDictionary();
        return uses.GetValueOrDefault(tensor);
    }

    bool IsNeeded(NodeProto node) => node.Output.Any(needed.Contains);

    /// <summary>Marks what the needed ones among nodes depend on.</summary>
    void Need(IEnumerable<OnnxNode> those)
    {
        foreach (OnnxNode step in those.Reverse().Where(step => IsNeeded(step.Node)))
        {
            needed.UnionWith(step.Node.Input.Where(input => input.Length > 0));
            needed.UnionWith(step.Branches.SelectMany(branch => branch.Outer));
        }
    }

    /// <summary>Puts nodes in the place of the one being read.</summary>
    void Replace(List<OnnxNode> those)
    {
        rewritten += those.Count;
        if (rewritten > MaxRewritten)
            throw new InputException($"it stands for {those.Count} nodes, and the file's come to more than {MaxRewritten}");
        steps.RemoveAt(steps.Count - 1);
        Need(those);
        foreach (OnnxNode added in those.AsEnumerable().Reverse())
            pending.Push(added);
    }

    /// <summary>A tensor inside a node.</summary>
    OnnxTensor Inside(TensorProto tensor)
    {
        if (!inside.TryGetValue(tensor, out OnnxTensor? read))
            inside[tensor] = read = OnnxTensor.Read(tensor, folder);
        return read;
    }

    /// <summary>The layers that a layer depends on, with that layer last.</summary>
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

        int[] indices = new int[nodes.Count];
        var kept = new List<Graph.Node>();
        for (int i = 0; i <= last; i++)
        {
            indices[i] = kept.Count;
            if (needed[i])
                kept.Add(nodes[i] with { Inputs = [.. nodes[i].Inputs.Select(input => input < 0 ? input : indices[input])] });
        }

        return kept;
    }

    /// <summary>Adds a layer.</summary>
    Value Add(Layer layer, int[] shape, params ReadOnlySpan<Value> inputs)
    {
        int[] indices = new int[inputs.Length];
        NumberKind kind = NumberKind.Real;
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = inputs[i].Index;
            kind = inputs[i].Kind > kind ? inputs[i].Kind : kind;
        }

        Charge(Tensor.Count(shape));
        nodes.Add(new Graph.Node(layer, indices));
        return new Value(nodes.Count - 1, shape, Kind: kind);
    }

    /// <summary>Counts numbers before they are allocated; a small file could require any number of them.</summary>
    void Charge(long count)
    {
        numbers += count;
        if (numbers > MaxNumbersOfAll)
            throw new InputException($"one image has more than {MaxNumbersOfAll} numbers in all layers, their tables and constants up to "
                + "here, and larger networks are not read");
    }

    /// <summary>A unique layer name.</summary>
    string Unique(string wanted) => names.Of(InputFile.OneLine(wanted, LongestName));

    /// <summary>Refuses integers that depend on the images where they would be divided, which real numbers do otherwise.</summary>
    static void ThrowIfInteger(Value? value)
    {
        if (value?.Kind == NumberKind.Integer)
            throw new InputException("it divides integers that depend on the images, which are real numbers here; export the model with a "
                + "cast to float before it");
    }

    /// <summary>Checks the dimensions of one image: at least 1 each, within the limits.</summary>
    static int[] Checked(params ReadOnlySpan<long> shape) => Checked(1, shape);

    /// <summary>Checks dimensions against the limits.</summary>
    static int[] Checked(int min, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count = dimension >= min && dimension <= MaxNumbers ? count * dimension : -1;
            if (count < min || count > MaxNumbers)
                throw new InputException(
                    $"{(min > 0 ? "one image" : "a constant")} has the shape {Shown(shape)} here; dimensions are at least {min}, and "
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
        $"[{string.Join(", ", shape.ToArray().Select(dimension => OnnxTensor.ImagesIn(dimension) switch
        {
            0 => $"{dimension}",
            1 => "images",
            long multiple => $"{multiple}·images",
        }))}]";

    /// <summary>A node with its inputs and outputs.</summary>
    /// <param name="import">The import of the graph.</param>
    /// <param name="index">The index of the node in the graph.</param>
    sealed class NodeReader(OnnxImport import, OnnxNode step, int index)
    {
        readonly NodeProto node = step.Node;

        public string Name { get; } = import.Unique(step.Node.Name.Length > 0 ? step.Node.Name : step.Node.OpType.ToLowerInvariant());

        public string Operator => node.OpType;

        /// <summary>A branch of the node; null if it has none of that name.</summary>
        public OnnxBranch? Branch(string name) => step.Branches.FirstOrDefault(branch => branch.Name == name);

        public int Inputs => node.Input.Count;

        public int Outputs => node.Output.Count;

        /// <summary>The inputs' names; empty for one that is left out.</summary>
        public RepeatedField<string> InputNames => node.Input;

        /// <summary>The outputs' names; empty for one that is left out.</summary>
        public RepeatedField<string> OutputNames => node.Output;

        public bool Has(int input) => input < node.Input.Count && node.Input[input].Length > 0;

        /// <summary>The input if it depends on the images; otherwise null.</summary>
        /// <param name="inAnyLayout">Whether the images may be another dimension than the first.</param>
        public Value? Find(int input, bool inAnyLayout = false)
        {
            Value? value = import.values.GetValueOrDefault(InputName(input));
            return inAnyLayout || value is null || value.Layout == default ? value : throw new InputException(
                $"its input {input + 1} has the shape {Shown(value.FileShape)}; the first dimension has to be that of the images here");
        }

        /// <summary>The input, which must depend on the images.</summary>
        public Value Activation(int input, bool inAnyLayout = false) => Find(input, inAnyLayout)
            ?? throw new InputException($"its input {input + 1}, '{InputName(input)}', "
                + (IsConstant(input) ? "is a constant and has to depend on the images" : "is given by no node before it"));

        /// <summary>The input, which must not depend on the images.</summary>
        public OnnxTensor Constant(int input) => import.constants.GetValueOrDefault(InputName(input))
            ?? throw new InputException(
                $"its input {input + 1}, '{InputName(input)}', "
                    + (Find(input, inAnyLayout: true) is null
                        ? "is given by no node before it"
                        : "depends on the images and has to be a constant"));

        public bool IsConstant(int input) => import.constants.ContainsKey(InputName(input));

        /// <summary>The input, a constant or not.</summary>
        public Value Any(int input, bool inAnyLayout = false) =>
            Find(input, inAnyLayout) ?? (IsConstant(input) ? Known(Constant(input)) : Activation(input));

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

        /// <summary>Says where the file has a parameter of the layer of this node's name.</summary>
        /// <param name="parameter">The parameter's name.</param>
        /// <param name="input">The input that holds it, or would hold it.</param>
        /// <param name="count">The number of elements if the input is absent.</param>
        /// <param name="place">For an index in the input, that in the parameter; null if they are the same.</param>
        public void Holds(string parameter, int input, int count = 0, Func<int, int>? place = null) => import.origins.Add(
            new Origin(Name, parameter, index, input, Has(input) ? Constant(input).Shape : [count], place));

        /// <summary>Says that a bias of the layer of this node's name would be added to the node's output.</summary>
        /// <param name="shape">Its dimensions.</param>
        /// <param name="factor">What the node multiplies the layer's output by.</param>
        public void WouldAddBias(int[] shape, float factor = 1) =>
            import.origins.Add(new Origin(Name, "bias", index, Input: -1, shape, Factor: factor));

        public long[] Integers(int input) =>
            Constant(input).Integers ?? throw new InputException($"its input {input + 1} holds real numbers and has to hold integers");

        public long Integer(string name, long otherwise) => Attribute(name)?.I ?? otherwise;

        public float Real(string name, float otherwise) => Attribute(name)?.F ?? otherwise;

        public string Text(string name, string otherwise) => Attribute(name)?.S.ToStringUtf8() ?? otherwise;

        public long[]? List(string name) => Attribute(name)?.Ints.ToArray();

        public IEnumerable<AttributeProto> Attributes => node.Attribute;

        public AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

        /// <summary>Integers that are an attribute in older operator sets and an input in newer ones.</summary>
        public long[]? ListOrInput(string name, int input) => List(name) ?? (Has(input) ? Integers(input) : null);

        /// <summary>Whether this output is used.</summary>
        public bool IsNeeded(int output) => output < node.Output.Count && import.needed.Contains(node.Output[output]);

        /// <summary>Sets the output of the node.</summary>
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

        /// <summary>Sets the output of the node to a constant.</summary>
        public void Give(OnnxTensor constant, int output = 0) => Give(new Value(Graph.Node.Images, constant.Shape, constant), output);

        /// <summary>Sets the output of the node to a layer with one input.</summary>
        public void Give(Layer layer, Value input) => Give(import.Add(layer, input.Shape, input) with { Layout = input.Layout });

        /// <summary>Sets the output of the node to a layer with one input and another shape.</summary>
        public void Give(Layer layer, int[] shape, Value input) => Give(import.Add(layer, shape, input));

        /// <summary>Sets the output of the node to an elementwise function of its input.</summary>
        public void Give(Layer layer)
        {
            Value input = Any(0, inAnyLayout: true);
            if (input.Constant is null)
            {
                Give(layer, input);
                return;
            }

            import.Charge(input.Count);
            Give(new OnnxTensor(input.Shape, layer.Forward(new Tensor(Reals(0), 1, input.Count), 1).Data, null));
        }

        /// <summary>Sets the output of the node to its input under another shape.</summary>
        public void GiveReshaped(Value input, int[] shape, Layout layout = default)
        {
            if (input.Constant is OnnxTensor constant)
                Give(
                    constant with
                    {
                        Shape = Tensor.Count(shape) == constant.Count ? shape : throw new InputException($"{constant.Count} "
                        + $"numbers do not take the shape [{string.Join(", ", shape)}]")
                    });
            else
            {
                // Where only the images move, the numbers stay.
                bool isSame = layout != input.Layout && input.Shape.AsSpan().SequenceEqual(shape);
                Value reshaped = isSame ? input : import.Add(new Reshape(Name, shape), shape, input);
                Give(reshaped with { Layout = layout });
            }
        }

        /// <summary>Sets the output of the node to rearranged elements of its input.</summary>
        /// <param name="dimensions">The dimensions of the output.</param>
        /// <param name="part">For a dimension and an index in it, the contribution to the index in the input; negative for the
        /// constant.</param>
        /// <param name="shape">The shape of the output if it differs from the dimensions.</param>
        /// <param name="output">The index of the node's output.</param>
        /// <param name="layout">Where the images are; null if they stay.</param>
        public void GiveMoved(
            Value input, IEnumerable<long> dimensions, Func<int, int, int> part, float constant = 0, int[]? shape = null, int output = 0,
            Layout? layout = null)
        {
            long[] all = [.. dimensions];
            if (input.Constant is null && all.Contains(0) && all.Min() == 0)
            {
                // Nothing is the same for all images; a Concat leaves it out.
                var nothing = new Value(Graph.Node.Images, shape ?? Checked(0, all), Layout: layout ?? input.Layout);
                Give(new OnnxTensor([.. nothing.FileShape.Select(one => IsOfImages(one) ? 1 : (int)one)], [], null), output);
                return;
            }

            int[] moved = Checked(input.Images, all);
            import.Charge(Tensor.Count(moved));
            GiveFrom(input, shape ?? moved, Indices(moved, part), constant, output, layout);
        }

        /// <summary>Sets the output of the node to elements of its input.</summary>
        /// <param name="sources">For each number of the output, its index in the input; negative for the constant.</param>
        /// <param name="output">The index of the node's output.</param>
        /// <param name="layout">Where the images are; null if they stay.</param>
        public void GiveFrom(
            Value input, int[] shape, int[] sources, float constant = 0, int output = 0, Layout? layout = null)
        {
            if (input.Constant is null)
                Give(
                    import.Add(new Rearrange(Outputs == 1 ? Name : $"{Name}.{output + 1}", shape, sources, constant), shape, input) with
                    {
                        Layout = layout ?? input.Layout,
                    },
                    output);
            else if (input.Constant.Reals is { } reals)
                Give(new OnnxTensor(shape, [.. sources.Select(index => index < 0 ? constant : reals[index])], null), output);
            else
                Give(
                    input.Constant with
                    {
                        Shape = shape,
                        Integers = [.. sources.Select(index => index < 0 ? 0 : input.Constant.Integers![index])],
                    },
                    output);
        }

        /// <summary>Adds one of several layers of the node.</summary>
        public Value Part(Layer layer, int[] shape, Value input) => import.Add(layer, shape, input);

        string InputName(int input) => Has(input) ? node.Input[input] : throw new InputException($"its input {input + 1} is missing");

        string OutputName(int output) =>
            output < node.Output.Count ? node.Output[output] : throw new InputException($"its output {output + 1} is missing");
    }
}
