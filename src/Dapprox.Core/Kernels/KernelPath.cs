namespace Dapprox.Kernels;

/// <summary>
/// One way to compute a multiplier's sums fast on one instruction set, equal to the definition bit for bit inside its
/// <see cref="SafeRange"/>. The paths of a multiplier stand in <see cref="KernelTable"/>.
/// </summary>
abstract unsafe class KernelPath(string name, string instructionSet, OperandFormat format, SafeRange range)
{
    /// <summary>The name of the path, unique among those of a multiplier: <c>avx512-double</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The instruction set it needs: <c>avx512</c>, <c>avx2</c> or <c>vector128</c>.</summary>
    public string InstructionSet { get; } = instructionSet;

    /// <summary>How operands are packed.</summary>
    public OperandFormat Format { get; } = format;

    /// <summary>The operands for which the path equals the definition.</summary>
    public SafeRange Range { get; } = range;

    /// <summary>Whether this processor can run it.</summary>
    public abstract bool IsSupported { get; }

    /// <summary>Bytes of one packed operand part.</summary>
    public abstract int ElementSize { get; }

    /// <summary>How many rows of a dense layer are best packed together for one pass over the weights.</summary>
    public abstract int RowBlock { get; }

    /// <summary>Packs weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="columns">How many outputs a row has.</param>
    /// <param name="count">How many products a sum has.</param>
    /// <param name="columnStride">From a weight to the same one of the next column.</param>
    /// <param name="countStride">From a weight to the next one of the same sum.</param>
    /// <param name="bias">One number per column, or empty.</param>
    /// <param name="isLean">Whether little memory matters more than a few per cent of time: where each weight is used for few rows, reading it is what takes time.</param>
    public abstract PackedWeights Pack(
        ReadOnlySpan<float> weights, int columns, int count, int columnStride, int countStride, ReadOnlySpan<float> bias, bool isLean);

    /// <summary>Packs some of the activations; of all, the first parts come first, and then, where operands are split, as many second parts.</summary>
    /// <param name="source">Some activations in a row.</param>
    /// <param name="destination">Room for one or two parts of all.</param>
    /// <param name="start">The place of the first of these among all.</param>
    /// <param name="length">How many there are in all.</param>
    public abstract void PackActivations(ReadOnlySpan<float> source, byte* destination, int start, int length);

    /// <summary>Computes the sums of some rows for some panels of columns.</summary>
    /// <param name="activations">Packed activations.</param>
    /// <param name="length">How many activations were packed: the way from a first to its second part.</param>
    /// <param name="rows">The place of each row in the activations.</param>
    /// <param name="offsets">The way from there to each operand, in the order of summation.</param>
    /// <param name="weights">The packed weights.</param>
    /// <param name="firstPanel">The first panel to compute.</param>
    /// <param name="endPanel">The panel after the last.</param>
    /// <param name="outputs">Where the output of row 0 and column 0 goes.</param>
    /// <param name="rowStride">From an output to that of the next row.</param>
    /// <param name="columnStride">From an output to that of the next column; one of the two strides is 1.</param>
    public abstract void Sum(
        byte* activations, int length, ReadOnlySpan<int> rows, int* offsets, PackedWeights weights,
        int firstPanel, int endPanel, float* outputs, int rowStride, int columnStride);

    /// <summary>
    /// Whether <see cref="SumLines"/> is the faster way: where a vector of columns would be half empty or worse.
    /// </summary>
    /// <param name="lineLength">How many neighbouring rows a line has.</param>
    /// <param name="columns">How many columns there are.</param>
    public abstract bool PrefersLines(int lineLength, int columns);

    /// <summary>Computes the sums of all columns for lines of rows that are neighbours in the activations.</summary>
    /// <param name="activations">Packed activations.</param>
    /// <param name="length">How many activations were packed: the way from a first to its second part.</param>
    /// <param name="lines">The place of the first row of each line in the activations.</param>
    /// <param name="lineLength">How many rows a line has, each one place after the other; a vector's at least.</param>
    /// <param name="offsets">The way from there to each operand, in the order of summation.</param>
    /// <param name="weights">The packed weights.</param>
    /// <param name="outputs">Where the output of row 0 and column 0 goes; those of other rows follow.</param>
    /// <param name="columnStride">From an output to that of the next column.</param>
    public abstract void SumLines(
        byte* activations, int length, ReadOnlySpan<int> lines, int lineLength, int* offsets, PackedWeights weights,
        float* outputs, int columnStride);

    /// <summary>Products one by one, of operands inside the safe range; zeros can have the wrong sign.</summary>
    /// <param name="activations">The first operands.</param>
    /// <param name="weights">As many second operands.</param>
    /// <param name="products">As many products.</param>
    public abstract void Multiply(ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, Span<float> products);
}
