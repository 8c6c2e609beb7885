namespace Dapprox.Kernels;

/// <summary>Where the weight of an output (column) and of one of its products lies in an array.</summary>
/// <param name="Columns">How many outputs a row has.</param>
/// <param name="Count">How many products a sum has.</param>
/// <param name="ColumnStride">Distance from a weight to the same one of the next column.</param>
/// <param name="CountStride">Distance from a weight to the next one of the same sum and run.</param>
readonly record struct WeightLayout(int Columns, int Count, int ColumnStride, int CountStride)
{
    /// <summary>How many weights of a sum follow one another at <see cref="CountStride"/>; a sum is one or more such runs.</summary>
    public int Run { get; private init; } = Count;

    /// <summary>Distance from a run to the next run of the same sum.</summary>
    public int RunStride { get; private init; }


    /// <summary><c>[columns, count]</c>: the weights of a sum are contiguous.</summary>
    public static WeightLayout ByColumn(int columns, int count) => new(columns, count, ColumnStride: count, CountStride: 1);

    /// <summary><c>[count, columns]</c>: the matrix of a product <c>activations · weights</c>.</summary>
    public static WeightLayout ByRow(int columns, int count) => new(columns, count, ColumnStride: 1, CountStride: columns);

    /// <summary>
    /// The first columns of <c>[batch, channels, positions]</c>, as layers give them: a sum goes over the positions of one image after
    /// another.
    /// </summary>
    public static WeightLayout ByPosition(int batch, int columns, int channels, int positions) =>
        new(columns, batch * positions, ColumnStride: positions, CountStride: 1) { Run = positions, RunStride = channels * positions };

    /// <summary>How many weights there are.</summary>
    public int Length => Columns * Count;

    /// <summary>The index of a weight.</summary>
    /// <param name="column">The output.</param>
    /// <param name="k">The product of its sum.</param>
    public int IndexOf(int column, int k) => column * ColumnStride + k / Run * RunStride + k % Run * CountStride;
}
