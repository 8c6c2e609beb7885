namespace Dapprox.Kernels;

/// <summary>
/// The innermost step of a kernel: many products at once, and their addition to as many accumulators. One operand is a
/// vector of weights, the other one activation in all lanes; each has a second part where the format splits operands.
/// </summary>
/// <typeparam name="TElement">The type in which operands are packed.</typeparam>
/// <typeparam name="TVector">A vector of operands.</typeparam>
/// <typeparam name="TSum">A vector of accumulators, as many as operands; <c>default</c> is +0.</typeparam>
unsafe interface IMultiplyAdd<TElement, TVector, TSum>
    where TElement : unmanaged
{
    static abstract bool IsSupported { get; }

    /// <summary>How many operands a vector has.</summary>
    static abstract int Lanes { get; }

    /// <summary>Whether the second parts <c>a1</c> and <c>b1</c> are used.</summary>
    static abstract bool Split { get; }

    /// <summary>Whether the second part of weights can be made from the first in little time, and need not be kept.</summary>
    static abstract bool DerivesWeights { get; }

    static abstract TVector Load(TElement* source);

    static abstract TVector Broadcast(TElement* source);

    /// <summary>The products, each a binary32 number.</summary>
    static abstract TVector Product(TVector a0, TVector a1, TVector b0, TVector b1);

    /// <summary>The second part of weights from the first, where <see cref="DerivesWeights"/>.</summary>
    static abstract TVector SecondWeight(TVector b0);

    /// <summary>
    /// The first of the stages in which a product is made and added. A tile takes several products through each stage before the
    /// next, so that no instruction waits for the one before it.
    /// </summary>
    static abstract TVector Begin(TVector a0, TVector b0, TVector b1);

    /// <summary>The second stage, of what <see cref="Begin"/> gave.</summary>
    static abstract TVector Continue(TVector a0, TVector b1, TVector begun);

    /// <summary>The third, of what <see cref="Continue"/> gave.</summary>
    static abstract TVector Refine(TVector a1, TVector b0, TVector continued);

    /// <summary>The last: the accumulators after the products are added.</summary>
    static abstract TSum End(TSum sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined);

    /// <summary>All stages at once: the accumulators after the products are added.</summary>
    static abstract TSum Add(TSum sum, TVector a0, TVector a1, TVector b0, TVector b1);

    /// <summary>Stores products as binary32 numbers.</summary>
    static abstract void StoreProduct(TVector product, float* destination);

    /// <summary>Rounds to binary32, adds the bias and stores.</summary>
    static abstract void StoreSum(TSum sum, float* bias, float* destination);
}
