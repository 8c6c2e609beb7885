using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DefensiveApproximation.Kernels;

/// <summary>
/// Ax-FPM in six AVX-512 instructions for 16 products and their addition to binary32 accumulators, bit-exact where the
/// exponent field of every result is 20 to 253 and that of every weight at most 253.
/// </summary>
/// <remarks>
/// With A = ah + al and bm = 2·(nibble tops of B), the mantissa product is m = ah·bm + al·B. The parts keep the
/// operands' exponents, so <c>p = ah·bm</c>, whose mantissa lies in [2⁴⁷, 2⁴⁸), has the exponent of the result whether m
/// overflows 48 bits or not. Every step rounds toward zero, hence the 24 bits of <c>s</c> are those under the leading
/// one of m, truncated: p is short of ah·bm by an r that the multiply-subtract finds exactly, and truncating t = al·b + r
/// before the last addition loses nothing that could carry, because all parts have one sign.
/// The limit 20: r is a multiple of 2⁻⁴² of p's unit and must not fall below 2⁻¹⁴⁹.
/// </remarks>
static class AxFpmSingle
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sum(
        Vector512<float> ah, Vector512<float> al, Vector512<float> b, Vector512<float> bm, out Vector512<float> p)
    {
        p = Avx512F.Multiply(ah, bm, FloatRoundingMode.ToZero);
        Vector512<float> r = Avx512F.FusedMultiplySubtract(ah, bm, p, FloatRoundingMode.ToZero);
        Vector512<float> t = Avx512F.FusedMultiplyAdd(al, b, r, FloatRoundingMode.ToZero);
        return Avx512F.Add(p, t, FloatRoundingMode.ToZero);
    }

    /// <summary>Sign and exponent of <paramref name="p"/>, fraction of <paramref name="s"/>: an overflow halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> KeepExponent(Vector512<float> p, Vector512<float> s)
    {
        // 0xCA: where the mask has a one take the second operand, else the third.
        Vector512<uint> mask = Vector512.Create(~Arithmetic.Binary32.FractionMask);
        return Avx512F.TernaryLogic(mask, p.AsUInt32(), s.AsUInt32(), 0xCA).AsSingle();
    }
}

/// <summary>See <see cref="AxFpmSingle"/>; the released overflow convention.</summary>
readonly unsafe struct AxFpmSingleStep : IMultiplyAdd<float, Vector512<float>, Vector512<float>>
{
    public static bool IsSupported => Single512.IsSupported;

    public static int Lanes => Vector512<float>.Count;

    public static bool Split => true;

    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static Vector512<float> Broadcast(float* source) => Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Product(Vector512<float> a0, Vector512<float> a1, Vector512<float> b0, Vector512<float> b1)
    {
        Vector512<float> s = AxFpmSingle.Sum(a0, a1, b0, b1, out Vector512<float> p);
        return AxFpmSingle.KeepExponent(p, s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(
        Vector512<float> sum, Vector512<float> a0, Vector512<float> a1, Vector512<float> b0, Vector512<float> b1) =>
        sum + Product(a0, a1, b0, b1);

    public static void StoreProduct(Vector512<float> product, float* destination) => product.Store(destination);

    public static void StoreSum(Vector512<float> sum, float* bias, float* destination) =>
        (sum + Vector512.Load(bias)).Store(destination);
}

/// <summary>See <see cref="AxFpmSingle"/>; the exponent moves with the carry, so <c>s</c> is the product.</summary>
readonly unsafe struct AxFpmRenormalisedSingleStep : IMultiplyAdd<float, Vector512<float>, Vector512<float>>
{
    public static bool IsSupported => Single512.IsSupported;

    public static int Lanes => Vector512<float>.Count;

    public static bool Split => true;

    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static Vector512<float> Broadcast(float* source) => Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Product(Vector512<float> a0, Vector512<float> a1, Vector512<float> b0, Vector512<float> b1) =>
        AxFpmSingle.Sum(a0, a1, b0, b1, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(
        Vector512<float> sum, Vector512<float> a0, Vector512<float> a1, Vector512<float> b0, Vector512<float> b1) =>
        sum + Product(a0, a1, b0, b1);

    public static void StoreProduct(Vector512<float> product, float* destination) => product.Store(destination);

    public static void StoreSum(Vector512<float> sum, float* bias, float* destination) =>
        (sum + Vector512.Load(bias)).Store(destination);
}
