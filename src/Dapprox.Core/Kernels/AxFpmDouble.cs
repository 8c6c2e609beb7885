using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>
/// Ax-FPM in binary64: ah·bm and al·B have at most 48 significant bits, their sum m at most 49, so that two products
/// and an addition are exact, with or without fusing. Sign and exponent of ah·bm, fraction of m: see
/// <see cref="AxFpmSingle"/>.
/// </summary>
readonly struct AxFpmDouble : IDoubleProduct
{
    public static bool Split => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector p = TLanes.Multiply(a0, b1);
        TVector m = TLanes.MultiplyAdd(a1, b0, p);
        // p has the result's exponent whether m overflows or not.
        return TLanes.Merge(p, m);
    }
}
