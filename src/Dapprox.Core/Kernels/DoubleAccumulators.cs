using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>Accumulators that take products from binary64 lanes.</summary>
interface IDoubleAccumulator<TVector, TSingles, TSum>
{
    static abstract TSum NegativeZero { get; }

    static abstract TSum Add(TSum sum, TVector product);

    static abstract TSingles ToSingles(TSum sum);
}

/// <summary>Accumulators in binary64, rounded to binary32 once, at the end.</summary>
readonly struct AccumulateDoubles<TLanes, TVector, TSingles> : IDoubleAccumulator<TVector, TSingles, TVector>
    where TLanes : IDoubleLanes<TVector, TSingles>
{
    public static TVector NegativeZero => TLanes.Broadcast(-0.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector sum, TVector product) => TLanes.Add(sum, product);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSingles ToSingles(TVector sum) => TLanes.ToSingles(sum);
}

/// <summary>Accumulators in binary32. Converting a product to binary32 is exact, because each is a binary32 number already.</summary>
readonly struct AccumulateSingles<TLanes, TVector, TSingles> : IDoubleAccumulator<TVector, TSingles, TSingles>
    where TLanes : IDoubleLanes<TVector, TSingles>
{
    public static TSingles NegativeZero => TLanes.ToSingles(TLanes.Broadcast(-0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSingles Add(TSingles sum, TVector product) => TLanes.AddSingles(sum, TLanes.ToSingles(product));

    public static TSingles ToSingles(TSingles sum) => sum;
}
