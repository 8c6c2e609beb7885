using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels;

/// <summary>
/// A fully connected layer: <c>output[n, o] = Σ_k input[n, k] · weights[o, k] + bias[o]</c>, k from 0 upwards, each
/// product by the multiplier with the input as first operand. See <see cref="Accumulation"/> for the rounding of sums.
/// </summary>
/// <remarks>Weights are packed once; an instance can be used by many threads at the same time.</remarks>
public sealed class DenseKernel : IDenseKernel
{
    readonly WeightedSums sums;
    readonly int[] offsets;

    /// <summary>Prepares the layer.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="weights"><c>[outputs, inputs]</c>; kept, not copied, and not to change any more.</param>
    /// <param name="bias"><c>[outputs]</c>, or empty.</param>
    /// <param name="inputs">Inputs per row; at least 1.</param>
    /// <param name="outputs">Outputs per row; at least 1.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <exception cref="ArgumentException">The weights or the bias have the wrong length.</exception>
    public DenseKernel(FloatMultiplier multiplier, float[] weights, float[] bias, int inputs, int outputs,
        Accumulation accumulation = Accumulation.Float32)
        : this(multiplier, weights, bias, WeightLayout.ByColumn(outputs, inputs), accumulation, path: null)
    {
    }

    internal DenseKernel(
        FloatMultiplier multiplier, float[] weights, float[] bias, WeightLayout layout, Accumulation accumulation, string? path)
    {
        Inputs = layout.Count;
        Outputs = layout.Columns;
        ArgumentOutOfRangeException.ThrowIfLessThan(Inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Outputs, 1);
        offsets = Enumerable.Range(0, Inputs).ToArray();
        sums = new WeightedSums(multiplier, accumulation, path, weights, matrices: 1, layout, bias, isLean: true);
    }

    /// <summary>Prepares the layer from weights in the other order, <c>[inputs, outputs]</c>.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="weights"><c>[inputs, outputs]</c>; kept, not copied, and not to change any more.</param>
    /// <param name="bias"><c>[outputs]</c>, or empty.</param>
    /// <param name="inputs">Inputs per row; at least 1.</param>
    /// <param name="outputs">Outputs per row; at least 1.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <exception cref="ArgumentException">The weights or the bias have the wrong length.</exception>
    public static DenseKernel FromColumns(
        FloatMultiplier multiplier, float[] weights, float[] bias, int inputs, int outputs,
        Accumulation accumulation = Accumulation.Float32) =>
        new(multiplier, weights, bias, WeightLayout.ByRow(outputs, inputs), accumulation, path: null);

    /// <inheritdoc/>
    public int Inputs { get; }

    /// <inheritdoc/>
    public int Outputs { get; }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int threads = 0)
    {
        int rows = Rows(this, input, output);
        threads = ParallelRange.Threads(threads, (long)output.Length * Inputs);
        // Rows that share one packing and one pass over the weights.
        int block = sums.RowBlock;
        int blocks = (rows + block - 1) / block;
        bool byRows = blocks >= threads;
        ParallelRange.ForEach(input, output, blocks, byRows ? threads : 1, (index, source, destination) =>
        {
            int first = index * block;
            int count = Math.Min(block, rows - first);
            RunBlock(
                source.Slice(first * Inputs, count * Inputs),
                destination.Slice(first * Outputs, count * Outputs),
                count, byRows ? 1 : threads);
        });
    }

    /// <summary>The number of rows that a layer computes.</summary>
    /// <exception cref="ArgumentException">A length is not a multiple of a row's, or the numbers of rows differ.</exception>
    internal static int Rows(IDenseKernel layer, ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        int rows = input.Length / layer.Inputs;
        return input.Length == rows * layer.Inputs && output.Length == (long)rows * layer.Outputs ? rows : throw new ArgumentException(
            $"{input.Length} inputs and {output.Length} outputs are not rows of {layer.Inputs} and {layer.Outputs}.", nameof(output));
    }

    void RunBlock(ReadOnlySpan<float> input, Span<float> output, int count, int threads)
    {
        using WeightedSums.PackedActivations? packed = sums.TryPack(input);
        if (packed is null)
        {
            ParallelRange.ForEach(input, output, Outputs, threads, (column, source, destination) =>
            {
                for (int row = 0; row < count; row++)
                    destination[row * Outputs + column] = sums.Define(source.Slice(row * Inputs, Inputs), column);
            });
            return;
        }

        ParallelRange.ForEach(input, output, threads == 1 ? 1 : packed.Panels, threads, (part, _, destination) =>
        {
            Span<int> rows = stackalloc int[count];
            for (int row = 0; row < count; row++)
                rows[row] = row * Inputs;
            Range panels = threads == 1 ? .. : part..(part + 1);
            packed.Sum(0, 0, rows, offsets, panels, destination, rowStride: Outputs, columnStride: 1);
        });
        WeightedSums.Canonicalise(output);
    }
}
