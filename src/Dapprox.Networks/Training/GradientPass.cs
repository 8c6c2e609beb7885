using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Training;

/// <summary>
/// The gradients of the loss of a batch with respect to all learnt numbers of a network. Results are bit-identical for any number of
/// threads and on every path of the kernels.
/// </summary>
/// <remarks>
/// A batch goes through the network in chunks, forward and back, so that a chunk stays in the caches. The sums of the chunks are added in
/// order. A batch normalisation has to see the whole batch: all chunks stop in front of it, in both directions. The memory between the
/// layers and that of the gradients is used again for the next batch.
/// </remarks>
/// <param name="slopes">The gradients of products.</param>
sealed class GradientPass(ProductSlopes slopes)
{
    // A multiple of a tile's rows; a constant, because the order of the sums depends on it.
    const int ChunkImages = 12;

    // The weight of a batch in running statistics, as in PyTorch.
    const double StatisticsWeight = 0.1;

    readonly ConcurrentBag<Workspace> workspaces = [];
    readonly List<Chunk> chunks = [];
    // By node.
    readonly Dictionary<int, (Tensor Inputs, Tensor OutputGradients)> wholeBatches = [];
    readonly Dictionary<int, float[]> weightGradients = [];

    /// <summary>Runs a batch forward and back.</summary>
    /// <param name="network">The network. Its batch normalisations use the statistics of the batch, and their running statistics move
    /// towards these.</param>
    /// <param name="images"><c>[batch, channels, height, width]</c>; at least one image.</param>
    /// <param name="loss">Computes the gradient of each image's part of the loss; called from several threads.</param>
    /// <param name="observe">Receives the logits of the whole batch before the loss, where that of an image depends on others.</param>
    /// <returns>The gradients by node, in the order of the layer's parameters that have one; overwritten by the next batch.</returns>
    public IReadOnlyDictionary<int, IReadOnlyList<float[]>> Run(
        Network network, Tensor images, LogitGradient loss, Action<Tensor>? observe = null)
    {
        network.ThrowIfUnfit(images);
        int threads = network.MaxThreads, end = network.Nodes.Count;
        bool[] needed = NeededGradients(network);
        Layer[] layers = [.. network.Layers.Select(layer => layer is BatchNormalization own ? new NormalizationOfBatch(own) : layer)];
        Network training = network.WithLayers(layers);
        bool hasDropout = layers.Any(layer => layer is Dropout);
        SortedDictionary<int, NormalizationOfBatch> stops = new(
            Enumerable.Range(0, end).Where(
                i => layers[i] is NormalizationOfBatch).ToDictionary(i => i, i => (NormalizationOfBatch)layers[i]));
        PrepareChunks(images.Batch);

        int reached = 0;
        foreach ((int stop, NormalizationOfBatch normalization) in stops)
        {
            ForEachChunk(threads, ends: false, chunk => Forward(chunk, reached, stop));
            normalization.Measure(Inputs(stop), threads);
            reached = stop;
        }

        if (observe is not null)
        {
            ForEachChunk(threads, ends: false, chunk => Forward(chunk, reached, end));
            reached = end;
            observe(new Tensor([.. chunks.SelectMany(chunk => chunk.Walk!.Logits.Data)], images.Batch, network.Classes));
        }

        int[] returns = [.. stops.Keys.Reverse().Select(stop => stop + 1), 0];
        ForEachChunk(threads, ends: returns[0] == 0, chunk =>
        {
            Forward(chunk, reached, end);
            chunk.Walk!.Begin(chunk.First, loss);
            Backward(chunk, end, returns[0]);
        });
        for (int i = 1; i < returns.Length; i++)
        {
            int stop = returns[i - 1] - 1;
            // No gradient if the logits do not depend on the layer.
            if (chunks[0].Walk!.OutputGradient(stop) is not null)
                stops[stop].MeasureGradient(Inputs(stop), [.. chunks.Select(chunk => chunk.Walk!.OutputGradient(stop)!)], threads);
            ForEachChunk(threads, ends: returns[i] == 0, chunk => Backward(chunk, stop + 1, returns[i]));
        }

        var gradients = new Dictionary<int, IReadOnlyList<float[]>>();
        for (int i = 0; i < end; i++)
        {
            if (network.Layers[i] is BatchNormalization { Parameters: var own })
            {
                gradients[i] = stops[i].Gradients();
                stops[i].UpdateStatistics(own[2].Values, own[3].Values, StatisticsWeight);
            }
            else if (layers[i] is WeightedLayer layer)
            {
                gradients[i] = Sum(layer, i, threads);
            }
        }

        return gradients;

        void Forward(Chunk chunk, int first, int last)
        {
            chunk.Walk ??= new Walk(hasDropout ? FromImage(training, chunk.First) : training, Part(images, chunk), threads: 1);
            chunk.Walk.Forward(first, last);
        }

        void Backward(Chunk chunk, int last, int first)
        {
            chunk.Walk!.Backward(last, first, needed, (node, inputs, outputGradient) =>
            {
                if (layers[node] is WeightedLayer layer)
                    TakeIn(layer, node, chunk, images.Batch, inputs[0], outputGradient);
            });
            if (first == 0)
                chunk.Walk = null;
        }
    }

    /// <summary>Whether the gradient with respect to the images (index 0) or to the output of a node (shifted by one) is wanted.</summary>
    static bool[] NeededGradients(Network network)
    {
        bool[] needed = new bool[network.Nodes.Count + 1];
        for (int i = 0; i < network.Nodes.Count; i++)
            needed[i + 1] = network.Layers[i] is ILearnt || network.Nodes[i].Inputs.Any(input => needed[input + 1]);
        return needed;
    }

