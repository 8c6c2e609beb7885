using Dapprox.Arithmetic;
using Dapprox.Kernels;

namespace Dapprox.Networks.Layers;

/// <summary>A layer that multiplies and accumulates: the only kind of layer that an approximate multiplier changes.</summary>
public interface IMultiplies
{
    /// <summary>
    /// The multiplier; the activation is its first operand and the weight its second. In a product of two activations, the first
    /// input is the first operand.
    /// </summary>
    FloatMultiplier Multiplier { get; }

    /// <summary>The format of the sums.</summary>
    Accumulation Accumulation { get; }

    /// <summary>The number of products per image, padding included.</summary>
    long Multiplications { get; }

    /// <summary>The same layer with another multiplier and shared weights.</summary>
    /// <param name="multiplier">The other multiplier.</param>
    /// <param name="accumulation">The format of the sums.</param>
    Layer With(FloatMultiplier multiplier, Accumulation accumulation);
}
