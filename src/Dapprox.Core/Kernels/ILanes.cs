namespace Dapprox.Kernels;

/// <summary>
/// The operations that a kernel body needs of a vector of numbers, so that it is written once for every width. The
/// methods are one instruction each where the processor has the width.
/// </summary>
unsafe interface ILanes<TVector, TElement>
    where TElement : unmanaged
{
    static abstract bool IsSupported { get; }

    static abstract int Count { get; }

    static abstract TVector Load(TElement* source);

    static abstract TVector Broadcast(TElement value);

    static abstract void Store(TVector vector, TElement* destination);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);
}

/// <summary>Lanes of binary32 numbers, with the fused multiply-add.</summary>
unsafe interface ISingleLanes<TVector> : ILanes<TVector, float>
{
    /// <summary>left · right + addend, rounded once; on processors without the instruction slow, and the same bits.</summary>
    static abstract TVector FusedMultiplyAdd(TVector left, TVector right, TVector addend);
}

/// <summary>Lanes of binary64 numbers, and as many of binary32 in a vector of half the size.</summary>
unsafe interface IDoubleLanes<TVector, TSingles> : ILanes<TVector, double>
{
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>left · right + addend, fused or not as the processor likes: only for what is exact either way.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector And(TVector left, TVector right);

    /// <summary>Sign and exponent of one, the 23 highest bits of the fraction of the other.</summary>
    static abstract TVector Merge(TVector exponent, TVector fraction);

    /// <summary>All ones in the lanes where <paramref name="left"/> is smaller.</summary>
    static abstract TVector LessThan(TVector left, TVector right);

    /// <summary><paramref name="right"/> without the bits of <paramref name="mask"/>.</summary>
    static abstract TVector AndNot(TVector mask, TVector right);

    /// <summary>Rounds to binary32, to nearest even.</summary>
    static abstract TSingles ToSingles(TVector doubles);

    static abstract TVector ToDoubles(TSingles singles);

    static abstract TSingles LoadSingles(float* source);

    static abstract TSingles AddSingles(TSingles left, TSingles right);

    static abstract void StoreSingles(TSingles singles, float* destination);
}
