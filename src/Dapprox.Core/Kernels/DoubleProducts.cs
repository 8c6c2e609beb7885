using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Products computed in binary64 lanes; each result is a binary32 number.</summary>
interface IDoubleProduct
{
    static abstract bool Split { get; }

    static abstract TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>;
}

/// <summary>The exact product: binary64 holds it, and rounding it to binary32 rounds once.</summary>
readonly struct ExactDouble : IDoubleProduct
{
    public static bool Split => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles> =>
        TLanes.ToDoubles(TLanes.ToSingles(TLanes.Multiply(a0, b0)));
}

/// <summary>The exact product, not rounded: added to a binary64 sum it is a fused multiply-add.</summary>
readonly struct FusedDouble : IDoubleProduct
{
    public static bool Split => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles> =>
        TLanes.Multiply(a0, b0);
}

/// <summary>
/// Ax-FPM in binary64: ah·bm and al·B have at most 48 significant bits, their sum m at most 49, so that two products
/// and an addition are exact, with or without fusing. Sign and exponent of ah·bm, fraction of m: see
/// <see cref="AxFpmSingle"/>.
/// </summary>
readonly struct AxFpmDouble : IDoubleProduct
{
    public static bool Split => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector p = TLanes.Multiply(a0, b1);
        TVector m = TLanes.MultiplyAdd(a1, b0, p);
        return TLanes.Merge(p, m);
    }
}

/// <summary>Ax-FPM whose exponent moves with the carry: m, truncated.</summary>
readonly struct AxFpmRenormalisedDouble : IDoubleProduct
{
    public static bool Split => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector m = TLanes.MultiplyAdd(a1, b0, TLanes.Multiply(a0, b1));
        return TLanes.And(m, TLanes.Broadcast(Binary64.SinglePart));
    }
}

/// <summary>
/// Ax-FPM with 48 wires. The carry shows as an exponent of m above that of ah·bm; then 2⁴⁸, which is m without its
/// fraction, is subtracted exactly, and what is left, normalised by the subtraction, is truncated.
/// </summary>
readonly struct AxFpmWrappedDouble : IDoubleProduct
{
    public static bool Split => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector exponent = TLanes.Broadcast(Binary64.SignAndExponent);
        TVector magnitude = TLanes.Broadcast(Binary64.Magnitude);
        TVector p = TLanes.Multiply(a0, b1);
        TVector m = TLanes.MultiplyAdd(a1, b0, p);
        TVector power = TLanes.And(m, exponent);
        TVector carried = TLanes.LessThan(
            TLanes.And(TLanes.And(p, exponent), magnitude),
            TLanes.And(power, magnitude));
        TVector wrapped = TLanes.Subtract(m, TLanes.And(power, carried));
        return TLanes.And(wrapped, TLanes.Broadcast(Binary64.SinglePart));
    }
}

/// <summary>A product that underflows, below 2⁻¹²⁶, becomes a zero with its sign.</summary>
readonly struct Underflowing<TProduct> : IDoubleProduct
    where TProduct : IDoubleProduct
{
    public static bool Split => TProduct.Split;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector product = TProduct.Multiply<TLanes, TVector, TSingles>(a0, a1, b0, b1);
        TVector magnitude = TLanes.Broadcast(Binary64.Magnitude);
        TVector underflow = TLanes.LessThan(
            TLanes.And(product, magnitude), TLanes.Broadcast(Binary64.SmallestNormalSingle));
        return TLanes.AndNot(TLanes.And(underflow, magnitude), product);
    }
}
