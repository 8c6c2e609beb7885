using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>The exact product, not rounded: added to a binary64 sum it is a fused multiply-add.</summary>
readonly struct FusedDouble : IDoubleProduct
{
    public static bool Split => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles> =>
        TLanes.Multiply(a0, b0);
}
