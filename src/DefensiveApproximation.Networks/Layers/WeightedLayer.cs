using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;

namespace DefensiveApproximation.Networks.Layers;

/// <summary>
/// A layer that multiplies and accumulates: the only kind that an approximate multiplier changes. Its input gradient is
/// the exact layer's whatever the multiplier (the straight-through estimate of Bengio, Léonard, Courville, "Estimating
/// or Propagating Gradients Through Stochastic Neurons", 2013), taken at the activations that the approximate layers gave.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="multiplier">The multiplier.</param>
/// <param name="accumulation">The format of the sums.</param>
public abstract class WeightedLayer(string name, FloatMultiplier multiplier, Accumulation accumulation) : Layer(name)
{
    /// <summary>The multiplier; the input is its first operand and the weight its second.</summary>
    public FloatMultiplier Multiplier { get; } = multiplier;

    /// <summary>The format of the sums.</summary>
    public Accumulation Accumulation { get; } = accumulation;

    /// <summary>How many products one image needs, padding included.</summary>
    public abstract long Multiplications { get; }

    /// <summary>The same layer with another multiplier; it shares the weights.</summary>
    /// <param name="multiplier">The other multiplier.</param>
    /// <param name="accumulation">The format of the sums.</param>
    public abstract WeightedLayer With(FloatMultiplier multiplier, Accumulation accumulation);
}
