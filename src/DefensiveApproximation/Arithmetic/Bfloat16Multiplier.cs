namespace DefensiveApproximation.Arithmetic;

/// <summary>
/// <c>bfloat16</c>: both operands lose their low 16 bits (truncation toward zero to the 8-bit mantissa of bfloat16);
/// the product of the two 8-bit mantissas has 16 bits, so binary32 holds it exactly unless it underflows, where it is
/// rounded as IEEE 754 says. Subnormals are kept, a NaN stays a NaN.
/// </summary>
public sealed class Bfloat16Multiplier : FloatMultiplier
{
    Bfloat16Multiplier()
        : base("bfloat16", "operands truncated to bfloat16, product exact in binary32", "Guesmi et al., ASPLOS 2021, section 7")
    {
    }

    /// <summary>The only instance.</summary>
    public static Bfloat16Multiplier Instance { get; } = new();

    /// <inheritdoc/>
    public override float Multiply(float activation, float weight) =>
        ExactMultiplier.Rounded.Multiply(Truncate(activation), Truncate(weight));

    /// <summary>The number without its low 16 bits; infinities and NaN stay what they are.</summary>
    /// <param name="value">Any binary32 number.</param>
    public static float Truncate(float value) => float.IsNaN(value)
        ? float.NaN
        : BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000);
}
