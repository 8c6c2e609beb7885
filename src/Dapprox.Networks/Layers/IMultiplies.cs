using Dapprox.Arithmetic;
using Dapprox.Kernels;

namespace Dapprox.Networks.Layers;

/// <summary>A layer that multiplies and accumulates: the only kind that an approximate multiplier changes.</summary>
public interface IMultiplies
{
    /// <summary>
    /// The multiplier; the activation is its first operand and the weight its second. Of two activations the first is the first.
    /// </summary>
    FloatMultiplier Multiplier { get; }

    /// <summary>The format of the sums.</summary>
    Accumulation Accumulation { get; }

    /// <summary>How many products one image needs, padding included.</summary>
    long Multiplications { get; }

    /// <summary>The same layer with another multiplier; what it holds is shared.</summary>
    /// <param name="multiplier">The other multiplier.</param>
    /// <param name="accumulation">The format of the sums.</param>
    Layer With(FloatMultiplier multiplier, Accumulation accumulation);
}
