using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>Folds batch normalisations into the preceding weights.</summary>
public static class BatchNormalizationFolding
{
    /// <summary>
    /// Folds every <see cref="ChannelScale"/> (a batch normalisation) that is the only consumer of a convolution or dense layer
    /// into the weights of that layer. With exact products the logits are equal up to rounding; with approximate products they are
    /// those of hardware with the folded weights.
    /// </summary>
    /// <param name="network">The network; not modified.</param>
    public static Network Fold(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var nodes = new List<Node>();
        // Maps the old index to the new one, both shifted by one for the images.
        int[] moved = new int[network.Nodes.Count + 1];
        moved[0] = Node.Images;
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            int last = moved[node.Inputs[0] + 1];
            bool isAlone = last >= 0 && network.Uses(node.Inputs[0]) == 1;
            // The last layer has to stay last, since it computes the logits.
            bool canGo = i < network.Nodes.Count - 1 || last == nodes.Count - 1;
            if (node.Layer is ChannelScale scale && isAlone && canGo && nodes[last].Layer is WeightedLayer weighted
                && weighted.Scaled(scale.Scale, scale.Shift) is WeightedLayer folded)
            {
                nodes[last] = nodes[last] with { Layer = folded };
                moved[i + 1] = last;
                continue;
            }

            moved[i + 1] = nodes.Count;
            nodes.Add(new Node(node.Layer, [.. node.Inputs.Select(input => moved[input + 1])]));
        }

        return new Network(network.Name, network.InputShape, network.Classes, nodes)
        { Threads = network.Threads, RemovedEnd = network.RemovedEnd };
    }
}
