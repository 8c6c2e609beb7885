using System.Numerics;

namespace DefensiveApproximation.Arithmetic;

/// <summary>
/// A binary32 multiplier around an approximate 24×24-bit mantissa multiplier, framed as Ax-FPM is: signs are xor-ed,
/// exponent fields added as e = ea + eb − 126, and the fraction is the 23 bits under the leading one of the mantissa
/// product <c>m</c>, truncated. The array's products lie around 2⁴⁷ to 2⁴⁸, which stands for 1 to 2.
/// </summary>
/// <remarks>
/// <para>In this order: a NaN operand gives NaN. An operand with |x| &lt; 10⁻³⁶ (so every zero and subnormal) counts as
/// zero: times infinity it gives NaN, times anything else +0 whatever the signs. Infinity times anything else is
/// infinity with the product's sign. A result with e ≤ 0 underflows to a zero, with e ≥ 255 it overflows to an
/// infinity, both with the product's sign.</para>
/// <para>The released code is undefined for NaN, infinity, underflow and overflow; those rules are ours.</para>
/// </remarks>
/// <param name="name">The name on the command line.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="source">Where it was published.</param>
/// <param name="overflow">What becomes of a mantissa product of 2⁴⁸ or more.</param>
public abstract class MantissaMultiplier(string name, string summary, string source, MantissaOverflow overflow)
    : FloatMultiplier(name, summary, source)
{
    /// <summary>Operands smaller than this in magnitude count as zero.</summary>
    public const double FlushThreshold = 1e-36;

    const int LeadingBit = 47;
    const ulong Wires = (1UL << (LeadingBit + 1)) - 1;

    /// <summary>What becomes of a mantissa product of 2⁴⁸ or more.</summary>
    public MantissaOverflow Overflow { get; } = overflow;

    /// <summary>The approximate product of two 24-bit mantissas, hidden ones included; below 2⁶³.</summary>
    /// <param name="activation">The mantissa of A, 2²³ to 2²⁴ − 1.</param>
    /// <param name="weight">The mantissa of B, 2²³ to 2²⁴ − 1.</param>
    public abstract ulong MultiplyMantissas(uint activation, uint weight);

    /// <inheritdoc/>
    public sealed override float Multiply(float activation, float weight)
    {
        if (float.IsNaN(activation) || float.IsNaN(weight))
            return float.NaN;

        bool zero = CountsAsZero(activation) || CountsAsZero(weight);
        bool infinite = float.IsInfinity(activation) || float.IsInfinity(weight);
        if (zero)
            return infinite ? float.NaN : 0f;

        uint a = BitConverter.SingleToUInt32Bits(activation);
        uint b = BitConverter.SingleToUInt32Bits(weight);
        uint sign = (a ^ b) & Binary32.SignMask;
        if (infinite)
            return Binary32.Compose(sign, Binary32.SpecialExponent, 0);

        ulong m = MultiplyMantissas(Binary32.Mantissa(a), Binary32.Mantissa(b));
        if (Overflow == MantissaOverflow.Wrapped)
            m &= Wires;
        if (m == 0)
            return 0f;

        int leading = BitOperations.Log2(m);
        int exponent = Binary32.ExponentField(a) + Binary32.ExponentField(b) - 126;
        if (Overflow != MantissaOverflow.Released)
            exponent += leading - LeadingBit;
        if (exponent <= 0)
            return Binary32.Compose(sign, 0, 0);
        if (exponent >= Binary32.SpecialExponent)
            return Binary32.Compose(sign, Binary32.SpecialExponent, 0);
        return Binary32.Compose(sign, exponent, FractionUnderLeadingOne(m, leading));
    }

    /// <summary>Whether an operand counts as zero: |x| &lt; 10⁻³⁶. False for NaN.</summary>
    /// <param name="value">The operand.</param>
    public static bool CountsAsZero(float value) => Math.Abs((double)value) < FlushThreshold;

    /// <summary>The 23 bits under bit <paramref name="leading"/>; zeros fill up from the right where there are fewer.</summary>
    static uint FractionUnderLeadingOne(ulong m, int leading)
    {
        ulong aligned = leading >= Binary32.FractionBits
            ? m >> (leading - Binary32.FractionBits)
            : m << (Binary32.FractionBits - leading);
        return (uint)aligned & Binary32.FractionMask;
    }
}
