using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

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
        // m without its fraction: a power of two with m's sign.
        TVector power = TLanes.And(m, exponent);
        // Without signs, bit patterns of numbers are ordered as the numbers are.
        TVector carried = TLanes.LessThan(
            TLanes.And(TLanes.And(p, exponent), magnitude),
            TLanes.And(power, magnitude));
        // The mask subtracts 0 where nothing was carried.
        TVector wrapped = TLanes.Subtract(m, TLanes.And(power, carried));
        // Truncated to binary32: the lower 29 bits of the fraction go.
        return TLanes.And(wrapped, TLanes.Broadcast(Binary64.SinglePart));
    }
}
