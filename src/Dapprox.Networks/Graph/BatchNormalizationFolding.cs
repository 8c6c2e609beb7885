using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>Multiplies batch normalisations into the weights before them.</summary>
public static class BatchNormalizationFolding
{
    /// <summary>
    /// Folds every <see cref="ChannelScale"/> (a batch normalisation) that alone takes what a convolution or dense layer gives into the
    /// weights of that layer. With exact products the logits are the same but for rounding; with approximate ones they are those of
    /// hardware that was given the folded weights.
    /// </summary>
    /// <param name="network">The network, which stays as it is.</param>
    public static Network Fold(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var nodes = new List<Node>();
        // By old index, shifted by one for the images: the new index.
        int[] moved = new int[network.Nodes.Count + 1];
        moved[0] = Node.Images;
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            int last = moved[node.Inputs[0] + 1];
            bool isAlone = last >= 0 && network.Uses(node.Inputs[0]) == 1;
            // The last layer has to stay the last: it gives the logits.
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

        return new Network(network.Name, network.InputShape, network.Classes, nodes) { Threads = network.Threads };
    }
}
