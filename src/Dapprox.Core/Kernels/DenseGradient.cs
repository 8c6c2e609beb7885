using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels;

/// <summary>
/// The gradient of a loss with respect to the weights of a <see cref="DenseKernel"/> with exact products:
/// <c>gradient[o, k] = Σ_n outputGradient[n, o] · input[n, k]</c>, n from 0 upwards, fused sums in binary32. Results are bit-identical
/// on every path.
/// </summary>
public static class DenseGradient
{
    // Inputs of the layer that are packed together: with a hundred rows they fit the second-level cache.
    const int ColumnBlock = 512;

    /// <summary>Computes the gradient.</summary>
    /// <param name="input"><c>[rows, inputs]</c>.</param>
    /// <param name="outputGradient"><c>[rows, outputs]</c>.</param>
    /// <param name="inputs">Inputs per row; at least 1.</param>
    /// <param name="outputs">Outputs per row; at least 1.</param>
    /// <param name="gradient">Receives <c>[outputs, inputs]</c>.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. Results do not depend on it.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes.</exception>
    public static void Run(
        ReadOnlySpan<float> input, float[] outputGradient, int inputs, int outputs, Span<float> gradient, int threads = 0) =>
        Run(input, outputGradient, inputs, outputs, gradient, threads, only: null);

    internal static void Run(
        ReadOnlySpan<float> input, float[] outputGradient, int inputs, int outputs, Span<float> gradient, int threads, string? only)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        int rows = outputGradient.Length / outputs;
        if (input.Length != (long)rows * inputs || outputGradient.Length != rows * outputs || gradient.Length != (long)outputs * inputs)
        {
            throw new ArgumentException(
                $"{input.Length} inputs, {outputGradient.Length} gradients of outputs and {gradient.Length} of weights do not fit rows of "
                    + $"{inputs} inputs and {outputs} outputs.",
                nameof(gradient));
        }

        KernelPath? path = KernelTable.Usable(ExactMultiplier.FusedSum, Accumulation.Float32, only).FirstOrDefault();
        int[] origins = [.. Enumerable.Range(0, outputs)], offsets = [.. Enumerable.Range(0, rows).Select(row => row * outputs)];
        int blocks = (inputs + ColumnBlock - 1) / ColumnBlock;
        ParallelRange.ForEach(input, gradient, blocks, ParallelRange.Threads(threads, (long)rows * inputs * outputs), (block, from, to) =>
        {
            int first = block * ColumnBlock;
            var layout = new WeightLayout(Math.Min(ColumnBlock, inputs - first), rows, ColumnStride: 1, CountStride: inputs);
            if (rows == 0)
                to.Clear();
            else if (path is null)
                Define(from[first..], outputGradient, layout, outputs, to[first..]);
            else
                path.SumUnpacked(
                    outputGradient, origins, offsets, path.Pack(from[first..], layout, bias: [], isLean: false), to[first..],
                    rowStride: inputs, columnStride: 1);
        });
    }

    static void Define(ReadOnlySpan<float> input, float[] outputGradient, WeightLayout layout, int outputs, Span<float> gradient)
    {
        for (int output = 0; output < outputs; output++)
        {
            for (int column = 0; column < layout.Columns; column++)
            {
                var sum = new ScalarSum(ExactMultiplier.FusedSum, Accumulation.Float32);
                for (int row = 0; row < layout.Count; row++)
                    sum.Add(outputGradient[row * outputs + output], input[layout.IndexOf(column, row)]);
                gradient[output * layout.CountStride + column] = sum.Finish(0);
            }
        }
    }
}
