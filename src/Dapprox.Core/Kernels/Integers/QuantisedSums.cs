using System.Buffers;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// The weights of a quantised layer and what becomes of their sums: one matrix for a dense layer, one for each group of a convolution.
/// <see cref="Quantisation"/> has the formula.
/// </summary>
sealed unsafe class QuantisedSums
{
    readonly Quantisation quantisation;
    readonly IntegerMatrix[] matrices;
    readonly int count;
    readonly int firstActivation;
    // By column, all matrices one after another: s_a·s_w, the bias, what is added to a sum, and z_w as it is multiplied.
    readonly float[] scales;
    readonly float[] bias;
    readonly int[] constants;
    readonly int[] zeroPoints;
    readonly bool needsOperandSums;
    readonly IntegerAccumulator accumulator;

    /// <summary>Prepares weights.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="quantisation">The formats of the layer.</param>
    /// <param name="weights">Matrix after matrix, column after column.</param>
    /// <param name="matrixCount">How many matrices there are.</param>
    /// <param name="columns">The columns of a matrix.</param>
    /// <param name="bias">One number per column, matrix after matrix, or empty.</param>
    /// <param name="path">The name of the one path to use; null for the fastest.</param>
    /// <exception cref="ArgumentException">The weights or the bias have the wrong length.</exception>
    /// <exception cref="InputException">The multiplier is too narrow for the formats.</exception>
    public QuantisedSums(
        IntegerMultiplier multiplier, Quantisation quantisation, ReadOnlySpan<float> weights, int matrixCount, int columns,
        ReadOnlySpan<float> bias, string? path)
    {
        int all = matrixCount * columns;
        if (weights.Length == 0 || weights.Length % all != 0)
            throw new ArgumentException($"{weights.Length} weights do not fill {all} columns.", nameof(weights));
        if (bias.Length != 0 && bias.Length != all)
            throw new ArgumentException($"{bias.Length} biases for {all} outputs.", nameof(bias));
        if (quantisation.Weights.Count != 1 && quantisation.Weights.Count != all)
            throw new ArgumentException($"{quantisation.Weights.Count} weight formats for {all} outputs.", nameof(quantisation));
        this.quantisation = quantisation;
        IntegerFormat activationFormat = quantisation.Activations.Format, weightFormat = quantisation.Weights[0].Format;
        IntegerProducts products = IntegerProducts.Of(multiplier, quantisation);
        accumulator = products.Accumulator;
        count = weights.Length / all;
        Columns = columns;
        firstActivation = activationFormat.Low + products.ActivationShift;
        int activationZero = quantisation.Activations.ZeroPoint + products.ActivationShift;
        scales = new float[all];
        this.bias = new float[all];
        constants = new int[all];
        zeroPoints = new int[all];
        byte[][] codes = [.. Enumerable.Range(0, matrixCount).Select(_ => new byte[columns * count])];
        for (int column = 0; column < all; column++)
        {
            AffineQuantisation format = quantisation.Weight(column);
            Span<byte> own = codes[column / columns].AsSpan(column % columns * count, count);
            int sum = 0;
            for (int k = 0; k < count; k++)
            {
                int q = format.Quantise(weights[column * count + k]);
                own[k] = (byte)(q - weightFormat.Low);
                sum += q + products.WeightShift;
            }

            scales[column] = quantisation.Activations.Scale * format.Scale;
            this.bias[column] = ScalarSum.Bias(bias.IsEmpty ? 0 : bias[column]);
            zeroPoints[column] = format.ZeroPoint + products.WeightShift;
            constants[column] = count * activationZero * zeroPoints[column] - activationZero * sum;
            needsOperandSums |= zeroPoints[column] != 0;
        }

        IntegerPath chosen = IntegerPaths.Fastest(products, path);
        matrices = [.. codes.Select(matrix => chosen.Prepare(products, matrix, columns, count))];
    }

    /// <summary>The columns of a matrix.</summary>
    public int Columns { get; }

    /// <summary>The number of products of a sum.</summary>
    public int Count => count;

    /// <summary>The code of z_a: that of padding.</summary>
    public byte Padding => (byte)(quantisation.Activations.ZeroPoint - quantisation.Activations.Format.Low);

