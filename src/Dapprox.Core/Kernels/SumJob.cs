namespace Dapprox.Kernels;

/// <summary>The sums of some rows (positions or images) for some panels of columns.</summary>
readonly unsafe ref struct SumJob
{
    /// <summary>The packed activations that the indices in <see cref="Rows"/> count from.</summary>
    public required byte* Activations { get; init; }

    /// <summary>How many activations were packed: the distance from a high part to its low part, in elements.</summary>
    public required int Length { get; init; }

    /// <summary>The index of each row's origin among the activations.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>The distance from a row's origin to each operand, in the order of summation.</summary>
    public required int* Offsets { get; init; }

    public required PackedWeights Weights { get; init; }

    public required int FirstPanel { get; init; }

    /// <summary>The panel after the last.</summary>
    public required int EndPanel { get; init; }

    /// <summary>Receives the output of row 0 and column 0 here.</summary>
    public required float* Outputs { get; init; }

    /// <summary>Distance from an output to that of the next row; this or <see cref="ColumnStride"/> is 1.</summary>
    public required int RowStride { get; init; }

    /// <summary>Distance from an output to that of the next column.</summary>
    public required int ColumnStride { get; init; }
}
