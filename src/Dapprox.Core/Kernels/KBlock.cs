namespace Dapprox.Kernels;

/// <summary>
/// A part of a sum's products, k from some first to some last, for one panel of columns: what all tiles that use the same packed
/// weights have in common.
/// </summary>
readonly unsafe struct KBlock<TElement>
    where TElement : unmanaged
{
    /// <summary>The packed activations; where they are split, their high parts.</summary>
    public required TElement* Activations { get; init; }

    /// <summary>Distance from the high part of an activation to its low part, in elements.</summary>
    public required nint LowPart { get; init; }

    /// <summary>The distance from a row's origin to each operand, in the order of summation.</summary>
    public required int* Offsets { get; init; }

    /// <summary>How many products the block adds to a sum.</summary>
    public required int Count { get; init; }

    /// <summary>The packed weights of the block.</summary>
    public required TElement* Weights { get; init; }

    /// <summary>How many vectors of columns the panel has.</summary>
    public required int Vectors { get; init; }

    /// <summary>Whether the split operands of the weights are not packed, and are derived in the loop.</summary>
    public required bool DerivesWeights { get; init; }

    /// <summary>One number per column.</summary>
    public required float* Bias { get; init; }

    /// <summary>Whether the sums begin with this block; otherwise their accumulators are loaded.</summary>
    public required bool IsFirst { get; init; }

    /// <summary>Whether the sums end with this block; otherwise their accumulators are stored as they are.</summary>
    public required bool IsLast { get; init; }
}
