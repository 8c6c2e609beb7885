using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Ax-FPM whose exponent moves with the carry: m, truncated.</summary>
readonly struct AxFpmRenormalisedDouble : IDoubleProduct
{
    public static bool Split => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector m = TLanes.MultiplyAdd(a1, b0, TLanes.Multiply(a0, b1));
        // Truncated to binary32: the lower 29 bits of the fraction go.
        return TLanes.And(m, TLanes.Broadcast(Binary64.SinglePart));
    }
}
