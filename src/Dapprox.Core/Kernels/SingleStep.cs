using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Products in binary32 lanes, added to binary32 accumulators.</summary>
readonly unsafe struct SingleStep<TProduct, TLanes, TVector>
    : IMultiplyAdd<SingleStep<TProduct, TLanes, TVector>, float, TVector, TVector>
    where TProduct : IProductStages<TVector, TVector>
    where TLanes : ISingleLanes<TVector>
{
    public static bool IsSupported => TLanes.IsSupported;

    public static int Lanes => TLanes.Count;

    public static bool Split => TProduct.Split;

    public static bool DerivesWeights => TProduct.DerivesWeights;

    public static TVector NegativeZero => TLanes.Broadcast(-0f);

    public static TVector Load(float* source) => TLanes.Load(source);

    public static TVector Broadcast(float* source) => TLanes.Broadcast(*source);

    public static void StoreSum(TVector sum, float* bias, float* destination) =>
        TLanes.Store(TLanes.Add(sum, TLanes.Load(bias)), destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SplitWeight(TVector b0) => TProduct.SplitWeight(b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(TVector a0, TVector b0, TVector b1) => TProduct.Begin(a0, b0, b1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Continue(TVector a0, TVector b1, TVector begun) => TProduct.Continue(a0, b1, begun);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Refine(TVector a1, TVector b0, TVector continued) => TProduct.Refine(a1, b0, continued);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) =>
        TProduct.End(sum, a0, a1, b0, b1, begun, refined);
}
