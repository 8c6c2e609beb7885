using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>
/// Makes the ranges of the weights of neighbouring layers equal, channel by channel, so that formats with one scale for many channels lose
/// less (Nagel, van Baalen, Blankevoort, Welling, "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019,
/// section 4.1).
/// </summary>
/// <remarks>
/// The output channel i of a layer is divided by s(i), and what the next layer multiplies it with is multiplied by s(i), where
/// <c>s(i) = √(r₁(i) / r₂(i))</c>, with r₁ and r₂ the largest absolute weights on both sides. Between the two layers there are only ReLUs
/// and poolings, for which f(x / s) = f(x) / s. The s(i) are rounded to powers of two, so that the network with exact products has the same
/// logits, bit for bit, unless a number is subnormal.
/// </remarks>
public static class WeightEqualisation
{
    // Layers that follow one another need several passes; the paper repeats until nothing changes.
    const int MaxPasses = 20;

    /// <summary>Equalises a network.</summary>
    /// <param name="network">The network; not modified. Its batch normalisations are folded, or they stand between layers.</param>
    public static Network Of(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        (int First, int Second)[] pairs = [.. Pairs(network)];
        Layer[] layers = [.. network.Layers];
        bool hasChanged = true;
        for (int pass = 0; hasChanged && pass < MaxPasses; pass++)
        {
            hasChanged = false;
            foreach ((int first, int second) in pairs)
            {
                if (Equalised((WeightedLayer)layers[first], (WeightedLayer)layers[second]) is not var (one, other))
                    continue;
                (layers[first], layers[second]) = (one, other);
                hasChanged = true;
            }
        }

        return network.WithLayers(layers);
    }

    /// <summary>Layers with weights of which one takes the channels of the other, and nothing else does.</summary>
    static IEnumerable<(int First, int Second)> Pairs(Network network)
    {
        for (int second = 0; second < network.Nodes.Count; second++)
        {
            if (network.Layers[second] is not WeightedLayer)
                continue;
            int first = network.Nodes[second].Inputs[0];
            while (first >= 0 && network.Uses(first) == 1 && network.Layers[first] is Relu or MaxPool2D or Pool or Flatten)
                first = network.Nodes[first].Inputs[0];
            if (first >= 0 && network.Uses(first) == 1 && network.Layers[first] is WeightedLayer { Channels: > 0, WeightBits: 0 }
                && network.Layers[second] is WeightedLayer { WeightBits: 0 })
                yield return (first, second);
        }
    }

    static (WeightedLayer First, WeightedLayer Second)? Equalised(WeightedLayer first, WeightedLayer second)
    {
        int channels = first.Channels, fan = first.Weights.Length / channels;
        float[] nextRanges = new float[channels];
        if (!ForEachInput(second, channels, (index, channel) =>
            nextRanges[channel] = Math.Max(nextRanges[channel], Math.Abs(second.Weights[index]))))
            return null;
        float[] factors = new float[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            float range = 0;
            foreach (float weight in first.Weights.Slice(channel * fan, fan))
                range = Math.Max(range, Math.Abs(weight));
            double factor = Math.Sqrt((double)range / nextRanges[channel]);
            factors[channel] = double.IsFinite(factor) && factor > 0 ? (float)Math.Pow(2, Math.Round(Math.Log2(factor))) : 1;
        }

        if (Array.TrueForAll(factors, factor => factor == 1))
            return null;
        float[] weights = second.Weights.ToArray();
        ForEachInput(second, channels, (index, channel) => weights[index] *= factors[channel]);
        return (
            first.Scaled(Array.ConvertAll(factors, factor => 1 / factor), new float[channels])!,
            second.WithWeights(weights, second.Bias.ToArray()));
    }

    /// <summary>Calls something with each weight and the channel that it multiplies; false if the inputs are no such channels.</summary>
    static bool ForEachInput(WeightedLayer layer, int channels, Action<int, int> body)
    {
        int inputs = layer is Dense dense ? dense.Inputs : ((Convolution2D)layer).Shape.InputChannels;
        if (layer is Dense ? inputs % channels != 0 : inputs != channels)
            return false;
        for (int index = 0; index < layer.Weights.Length; index++)
        {
            // The inputs of a dense layer are channel after channel.
            int channel = layer is Convolution2D { Shape: var shape }
                ? index / shape.Taps / shape.GroupOutputs * shape.GroupInputs
                    + index / (shape.KernelHeight * shape.KernelWidth) % shape.GroupInputs
                : index % inputs / (inputs / channels);
            body(index, channel);
        }

        return true;
    }
}
