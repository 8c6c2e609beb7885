using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>A product that underflows, below 2⁻¹²⁶, becomes a zero with its sign.</summary>
readonly struct Underflowing<TProduct> : IDoubleProduct
    where TProduct : IDoubleProduct
{
    public static bool Split => TProduct.Split;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Multiply<TLanes, TVector, TSingles>(TVector a0, TVector a1, TVector b0, TVector b1)
        where TLanes : IDoubleLanes<TVector, TSingles>
    {
        TVector product = TProduct.Multiply<TLanes, TVector, TSingles>(a0, a1, b0, b1);
        TVector magnitude = TLanes.Broadcast(Binary64.Magnitude);
        TVector underflow = TLanes.LessThan(
            TLanes.And(product, magnitude), TLanes.Broadcast(Binary64.SmallestNormalSingle));
        // Everything but the sign goes where the product underflowed.
        return TLanes.AndNot(TLanes.And(underflow, magnitude), product);
    }
}
