using System.Numerics.Tensors;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Graph;

/// <summary>
/// One batch on its way through a network, forward and back, with all values between the layers. Runs inside a
/// <see cref="Workspace"/>, on one thread at a time.
/// </summary>
sealed class Walk
{
    readonly Network network;
    readonly int threads;
    // By node, shifted by one for the images; null if not computed yet or no longer needed.
    readonly Tensor?[] values;
    // The gradients known so far: sums over all layers that take the value.
    readonly Tensor?[] gradients;

    /// <summary>Begins with the images.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="threads">The maximum degree of parallelism; results do not depend on it.</param>
    public Walk(Network network, Tensor images, int threads)
    {
        this.network = network;
        this.threads = threads;
        values = new Tensor?[network.Nodes.Count + 1];
        gradients = new Tensor?[network.Nodes.Count + 1];
        values[0] = images;
    }

    /// <summary>The logits, once the last layer is computed.</summary>
    public Tensor Logits => values[^1]!;

    /// <summary>
    /// The gradient with respect to the images, once the backward pass has ended; null if the logits do not depend on them.
    /// </summary>
    public Tensor? ImageGradient => gradients[0];

    /// <summary>The inputs of a node that were computed and not yet dropped.</summary>
    public Tensor[] Inputs(int node)
    {
        IReadOnlyList<int> inputs = network.Nodes[node].Inputs;
        var result = new Tensor[inputs.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[inputs[i] + 1]!;
        return result;
    }

    /// <summary>The gradient with respect to the output of a node whose consumers have been passed on the way back; null if none takes
    /// it.</summary>
    public Tensor? OutputGradient(int node) => gradients[node + 1];

    /// <summary>Computes the nodes from <paramref name="first"/> up to <paramref name="end"/>.</summary>
    public void Forward(int first, int end)
    {
        for (int i = first; i < end; i++)
            values[i + 1] = Compute(i, Inputs(i));
    }

    /// <summary>Computes all nodes for the logits alone, and returns the memory of values that no layer needs any more.</summary>
    /// <param name="observe">Receives each layer's index and inputs before the layer is computed, if given.</param>
    public void ForwardOnly(Action<int, IReadOnlyList<Tensor>>? observe = null)
    {
        int[] left = [.. Enumerable.Range(0, values.Length).Select(value => network.Uses(value - 1))];
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Tensor[] inputs = Inputs(i);
            observe?.Invoke(i, inputs);
            values[i + 1] = Compute(i, inputs);
            foreach (int input in network.Nodes[i].Inputs)
            {
                if (--left[input + 1] == 0)
                    Drop(values, input + 1);
            }
        }
    }

    /// <summary>Begins the way back.</summary>
    /// <param name="first">The index that <paramref name="loss"/> receives for the first image.</param>
    /// <param name="loss">Computes the gradient of each image's loss with respect to its logits.</param>
    public void Begin(int first, LogitGradient loss)
    {
        Tensor gradient = Tensor.Zeros(Logits.Shape);
        for (int image = 0; image < gradient.Batch; image++)
            loss(first + image, Logits.Row(image), gradient.Row(image));
        gradients[^1] = gradient;
    }

    /// <summary>
    /// Goes back from the node before <paramref name="end"/> to <paramref name="first"/>, and drops the values and gradients behind.
    /// </summary>
    /// <param name="needed">Whether the gradient of a node's output, or of the images at index 0, is wanted; null for all.</param>
    /// <param name="observe">Receives each layer's index, inputs and output gradient before the gradient goes on, if given.</param>
    public void Backward(int end, int first, bool[]? needed = null, Action<int, Tensor[], Tensor>? observe = null)
    {
        for (int i = end - 1; i >= first; i--)
        {
            if (gradients[i + 1] is Tensor outputGradient)
            {
                IReadOnlyList<int> sources = network.Nodes[i].Inputs;
                Tensor[] inputs = Inputs(i);
                observe?.Invoke(i, inputs, outputGradient);
                if (needed is null || sources.Any(source => needed[source + 1]))
                {
                    Tensor[] passed = network.Layers[i].InputGradients(inputs, values[i + 1]!, outputGradient, threads);
                    for (int j = 0; j < passed.Length; j++)
                        Add(sources[j] + 1, passed[j]);
                }

                Drop(gradients, i + 1);
            }

            Drop(values, i + 1);
        }
    }

    /// <summary>Computes one layer, in place if no other layer needs its input.</summary>
    Tensor Compute(int node, Tensor[] inputs)
    {
        int source = network.Nodes[node].Inputs[0];
        if (network.Layers[node] is not ElementwiseLayer layer || source == Node.Images || network.Layers[source].NeedsOutput
            || network.Uses(source) > 1)
            return network.Layers[node].Forward(inputs, threads);
        layer.Apply(inputs[0].Data, threads);
        return inputs[0];
    }

    /// <summary>Adds a gradient to those of other layers that take the same value.</summary>
    void Add(int index, Tensor gradient)
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

    /// <summary>
    /// Returns the memory of a tensor, unless another one has it too: a reshaped one, or a gradient that a sum passes on.
    /// </summary>
    static void Drop(Tensor?[] tensors, int index)
    {
        if (tensors[index] is not Tensor dropped)
            return;
        tensors[index] = null;
        foreach (Tensor? other in tensors)
        {
            if (other?.Data == dropped.Data)
                return;
        }

        Workspace.Return(dropped);
    }
}
