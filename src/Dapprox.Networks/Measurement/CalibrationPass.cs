using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>One pass through an approximate network and its exact counterpart, which <see cref="Calibration"/> describes.</summary>
sealed class CalibrationPass
{
    readonly Network network;
    readonly Layer[] layers;
    readonly IReadOnlyList<Layer> exactLayers;
    // The nodes that take a node's output.
    readonly ILookup<int, int> consumers;
    // The values of the nodes in both networks and their gains, by index, shifted by one for the images.
    readonly Tensor?[] values;
    readonly Tensor?[] exactValues;
    readonly double[] gains;
    // Whether the gain of a node should be near 1.
    readonly bool[] needsScale;
    readonly List<CalibratedLayer> calibrated = [];

    public CalibrationPass(Network network, Network exact, Tensor images)
    {
        this.network = network;
        layers = [.. network.Layers];
        exactLayers = exact.Layers;
        consumers = network.Nodes
            .SelectMany((node, index) => node.Inputs.Select(input => (Input: input, Consumer: index)))
            .ToLookup(edge => edge.Input, edge => edge.Consumer);
        values = new Tensor?[layers.Length + 1];
        exactValues = new Tensor?[layers.Length + 1];
        gains = new double[layers.Length + 1];
        (values[0], exactValues[0], gains[0]) = (images, images, 1);
        needsScale = new bool[layers.Length];
        for (int node = layers.Length - 1; node >= 0; node--)
        {
            // Logits, too: what is made of them, a softmax or a loss, depends on their size.
            needsScale[node] = node == layers.Length - 1 || consumers[node].Any(consumer =>
                layers[consumer].IsHomogeneous || IsBias(consumer)
                    ? needsScale[consumer]
                    : layers[consumer] is not (WeightedLayer or BatchNormalization));
        }
    }

    /// <summary>The network with exact multipliers and its own sums.</summary>
    public static Network Exact(Network network) => network.WithLayers(
    [
        .. network.Layers.Select(layer => layer is IMultiplies { Multiplier.IsExact: false } approximate
            ? approximate.With(approximate.ExactMultiplier, approximate.Accumulation)
            : layer),
    ]);

    public Calibration Run(Action? progress, CancellationToken cancellation)
    {
        int[] left = [.. Enumerable.Range(-1, layers.Length + 1).Select(node => consumers[node].Count())];
        for (int node = 0; node < layers.Length; node++)
        {
            cancellation.ThrowIfCancellationRequested();
            exactValues[node + 1] = Forward(exactLayers[node], node, exactValues);
            switch (layers[node])
            {
                case WeightedLayer weighted:
                    Calibrate(node, weighted);
                    break;
                case BatchNormalization normalization:
                    Calibrate(node, normalization);
                    break;
                default:
                    values[node + 1] = Forward(layers[node], node, values);
                    gains[node + 1] = layers[node].IsHomogeneous || IsBias(node)
                        ? InputGain(node)
                        : Positive(LayerGain.Of(values[node + 1]!, exactValues[node + 1]!));
                    break;
            }

            foreach (int input in network.Nodes[node].Inputs)
            {
                if (--left[input + 1] == 0)
                    values[input + 1] = exactValues[input + 1] = null;
            }

            progress?.Invoke();
        }

        return new Calibration(network.WithLayers(layers), calibrated);
    }

    void Calibrate(int node, WeightedLayer layer)
    {
        Tensor input = values[network.Nodes[node].Inputs[0] + 1]!, output = layer.Forward(input, network.MaxThreads);
        var exact = (WeightedLayer)exactLayers[node];
        double gain = InputGain(node);
        if (!layer.Multiplier.IsExact)
            gain *= Positive(LayerGain.Of(layer, output, exact, input, network.MaxThreads));
        int exponent = needsScale[node] && layer is { WeightBits: 0, Quantisation: null } ? -(int)Math.Round(Math.Log2(gain)) : 0;
        if (exponent != 0)
        {
            gain = Math.ScaleB(gain, exponent);
            layer = layer.WithWeights(Scaled(layer.Weights, exponent), Scaled(layer.Bias, exponent));
            output = layer.Forward(input, network.MaxThreads);
        }

        double change = 0;
        if (!consumers[node].Any() || consumers[node].Any(consumer => layers[consumer] is not BatchNormalization))
        {
            float[] bias = Corrected(node, layer, output, gain);
            for (int channel = 0; channel < bias.Length; channel++)
                change = Math.Max(change, Math.Abs((double)bias[channel] - (layer.Bias.IsEmpty ? 0 : layer.Bias[channel])));
            if (change > 0)
            {
                layer = (WeightedLayer)layer.With([layer.Parameters[0].Values, bias]);
                output = layer.Forward(input, network.MaxThreads);
            }
        }

        Done(node, layer, output, gain, change, exponent);
    }

