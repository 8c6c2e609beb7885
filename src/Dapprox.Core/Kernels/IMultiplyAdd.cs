using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>
/// The innermost step of a kernel: many products at once, and their addition to as many accumulators. One operand is a vector,
/// the other one number in all lanes or a vector too.
/// </summary>
/// <typeparam name="TSelf">The implementing type, whose stages <see cref="Add"/> calls.</typeparam>
/// <typeparam name="TElement">The type in which operands are packed.</typeparam>
/// <typeparam name="TVector">A vector of operands.</typeparam>
/// <typeparam name="TSum">A vector of accumulators, as many as operands; <c>default</c> is +0.</typeparam>
unsafe interface IMultiplyAdd<TSelf, TElement, TVector, TSum> : IProductStages<TVector, TSum>
    where TSelf : IMultiplyAdd<TSelf, TElement, TVector, TSum>
    where TElement : unmanaged
{
    static abstract bool IsSupported { get; }

    /// <summary>How many operands a vector has.</summary>
    static abstract int Lanes { get; }

    /// <summary>−0 in every lane: the sum to which any product, a zero of either sign included, is added unchanged.</summary>
    static abstract TSum NegativeZero { get; }

    static abstract TVector Load(TElement* source);

    static abstract TVector Broadcast(TElement* source);

    /// <summary>Rounds sums to binary32, adds the bias and stores.</summary>
    static abstract void StoreSum(TSum sum, float* bias, float* destination);

    /// <summary>All stages in a row: the accumulators after the products are added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSum Add(TSum sum, TVector a0, TVector a1, TVector b0, TVector b1)
    {
        TVector begun = TSelf.Begin(a0, b0, b1);
        TVector refined = TSelf.Refine(a1, b0, TSelf.Continue(a0, b1, begun));
        return TSelf.End(sum, a0, a1, b0, b1, begun, refined);
    }
}
