using System.Runtime.CompilerServices;

namespace DefensiveApproximation.Kernels;

/// <summary>Exact binary32 products, rounded, added to binary32 accumulators.</summary>
readonly unsafe struct ExactStep<TLanes, TVector> : IMultiplyAdd<float, TVector, TVector>
    where TLanes : ISingleLanes<TVector>
{
    public static bool IsSupported => TLanes.IsSupported;

    public static int Lanes => TLanes.Count;

    public static bool Split => false;

    public static TVector Load(float* source) => TLanes.Load(source);

    public static TVector Broadcast(float* source) => TLanes.Broadcast(*source);

    public static TVector Product(TVector a0, TVector a1, TVector b0, TVector b1) => TLanes.Multiply(a0, b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1) =>
        TLanes.Add(sum, TLanes.Multiply(a0, b0));

    public static void StoreProduct(TVector product, float* destination) => TLanes.Store(product, destination);

    public static void StoreSum(TVector sum, float* bias, float* destination) =>
        TLanes.Store(TLanes.Add(sum, TLanes.Load(bias)), destination);
}

/// <summary>Exact products added unrounded to binary32 accumulators.</summary>
readonly unsafe struct FusedStep<TLanes, TVector> : IMultiplyAdd<float, TVector, TVector>
    where TLanes : ISingleLanes<TVector>
{
    public static bool IsSupported => TLanes.IsSupported && TLanes.HasFusedMultiplyAdd;

    public static int Lanes => TLanes.Count;

    public static bool Split => false;

    public static TVector Load(float* source) => TLanes.Load(source);

    public static TVector Broadcast(float* source) => TLanes.Broadcast(*source);

    public static TVector Product(TVector a0, TVector a1, TVector b0, TVector b1) => TLanes.Multiply(a0, b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1) =>
        TLanes.FusedMultiplyAdd(a0, b0, sum);

    public static void StoreProduct(TVector product, float* destination) => TLanes.Store(product, destination);

    public static void StoreSum(TVector sum, float* bias, float* destination) =>
        TLanes.Store(TLanes.Add(sum, TLanes.Load(bias)), destination);
}
