namespace Dapprox.Arithmetic;

/// <summary>
/// The fields of an IEEE 754 binary32 number: 1 sign bit, 8 exponent bits with bias 127, 23 fraction bits. A normal
/// number is (−1)^sign · 1.fraction · 2^(exponent field − 127); its 24-bit mantissa is the fraction under the hidden one.
/// </summary>
public static class Binary32
{
    /// <summary>The bit of the sign.</summary>
    public const uint SignMask = 0x8000_0000;

    /// <summary>The eight bits of the exponent field; all set, with fraction 0, they are infinity.</summary>
    public const uint ExponentMask = 0x7F80_0000;

    /// <summary>The 23 bits of the fraction.</summary>
    public const uint FractionMask = 0x007F_FFFF;

    /// <summary>The hidden one of a normal number, bit 23 of its mantissa.</summary>
    public const uint HiddenOne = 0x0080_0000;

    /// <summary>How many bits the fraction has.</summary>
    public const int FractionBits = 23;

    /// <summary>The exponent field of infinity and NaN.</summary>
    public const int SpecialExponent = 255;

    /// <summary>The exponent field, 0 to 255: 0 is zero or subnormal, 255 infinity or NaN.</summary>
    /// <param name="bits">A binary32 bit pattern.</param>
    public static int ExponentField(uint bits) => (int)((bits & ExponentMask) >> FractionBits);

    /// <summary>The 24-bit mantissa of a normal number: its fraction with the hidden one.</summary>
    /// <param name="bits">The bit pattern of a normal number.</param>
    public static uint Mantissa(uint bits) => (bits & FractionMask) | HiddenOne;

    /// <summary>Puts a number together from its fields.</summary>
    /// <param name="sign">The sign, in place: 0 or <see cref="SignMask"/>.</param>
    /// <param name="exponentField">0 to 255.</param>
    /// <param name="fraction">23 bits.</param>
    public static float Compose(uint sign, int exponentField, uint fraction) =>
        BitConverter.UInt32BitsToSingle(sign | (uint)exponentField << FractionBits | fraction);
}
