using System.Buffers;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels.Integers;

/// <summary>A fully connected layer whose products are products of integers; <see cref="Quantisation"/> has the formula.</summary>
/// <remarks>Weights are packed once; an instance can be used by many threads at the same time.</remarks>
public sealed unsafe class QuantisedDenseKernel : IDenseKernel
{
    readonly QuantisedSums sums;

    /// <summary>Prepares the layer.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="quantisation">The formats of its operands.</param>
    /// <param name="weights"><c>[outputs, inputs]</c>, as real numbers.</param>
    /// <param name="bias"><c>[outputs]</c>, or empty.</param>
    /// <param name="outputs">Outputs per row; at least 1.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="InputException">The multiplier is too narrow for the formats.</exception>
    public QuantisedDenseKernel(IntegerMultiplier multiplier, Quantisation quantisation, float[] weights, float[] bias, int outputs)
        : this(multiplier, quantisation, weights, bias, outputs, path: null)
    {
    }

    internal QuantisedDenseKernel(
        IntegerMultiplier multiplier, Quantisation quantisation, float[] weights, float[] bias, int outputs, string? path) =>
        sums = new QuantisedSums(multiplier, quantisation, weights, matrixCount: 1, outputs, bias, path);

    /// <inheritdoc/>
    public int Inputs => sums.Count;

    /// <inheritdoc/>
    public int Outputs => sums.Columns;

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int threads = 0)
    {
        int rows = DenseKernel.Rows(this, input, output);
        threads = ParallelRange.Threads(threads, (long)output.Length * Inputs);
        int blocks = (rows + IntegerPath.Lanes - 1) / IntegerPath.Lanes;
        // Few rows share one block, whose columns are divided.
        bool byRows = blocks >= threads;
        ParallelRange.ForEach(input, output, blocks, byRows ? threads : 1, (index, source, destination) =>
        {
            int first = index * IntegerPath.Lanes, count = Math.Min(IntegerPath.Lanes, rows - first);
            RunBlock(
                source.Slice(first * Inputs, count * Inputs), destination.Slice(first * Outputs, count * Outputs), count,
                byRows ? 1 : threads);
        });
    }

    void RunBlock(ReadOnlySpan<float> input, Span<float> output, int rows, int threads)
    {
        using var block = new QuantisedSums.Block(Inputs, Outputs, rows);
        byte[] codes = ArrayPool<byte>.Shared.Rent(rows * Inputs);
        fixed (byte* own = codes)
        {
            sums.Quantise(input, own);
            TransposedStore.Run(own, Inputs, rows, Inputs, block.Codes, IntegerPath.Lanes);
        }

        ArrayPool<byte>.Shared.Return(codes);
        ParallelRange.ForEach(input, output, threads, threads, (part, _, destination) =>
        {
            int first = part * Outputs / threads, end = (part + 1) * Outputs / threads;
            sums.Sum(0, block, rows, first, end);
            fixed (float* to = destination)
            {
                TransposedStore.Run(
                    block.Outputs + (nint)first * IntegerPath.Lanes, IntegerPath.Lanes, end - first, rows, to + first, Outputs);
            }
        });
    }
}
