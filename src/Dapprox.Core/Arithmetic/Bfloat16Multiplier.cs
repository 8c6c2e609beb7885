namespace Dapprox.Arithmetic;

/// <summary>
/// Both operands become bfloat16, which has a mantissa of 8 bits; the product of two such mantissas has 16 bits, so binary32
/// holds it exactly unless it underflows, where it is rounded as IEEE 754 says. Subnormals are kept, a NaN stays a NaN.
/// </summary>
public sealed class Bfloat16Multiplier : FloatMultiplier
{
    const uint LowBits = 0x0000_FFFF;

    readonly Func<float, float> convert;

    Bfloat16Multiplier(string name, string description, Func<float, float> convert)
        : base(name, description, "Guesmi et al., ASPLOS 2021, section 7") => this.convert = convert;

    /// <summary><c>bfloat16</c>: the operands lose their low 16 bits.</summary>
    public static Bfloat16Multiplier Truncated { get; } =
        new("bfloat16", "operands truncated to bfloat16, product exact in binary32", Truncate);

    /// <summary><c>bfloat16-nearest</c>: the operands are rounded to the nearest, of two equally near the even one.</summary>
    public static Bfloat16Multiplier Nearest { get; } =
        new("bfloat16-nearest", "operands rounded to nearest even in bfloat16, product exact in binary32", Round);

    /// <inheritdoc/>
    public override float Multiply(float activation, float weight) =>
        ExactMultiplier.Rounded.Multiply(convert(activation), convert(weight));

    /// <summary>The number without its low 16 bits, which is nearer to zero; infinities and NaN stay what they are.</summary>
    /// <param name="value">Any binary32 number.</param>
    public static float Truncate(float value) => float.IsNaN(value)
        ? float.NaN
        : BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & ~LowBits);

    /// <summary>
    /// The nearest number of bfloat16; of two equally near the one whose last bit is 0. Above the middle between the largest one
    /// and 2¹²⁸ it is infinity; infinities and NaN stay what they are.
    /// </summary>
    /// <param name="value">Any binary32 number.</param>
    public static float Round(float value)
    {
        float below = Truncate(value);
        uint lost = BitConverter.SingleToUInt32Bits(value) & LowBits;
        const uint Half = 0x8000;
        bool belowIsOdd = (BitConverter.SingleToUInt32Bits(below) & (LowBits + 1)) != 0;
        bool isFarther = float.IsFinite(value) && (lost > Half || (lost == Half && belowIsOdd));
        // One unit in the last place of bfloat16; a carry out of the fraction raises the exponent, as it should.
        return isFarther ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(below) + (LowBits + 1)) : below;
    }
}
