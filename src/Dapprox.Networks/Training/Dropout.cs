using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Training;

/// <summary>
/// Sets each number to zero with some probability p and divides the others by 1 − p. (Srivastava et al., "Dropout: A Simple Way to
/// Prevent Neural Networks from Overfitting", JMLR 15, 2014; scaled in training rather than in inference.) Only a network in training
/// has it.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="rate">p; from 0 to below 1.</param>
/// <param name="seed">Determines the random numbers, together with the following.</param>
/// <param name="layer">The number of the layer in the network.</param>
/// <param name="step">The number of the batch since the training began.</param>
/// <param name="firstImage">The index in the batch of the first image that passes.</param>
sealed class Dropout(string name, double rate, ulong seed, int layer, long step, int firstImage = 0) : Layer(name)
{
    internal override bool NeedsOutput => false;

    /// <summary>The network with dropout in front of every dense layer but the last.</summary>
    /// <param name="network">The network; not modified.</param>
    /// <param name="rate">p; 0 inserts nothing.</param>
    /// <param name="seed">Determines the random numbers, together with the step.</param>
    /// <param name="step">The number of the batch since the training began.</param>
    /// <param name="places">Receives the index that each node has in the result.</param>
    public static Network Insert(Network network, double rate, ulong seed, long step, out int[] places)
    {
        places = new int[network.Nodes.Count];
        var nodes = new List<Node>();
        int last = network.Layers.ToList().FindLastIndex(layer => layer is Dense);
        for (int i = 0; i < places.Length; i++)
        {
            int[] inputs = [.. network.Nodes[i].Inputs];
            for (int j = 0; j < inputs.Length; j++)
                inputs[j] = inputs[j] == Node.Images ? Node.Images : places[inputs[j]];
            if (rate > 0 && network.Layers[i] is Dense && i < last)
            {
                nodes.Add(new Node(new Dropout($"{network.Layers[i].Name}.dropout", rate, seed, i, step), inputs));
                inputs = [nodes.Count - 1];
            }

            places[i] = nodes.Count;
            nodes.Add(new Node(network.Layers[i], inputs));
        }

        return new Network(network.Name, network.InputShape, network.Classes, nodes)
        { Threads = network.Threads, RemovedEnd = network.RemovedEnd };
    }

    /// <summary>The same layer for a part of the batch.</summary>
    /// <param name="first">The index in the batch of its first image.</param>
    public Dropout From(int first) => new(Name, rate, seed, layer, step, first);

    public override Tensor Forward(Tensor input, int threads) => Mask(input);

    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads) => Mask(outputGradient);

    Tensor Mask(Tensor from)
    {
        Tensor masked = Tensor.Unfilled(from.Shape);
        float scale = (float)(1 / (1 - rate));
        for (int image = 0; image < from.Batch; image++)
        {
            var random = new CounterRandom(
                seed, ((ulong)step << 32) + (ulong)(firstImage + image), RandomPurpose.Dropout + ((ulong)layer << 32));
            ReadOnlySpan<float> source = from.Row(image);
            Span<float> to = masked.Row(image);
            for (int i = 0; i < to.Length; i++)
                to[i] = random.NextDouble() < rate ? 0 : source[i] * scale;
        }

        return masked;
    }
}
