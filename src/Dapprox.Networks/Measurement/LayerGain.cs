using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>By how much approximate products enlarge the outputs of a layer on average.</summary>
public static class LayerGain
{
    /// <summary>
    /// The gain of a layer: <c>g = Σ y·z / Σ z²</c>, the least-squares fit of its outputs y to g times the exact layer's outputs z
    /// for the same input, both without the bias. Outputs that are not finite are left out; the gain is 1 if only zeros remain.
    /// </summary>
    /// <param name="layer">A layer that multiplies.</param>
    /// <param name="input">A batch of its inputs.</param>
    /// <param name="threads">The maximum number of threads; the result does not depend on it.</param>
    public static double Of(WeightedLayer layer, Tensor input, int threads) =>
        Of(layer, layer.Forward(input, threads), layer.With(((IMultiplies)layer).ExactMultiplier, layer.Accumulation), input, threads);

    /// <summary>The gain of a layer with respect to another one, for example an exact one with other weights.</summary>
    /// <param name="layer">A layer that multiplies.</param>
    /// <param name="output">Its outputs y.</param>
    /// <param name="exact">The layer with the outputs z.</param>
    /// <param name="input">The inputs of both.</param>
    /// <param name="threads">The maximum number of threads; the result does not depend on it.</param>
    internal static double Of(WeightedLayer layer, Tensor output, WeightedLayer exact, Tensor input, int threads) =>
        Fit(output, layer, exact.Forward(input, threads), exact);

    /// <summary>The least-squares fit of numbers y to g times numbers z.</summary>
    /// <param name="output">The numbers y.</param>
    /// <param name="exact">The numbers z.</param>
    internal static double Of(Tensor output, Tensor exact) => Fit(output, null, exact, null);

    static double Fit(Tensor output, WeightedLayer? layer, Tensor exact, WeightedLayer? exactLayer)
    {
        ReadOnlySpan<float> bias = layer is null ? [] : layer.Bias, exactBias = exactLayer is null ? [] : exactLayer.Bias;
        int area = layer is null ? 1 : Math.Max(1, layer.ChannelLength(output));
        double products = 0, squares = 0;
        for (int start = 0, channel = 0; start < exact.Data.Length; start += area, channel++)
        {
            double added = bias.IsEmpty ? 0 : bias[channel % bias.Length];
            double exactAdded = exactBias.IsEmpty ? 0 : exactBias[channel % exactBias.Length];
            for (int i = start; i < start + area; i++)
            {
                double y = output.Data[i] - added, z = exact.Data[i] - exactAdded;
                if (double.IsFinite(y) && double.IsFinite(z))
                {
                    products += y * z;
                    squares += z * z;
                }
            }
        }

        return squares > 0 ? products / squares : 1;
    }
}
