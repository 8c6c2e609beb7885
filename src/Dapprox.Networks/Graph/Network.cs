using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>
/// A trained network: layers in topological order, from images <c>[batch, channels, height, width]</c> to the logits
/// <c>[batch, classes]</c> that the last layer gives. It is immutable, so any number of threads can use it at the same time.
/// </summary>
public sealed class Network
{
    readonly int[] inputShape;
    // The number of layers that take each value, by index, shifted by one for the images.
    readonly int[] uses;
    readonly NetworkPass pass;

    /// <summary>Creates a network of consecutive layers.</summary>
    /// <param name="name">A name for messages and results.</param>
    /// <param name="inputShape"><c>[channels, height, width]</c>.</param>
    /// <param name="classes">The number of logits.</param>
    /// <param name="layers">The layers in order.</param>
    public Network(string name, ReadOnlySpan<int> inputShape, int classes, IReadOnlyList<Layer> layers)
        : this(name, inputShape, classes, [.. layers.Select((layer, index) => new Node(layer, [index == 0 ? Node.Images : index - 1]))])
    {
    }

    /// <summary>Creates a network whose layers take their inputs from any earlier layers.</summary>
    /// <param name="name">A name for messages and results.</param>
    /// <param name="inputShape">The shape of one image: <c>[channels, height, width]</c>.</param>
    /// <param name="classes">The number of logits.</param>
    /// <param name="nodes">The layers in topological order; the last computes the logits.</param>
    /// <exception cref="ArgumentException">A layer takes its input from itself or from a later layer.</exception>
    public Network(string name, ReadOnlySpan<int> inputShape, int classes, IReadOnlyList<Node> nodes)
    {
        Name = name;
        this.inputShape = inputShape.ToArray();
        Classes = classes;
        Nodes = nodes;
        Layers = [.. nodes.Select(node => node.Layer)];
        uses = new int[nodes.Count + 1];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (int input in nodes[i].Inputs)
            {
                if (input < Node.Images || input >= i)
                    throw new ArgumentException($"{nodes[i].Layer.Name}, node {i}, takes its input from node {input}.", nameof(nodes));
                uses[input + 1]++;
            }
        }

