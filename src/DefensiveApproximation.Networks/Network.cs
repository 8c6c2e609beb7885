using System.Collections.Concurrent;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;
using DefensiveApproximation.Networks.Layers;

namespace DefensiveApproximation.Networks;

/// <summary>Which layers an approximate multiplier replaces.</summary>
public enum LayerSelection
{
    /// <summary>Convolutions and dense layers, as in the released code of "Defensive Approximation".</summary>
    All,

    /// <summary>Convolutions only, as its text says.</summary>
    Convolutions,
}

/// <summary>Writes the gradient of a loss with respect to the logits of one image.</summary>
/// <param name="image">The place of the image in the batch.</param>
/// <param name="logits"><c>[classes]</c>.</param>
/// <param name="gradient">Receives <c>[classes]</c>.</param>
public delegate void LogitGradient(int image, ReadOnlySpan<float> logits, Span<float> gradient);

/// <summary>
/// A trained network: a list of layers, from images <c>[batch, channels, height, width]</c> with pixels in [0, 1] to logits
/// <c>[batch, classes]</c>. It does not change, so any number of threads can use it at the same time; the logits of an
/// image do not depend on its batch or on the number of threads, to the bit.
/// </summary>
public sealed class Network
{
    // Images that go through all layers together on one thread: enough to pay for reading a dense layer's weights.
    const int LargestChunk = 32;

    readonly int[] inputShape;
    readonly ConcurrentBag<Workspace> workspaces = [];

    /// <summary>Creates the network.</summary>
    /// <param name="name">A name for messages and results.</param>
    /// <param name="inputShape"><c>[channels, height, width]</c>.</param>
    /// <param name="classes">How many logits come out.</param>
    /// <param name="layers">The layers in order.</param>
    public Network(string name, ReadOnlySpan<int> inputShape, int classes, IReadOnlyList<Layer> layers)
    {
        Name = name;
        this.inputShape = inputShape.ToArray();
        Classes = classes;
        Layers = layers;
    }

    /// <summary>A name for messages and results.</summary>
    public string Name { get; }

    /// <summary>The shape of one image: <c>[channels, height, width]</c>.</summary>
    public ReadOnlySpan<int> InputShape => inputShape;

    /// <summary>How many classes the network tells apart.</summary>
    public int Classes { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The most threads to use; 0, the default, is one per processor.</summary>
    public int Threads { get; init; }

    /// <summary><see cref="Threads"/>, or the number of processors.</summary>
    internal int MostThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>
    /// The same network on other hardware, without retraining: convolutions and dense layers multiply with
    /// <paramref name="multiplier"/>, everything else stays. The weights are shared.
    /// </summary>
    /// <param name="multiplier">The multiplier.</param>
    /// <param name="selection">Which layers it replaces; the others keep theirs.</param>
    /// <param name="accumulation">The format of the sums, in all layers.</param>
    /// <param name="threads">The most threads to use, 0 for one per processor; null for as many as this network uses.</param>
    public Network With(
        FloatMultiplier multiplier, LayerSelection selection = LayerSelection.All, Accumulation accumulation = Accumulation.Float32,
        int? threads = null)
    {
        Layer[] layers = Layers
            .Select(layer => layer switch
            {
                Dense dense when selection == LayerSelection.Convolutions => dense.With(dense.Multiplier, accumulation),
                WeightedLayer weighted => weighted.With(multiplier, accumulation),
                _ => layer,
            })
            .ToArray();
        return new Network(Name, inputShape, Classes, layers) { Threads = threads ?? Threads };
    }

    /// <summary>The same network with other layers, each of the same kind and shapes as the one in its place.</summary>
    internal Network WithLayers(IReadOnlyList<Layer> layers) => new(Name, inputShape, Classes, layers) { Threads = Threads };

    /// <summary>The logits of a batch.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <returns><c>[batch, classes]</c>.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Forward(Tensor images)
    {
        Tensor logits = Tensor.Zeros(images.Batch, Classes);
        ForEachChunk(images, (chunk, first, threads) =>
        {
            for (int i = 0; i < Layers.Count; i++)
            {
                Tensor input = chunk;
                chunk = Forward(i, input, threads);
                if (chunk.Data != input.Data)
                    Workspace.Return(input);
            }

            chunk.Data.CopyTo(logits.Data, first * Classes);
            Workspace.Return(chunk);
        });
        return logits;
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
            var values = new Tensor[Layers.Count + 1];
            values[0] = chunk;
            for (int i = 0; i < Layers.Count; i++)
                values[i + 1] = Forward(i, values[i], threads);
            values[^1].Data.CopyTo(logits.Data, first * Classes);

            Tensor back = Tensor.Zeros(chunk.Batch, Classes);
            for (int image = 0; image < chunk.Batch; image++)
                loss(first + image, values[^1].Row(image), back.Row(image));
            for (int i = Layers.Count - 1; i >= 0; i--)
            {
                Tensor outputGradient = back;
                back = Layers[i].InputGradient(values[i], values[i + 1], outputGradient, threads);
                if (back.Data != outputGradient.Data)
                    Workspace.Return(outputGradient);
            }

            back.Data.CopyTo(gradient.Data, first * images.RowLength);
            Workspace.Return(back);
            foreach (Tensor value in values)
                Workspace.Return(value);
        });
        return (logits, gradient);
    }

    /// <summary>Computes one layer; in place where the input is a convolution's or dense layer's that nobody else needs.</summary>
    Tensor Forward(int index, Tensor input, int threads)
    {
        if (Layers[index] is not ElementwiseLayer layer || index == 0 || Layers[index - 1] is not WeightedLayer)
            return Layers[index].Forward(input, threads);
        layer.Apply(input.Data);
        return input;
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
        int threads = MostThreads;
        int rounds = (batch + threads * LargestChunk - 1) / (threads * LargestChunk);
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
