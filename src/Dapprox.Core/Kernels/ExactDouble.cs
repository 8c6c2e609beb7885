using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>The exact product: binary64 holds it, and rounding it to binary32 rounds once.</summary>
readonly struct ExactDouble : IDoubleProduct
{
    public static bool Split => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles> =>
        // There and back: the conversion to binary32 is what rounds.
        TLanes.ToDoubles(TLanes.ToSingles(TLanes.Multiply(a0, b0)));
}
