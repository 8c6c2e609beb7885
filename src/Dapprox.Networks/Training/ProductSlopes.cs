using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Training;

/// <summary>
/// The gradients of products in training, as <see cref="ProductGradient"/> says: the slopes of approximate products take the place of the
/// other operand, or every product has its own derivatives. They are computed once for a multiplier of floats, and for a multiplier of
/// integers and the formats of a layer.
/// </summary>
sealed class ProductSlopes
{
    readonly Dictionary<FloatMultiplier, (SlopeTable InActivation, SlopeTable InWeight)> floats;
    readonly Dictionary<IntegerProducts, IntegerSlopes> integers = [];
    readonly Dictionary<IntegerProducts, ProductDerivatives> derivatives = [];

    /// <summary>Computes the slopes for a network; none where gradients are those of exact products.</summary>
    /// <param name="network">The network that is trained, on its multipliers.</param>
    /// <param name="options">The estimator, and the half width of a window.</param>
    /// <exception cref="InputException">The estimator is one of a window, and a multiplier is one of floats, or the window does not
    /// fit.</exception>
    public ProductSlopes(Network network, TrainingOptions options)
    {
        ThrowIfUnfit(network, options);
        ProductGradient gradient = options.Gradient;
        WeightedLayer[] approximate = gradient == ProductGradient.StraightThrough ? [] : Approximate(network);
        if (IsOfWindow(options))
        {
            floats = [];
            derivatives = approximate.Select(Products).Distinct().ToDictionary(
                products => products,
                products => ProductDerivatives.Of(products, HalfWidth(options), gradient == ProductGradient.Window2d));
            return;
        }

        floats = approximate.Select(layer => layer.Multiplier).OfType<FloatMultiplier>().Distinct()
            .ToDictionary(multiplier => multiplier, multiplier => (SlopeTable.InActivation(multiplier), SlopeTable.InWeight(multiplier)));
        integers = approximate.Where(layer => layer.Quantisation is not null).Select(Products).Distinct()
            .ToDictionary(products => products, products => new IntegerSlopes(products));
    }

    /// <summary>Refuses an estimator that does not fit a network, before slopes are computed.</summary>
    /// <param name="network">The network that is trained, on its multipliers.</param>
    /// <param name="options">The estimator, and the half width of a window.</param>
    /// <exception cref="InputException">The estimator is one of a window, and a multiplier is one of floats, or the window does not
    /// fit.</exception>
    public static void ThrowIfUnfit(Network network, TrainingOptions options)
    {
        if (!IsOfWindow(options))
            return;
        foreach (WeightedLayer layer in Approximate(network))
        {
            if (layer.Quantisation is null)
            {
                throw new InputException($"the gradient is one of a window of integers, and {layer.Multiplier.Name} multiplies "
                    + "floats; quantise the network: --quantise int8, or take the gradient smoothed");
            }

            ProductDerivatives.ThrowIfUnfit(Products(layer), HalfWidth(options));
        }
    }

    /// <summary>The network with the slopes in the activations as gradient weights, or with derivatives.</summary>
    public Network WithGradient(Network network) => floats.Count + integers.Count + derivatives.Count == 0
        ? network
        : network.WithLayers([.. network.Layers.Select(layer => layer is WeightedLayer weighted ? WithGradient(weighted) : layer)]);

    /// <summary>
    /// What the gradient of a weight multiplies the output's gradient with: the activations that are multiplied, or slopes.
    /// </summary>
    /// <param name="input">A batch of its inputs; not changed.</param>
    public Tensor InWeight(WeightedLayer layer, Tensor input)
    {
        if (layer.Multiplier is FloatMultiplier multiplier)
        {
            if (!floats.TryGetValue(multiplier, out (SlopeTable InActivation, SlopeTable InWeight) tables))
                return input;
            Tensor slopes = Tensor.Unfilled(input.Shape);
            tables.InWeight.Apply(input.Data, slopes.Data);
            return slopes;
        }

        Tensor multiplied = layer.Multiplied(input);
        if (integers.TryGetValue(Products(layer), out IntegerSlopes? lines))
            lines.InWeight(layer.Quantisation!.Activations, multiplied.Data, multiplied.Data);
        return multiplied;
    }

    WeightedLayer WithGradient(WeightedLayer layer)
    {
        if (derivatives.Count > 0)
        {
            return layer.Quantisation is not null && derivatives.TryGetValue(Products(layer), out ProductDerivatives? own)
                ? layer.WithDerivatives(own)
                : layer;
        }

        float[] slopes = new float[layer.Weights.Length];
        if (layer.Multiplier is FloatMultiplier multiplier)
        {
            if (!floats.TryGetValue(multiplier, out (SlopeTable InActivation, SlopeTable InWeight) tables))
                return layer;
            tables.InActivation.Apply(layer.Weights, slopes);
        }
        else
        {
            if (!integers.TryGetValue(Products(layer), out IntegerSlopes? lines))
                return layer;
            lines.InActivation(layer.Quantisation!, layer.Weights, layer.Parameters[0].Shape[0], slopes);
        }

        return layer.WithGradientWeights(slopes);
    }

    static WeightedLayer[] Approximate(Network network) =>
        [.. network.Layers.OfType<WeightedLayer>().Where(layer => !layer.Multiplier.IsExact)];

    static bool IsOfWindow(TrainingOptions options) => options.Gradient is ProductGradient.Window or ProductGradient.Window2d;

    static int HalfWidth(TrainingOptions options) => options.Window ?? ProductDerivatives.DefaultHalfWidth;

    static IntegerProducts Products(WeightedLayer layer) =>
        IntegerProducts.Of((IntegerMultiplier)layer.Multiplier, layer.Quantisation!);
}
