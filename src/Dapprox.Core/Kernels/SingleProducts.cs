using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Products computed in binary32 lanes, and how a sum takes them.</summary>
interface ISingleProduct<TVector>
{
    static abstract bool Split { get; }

    static abstract TVector Multiply(TVector a0, TVector a1, TVector b0, TVector b1);

    static abstract TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1);

    static virtual bool DerivesWeights => false;

    static virtual TVector SecondWeight(TVector b0) => b0;

    static abstract TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined);

    static virtual TVector Begin(TVector a0, TVector b0, TVector b1) => b0;

    static virtual TVector Continue(TVector a0, TVector b1, TVector begun) => begun;

    static virtual TVector Refine(TVector a1, TVector b0, TVector continued) => continued;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(TVector a0, TVector b0, TVector b1) => TLanes.Multiply(a0, b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) => TLanes.Add(sum, begun);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) => TLanes.FusedMultiplyAdd(a0, b0, sum);
}
