using System.Collections.Concurrent;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>
/// A network of floats with the measured ranges of its activations: it is quantised for any multiplier of integers without measuring
/// again. Safe for many threads.
/// </summary>
public sealed class ActivationRanges
{
    readonly PostTrainingQuantisation options;
    readonly Network network;
    readonly ActivationHistogram?[] ranges;
    readonly ConcurrentDictionary<PostTrainingQuantisation, Lazy<Network>> quantised = new();

    /// <param name="options">How it is quantised.</param>
    /// <param name="network">The network, its batch normalisations folded.</param>
    /// <param name="ranges">By layer; null for layers that stay floats.</param>
    internal ActivationRanges(PostTrainingQuantisation options, Network network, ActivationHistogram?[] ranges) =>
        (this.options, this.network, this.ranges) = (options, network, ranges);

    /// <summary>The quantised network; its products are exact.</summary>
    /// <param name="isSigned">Whether activations are signed and symmetric instead of unsigned and affine.</param>
    public Network Quantised(bool isSigned) => Quantised(options with { IsSigned = isSigned });

    /// <summary>
    /// The quantised network with a multiplier. The activations of a layer are signed where its multiplier is, and a multiplier of fewer
    /// bits quantises its layers to these; layers without one are exact.
    /// </summary>
    /// <param name="multiplier">A multiplier of integers, or one for each layer.</param>
    /// <param name="accumulation">The format of the sums of layers that stay floats.</param>
    /// <exception cref="Foundation.InputException">It multiplies floats, or names no layer of the network.</exception>
    public Network With(Multiplier multiplier, Accumulation accumulation = Accumulation.Float32)
    {
        if (multiplier is not LayerMultipliers several)
            return Quantised(options.For(multiplier)).With(multiplier, accumulation: accumulation);
        Layer[] mixed = [.. Quantised(ExactIntegerMultiplier.Int8.IsSigned).Layers];
        foreach ((Multiplier part, LayerSelection layers) in several.Parts)
        {
            Network own = Quantised(options.For(part));
            foreach (int index in layers.Of(mixed))
                mixed[index] = own.Layers[index];
        }

        return network.WithLayers(mixed).With(multiplier, accumulation: accumulation);
    }

    Network Quantised(PostTrainingQuantisation own) => quantised.GetOrAdd(own, _ => new(() => network.WithLayers(
    [
        .. network.Layers.Select((layer, index) => ranges[index] is ActivationHistogram range
            ? ((WeightedLayer)layer).Quantised(own.Formats((WeightedLayer)layer, range), ExactIntegerMultiplier.Int8)
            : layer),
    ]))).Value;
}
