using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>The exact product, added unrounded.</summary>
readonly struct FusedSingle<TLanes, TVector> : IProductStages<TVector, TVector>
    where TLanes : ISingleLanes<TVector>
{
    public static bool Split => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) =>
        TLanes.FusedMultiplyAdd(a0, b0, sum);
}
