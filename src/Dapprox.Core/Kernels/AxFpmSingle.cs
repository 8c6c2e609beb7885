using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>
/// Ax-FPM in six AVX-512 instructions for 16 products and their addition to binary32 accumulators, bit-exact where the
/// exponent field of every result is 20 to 253 and that of every weight at most 253.
/// </summary>
/// <remarks>
/// With A = ah + al and bm = 2·(nibble tops of B), the mantissa product is m = ah·bm + al·B. The parts keep the
/// operands' exponents, so <c>p = ah·bm</c>, whose mantissa lies in [2⁴⁷, 2⁴⁸), has the exponent of the result whether m
/// overflows 48 bits or not. Every step rounds toward zero, hence the 24 bits of <c>s</c> are those under the leading
/// one of m, truncated: p is short of ah·bm by an r that the multiply-subtract finds exactly, and truncating t = al·B + r
/// before the last addition loses nothing that could carry, because all parts have one sign.
/// The limit 20: r is a multiple of 2⁻⁴² of p's unit and must not fall below 2⁻¹⁴⁹.
/// </remarks>
readonly struct AxFpmSingle : IProductStages<Vector512<float>, Vector512<float>>
{
    // Where the mask has a one take the second operand, else the third: bit 4m + 2x + y of the table is m ? x : y.
    const byte Select = 0xCA;

    public static bool Split => true;

    public static bool DerivesWeights => true;

    /// <summary>bm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SplitWeight(Vector512<float> b0)
    {
        // Sign and exponent stay, and with them the hidden one, which is the top of the highest nibble.
        Vector512<float> tops = (b0.AsUInt32() & Vector512.Create(~Binary32.FractionMask | AxFpm.NibbleTops)).AsSingle();
        // Doubled without a constant 2 in a register.
        return tops + tops;
    }

    /// <summary>p = ah·bm, truncated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Begin(Vector512<float> a0, Vector512<float> b0, Vector512<float> b1) =>
        Avx512F.Multiply(a0, b1, FloatRoundingMode.ToZero);

    /// <summary>r = ah·bm − p, exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Continue(Vector512<float> a0, Vector512<float> b1, Vector512<float> begun) =>
        Avx512F.FusedMultiplySubtract(a0, b1, begun, FloatRoundingMode.ToZero);

    /// <summary>t = al·B + r, truncated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Refine(Vector512<float> a1, Vector512<float> b0, Vector512<float> continued) =>
        Avx512F.FusedMultiplyAdd(a1, b0, continued, FloatRoundingMode.ToZero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> End(
        Vector512<float> sum, Vector512<float> a0, Vector512<float> a1, Vector512<float> b0, Vector512<float> b1,
        Vector512<float> begun, Vector512<float> refined)
    {
        Vector512<float> s = Avx512F.Add(begun, refined, FloatRoundingMode.ToZero);
        // Sign and exponent of p, fraction of s: a product that overflowed is halved.
        Vector512<uint> mask = Vector512.Create(~Binary32.FractionMask);
        return sum + Avx512F.TernaryLogic(mask, begun.AsUInt32(), s.AsUInt32(), Select).AsSingle();
    }
}