    /// <summary>Quantises activations.</summary>
    /// <param name="source">Any numbers.</param>
    /// <param name="codes">Receives as many codes.</param>
    public void Quantise(ReadOnlySpan<float> source, byte* codes) => RoundingKernel.Code(quantisation.Activations, source, codes);

    /// <summary>The outputs of some columns for up to <see cref="IntegerPath.Lanes"/> positions.</summary>
    /// <param name="matrix">Which matrix.</param>
    /// <param name="block">The codes of the activations; receives the outputs of these columns.</param>
    /// <param name="lanes">How many positions there are.</param>
    /// <param name="firstColumn">The first column of the matrix.</param>
    /// <param name="endColumn">The column behind the last.</param>
    public void Sum(int matrix, Block block, int lanes, int firstColumn, int endColumn)
    {
        // In place: sums are as long as outputs.
        byte* activations = block.Codes;
        float* outputs = block.Outputs + (nint)firstColumn * IntegerPath.Lanes;
        int* sums = (int*)outputs;
        matrices[matrix].Sum(activations, lanes, firstColumn, endColumn, sums);
        // Modulo 2³² until here, whatever the order; other sums are in their range at each step.
        if (accumulator.IsModular && accumulator.Bits < IntegerAccumulator.MaxBits)
        {
            foreach (ref int sum in new Span<int>(sums, (endColumn - firstColumn) * IntegerPath.Lanes))
                sum = accumulator.Wrap(sum);
        }

        int* operandSums = stackalloc int[IntegerPath.Lanes];
        if (needsOperandSums)
            SumOperands(activations, operandSums);
        for (int column = firstColumn; column < endColumn; column++, sums += IntegerPath.Lanes, outputs += IntegerPath.Lanes)
        {
            int index = matrix * Columns + column;
            Vector512<int> constant = Vector512.Create(constants[index]), zeroPoint = Vector512.Create(zeroPoints[index]);
            Vector512<float> scale = Vector512.Create(scales[index]), added = Vector512.Create(bias[index]);
            for (int lane = 0; lane < IntegerPath.Lanes; lane += Vector512<int>.Count)
            {
                Vector512<int> sum = Vector512.Load(sums + lane) + constant;
                if (needsOperandSums)
                    sum -= zeroPoint * Vector512.Load(operandSums + lane);
                (Vector512.ConvertToSingle(sum) * scale + added).Store(outputs + lane);
            }
        }
    }

    /// <summary>Σ q_a of each position, as it is multiplied.</summary>
    void SumOperands(byte* activations, int* sums)
    {
        new Span<int>(sums, IntegerPath.Lanes).Fill(count * firstActivation);
        for (int k = 0; k < count; k++)
        {
            for (int lane = 0; lane < IntegerPath.Lanes; lane++)
                sums[lane] += activations[(nint)k * IntegerPath.Lanes + lane];
        }
    }

    /// <summary>
    /// Memory for the codes and outputs of one block of positions, with room behind the last: rows are copied in whole vectors.
    /// </summary>
    public sealed class Block : IDisposable
    {
        const int Alignment = 64;

        readonly byte[] memory;

        /// <summary>Takes the memory.</summary>
        /// <param name="count">The number of products of a sum.</param>
        /// <param name="columns">The number of sums of a position.</param>
        /// <param name="lanes">How many positions there are; the codes of the others are 0.</param>
        public Block(int count, int columns, int lanes)
        {
            int codes = (count + 1) * IntegerPath.Lanes;
            memory = ArrayPool<byte>.Shared.Rent(codes + columns * IntegerPath.Lanes * sizeof(float) + Alignment);
            Handle = memory.AsMemory().Pin();
            byte* first = (byte*)Handle.Pointer;
            Codes = first + (-(nint)first & (Alignment - 1));
            Outputs = (float*)(Codes + codes);
            if (lanes < IntegerPath.Lanes)
                new Span<byte>(Codes, codes).Clear();
        }

        public byte* Codes { get; }

        /// <summary><c>[columns, <see cref="IntegerPath.Lanes"/>]</c>.</summary>
        public float* Outputs { get; }

        MemoryHandle Handle { get; }

        public void Dispose()
        {
            Handle.Dispose();
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
