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
        int rows = input.Length / Inputs;
        if (input.Length != rows * Inputs || output.Length != (long)rows * Outputs)
        {
            throw new ArgumentException(
                $"{input.Length} inputs and {output.Length} outputs are not rows of {Inputs} and {Outputs}.", nameof(output));
        }

        threads = ParallelRange.Threads(threads, (long)output.Length * Inputs);
        int blocks = (rows + IntegerPath.Lanes - 1) / IntegerPath.Lanes;
        // Few rows share one block, whose columns are divided.
        int parts = blocks >= threads ? 1 : threads;
        ParallelRange.ForEach(input, output, blocks * parts, threads, (index, source, destination) =>
        {
            int first = index / parts * IntegerPath.Lanes, part = index % parts;
            RunBlock(
                source, destination, first, Math.Min(IntegerPath.Lanes, rows - first), part * Outputs / parts,
                (part + 1) * Outputs / parts);
        });
    }

    void RunBlock(ReadOnlySpan<float> input, Span<float> output, int firstRow, int rows, int firstColumn, int endColumn)
    {
        using var block = new QuantisedSums.Block(Inputs, endColumn - firstColumn, rows);
        byte[] codes = new byte[Inputs];
        for (int row = 0; row < rows; row++)
        {
            fixed (byte* own = codes)
                sums.Quantise(input.Slice((firstRow + row) * Inputs, Inputs), own);
            for (int k = 0; k < codes.Length; k++)
                block.Codes[(nint)k * IntegerPath.Lanes + row] = codes[k];
        }

        sums.Sum(0, block, rows, firstColumn, endColumn);
        for (int row = 0; row < rows; row++)
        {
            for (int column = firstColumn; column < endColumn; column++)
                output[(firstRow + row) * Outputs + column] = block.Outputs[(nint)(column - firstColumn) * IntegerPath.Lanes + row];
        }
    }
}
