using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>
/// The end of a network that turns logits into probabilities, or into the class. Attacks, margins and losses are defined on logits: behind
/// a softmax the gradient vanishes where the network is sure, and attacks look weaker than they are; the index of a class has none.
/// </summary>
public static class ProbabilityEnd
{
    /// <summary>
    /// The network up to its logits. The logits are the input of a final softmax over all classes, or of its logarithm, or of the index of
    /// the largest of all numbers. A final sigmoid of one output z becomes the logits (0, z) of two classes: class 1 where the sigmoid is
    /// above 1/2. Only layers that reshape or round may follow.
    /// </summary>
    /// <param name="network">The network as its file has it.</param>
    /// <returns>A network with <see cref="Network.RemovedEnd"/>; the same network if it ends otherwise.</returns>
    public static Network Remove(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Remove(network, behind: "");
    }

    static Network Remove(Network network, string behind)
    {
        int last = network.Nodes.Count - 1;
        while (network.Layers[last] is Flatten or Reshape or Rounding && network.Nodes[last].Inputs[0] != Node.Images)
            last = network.Nodes[last].Inputs[0];
        string name = network.Layers[last].Name;
        int[] shape = network.InputShapes()[last][0];
        return network.Layers[last] switch
        {
            Reduce { Definition: (Reduction.ArgMax, [int axis], _) } when network.Classes == 1 && shape[axis] == Tensor.Count(shape) =>
                Scores(shape[axis], $"the index of the largest number (the layer '{name}')"),
            Softmax softmax when softmax.Sums.Length == network.Classes => With(
                new Flatten(name), network.Classes,
                $"ends in {behind}a {(softmax.Sums.Logarithm ? "log-softmax" : "softmax")} (the layer '{name}'); its input counts as the "
                    + "logits"),
            Pointwise { Function: ("Sigmoid", _) } when network.Classes == 1 => With(
                new Rearrange(name, [2], [-1, 0]), 2,
                $"ends in a sigmoid of one output z (the layer '{name}'); the logits of its two classes are 0 and z"),
            _ => network,
        };

        // A softmax may come before the index.
        Network Scores(int classes, string index) =>
            Remove(With(new Flatten(name), classes, $"ends in {index}; its input counts as the logits"), $"{index} behind ");

        Network With(Layer end, int classes, string removed) => new(
            network.Name, network.InputShape, classes,
            [.. network.Nodes.Take(last), new Node(end, network.Nodes[last].Inputs)])
        { Threads = network.Threads, RemovedEnd = removed };
    }
}
