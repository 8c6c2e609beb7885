namespace Dapprox.Kernels;

/// <summary>Masks for the bits of a binary64 number, as numbers, because lanes hold numbers.</summary>
static class Binary64
{
    /// <summary>Sign and exponent.</summary>
    public static double SignAndExponent => BitConverter.UInt64BitsToDouble(0xFFF0_0000_0000_0000);

    /// <summary>The 23 highest bits of the fraction: what binary32 keeps of it.</summary>
    public static double SingleFraction => BitConverter.UInt64BitsToDouble(0x000F_FFFF_E000_0000);

    /// <summary>Sign, exponent and the 23 highest bits of the fraction.</summary>
    public static double SinglePart => BitConverter.UInt64BitsToDouble(0xFFFF_FFFF_E000_0000);

    /// <summary>All bits but the sign.</summary>
    public static double Magnitude => BitConverter.UInt64BitsToDouble(0x7FFF_FFFF_FFFF_FFFF);

    /// <summary>2⁻¹²⁶, the smallest normal binary32 number.</summary>
    public const double SmallestNormalSingle = 1.1754943508222875e-38;
}
