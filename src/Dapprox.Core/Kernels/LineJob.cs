namespace Dapprox.Kernels;

/// <summary>The sums of all columns for lines: runs of rows whose origins are neighbours in the activations.</summary>
readonly unsafe ref struct LineJob
{
    /// <summary>The packed activations that the indices in <see cref="Lines"/> count from.</summary>
    public required byte* Activations { get; init; }

    /// <summary>How many activations were packed: the distance from a high part to its low part, in elements.</summary>
    public required int Length { get; init; }

    /// <summary>The index of the first origin of each line among the activations.</summary>
    public required ReadOnlySpan<int> Lines { get; init; }

    /// <summary>How many rows a line has; at least as many as a vector has lanes.</summary>
    public required int LineLength { get; init; }

    /// <summary>The distance from a row's origin to each operand, in the order of summation.</summary>
    public required int* Offsets { get; init; }

    public required PackedWeights Weights { get; init; }

    /// <summary>Receives the output of row 0 and column 0 here; those of the other rows follow.</summary>
    public required float* Outputs { get; init; }

    /// <summary>Distance from an output to that of the next column.</summary>
    public required int ColumnStride { get; init; }
}
