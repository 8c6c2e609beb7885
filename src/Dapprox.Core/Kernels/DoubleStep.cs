using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Products in binary64 lanes, added to accumulators of either format.</summary>
/// <typeparam name="TProduct">Computes the products.</typeparam>
/// <typeparam name="TAccumulator">The format of the accumulators.</typeparam>
/// <typeparam name="TLanes">The operations on vectors of one width.</typeparam>
/// <typeparam name="TVector">A vector of binary64 numbers.</typeparam>
/// <typeparam name="TSingles">A vector of as many binary32 numbers.</typeparam>
/// <typeparam name="TSum">A vector of accumulators: one of the two.</typeparam>
readonly unsafe struct DoubleStep<TProduct, TAccumulator, TLanes, TVector, TSingles, TSum>
    : IMultiplyAdd<DoubleStep<TProduct, TAccumulator, TLanes, TVector, TSingles, TSum>, double, TVector, TSum>
    where TProduct : IDoubleProduct
    where TAccumulator : IDoubleAccumulator<TVector, TSingles, TSum>
    where TLanes : IDoubleLanes<TVector, TSingles>
{
    public static bool IsSupported => TLanes.IsSupported;

    public static int Lanes => TLanes.Count;

    public static bool Split => TProduct.Split;

    public static TSum NegativeZero => TAccumulator.NegativeZero;

    public static TVector Load(double* source) => TLanes.Load(source);

    public static TVector Broadcast(double* source) => TLanes.Broadcast(*source);

    public static void StoreSum(TSum sum, float* bias, float* destination) =>
        TLanes.StoreSingles(TLanes.AddSingles(TAccumulator.ToSingles(sum), TLanes.LoadSingles(bias)), destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSum End(TSum sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) =>
        TAccumulator.Add(sum, TProduct.Multiply<TLanes, TVector, TSingles>(a0, a1, b0, b1));
}
