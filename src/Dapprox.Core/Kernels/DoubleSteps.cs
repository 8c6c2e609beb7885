using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Products in binary64 lanes, added to binary64 accumulators.</summary>
readonly unsafe struct DoubleSumStep<TProduct, TLanes, TVector, TSingles> : IMultiplyAdd<double, TVector, TVector>
    where TProduct : IDoubleProduct
    where TLanes : IDoubleLanes<TVector, TSingles>
{
    public static bool IsSupported => TLanes.IsSupported;

    public static int Lanes => TLanes.Count;

    public static bool Split => TProduct.Split;

    public static bool DerivesWeights => false;

    public static TVector Load(double* source) => TLanes.Load(source);

    public static TVector Broadcast(double* source) => TLanes.Broadcast(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Product(TVector a0, TVector a1, TVector b0, TVector b1) =>
        TProduct.Multiply<TLanes, TVector, TSingles>(a0, a1, b0, b1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1) =>
        TLanes.Add(sum, Product(a0, a1, b0, b1));

    public static TVector SecondWeight(TVector b0) => b0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(TVector a0, TVector b0, TVector b1) => b0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Continue(TVector a0, TVector b1, TVector begun) => begun;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Refine(TVector a1, TVector b0, TVector continued) => continued;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) => Add(sum, a0, a1, b0, b1);

    public static void StoreProduct(TVector product, float* destination) =>
        TLanes.StoreSingles(TLanes.ToSingles(product), destination);

    public static void StoreSum(TVector sum, float* bias, float* destination) =>
        TLanes.StoreSingles(TLanes.AddSingles(TLanes.ToSingles(sum), TLanes.LoadSingles(bias)), destination);
}

/// <summary>Products in binary64 lanes, added to binary32 accumulators: each is a binary32 number already.</summary>
readonly unsafe struct DoubleProductStep<TProduct, TLanes, TVector, TSingles> : IMultiplyAdd<double, TVector, TSingles>
    where TProduct : IDoubleProduct
    where TLanes : IDoubleLanes<TVector, TSingles>
{
    public static bool IsSupported => TLanes.IsSupported;

    public static int Lanes => TLanes.Count;

    public static bool Split => TProduct.Split;

    public static bool DerivesWeights => false;

    public static TVector Load(double* source) => TLanes.Load(source);

    public static TVector Broadcast(double* source) => TLanes.Broadcast(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Product(TVector a0, TVector a1, TVector b0, TVector b1) =>
        TProduct.Multiply<TLanes, TVector, TSingles>(a0, a1, b0, b1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSingles Add(TSingles sum, TVector a0, TVector a1, TVector b0, TVector b1) =>
        TLanes.AddSingles(sum, TLanes.ToSingles(Product(a0, a1, b0, b1)));

    public static TVector SecondWeight(TVector b0) => b0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(TVector a0, TVector b0, TVector b1) => b0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Continue(TVector a0, TVector b1, TVector begun) => begun;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Refine(TVector a1, TVector b0, TVector continued) => continued;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSingles End(TSingles sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) => Add(sum, a0, a1, b0, b1);

    public static void StoreProduct(TVector product, float* destination) =>
        TLanes.StoreSingles(TLanes.ToSingles(product), destination);

    public static void StoreSum(TSingles sum, float* bias, float* destination) =>
        TLanes.StoreSingles(TLanes.AddSingles(sum, TLanes.LoadSingles(bias)), destination);
}