    /// <summary>b + G·μ(z) − μ(y), behind a constant that is added to the outputs, if any.</summary>
    float[] Corrected(int node, WeightedLayer layer, Tensor output, double gain)
    {
        Tensor exact = exactValues[node + 1]!;
        int length = layer.ChannelLength(output);
        foreach (int next in consumers[node].Where(IsBias))
        {
            Tensor sum = layers[next].Forward([output], network.MaxThreads);
            // Broadcasting may have enlarged it.
            if (sum.Shape.SequenceEqual(output.Shape))
                (output, exact) = (sum, layers[next].Forward([exact], network.MaxThreads));
        }

        ChannelMoments[] moments = ChannelMoments.Of(output, exact, layer.Parameters[0].Shape[0], length, network.MaxThreads);
        float[] bias = new float[moments.Length];
        for (int channel = 0; channel < bias.Length; channel++)
        {
            float old = layer.Bias.IsEmpty ? 0 : layer.Bias[channel];
            bias[channel] = FiniteOr((float)(old + (gain * moments[channel].ExactMean - moments[channel].Mean)), old);
        }

        return bias;
    }

    void Calibrate(int node, BatchNormalization layer)
    {
        int source = network.Nodes[node].Inputs[0] + 1, channels = layer.Scale.Length;
        ChannelMoments[] moments = ChannelMoments.Of(
            values[source]!, exactValues[source]!, channels, values[source]!.RowLength / channels, network.MaxThreads);
        IReadOnlyList<Parameter> parameters = layer.Parameters, exact = ((BatchNormalization)exactLayers[node]).Parameters;
        float[] mean = [.. exact[2].Values], variance = [.. exact[3].Values];
        double change = 0, epsilon = layer.Epsilon;
        for (int channel = 0; channel < channels; channel++)
        {
            ChannelMoments at = moments[channel];
            double ratio = at.Variance > 0 && at.ExactVariance > 0 ? at.Variance / at.ExactVariance : 1, root = Math.Sqrt(ratio);
            mean[channel] = FiniteOr((float)(root * mean[channel] + (at.Mean - root * at.ExactMean)), mean[channel]);
            variance[channel] = FiniteOr(
                (float)Math.Max(0, ratio * variance[channel] + epsilon * (ratio - 1)), variance[channel]);
            change = Math.Max(change, Math.Abs((double)mean[channel] - parameters[2].Values[channel]));
        }

        layer = (BatchNormalization)layer.With([parameters[0].Values, parameters[1].Values, mean, variance]);
        Done(node, layer, layer.Forward(values[source]!, network.MaxThreads), gain: 1, change, exponent: 0);
    }

    void Done(int node, Layer layer, Tensor output, double gain, double change, int exponent)
    {
        (layers[node], values[node + 1], gains[node + 1]) = (layer, output, gain);
        calibrated.Add(new CalibratedLayer(layer.Name, gain, change, exponent));
    }

    /// <summary>
    /// Whether a node adds a constant to the outputs of a layer with weights that no other node takes: a bias of its own.
    /// </summary>
    bool IsBias(int node) => layers[node] is Combine { AddsConstant: true } && network.Nodes[node].Inputs[0] is >= 0 and var source
        && layers[source] is WeightedLayer && network.Uses(source) == 1;

    double InputGain(int node) => gains[network.Nodes[node].Inputs[0] + 1];

    Tensor Forward(Layer layer, int node, Tensor?[] from) =>
        layer.Forward([.. network.Nodes[node].Inputs.Select(input => from[input + 1]!)], network.MaxThreads);

    static float[] Scaled(ReadOnlySpan<float> numbers, int exponent)
    {
        float[] scaled = numbers.ToArray();
        foreach (ref float number in scaled.AsSpan())
            number = MathF.ScaleB(number, exponent);
        return scaled;
    }

    // Products that are all zero, or of the wrong sign, have no gain.
    static double Positive(double gain) => gain > 0 && double.IsFinite(gain) ? gain : 1;

    static float FiniteOr(float number, float otherwise) => float.IsFinite(number) ? number : otherwise;
}