        // The caller takes the logits.
        uses[^1]++;
        pass = new NetworkPass(this);
    }

    /// <summary>A name for messages and results.</summary>
    public string Name { get; }

    /// <summary>The shape of one image: <c>[channels, height, width]</c>.</summary>
    public ReadOnlySpan<int> InputShape => inputShape;

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The layers in order, with the indices of their inputs.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The learnt numbers by the names of files of weights: <c>conv1.weight</c>.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => Layers
        .SelectMany(layer => layer is ILearnt learnt ? learnt.Parameters.Select(own => ($"{layer.Name}.{own.Name}", own)) : [])
        .ToDictionary();

    /// <summary>The number of products per image.</summary>
    public long Multiplications => Layers.OfType<IMultiplies>().Sum(layer => layer.Multiplications);

    /// <summary>The maximum degree of parallelism; 0, the default, is the number of processors.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// What the file has behind the logits and this network leaves out (<see cref="ProbabilityEnd"/>), as the predicate of a sentence about
    /// the network; null for nothing.
    /// </summary>
    public string? RemovedEnd { get; init; }

    /// <summary><see cref="Threads"/>, or the number of processors.</summary>
    public int MaxThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>Whether some layers multiply integers.</summary>
    public bool IsQuantised => Layers.Any(layer => layer is IMultiplies { Quantisation: not null });

    /// <summary>
    /// The same network on other hardware, without retraining: the layers that multiply use <paramref name="multiplier"/>,
    /// everything else is unchanged. The weights are shared. A multiplier of integers replaces those of quantised layers, one of floats
    /// those of the others.
    /// </summary>
    /// <param name="multiplier">The multiplier, or one for each layer (<see cref="LayerMultipliers"/>).</param>
    /// <param name="selection">The layers whose multiplier is replaced, null for all; the others keep theirs.
    /// <see cref="LayerMultipliers"/> name their own.</param>
    /// <param name="accumulation">The format of the sums, in all layers.</param>
    /// <param name="threads">The maximum degree of parallelism, 0 for the number of processors; null for that of this network.</param>
    /// <exception cref="InputException">The selection matches no layer that takes such a multiplier.</exception>
    public Network With(
        Multiplier multiplier, LayerSelection? selection = null, Accumulation accumulation = Accumulation.Float32, int? threads = null)
    {
        var multipliers = new Multiplier?[Layers.Count];
        IReadOnlyList<(Multiplier Multiplier, LayerSelection Layers)> parts =
            multiplier is LayerMultipliers several ? several.Parts : [(multiplier, selection ?? LayerSelection.All)];
        foreach ((Multiplier part, LayerSelection layers) in parts)
        {
            HashSet<int> selected = layers.Of(Layers), taking = [.. selected.Where(index => Takes((IMultiplies)Layers[index], part))];
            if (selected.Count > 0 && taking.Count == 0)
                throw DoNotFit(part);
            foreach (int index in taking)
                multipliers[index] = part;
        }

        return WithLayers(
            [.. Layers.Select((layer, index) => layer is IMultiplies own
                ? own.With(multipliers[index] ?? own.Multiplier, accumulation)
                : layer)],
            threads ?? Threads);
    }

    InputException DoNotFit(Multiplier multiplier) => new(multiplier.MultipliesIntegers
        ? $"{multiplier.Name} multiplies integers, and the layers of {Name} multiply floats; quantise the network: --quantise int8"
        : $"{multiplier.Name} multiplies floats, and the layers of {Name} multiply integers; name a multiplier of integers, such as "
            + "exact-int8");

    static bool Takes(IMultiplies layer, Multiplier multiplier) => layer.Quantisation is null != multiplier.MultipliesIntegers;

    /// <summary>The same network with other layers; each takes the inputs of the layer that it replaces.</summary>
    /// <param name="layers">One layer for each layer of the network.</param>
    /// <param name="threads">The maximum degree of parallelism; null for that of this network.</param>
    public Network WithLayers(IReadOnlyList<Layer> layers, int? threads = null) =>
        new(
            Name, inputShape, Classes,
            [.. Nodes.Zip(layers, (node, layer) => node with { Layer = layer })])
        { Threads = threads ?? Threads, RemovedEnd = RemovedEnd };

    /// <summary>The same network behind other layers, the first of which takes the images.</summary>
    /// <param name="first">The layers; without one it is this network.</param>
    /// <param name="inputShape">The shape of one image that the first takes.</param>
    internal Network Behind(IReadOnlyList<Layer> first, ReadOnlySpan<int> inputShape) => first.Count == 0 ? this : new(
        Name, inputShape, Classes,
        [
            .. first.Select((layer, index) => new Node(layer, [index - 1])),
            .. Nodes.Select(node => new Node(node.Layer, [.. node.Inputs.Select(input => input + first.Count)])),
        ])
    { Threads = Threads, RemovedEnd = RemovedEnd };

    /// <summary>
    /// The same network for images of another shape, which are reshaped in their order: dimensions are put together or taken apart, such as
    /// 1×28×28 to 784 or to 28×28, not exchanged.
    /// </summary>
    /// <param name="shape">The shape of one image.</param>
    /// <exception cref="InputException">Images of this shape do not become those of the network in this way.</exception>
    public Network TakingImages(ReadOnlySpan<int> shape) => IsReshapable(shape, inputShape)
        ? Behind([new Reshape("image-shape", inputShape)], shape)
        : throw new InputException($"{Name} takes images of {string.Join('×', inputShape)}, which images of "
            + $"{string.Join('×', shape.ToArray())} do not become by reshaping alone; give the shape in the network's order, or "
            + "--layout nhwc for channels last");

    /// <summary>Whether one shape becomes the other by joining dimensions, or by splitting them, without exchanging any.</summary>
    internal static bool IsReshapable(ReadOnlySpan<int> from, ReadOnlySpan<int> to) =>
        Tensor.Count(from) == Tensor.Count(to) && (Joins(from).IsSupersetOf(Joins(to)) || Joins(to).IsSupersetOf(Joins(from)));

    // The numbers behind each dimension: where a shape can be cut without changing the order.
    static HashSet<long> Joins(ReadOnlySpan<int> shape)
    {
        var joins = new HashSet<long>();
        for (int axis = 0; axis <= shape.Length; axis++)
            joins.Add(Tensor.Count(shape[axis..]));
        return joins;
    }

    /// <summary>The shapes of the inputs of each layer for one image, measured with an empty batch.</summary>
    internal int[][][] InputShapes()
    {
        var shapes = new int[Layers.Count][][];
        Observe(
            Tensor.Zeros([0, .. InputShape]),
            (index, inputs) => shapes[index] = [.. inputs.Select(input => input.Shape[1..].ToArray())]);
        return shapes;
    }

    /// <summary>The number of layers that take the output of a node, or the images; the logits count as taken once.</summary>
    /// <param name="node">The index of the node, or <see cref="Node.Images"/>.</param>
    internal int Uses(int node) => uses[node + 1];

    /// <inheritdoc cref="NetworkPass.Forward"/>
    public Tensor Forward(Tensor images) => pass.Forward(images);

    /// <inheritdoc cref="NetworkPass.Observe"/>
    public void Observe(Tensor images, Action<int, IReadOnlyList<Tensor>> observe) => pass.Observe(images, observe);

    /// <inheritdoc cref="NetworkPass.InputGradient"/>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss) => pass.InputGradient(images, loss);

    internal void ThrowIfUnfit(Tensor images) => pass.ThrowIfUnfit(images);
}
