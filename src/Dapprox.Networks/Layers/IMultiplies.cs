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
    Multiplier Multiplier { get; }

    /// <summary>The formats of the operands of a layer that multiplies integers; null for a layer that multiplies floats.</summary>
    Quantisation? Quantisation { get; }

    /// <summary>The format of the sums of floats; those of integers are the multiplier's.</summary>
    Accumulation Accumulation { get; }

    /// <summary>The exact multiplier of as many bits.</summary>
    Multiplier ExactMultiplier => Quantisation is null ? Arithmetic.ExactMultiplier.Rounded : ExactIntegerMultiplier.Int8;

    /// <summary>The number of products per image, padding included.</summary>
    long Multiplications { get; }

    /// <summary>The same layer with another multiplier and shared weights.</summary>
    /// <param name="multiplier">The other multiplier: of integers where there is a <see cref="Quantisation"/>, else of floats.</param>
    /// <param name="accumulation">The format of the sums.</param>
    Layer With(Multiplier multiplier, Accumulation accumulation);
}
