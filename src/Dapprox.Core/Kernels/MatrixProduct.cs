using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>Matrix products.</summary>
public static class MatrixProduct
{
    /// <summary>
    /// Effectively computes <c>result[i, j] = Σ_k activations[i, k] · weights[k, j]</c>, k from 0 upwards, every product
    /// by the multiplier. A matrix of weights that is used often is better kept in a <see cref="DenseKernel"/>.
    /// </summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="activations"><c>[rows, inner]</c>, the first operands.</param>
    /// <param name="weights"><c>[inner, columns]</c>, the second operands.</param>
    /// <param name="rows">Rows of activations; at least 1.</param>
    /// <param name="inner">Products per sum; at least 1.</param>
    /// <param name="columns">Columns of weights; at least 1.</param>
    /// <param name="result">Receives <c>[rows, columns]</c>; must not overlap the operands.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. Results do not depend on it.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes.</exception>
    public static void Run(
        FloatMultiplier multiplier, ReadOnlySpan<float> activations, float[] weights, int rows, int inner, int columns,
        Span<float> result, Accumulation accumulation = Accumulation.Float32, int threads = 0) =>
        Run(multiplier, activations, weights, rows, inner, columns, result, accumulation, threads, path: null);

    internal static void Run(
        FloatMultiplier multiplier, ReadOnlySpan<float> activations, float[] weights, int rows, int inner, int columns,
        Span<float> result, Accumulation accumulation, int threads, string? path)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (activations.Length != (long)rows * inner)
            throw new ArgumentException($"{activations.Length} activations do not fill {rows} x {inner}.", nameof(activations));
        new DenseKernel(multiplier, weights, [], WeightLayout.ByRow(columns, inner), accumulation, path)
            .Run(activations, result, threads);
    }
}
