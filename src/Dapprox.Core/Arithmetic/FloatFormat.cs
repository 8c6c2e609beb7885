using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// A binary floating-point format inside binary32: a sign, an exponent field with bias 2^(e − 1) − 1, and a fraction under a
/// hidden one. Its numbers are kept in binary32, which holds all of them; subnormal numbers count as zero.
/// </summary>
/// <param name="ExponentBits">e, 2 to 8.</param>
/// <param name="FractionBits">f, 1 to 23.</param>
public sealed record FloatFormat(int ExponentBits, int FractionBits)
{
    /// <summary>binary32, of 24-bit mantissas.</summary>
    public static FloatFormat Binary32 { get; } = new(8, Arithmetic.Binary32.FractionBits);

    /// <summary>bfloat16, of 8-bit mantissas.</summary>
    public static FloatFormat Bfloat16 { get; } = new(8, 7);

    /// <summary>binary16 (half), of 11-bit mantissas.</summary>
    public static FloatFormat Binary16 { get; } = new(5, 10);

    /// <summary>e, the bits of the exponent field.</summary>
    public int ExponentBits { get; } = ExponentBits is >= 2 and <= 8
        ? ExponentBits
        : throw new InputException($"{ExponentBits} exponent bits: a format inside binary32 has 2 to 8");

    /// <summary>f, the bits of the fraction.</summary>
    public int FractionBits { get; } = FractionBits is >= 1 and <= Arithmetic.Binary32.FractionBits
        ? FractionBits
        : throw new InputException($"{FractionBits} fraction bits: a format inside binary32 has 1 to {Arithmetic.Binary32.FractionBits}");

    /// <summary>The bits of a mantissa, the hidden one included.</summary>
    public int MantissaBits => FractionBits + 1;

    /// <summary>The binary32 exponent field of the smallest normal number.</summary>
    public int LowestField => 128 - Bias;

    /// <summary>The binary32 exponent field of the largest numbers; the next is infinity.</summary>
    public int HighestField => 127 + Bias;

    /// <summary>The bits of a binary32 fraction that the format does not have.</summary>
    public int DroppedBits => Arithmetic.Binary32.FractionBits - FractionBits;

    int Bias => (1 << (ExponentBits - 1)) - 1;

    /// <summary>The mantissa of a normal number cut to the format, its hidden one included: toward zero.</summary>
    /// <param name="bits">The bit pattern of a binary32 number.</param>
    public uint Mantissa(uint bits) => Arithmetic.Binary32.Mantissa(bits) >> DroppedBits;
}