    /// <summary>The network for images from an index of the batch on, which have their own random numbers.</summary>
    static Network FromImage(Network network, int first) =>
        network.WithLayers([.. network.Layers.Select(layer => layer is Dropout dropout ? dropout.From(first) : layer)]);

    static Tensor Part(Tensor images, Chunk chunk)
    {
        Tensor part = Tensor.Unfilled([chunk.Count, .. images.Shape[1..]]);
        images.Data.AsSpan(chunk.First * images.RowLength, part.Data.Length).CopyTo(part.Data);
        return part;
    }

    void PrepareChunks(int batch)
    {
        int count = (batch + ChunkImages - 1) / ChunkImages;
        while (chunks.Count < count)
            chunks.Add(new Chunk(chunks.Count * ChunkImages));
        chunks.RemoveRange(count, chunks.Count - count);
        foreach (Chunk chunk in chunks)
            chunk.Count = Math.Min(ChunkImages, batch - chunk.First);
    }

    Tensor[] Inputs(int node) => [.. chunks.Select(chunk => chunk.Walk!.Inputs(node)[0])];

    void ForEachChunk(int threads, bool ends, Action<Chunk> body) => ParallelRange.OneByOne(chunks.Count, threads, i =>
    {
        Chunk chunk = chunks[i];
        if (chunk.Workspace is null && !workspaces.TryTake(out chunk.Workspace))
            chunk.Workspace = new Workspace();
        chunk.Workspace.Run(() => body(chunk), ends);
        if (!ends)
            return;
        workspaces.Add(chunk.Workspace);
        chunk.Workspace = null;
    });

    /// <summary>Takes in what one chunk contributes to the gradients of a layer.</summary>
    void TakeIn(WeightedLayer layer, int node, Chunk chunk, int batch, Tensor input, Tensor outputGradient)
    {
        chunk.BiasGradients[node] = layer.BiasGradient(outputGradient);
        chunk.InputScaleGradients[node] = layer.InputScaleGradient(input, outputGradient, threads: 1);
        input = slopes.InWeight(layer, input);
        if (!layer.PrefersWholeBatch)
        {
            layer.WeightGradient(input, outputGradient, Fit(chunk.WeightGradients, node, layer.Weights.Length), threads: 1);
            return;
        }

        (Tensor inputs, Tensor outputGradients) = WholeBatch(node, batch, input, outputGradient);
        input.Data.CopyTo(inputs.Data, chunk.First * input.RowLength);
        outputGradient.Data.CopyTo(outputGradients.Data, chunk.First * outputGradient.RowLength);
    }

    (Tensor Inputs, Tensor OutputGradients) WholeBatch(int node, int batch, Tensor input, Tensor outputGradient)
    {
        lock (wholeBatches)
        {
            if (!wholeBatches.TryGetValue(node, out (Tensor Inputs, Tensor OutputGradients) whole) || whole.Inputs.Batch != batch)
            {
                whole = (Tensor.Zeros([batch, .. input.Shape[1..]]), Tensor.Zeros([batch, .. outputGradient.Shape[1..]]));
                wholeBatches[node] = whole;
            }

            return whole;
        }
    }

    /// <summary>The gradients of one layer over all chunks.</summary>
    IReadOnlyList<float[]> Sum(WeightedLayer layer, int node, int threads)
    {
        float[] weights = Fit(weightGradients, node, layer.Weights.Length);
        // No gradient if the logits do not depend on the layer.
        if (!chunks[0].BiasGradients.ContainsKey(node))
            return [weights, .. layer.Parameters.Skip(1).Select(parameter => new float[parameter.Values.Length])];
        if (layer.PrefersWholeBatch)
        {
            layer.WeightGradient(wholeBatches[node].Inputs, wholeBatches[node].OutputGradients, weights, threads);
        }
        else
        {
            ParallelRange.ForEach(weights.Length, chunks.Count, threads, (first, count) =>
            {
                Span<float> sum = weights.AsSpan(first, count);
                chunks[0].WeightGradients[node].AsSpan(first, count).CopyTo(sum);
                foreach (Chunk chunk in chunks.Skip(1))
                    TensorPrimitives.Add(sum, chunk.WeightGradients[node].AsSpan(first, count), sum);
            });
        }

        double[] bias = new double[layer.Bias.Length];
        double inputScale = 0;
        foreach (Chunk chunk in chunks)
        {
            if (bias.Length > 0)
                TensorPrimitives.Add(bias, chunk.BiasGradients[node], bias);
            inputScale += chunk.InputScaleGradients[node];
        }

        return layer.Gradients(weights, bias, inputScale);
    }

    static float[] Fit(Dictionary<int, float[]> arrays, int node, int length)
    {
        if (!arrays.TryGetValue(node, out float[]? array) || array.Length != length)
            arrays[node] = array = new float[length];
        return array;
    }

    /// <summary>Some images of the batch that pass the network together on one thread.</summary>
    /// <param name="first">The index of its first image in the batch.</param>
    sealed class Chunk(int first)
    {
        public Workspace? Workspace;

        public int First { get; } = first;

        public int Count { get; set; }

        /// <summary>Its values and gradients between the layers; null between two batches.</summary>
        public Walk? Walk { get; set; }

        /// <summary>By node.</summary>
        public Dictionary<int, float[]> WeightGradients { get; } = [];

        /// <summary>By node.</summary>
        public Dictionary<int, double[]> BiasGradients { get; } = [];

        /// <summary>By node.</summary>
        public Dictionary<int, double> InputScaleGradients { get; } = [];
    }
}
