using System.Diagnostics.CodeAnalysis;
using Dapprox.Arithmetic;
using Dapprox.Measurement;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Networks with a differentiable backward pass that fits an approximate forward pass better than the exact layers do (backward
/// pass differentiable approximation: Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018,
/// section 4.1). Exact layers keep their own gradient, bit for bit; the forward pass never changes.
/// </summary>
public static class GradientWeights
{
    /// <summary>The maximum number of calibration images for <see cref="GainMatched"/>.</summary>
    public const int CalibrationImages = 100;

    /// <summary>
    /// The network with gradient weights g·w, one <see cref="LayerGain"/> per approximate layer, measured on the layer's inputs in the
    /// approximate network for clean images.
    /// </summary>
    /// <param name="network">The approximate network.</param>
    /// <param name="calibration">Clean images, <c>[batch, channels, height, width]</c>; the first 100 count.</param>
    /// <exception cref="ArgumentException">There are no images, or their shape differs from the network's.</exception>
    public static Network GainMatched(Network network, Tensor calibration)
    {
        network.ThrowIfUnfit(calibration);
        if (calibration.Batch == 0)
            throw new ArgumentException("There are no images to measure the gain on.", nameof(calibration));

        int threads = network.MaxThreads;
        Layer[] layers = [.. network.Layers];
        network.Observe(calibration.Rows(0, Math.Min(CalibrationImages, calibration.Batch)), (index, inputs) =>
        {
            if (IsApproximate(layers[index], out WeightedLayer? layer))
            {
                double gain = LayerGain.Of(layer, inputs[0], threads);
                layers[index] = layer.WithGradientWeights(Array.ConvertAll(layer.Weights.ToArray(), weight => (float)(gain * weight)));
            }
        });

        return network.WithLayers(layers);
    }

    /// <summary>
    /// The network whose gradient weights are the slopes of each weight's product in the activation: <see cref="ExpectedSlope"/>, of
    /// integers <see cref="IntegerSlopes"/>.
    /// </summary>
    /// <param name="network">The approximate network.</param>
    public static Network Smoothed(Network network)
    {
        Layer[] layers = [.. network.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            if (IsApproximate(layers[i], out WeightedLayer? layer))
            {
                float[] slopes = new float[layer.Weights.Length];
                if (layer.Quantisation is Quantisation formats)
                {
                    new IntegerSlopes(IntegerProducts.Of((IntegerMultiplier)layer.Multiplier, formats))
                        .InActivation(formats, layer.Weights, layer.Parameters[0].Shape[0], slopes);
                }
                else
                {
                    slopes = ExpectedSlope.Of((FloatMultiplier)layer.Multiplier, layer.Weights.ToArray(), network.Threads);
                }

                layers[i] = layer.WithGradientWeights(slopes);
            }
        }

        return network.WithLayers(layers);
    }

    static bool IsApproximate(Layer layer, [NotNullWhen(true)] out WeightedLayer? weighted)
    {
        weighted = layer is WeightedLayer { Multiplier.IsExact: false } approximate ? approximate : null;
        return weighted is not null;
    }
}
