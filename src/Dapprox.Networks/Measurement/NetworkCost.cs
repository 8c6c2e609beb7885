using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>The cost of the products of a layer.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Products">The number of products per image, including those with padding.</param>
/// <param name="ZeroActivations">The fraction of the sampled products whose activation is 0; 0 to 1.</param>
/// <param name="Product">The cost of one product, on the layer's activations and weights.</param>
public sealed record LayerCost(string Layer, long Products, double ZeroActivations, CircuitCost Product)
{
    /// <summary>The energy of the layer's products for one image, leakage included, in fJ.</summary>
    public double Energy => Products * Product.TotalEnergy;
}

/// <summary>The cost of the multiplications of a network; additions, memory and everything else are excluded.</summary>
public static class NetworkCost
{
    // Long enough for a stream to cover changing activations, short enough to sample many weights.
    const int StreamLength = 65;

    /// <summary>Prices the products of each layer that multiplies, on the activations of real images.</summary>
    /// <param name="network">The network; its multipliers determine the activations.</param>
    /// <param name="images"><c>[batch, channels, height, width]</c>; at least two, since a dense layer's activations change from image to
    /// image.</param>
    /// <param name="measurement">The circuit of a layer's multiplier.</param>
    /// <param name="samples">The number of products sampled per layer, rounded up to a multiple of 32768.</param>
    /// <param name="seed">Determines the sampled products.</param>
    /// <param name="progress">Called after each layer; null for none.</param>
    /// <param name="cancellation">Stops between layers and between blocks of some thousands of products.</param>
    /// <exception cref="InputException">There are too few images, or the circuit does not multiply mantissas.</exception>
    public static IReadOnlyList<LayerCost> Of(
        Network network, Tensor images, Func<Multiplier, CostMeasurement> measurement, long samples, ulong seed,
        Action? progress = null, CancellationToken cancellation = default)
    {
        network.ThrowIfUnfit(images);
        if (images.Batch < 2)
            throw new InputException($"{images.Batch} image: the activations of a dense layer change from image to image; take at least 2");
        var costs = new List<LayerCost>();
        network.Observe(images, (index, inputs) =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (network.Layers[index] is IMultiplies)
                costs.Add(Of(network.Layers[index], inputs, (ulong)costs.Count));
            progress?.Invoke();
        });

        return costs;

        LayerCost Of(Layer layer, IReadOnlyList<Tensor> inputs, ulong index) =>
            OfLayer(layer, inputs, measurement(((IMultiplies)layer).Multiplier), samples, seed, index, cancellation);
    }

    /// <summary>Prices the products of a layer.</summary>
    /// <param name="layer">A layer that multiplies.</param>
    /// <param name="inputs">A batch of its inputs.</param>
    /// <param name="circuit">The circuit of its multiplier.</param>
    /// <param name="samples">The number of products sampled, rounded up to a multiple of 32768.</param>
    /// <param name="seed">Determines the sampled products.</param>
    /// <param name="index">Another number for each layer gives it other random numbers.</param>
    /// <param name="cancellation">Stops between blocks of some thousands of products.</param>
    internal static LayerCost OfLayer(
        Layer layer, IReadOnlyList<Tensor> inputs, CostMeasurement circuit, long samples, ulong seed, ulong index,
        CancellationToken cancellation = default)
    {
        var multiplying = (IMultiplies)layer;
        SwitchingActivity activity = circuit.NewActivity();
        long zeros = 0, looked = 0;
        for (ulong part = 0; activity.Transitions < samples; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            (float[] activations, float[] weights) = LayerOperands.Sample(
                multiplying, inputs, SwitchingActivity.StreamsTogether, StreamLength, new CounterRandom(seed, part, index));
            if (multiplying is { Multiplier: IntegerMultiplier integers, Quantisation: Quantisation formats })
            {
                IntegerProducts products = IntegerProducts.Of(integers, formats);
                (ulong A, ulong B)[] operands = [.. activations.Zip(weights, (a, b) => products.Operands((int)a, (int)b))];
                activity.Add([[.. operands.Select(pair => pair.A)], [.. operands.Select(pair => pair.B)]], StreamLength);
            }
            else
            {
                circuit.Count(activity, activations, weights, StreamLength);
            }

            zeros += activations.Count(activation => activation == 0);
            looked += activations.Length;
        }

        return new LayerCost(
            layer.Name, multiplying.Multiplications, (double)zeros / looked, CircuitCost.Of(activity, circuit.Library));
    }
}
