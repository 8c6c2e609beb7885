using System.Collections.Concurrent;
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
            var walk = new Walk(network, chunk, threads);
            walk.ForwardOnly();
            walk.Logits.Data.CopyTo(logits.Data, first * network.Classes);
            Workspace.Return(walk.Logits);
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
        InWorkspace(() =>
        {
            var walk = new Walk(network, images, network.MaxThreads);
            walk.ForwardOnly(observe);
            Workspace.Return(walk.Logits);
        });
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
            var walk = new Walk(network, chunk, threads);
            walk.Forward(0, network.Nodes.Count);
            walk.Logits.Data.CopyTo(logits.Data, first * network.Classes);
            walk.Begin(first, loss);
            walk.Backward(network.Nodes.Count, 0);
            Span<float> own = gradient.Data.AsSpan(first * images.RowLength, chunk.Data.Length);
            if (walk.ImageGradient is Tensor sum)
            {
                sum.Data.CopyTo(own);
                Workspace.Return(sum);
            }
            else
            {
                own.Clear();
            }
        });
        return (logits, gradient);
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
