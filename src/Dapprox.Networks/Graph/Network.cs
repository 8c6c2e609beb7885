using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Graph;

/// <summary>Writes the gradient of a loss with respect to the logits of one image.</summary>
/// <param name="image">The place of the image in the batch.</param>
/// <param name="logits"><c>[classes]</c>.</param>
/// <param name="gradient">Receives <c>[classes]</c>.</param>
public delegate void LogitGradient(int image, ReadOnlySpan<float> logits, Span<float> gradient);

/// <summary>A layer in its place.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">What goes into it: the places of other layers before it, or <see cref="Images"/>.</param>
public sealed record Node(Layer Layer, IReadOnlyList<int> Inputs)
{
    /// <summary>Stands for the images among <see cref="Inputs"/>.</summary>
    public const int Images = -1;
}

/// <summary>
/// A trained network: layers, each after those that it takes its input from, from images <c>[batch, channels, height,
/// width]</c> to the logits <c>[batch, classes]</c> that the last one gives. It does not change, so any number of threads can use it at the same time; the logits of an
/// image do not depend on its batch or on the number of threads, to the bit.
/// </summary>
public sealed class Network
{
    // Images that go through all layers together on one thread: enough to pay for reading a dense layer's weights.
    const int MaxChunk = 32;

    readonly int[] inputShape;
    // By place, counted from the images: how many layers take what comes out there.
    readonly int[] uses;
    readonly ConcurrentBag<Workspace> workspaces = [];

    /// <summary>Creates a network of layers that follow each other.</summary>
    /// <param name="name">A name for messages and results.</param>
    /// <param name="inputShape"><c>[channels, height, width]</c>.</param>
    /// <param name="classes">How many logits come out.</param>
    /// <param name="layers">The layers in order.</param>
    public Network(string name, ReadOnlySpan<int> inputShape, int classes, IReadOnlyList<Layer> layers)
        : this(name, inputShape, classes, [.. layers.Select((layer, place) => new Node(layer, [place == 0 ? Node.Images : place - 1]))])
    {
    }

