namespace Dapprox.Kernels;

/// <summary>Where the weight of an output (column) and of one of its products lies in an array.</summary>
/// <param name="Columns">How many outputs a row has.</param>
/// <param name="Count">How many products a sum has.</param>
/// <param name="ColumnStride">Distance from a weight to the same one of the next column.</param>
/// <param name="CountStride">Distance from a weight to the next one of the same sum.</param>
readonly record struct WeightLayout(int Columns, int Count, int ColumnStride, int CountStride)
{
    /// <summary><c>[columns, count]</c>: the weights of a sum are contiguous.</summary>
    public static WeightLayout ByColumn(int columns, int count) => new(columns, count, ColumnStride: count, CountStride: 1);

    /// <summary><c>[count, columns]</c>: the matrix of a product <c>activations · weights</c>.</summary>
    public static WeightLayout ByRow(int columns, int count) => new(columns, count, ColumnStride: 1, CountStride: columns);

    /// <summary>How many weights there are.</summary>
    public int Length => Columns * Count;
}
