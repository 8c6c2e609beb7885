using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>
/// How often the products of a quantised network have each pair of operands: the joint distribution of activations and weights by which
/// the errors of a multiplier are weighted (Vašíček, Mrázek, Sekanina, "Automated Circuit Approximation Method Driven by Data
/// Distribution", DATE 2019, where operands are independent).
/// </summary>
public static class NetworkOperands
{
    // Images that go through the network together.
    const int Chunk = 32;

    /// <summary>Counts all products of the images.</summary>
    /// <param name="network">A quantised network; its own multipliers determine the activations.</param>
    /// <param name="layers">The layers whose products count; those of floats among them are left out.</param>
    /// <param name="multiplier">The multiplier that the operands enter; the activation is its first.</param>
    /// <param name="images"><c>[batch, channels, height, width]</c>, pixels from 0 to 1.</param>
    /// <param name="progress">Called with the number of images done since the last call; null for none.</param>
    /// <param name="cancellation">Stops between some images.</param>
    /// <returns>
    /// The number of products of each pair, by the bits of the first operand and then those of the second: a·2ᵐ + b for a second operand
    /// of m bits. Padding is an activation.
    /// </returns>
    /// <exception cref="InputException">
    /// There are no images, the layers have no products of integers, or the multiplier has too few bits for them or more than 8.
    /// </exception>
    public static double[] Count(
        Network network, LayerSelection layers, IntegerMultiplier multiplier, Tensor images, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(multiplier);
        network.ThrowIfUnfit(images);
        if (images.Batch == 0)
            throw new InputException("there are no images to count operands on");
        if (Math.Max(multiplier.FirstWidth, multiplier.SecondWidth) > IntegerFormat.MaxBits)
        {
            throw new InputException(
                $"{multiplier.Name} multiplies operands of {Math.Max(multiplier.FirstWidth, multiplier.SecondWidth)} bits; those of a "
                    + $"network have at most {IntegerFormat.MaxBits}");
        }

        var counts = new Dictionary<int, long[]>();
        foreach (int index in layers.Of(network.Layers).Order())
        {
            if (network.Layers[index] is WeightedLayer { Quantisation: Quantisation formats })
                counts.Add(index, new long[formats.Activations.Format.Count * formats.Weights[0].Format.Count]);
        }

        if (counts.Count == 0)
            throw new InputException($"the layers '{layers}' of {network.Name} have no products of integers");
        for (int first = 0; first < images.Batch; first += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Chunk, images.Batch - first);
            network.Observe(images.Rows(first, count), (index, inputs) =>
            {
                if (counts.TryGetValue(index, out long[]? own))
                    LayerOperands.Count((WeightedLayer)network.Layers[index], inputs[0], own);
            });
            progress?.Invoke(count);
        }

        double[] pairs = new double[1 << (multiplier.FirstWidth + multiplier.SecondWidth)];
        foreach ((int index, long[] own) in counts)
        {
            Quantisation formats = ((WeightedLayer)network.Layers[index]).Quantisation!;
            IntegerProducts products = IntegerProducts.Of(multiplier, formats);
            IntegerFormat activations = products.Activations, weights = products.Weights;
            for (int code = 0; code < own.Length; code++)
            {
                (ulong a, ulong b) = products.Operands(activations.Low + code / weights.Count, weights.Low + code % weights.Count);
                pairs[(a << multiplier.SecondWidth) + b] += own[code];
            }
        }

        return pairs;
    }
}
