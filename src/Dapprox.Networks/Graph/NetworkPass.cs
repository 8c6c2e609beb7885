using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Graph;

/// <summary>
/// Runs a network: forward, observed, and backward to the images. Any number of threads can use it at the same time; the results of
/// an image are bit-identical for every batch and number of threads.
/// </summary>
sealed class NetworkPass(Network network)
{
    // The number of images that pass all layers together on one thread: enough to amortise reading a dense layer's weights.
    const int MaxChunk = 32;

    // One for each concurrent thread; they reuse the memory between layers from pass to pass.
    readonly ConcurrentBag<Workspace> workspaces = [];

    /// <summary>The logits of a batch.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <returns><c>[batch, classes]</c>.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Forward(Tensor images)
    {
        Tensor logits = Tensor.Zeros(images.Batch, network.Classes);
        ForEachChunk(images, (chunk, first, threads) =>
        {
            Tensor result = Run(chunk, threads, observe: null);
            result.Data.CopyTo(logits.Data, first * network.Classes);
            Workspace.Return(result);
        });
        return logits;
    }

    /// <summary>Runs the images through the network and passes the inputs of each layer, in order, to an observer.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="observe">Receives each layer's index and inputs before the layer is computed; it must not keep the inputs.</param>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public void Observe(Tensor images, Action<int, IReadOnlyList<Tensor>> observe)
    {
        ThrowIfUnfit(images);
        InWorkspace(() => Workspace.Return(Run(images, network.MaxThreads, observe)));
    }

    /// <summary>
    /// The logits of a batch, and the gradient of a loss of these logits with respect to the images. Convolutions and dense
    /// layers contribute the exact layer's gradient, or that of their <see cref="WeightedLayer.GradientWeights"/>.
    /// </summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="loss">Computes the gradient of each image's loss with respect to its logits; called from several threads.</param>
    /// <returns>Logits <c>[batch, classes]</c> and gradient, shaped like the images.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
    {
        Tensor logits = Tensor.Zeros(images.Batch, network.Classes);
        Tensor gradient = Tensor.Unfilled(images.Shape);
        ForEachChunk(images, (chunk, first, threads) =>
        {
            var values = new Tensor[network.Nodes.Count + 1];
            values[0] = chunk;
            for (int i = 0; i < network.Nodes.Count; i++)
                values[i + 1] = Compute(i, Inputs(values, i), threads);
            values[^1].Data.CopyTo(logits.Data, first * network.Classes);

            // The gradients known so far, by index, shifted by one for the images: sums over all layers that take the value.
            var back = new Tensor?[network.Nodes.Count + 1];
            Tensor last = Tensor.Zeros(values[^1].Shape);
            for (int image = 0; image < chunk.Batch; image++)
                loss(first + image, values[^1].Row(image), last.Row(image));
            back[^1] = last;
            for (int i = network.Nodes.Count - 1; i >= 0; i--)
            {
                if (back[i + 1] is not Tensor outputGradient)
                    continue;
                Tensor[] gradients = network.Layers[i].InputGradients(Inputs(values, i), values[i + 1], outputGradient, threads);
                for (int j = 0; j < gradients.Length; j++)
                    Add(back, network.Nodes[i].Inputs[j] + 1, gradients[j]);
                back[i + 1] = null;
                // A reshaped tensor, and a gradient that a sum passes on, share memory.
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

    /// <summary>Computes all layers, and returns the memory of values that no layer needs any more.</summary>
    Tensor Run(Tensor images, int threads, Action<int, IReadOnlyList<Tensor>>? observe)
    {
        var values = new Tensor?[network.Nodes.Count + 1];
        values[0] = images;
        int[] left = [.. Enumerable.Range(0, values.Length).Select(value => network.Uses(value - 1))];
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Tensor[] inputs = Inputs(values!, i);
            observe?.Invoke(i, inputs);
            values[i + 1] = Compute(i, inputs, threads);
            foreach (int input in network.Nodes[i].Inputs)
            {
                if (--left[input + 1] > 0)
                    continue;
                float[] memory = values[input + 1]!.Data;
                values[input + 1] = null;
                // A reshaped tensor shares memory.
                if (!values.Any(value => value?.Data == memory))
                    Workspace.Return(memory);
            }
        }

        return values[^1]!;
    }

    Tensor[] Inputs(Tensor[] values, int node)
    {
        IReadOnlyList<int> inputs = network.Nodes[node].Inputs;
        var result = new Tensor[inputs.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[inputs[i] + 1];
        return result;
    }

    /// <summary>Computes one layer, in place if no other layer needs its input.</summary>
    Tensor Compute(int node, Tensor[] inputs, int threads)
    {
        int source = network.Nodes[node].Inputs[0];
        if (network.Layers[node] is not ElementwiseLayer layer || source == Node.Images || network.Layers[source].NeedsOutput
            || network.Uses(source) > 1)
            return network.Layers[node].Forward(inputs, threads);
        layer.Apply(inputs[0].Data, threads);
        return inputs[0];
    }

    /// <summary>Adds a gradient to those of other layers that take the same value.</summary>
    static void Add(Tensor?[] gradients, int index, Tensor gradient)
    {
        if (gradients[index] is not Tensor sum)
        {
            gradients[index] = gradient;
            return;
        }

        // Not in place: reshaping layers pass on the memory of their input.
        Tensor both = Tensor.Unfilled(sum.Shape);
        TensorPrimitives.Add(sum.Data, gradient.Data, both.Data);
        gradients[index] = both;
    }

    public void ThrowIfUnfit(Tensor images)
    {
        if (!images.Shape[1..].SequenceEqual(network.InputShape))
        {
            throw new ArgumentException(
                $"{network.Name} takes images of shape [{string.Join(", ", network.InputShape.ToArray())}], not "
                    + $"[{string.Join(", ", images.Shape[1..].ToArray())}].",
                nameof(images));
        }
    }

    /// <summary>
    /// Divides a batch among threads; with fewer images than threads, the layers use the threads.
    /// </summary>
    void ForEachChunk(Tensor images, Action<Tensor, int, int> body)
    {
        ThrowIfUnfit(images);

        int batch = images.Batch;
        int threads = network.MaxThreads;
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
            Tensor part = Tensor.Unfilled([count, .. network.InputShape]);
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
