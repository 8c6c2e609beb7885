namespace Dapprox.Kernels;

/// <summary>
/// A fast way to compute a multiplier's sums on one instruction set, equal to the definition bit for bit inside its
/// <see cref="SafeRange"/>. <see cref="KernelTable"/> lists the paths of a multiplier.
/// </summary>
abstract unsafe class KernelPath(string name, string instructionSet, OperandFormat format, SafeRange range)
{
    /// <summary>The name of the path, unique among those of a multiplier: <c>avx512-double</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The instruction set that the path needs: <c>avx512</c>, <c>avx2</c> or <c>vector128</c>.</summary>
    public string InstructionSet { get; } = instructionSet;

    /// <summary>How operands are packed.</summary>
    public OperandFormat Format { get; } = format;

    /// <summary>The operands for which the path equals the definition.</summary>
    public SafeRange Range { get; } = range;

    /// <summary>Whether this processor can run it.</summary>
    public abstract bool IsSupported { get; }

    /// <summary>Bytes per packed number; a split operand takes two.</summary>
    public abstract int ElementSize { get; }

    /// <summary>How many rows of a dense layer to pack together for one pass over the weights.</summary>
    public abstract int RowBlock { get; }

    /// <summary>Packs weights.</summary>
    /// <param name="weights">The weights of one matrix.</param>
    /// <param name="layout">Their number and order.</param>
    /// <param name="bias">One number per column, or empty.</param>
    /// <param name="isLean">Whether to save memory at the expense of a few per cent more instructions: right where each weight
    /// serves few rows, because reading weights is then what takes time.</param>
    public abstract PackedWeights Pack(ReadOnlySpan<float> weights, WeightLayout layout, ReadOnlySpan<float> bias, bool isLean);

    /// <summary>Packs other weights of the same sizes over earlier ones; the bias stays.</summary>
    /// <param name="weights">The weights of one matrix.</param>
    /// <param name="layout">Their number and order.</param>
    /// <param name="packed">A result of <see cref="Pack"/> for as many columns and products.</param>
    public abstract void Repack(ReadOnlySpan<float> weights, WeightLayout layout, PackedWeights packed);

    /// <summary>
    /// Packs some of the activations. Where operands are split, the high parts of all activations come first, then as many low parts.
    /// </summary>
    /// <param name="source">Contiguous activations.</param>
    /// <param name="destination">Room for one or two parts of all activations.</param>
    /// <param name="start">The index of the first of these among all.</param>
    /// <param name="length">How many activations there are in all.</param>
    public abstract void PackActivations(ReadOnlySpan<float> source, byte* destination, int start, int length);

    /// <summary>Computes the sums of some rows for some panels of columns.</summary>
    public abstract void Sum(in SumJob job);

    /// <summary>Computes sums of activations that are used as they are, by a path of <see cref="OperandFormat.Plain"/> binary32.</summary>
    /// <param name="activations">What the indices in <paramref name="rows"/> count from.</param>
    /// <param name="rows">The origins of the rows.</param>
    /// <param name="offsets">The distance from a row's origin to each operand, in the order of summation.</param>
    /// <param name="weights">The packed weights, all panels of which are used.</param>
    /// <param name="outputs">Receives the outputs, that of row 0 and column 0 first.</param>
    /// <param name="rowStride">Distance from an output to that of the next row.</param>
    /// <param name="columnStride">Distance from an output to that of the next column.</param>
    public void SumUnpacked(
        ReadOnlySpan<float> activations, int[] rows, int[] offsets, PackedWeights weights, Span<float> outputs, int rowStride,
        int columnStride)
    {
        fixed (float* firstActivation = activations)
        fixed (int* firstOffset = offsets)
        fixed (float* firstOutput = outputs)
        {
            Sum(new SumJob
            {
                Activations = (byte*)firstActivation,
                Length = activations.Length,
                Rows = rows,
                Offsets = firstOffset,
                Weights = weights,
                FirstPanel = 0,
                EndPanel = weights.Panels,
                Outputs = firstOutput,
                RowStride = rowStride,
                ColumnStride = columnStride,
            });
        }
    }

    /// <summary>Products one by one, of operands inside the safe range; zeros can have the wrong sign.</summary>
    /// <param name="activations">Operands A.</param>
    /// <param name="weights">As many operands B.</param>
    /// <param name="products">Receives as many products.</param>
    public abstract void Multiply(ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, Span<float> products);
}
