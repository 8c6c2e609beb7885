using Dapprox.Arithmetic;
using Dapprox.Kernels;

namespace Dapprox.Networks.Layers;

/// <summary>
/// Products of two matrices of activations, as in attention: <c>[batch, …, rows, inner]</c> times <c>[batch, …, inner,
/// columns]</c>. The first is the multiplier's first operand. The gradients are those of the exact product.
/// </summary>
public sealed class MatrixMultiply : MergeLayer, IMultiplies
{
    readonly int rows;
    readonly int inner;
    readonly int columns;
    readonly int matrices;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="matrices">The number of matrices of an image.</param>
    /// <param name="rows">The rows of the first matrix.</param>
    /// <param name="inner">The columns of the first matrix and the rows of the second.</param>
    /// <param name="columns">The columns of the second matrix.</param>
    /// <param name="accumulation">The format of the sums.</param>
    public MatrixMultiply(
        string name, int matrices, int rows, int inner, int columns, FloatMultiplier multiplier,
        Accumulation accumulation = Accumulation.Float32)
        : base(name)
    {
        this.matrices = matrices;
        this.rows = rows;
        this.inner = inner;
        this.columns = columns;
        Multiplier = multiplier;
        Accumulation = accumulation;
    }

    /// <summary>The multiplier of floats.</summary>
    public FloatMultiplier Multiplier { get; }

    Multiplier IMultiplies.Multiplier => Multiplier;

    /// <inheritdoc/>
    public Quantisation? Quantisation => null;

    /// <inheritdoc/>
    public Accumulation Accumulation { get; }

    /// <inheritdoc/>
    public long Multiplications => (long)matrices * rows * inner * columns;

    /// <inheritdoc/>
    public Layer With(Multiplier multiplier, Accumulation accumulation) =>
        new MatrixMultiply(Name, matrices, rows, inner, columns, (FloatMultiplier)multiplier, accumulation);

    /// <inheritdoc/>
    public override Tensor Forward(ReadOnlySpan<Tensor> inputs, int threads)
    {
        Tensor output = Tensor.Unfilled([.. inputs[0].Shape[..^1], columns]);
        for (int matrix = 0; matrix < output.Batch * matrices; matrix++)
        {
            float[] second = inputs[1].Data.AsSpan(matrix * inner * columns, inner * columns).ToArray();
            DenseKernel.FromColumns(Multiplier, second, [], inner, columns, Accumulation)
                .Run(
                    inputs[0].Data.AsSpan(matrix * rows * inner, rows * inner),
                    output.Data.AsSpan(matrix * rows * columns, rows * columns), threads);
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor[] InputGradients(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor left = Tensor.Unfilled(inputs[0].Shape), right = Tensor.Unfilled(inputs[1].Shape);
        for (int matrix = 0; matrix < output.Batch * matrices; matrix++)
        {
            float[] a = inputs[0].Data.AsSpan(matrix * rows * inner, rows * inner).ToArray();
            float[] b = inputs[1].Data.AsSpan(matrix * inner * columns, inner * columns).ToArray();
            float[] back = outputGradient.Data.AsSpan(matrix * rows * columns, rows * columns).ToArray();
            // dA = dY · Bᵀ; dB = Aᵀ · dY.
            new DenseKernel(
                ExactMultiplier.FusedSum, b, [], columns, inner).Run(back, left.Data.AsSpan(matrix * rows * inner, rows * inner), threads);
            DenseKernel.FromColumns(ExactMultiplier.FusedSum, back, [], rows, columns)
                .Run(Transposed(a, rows, inner), right.Data.AsSpan(matrix * inner * columns, inner * columns), threads);
        }

        return [left, right];
    }

    static float[] Transposed(float[] matrix, int rows, int columns)
    {
        float[] result = new float[matrix.Length];
        for (int i = 0; i < matrix.Length; i++)
            result[i % columns * rows + i / columns] = matrix[i];
        return result;
    }
}
