using System.Numerics;

namespace Dapprox.Arithmetic;

/// <summary>
/// A floating-point multiplier around an approximate mantissa multiplier, framed as Ax-FPM is: signs are xor-ed, exponents
/// added, and the fraction is what is under the leading one of the mantissa product <c>m</c>, truncated. For binary32, where
/// mantissas have 24 bits, the exponent field is e = ea + eb − 126 and the array's products lie around 2⁴⁷ to 2⁴⁸, which
/// stands for 1 to 2. Other formats have narrower mantissas, to which operands are cut, and fewer exponents.
/// </summary>
/// <remarks>
/// <para>In this order: a NaN operand gives NaN. An operand with |x| &lt; 10⁻³⁶ (so every zero and subnormal), or below the
/// smallest normal number of the format, counts as zero: times infinity it gives NaN, times anything else +0 whatever the
/// signs. Infinity, and what is too large for the format, times anything else is infinity with the product's sign. A result
/// below the smallest normal number underflows to a zero, one above the largest overflows to an infinity, both with the
/// product's sign.</para>
/// <para>The released code is undefined for NaN, infinity, underflow and overflow; those rules are ours.</para>
/// </remarks>
/// <param name="name">The name on the command line.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="source">Where it was published.</param>
/// <param name="overflow">Whether the exponent follows the position of the leading one, and what happens to a carry.</param>
/// <param name="format">The format of operands and results; null for binary32.</param>
public abstract class MantissaMultiplier(string name, string summary, string source, MantissaOverflow overflow, FloatFormat? format = null)
    : FloatMultiplier(name, summary, source)
{
    /// <summary>Operands smaller than this in magnitude count as zero.</summary>
    public const double FlushThreshold = 1e-36;

    /// <summary>The bit pattern of 10⁻³⁶ rounded to binary32, the smallest number not below 10⁻³⁶.</summary>
    internal const uint FlushBits = 0x03AA_2425;

    /// <summary>What becomes of a mantissa product with a carry: for binary32 of 2⁴⁸ or more.</summary>
    public MantissaOverflow Overflow { get; } = overflow;

    /// <summary>The format of operands and results.</summary>
    public FloatFormat Format { get; } = format ?? FloatFormat.Binary32;

    /// <summary>The index of the leading one of a product that stands for 1 to 2: 47 for binary32.</summary>
    internal int LeadingBit => 2 * Format.FractionBits + 1;

    /// <summary>The bit pattern of the smallest magnitude that does not count as zero.</summary>
    internal uint SmallestBits => Math.Max(FlushBits, (uint)Format.LowestField << Binary32.FractionBits);

    /// <summary>The approximate product of two mantissas, hidden ones included: of 24 bits for binary32; below 2⁶³.</summary>
    /// <param name="activation">The mantissa of A; its highest bit is set.</param>
    /// <param name="weight">The mantissa of B; its highest bit is set.</param>
    public abstract ulong MultiplyMantissas(uint activation, uint weight);

    /// <inheritdoc/>
    public sealed override float Multiply(float activation, float weight)
    {
        uint a = BitConverter.SingleToUInt32Bits(activation), b = BitConverter.SingleToUInt32Bits(weight);
        return WithoutMantissas(a, b) ?? Join(a, b, MultiplyMantissas(Format.Mantissa(a), Format.Mantissa(b)));
    }

    /// <summary>Whether an operand counts as zero in binary32: |x| &lt; 10⁻³⁶. False for NaN.</summary>
    /// <param name="value">Any number, NaN included.</param>
    public static bool CountsAsZero(float value) => Math.Abs((double)value) < FlushThreshold;

    /// <summary>The product, where that of the mantissas is known.</summary>
    /// <param name="activation">Operand A.</param>
    /// <param name="weight">Operand B.</param>
    /// <param name="m">The product of their mantissas.</param>
    internal float Frame(float activation, float weight, ulong m)
    {
        uint a = BitConverter.SingleToUInt32Bits(activation), b = BitConverter.SingleToUInt32Bits(weight);
        return WithoutMantissas(a, b) ?? Join(a, b, m);
    }

    /// <summary>The product of operands of which one is no number, infinite or counts as zero; null for others.</summary>
    float? WithoutMantissas(uint a, uint b)
    {
        if (IsNaN(a) || IsNaN(b))
            return float.NaN;

        bool infinite = Binary32.ExponentField(a) > Format.HighestField || Binary32.ExponentField(b) > Format.HighestField;
        if (IsZero(a) || IsZero(b))
            return infinite ? float.NaN : 0f;
        return infinite ? Binary32.Compose((a ^ b) & Binary32.SignMask, Binary32.SpecialExponent, 0) : null;
    }

    /// <summary>The product of other operands, from that of their mantissas.</summary>
    float Join(uint a, uint b, ulong m)
    {
        if (Overflow == MantissaOverflow.Wrapped)
            m &= (1UL << (LeadingBit + 1)) - 1;
        if (m == 0)
            return 0f;

        uint sign = (a ^ b) & Binary32.SignMask;
        int leading = BitOperations.Log2(m);
        int exponent = Binary32.ExponentField(a) + Binary32.ExponentField(b) - 126;
        if (Overflow != MantissaOverflow.Released)
            exponent += leading - LeadingBit;
        if (exponent < Format.LowestField)
            return Binary32.Compose(sign, 0, 0);
        if (exponent > Format.HighestField)
            return Binary32.Compose(sign, Binary32.SpecialExponent, 0);
        return Binary32.Compose(sign, exponent, FractionUnderLeadingOne(m, leading));
    }

    static bool IsNaN(uint bits) => (bits & ~Binary32.SignMask) > Binary32.ExponentMask;

    bool IsZero(uint bits) => (bits & ~Binary32.SignMask) < SmallestBits;

    /// <summary>The bits under bit <paramref name="leading"/>, as many as the format has; zeros fill up from the right.</summary>
    uint FractionUnderLeadingOne(ulong m, int leading)
    {
        int bits = Format.FractionBits;
        ulong aligned = leading >= bits ? m >> (leading - bits) : m << (bits - leading);
        return (uint)(aligned << Format.DroppedBits) & Binary32.FractionMask;
    }
}