    /// <summary>Creates a network whose layers take their inputs from anywhere before them.</summary>
    /// <param name="name">A name for messages and results.</param>
    /// <param name="inputShape">The shape of one image: <c>[channels, height, width]</c>.</param>
    /// <param name="classes">How many logits come out.</param>
    /// <param name="nodes">The layers in an order in which they can be computed; the last gives the logits.</param>
    /// <exception cref="ArgumentException">A layer takes its input from itself or from one behind it.</exception>
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
                    throw new ArgumentException($"{nodes[i].Layer.Name}, in place {i}, takes its input from place {input}.", nameof(nodes));
                uses[input + 1]++;
            }
        }

        uses[^1]++;
    }

    /// <summary>A name for messages and results.</summary>
    public string Name { get; }

    /// <summary>The shape of one image: <c>[channels, height, width]</c>.</summary>
    public ReadOnlySpan<int> InputShape => inputShape;

    /// <summary>How many classes the network tells apart.</summary>
    public int Classes { get; }

    /// <summary>The layers in order, with where their inputs come from.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>How many products one image needs.</summary>
    public long Multiplications => Layers.OfType<IMultiplies>().Sum(layer => layer.Multiplications);

    /// <summary>The most threads to use; 0, the default, is one per processor.</summary>
    public int Threads { get; init; }

    /// <summary><see cref="Threads"/>, or the number of processors.</summary>
    /// <summary>How many threads it may use: <see cref="Threads"/>, or as many as there are processors.</summary>
    public int MaxThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>
    /// The same network on other hardware, without retraining: layers that multiply do so with
    /// <paramref name="multiplier"/>, everything else stays. The weights are shared.
    /// </summary>
    /// <param name="multiplier">The multiplier.</param>
    /// <param name="selection">Which layers it replaces, null for all; the others keep theirs.</param>
    /// <param name="accumulation">The format of the sums, in all layers.</param>
    /// <param name="threads">The most threads to use, 0 for one per processor; null for as many as this network uses.</param>
    /// <exception cref="InputException">The selection is none of the layers.</exception>
    public Network With(
        FloatMultiplier multiplier, LayerSelection? selection = null, Accumulation accumulation = Accumulation.Float32, int? threads = null)
    {
        HashSet<int> selected = (selection ?? LayerSelection.All).Of(Layers);
        return WithLayers(
            [.. Layers.Select((layer, place) => layer is IMultiplies own ? own.With(selected.Contains(place) ? multiplier : own.Multiplier, accumulation) : layer)],
            threads ?? Threads);
    }

    /// <summary>
    /// The network with every <see cref="ChannelScale"/> (a batch normalisation) that alone takes what a convolution or dense layer
    /// gives multiplied into the weights of that layer. With exact products the logits are the same but for rounding; with
    /// approximate ones they are those of hardware that was given the folded weights.
    /// </summary>
    public Network FoldBatchNormalization()
    {
        var nodes = new List<Node>();
        // By old place, counted from the images: the new place.
        int[] moved = new int[Nodes.Count + 1];
        moved[0] = Node.Images;
        for (int i = 0; i < Nodes.Count; i++)
        {
            Node node = Nodes[i];
            int last = moved[node.Inputs[0] + 1];
            bool isAlone = last >= 0 && uses[node.Inputs[0] + 1] == 1;
            // The last layer has to stay the last.
            bool staysInPlace = i < Nodes.Count - 1 || last == nodes.Count - 1;
            if (node.Layer is ChannelScale scale && isAlone && staysInPlace && nodes[last].Layer is WeightedLayer weighted
                && weighted.Scaled(scale.Scale, scale.Shift) is WeightedLayer folded)
            {
                nodes[last] = nodes[last] with { Layer = folded };
                moved[i + 1] = last;
                continue;
            }

            moved[i + 1] = nodes.Count;
            nodes.Add(new Node(node.Layer, [.. node.Inputs.Select(input => moved[input + 1])]));
        }

        return new Network(Name, inputShape, Classes, nodes) { Threads = Threads };
    }

    /// <summary>The same network with other layers, each of the same kind and shapes as the one in its place.</summary>
    /// <summary>The network with other layers in the places of its own, which take their inputs from the same places.</summary>
    /// <param name="layers">As many as it has.</param>
    /// <param name="threads">How many threads it may use; null for as many as this one.</param>
    public Network WithLayers(IReadOnlyList<Layer> layers, int? threads = null) =>
        new(Name, inputShape, Classes, [.. Nodes.Zip(layers, (node, layer) => node with { Layer = layer })]) { Threads = threads ?? Threads };

    /// <summary>The logits of a batch.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <returns><c>[batch, classes]</c>.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Forward(Tensor images)
    {
        Tensor logits = Tensor.Zeros(images.Batch, Classes);
        ForEachChunk(images, (chunk, first, threads) =>
        {
            Tensor result = Run(chunk, threads, observe: null);
            result.Data.CopyTo(logits.Data, first * Classes);
            Workspace.Return(result);
        });
        return logits;
    }

    /// <summary>Shows what goes into each layer, in order, when the images go through the network.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="observe">Told each layer's place and its inputs, which are not to be kept, before it is computed.</param>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public void Observe(Tensor images, Action<int, IReadOnlyList<Tensor>> observe)
    {
        ThrowIfUnfit(images);
        InWorkspace(() => Workspace.Return(Run(images, MaxThreads, observe)));
    }

    /// <summary>
    /// The logits of a batch, and the gradient of a loss of these logits with respect to the images. Convolutions and dense
    /// layers contribute the exact layer's gradient, or that of their <see cref="WeightedLayer.GradientWeights"/>.
    /// </summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="loss">Gives the gradient of each image's loss with respect to its logits; called from several threads.</param>
    /// <returns>Logits <c>[batch, classes]</c> and gradient, shaped like the images.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
    {
        Tensor logits = Tensor.Zeros(images.Batch, Classes);
        Tensor gradient = Tensor.Unfilled(images.Shape);
        ForEachChunk(images, (chunk, first, threads) =>
        {
            var values = new Tensor[Nodes.Count + 1];
            values[0] = chunk;
            for (int i = 0; i < Nodes.Count; i++)
                values[i + 1] = Compute(i, Inputs(values, i), threads);
            values[^1].Data.CopyTo(logits.Data, first * Classes);

            // By place, counted from the images, as far as they are known: the sums over all layers that take what is there.
            var back = new Tensor?[Nodes.Count + 1];
            Tensor last = Tensor.Zeros(values[^1].Shape);
            for (int image = 0; image < chunk.Batch; image++)
                loss(first + image, values[^1].Row(image), last.Row(image));
            back[^1] = last;
            for (int i = Nodes.Count - 1; i >= 0; i--)
            {
                if (back[i + 1] is not Tensor outputGradient)
                    continue;
                Tensor[] gradients = Layers[i].InputGradients(Inputs(values, i), values[i + 1], outputGradient, threads);
                for (int j = 0; j < gradients.Length; j++)
                    Add(back, Nodes[i].Inputs[j] + 1, gradients[j]);
                back[i + 1] = null;
                // What only has another shape, and what a sum hands on, has the same memory.
                if (!back.Any(other => other?.Data == outputGradient.Data))
                    Workspace.Return(outputGradient);
            }

            if (back[0] is Tensor sum)
                sum.Data.CopyTo(gradient.Data, first * images.RowLength);
            else
                gradient.Data.AsSpan(first * images.RowLength, chunk.Data.Length).Clear();
            foreach (Tensor value in values)
                Workspace.Return(value);
        });
        return (logits, gradient);
    }

    /// <summary>Computes all layers, and returns the memory of what no layer needs any more.</summary>
    Tensor Run(Tensor images, int threads, Action<int, IReadOnlyList<Tensor>>? observe)
    {
        var values = new Tensor?[Nodes.Count + 1];
        values[0] = images;
        int[] left = [.. uses];
        for (int i = 0; i < Nodes.Count; i++)
        {
            Tensor[] inputs = Inputs(values!, i);
            observe?.Invoke(i, inputs);
            values[i + 1] = Compute(i, inputs, threads);
            foreach (int input in Nodes[i].Inputs)
            {
                if (--left[input + 1] > 0)
                    continue;
                float[] memory = values[input + 1]!.Data;
                values[input + 1] = null;
                // What only has another shape has the same memory.
                if (!values.Any(value => value?.Data == memory))
                    Workspace.Return(memory);
            }
        }

        return values[^1]!;
    }

    Tensor[] Inputs(Tensor[] values, int node)
    {
        IReadOnlyList<int> inputs = Nodes[node].Inputs;
        var result = new Tensor[inputs.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[inputs[i] + 1];
        return result;
    }

    /// <summary>Computes one layer; in place where nobody else needs the input.</summary>
    Tensor Compute(int node, Tensor[] inputs, int threads)
    {
        int source = Nodes[node].Inputs[0];
        if (Layers[node] is not ElementwiseLayer layer || source == Node.Images || Layers[source].NeedsOutput || uses[source + 1] > 1)
            return Layers[node].Forward(inputs, threads);
        layer.Apply(inputs[0].Data, threads);
        return inputs[0];
    }

    /// <summary>Adds a gradient to those of other layers that take the same.</summary>
    static void Add(Tensor?[] gradients, int place, Tensor gradient)
    {
        if (gradients[place] is not Tensor sum)
        {
            gradients[place] = gradient;
            return;
        }

        // Not in place: layers that only shape hand on the memory that they were given.
        Tensor both = Tensor.Unfilled(sum.Shape);
        TensorPrimitives.Add(sum.Data, gradient.Data, both.Data);
        gradients[place] = both;
    }

    internal void ThrowIfUnfit(Tensor images)
    {
        if (!images.Shape[1..].SequenceEqual(inputShape))
            throw new ArgumentException($"{Name} takes images of shape [{string.Join(", ", inputShape)}], not [{string.Join(", ", images.Shape[1..].ToArray())}].", nameof(images));
    }

    /// <summary>
    /// Divides a batch among threads, or, where there are fewer images than threads, lets the layers use them.
    /// </summary>
    void ForEachChunk(Tensor images, Action<Tensor, int, int> body)
    {
        ThrowIfUnfit(images);

        int batch = images.Batch;
        int threads = MaxThreads;
        int rounds = (batch + threads * MaxChunk - 1) / (threads * MaxChunk);
        int chunk = batch < threads ? batch : (batch + threads * rounds - 1) / (threads * rounds);
        int chunks = chunk == 0 ? 0 : (batch + chunk - 1) / chunk;
        if (chunks == 1)
        {
            InWorkspace(() => body(images, 0, threads));
            return;
        }

        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => InWorkspace(() =>
        {
            int first = i * chunk, count = Math.Min(chunk, batch - first);
            Tensor part = Tensor.Unfilled([count, .. inputShape]);
            images.Data.AsSpan(first * part.RowLength, part.Data.Length).CopyTo(part.Data);
            body(part, first, 1);
            Workspace.Return(part);
        }));
    }

    void InWorkspace(Action body)
    {
        if (!workspaces.TryTake(out Workspace? workspace))
            workspace = new Workspace();
        workspace.Run(body);
        workspaces.Add(workspace);
    }
}
