using System.Runtime.CompilerServices;

namespace DefensiveApproximation.Kernels;

/// <summary>Products computed in binary32 lanes, and how a sum takes them.</summary>
interface ISingleProduct<TVector>
{
    static abstract bool Split { get; }

    static abstract TVector Multiply(TVector a0, TVector a1, TVector b0, TVector b1);

    static abstract TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1);
}

/// <summary>The exact product, rounded and then added.</summary>
readonly struct ExactSingle<TLanes, TVector> : ISingleProduct<TVector>
    where TLanes : ISingleLanes<TVector>
{
    public static bool Split => false;

    public static TVector Multiply(TVector a0, TVector a1, TVector b0, TVector b1) => TLanes.Multiply(a0, b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1) =>
        TLanes.Add(sum, TLanes.Multiply(a0, b0));
}

/// <summary>The exact product, added unrounded.</summary>
readonly struct FusedSingle<TLanes, TVector> : ISingleProduct<TVector>
    where TLanes : ISingleLanes<TVector>
{
    public static bool Split => false;

    public static TVector Multiply(TVector a0, TVector a1, TVector b0, TVector b1) => TLanes.Multiply(a0, b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1) =>
        TLanes.FusedMultiplyAdd(a0, b0, sum);
}
