using System.Buffers;
using System.Runtime.Intrinsics.X86;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels;

/// <summary>
/// Matrices of weights of one size, for every path of their multiplier: one for a dense layer, one for each group of a
/// convolution. A path packs the weights when it is first needed.
/// </summary>
sealed unsafe class WeightedSums
{
    readonly float[] weights;
    readonly float[] bias;
    readonly WeightLayout layout;
    readonly KernelPath[] paths;
    readonly Lazy<PackedWeights[]>[] packed;
    readonly OperandRange weightRange;

    /// <summary>Prepares the weights.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <param name="only">The name of the one path to use, or null.</param>
    /// <param name="weights">Matrix after matrix; kept, not copied, and not to change any more.</param>
    /// <param name="matrices">How many matrices there are.</param>
    /// <param name="layout">The number and order of one matrix's weights.</param>
    /// <param name="bias">One number per column, matrix after matrix, or empty.</param>
    /// <param name="isLean">See <see cref="KernelPath.Pack"/>.</param>
    /// <exception cref="ArgumentException">The weights or the bias have the wrong length.</exception>
    public WeightedSums(
        FloatMultiplier multiplier, Accumulation accumulation, string? only,
        float[] weights, int matrices, WeightLayout layout, float[] bias, bool isLean)
    {
        long columns = (long)matrices * layout.Columns;
        if (weights.LongLength != columns * layout.Count)
            throw new ArgumentException($"{weights.Length} weights do not fill {columns} x {layout.Count}.", nameof(weights));
        if (bias.Length != 0 && bias.Length != columns)
            throw new ArgumentException($"{bias.Length} biases for {columns} outputs.", nameof(bias));
        Multiplier = multiplier;
        Accumulation = accumulation;
        this.weights = weights;
        this.bias = bias;
        this.layout = layout;
        paths = KernelTable.Usable(multiplier, accumulation, only);
        packed = [.. paths.Select(path => new Lazy<PackedWeights[]>(() => Pack(path, matrices, isLean)))];
        if (paths.Length > 0)
            weightRange = OperandRange.Of(weights, paths[0].Format.Smallest);
    }

    public FloatMultiplier Multiplier { get; }

    public Accumulation Accumulation { get; }

    /// <summary>How many rows to pack together, for the fastest of the paths.</summary>
    public int RowBlock => paths.Length > 0 ? paths[0].RowBlock : 1;

    /// <summary>Packs one part of the activations.</summary>
    /// <param name="part">The index of the part.</param>
    /// <param name="input">The source of all parts.</param>
    /// <param name="room">Receives the activations of the part.</param>
    /// <returns>The range of the part's activations.</returns>
    public delegate OperandRange PackPart(int part, ReadOnlySpan<float> input, PackedActivations room);

    /// <summary>Packs <paramref name="activations"/> for the first path that covers them; null where none does.</summary>
    public PackedActivations? TryPack(ReadOnlySpan<float> activations) =>
        TryPack(activations, activations.Length, parts: 1, threads: 1, (_, all, room) => room.Pack(all, 0));

    /// <summary>Packs activations part by part for the first path that covers all of them; null where none does.</summary>
    /// <param name="input">The source of all parts, for example an image without its padding.</param>
    /// <param name="length">How many activations the parts have together.</param>
    /// <param name="parts">How many times <paramref name="pack"/> is called.</param>
    /// <param name="threads">The maximum degree of parallelism.</param>
    /// <param name="pack">Packs one part; called again where the fastest path does not cover what was packed for it.</param>
    public PackedActivations? TryPack(ReadOnlySpan<float> input, int length, int parts, int threads, PackPart pack)
    {
        // Until something is known, as if all activations were zero: paths that the weights alone rule out are not tried.
        OperandRange? known = null;
        for (int i = 0; i < paths.Length; i++)
        {
            // Packed and measured in one pass, while the operands are in cache: the first path nearly always covers them.
            if (!paths[i].Range.Covers(known ?? OperandRange.Of(ReadOnlySpan<OperandRange>.Empty), weightRange))
                continue;
            var room = new PackedActivations(paths[i], packed[i].Value, length);
            if (known is not null)
            {
                ParallelRange.ForEach(input, [], parts, threads, (part, source, _) => pack(part, source, room));
                return room;
            }

            var ranges = new OperandRange[parts];
            ParallelRange.ForEach(input, [], parts, threads, (part, source, _) => ranges[part] = pack(part, source, room));
            known = OperandRange.Of(ranges);
            if (paths[i].Range.Covers(known.Value, weightRange))
                return room;
            room.Dispose();
        }

        return null;
    }

    /// <summary>The definition of one sum of a row of contiguous activations.</summary>
    public float Define(ReadOnlySpan<float> activations, int column)
    {
        var sum = new ScalarSum(Multiplier, Accumulation);
        for (int k = 0; k < layout.Count; k++)
            sum.Add(activations[k], weights[layout.IndexOf(column, k)]);
        return sum.Finish(Bias(column));
    }

    PackedWeights[] Pack(KernelPath path, int matrices, bool isLean)
    {
        var result = new PackedWeights[matrices];
        for (int matrix = 0; matrix < matrices; matrix++)
        {
            result[matrix] = path.Pack(
                weights.AsSpan(matrix * layout.Length, layout.Length), layout,
                bias.Length == 0 ? [] : bias.AsSpan(matrix * layout.Columns, layout.Columns), isLean);
        }

        return result;
    }

    public float Bias(int column) => bias.Length == 0 ? 0f : bias[column];

    /// <summary>Activations packed for one path; disposing returns the memory.</summary>
    public sealed class PackedActivations : IDisposable
    {
        readonly KernelPath path;
        readonly PackedWeights[] weights;
        readonly int length;
        readonly byte[] bytes;

        public PackedActivations(KernelPath path, PackedWeights[] weights, int length)
        {
            this.path = path;
            this.weights = weights;
            this.length = length;
            bytes = ArrayPool<byte>.Shared.Rent(checked(length * path.ElementSize * (path.Format.Split ? 2 : 1)));
        }

        /// <summary>Packs contiguous activations; several threads may do so at once, each its own.</summary>
        /// <param name="activations">As many as there is room for behind <paramref name="start"/>, or fewer.</param>
        /// <param name="start">The index of the first among all.</param>
        /// <returns>The range of these activations.</returns>
        public OperandRange Pack(ReadOnlySpan<float> activations, int start)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(activations.Length, length - start);
            fixed (byte* destination = bytes)
                path.PackActivations(activations, destination, start, length);
            return OperandRange.Of(activations, path.Format.Smallest);
        }

        /// <summary>How many panels of columns there are.</summary>
        public int Panels => weights[0].Panels;

        /// <summary>Computes sums; see <see cref="KernelPath.Sum"/>.</summary>
        /// <param name="matrix">Which matrix of weights.</param>
        /// <param name="start">The index among the activations that <paramref name="rows"/> count from.</param>
        /// <param name="rows">The origins of the rows.</param>
        /// <param name="offsets">The distance from a row's origin to each operand, in the order of summation.</param>
        /// <param name="panels">The panels of columns.</param>
        /// <param name="outputs">Receives the outputs, that of row 0 and column 0 first.</param>
        /// <param name="rowStride">Distance from an output to that of the next row.</param>
        /// <param name="columnStride">Distance from an output to that of the next column.</param>
        public void Sum(
            int matrix, int start, ReadOnlySpan<int> rows, int[] offsets, Range panels,
            Span<float> outputs, int rowStride, int columnStride)
        {
            fixed (byte* activations = bytes)
            fixed (int* firstOffset = offsets)
            fixed (float* firstOutput = outputs)
            {
                path.Sum(new SumJob
                {
                    Activations = activations + (nint)start * path.ElementSize,
                    Length = length,
                    Rows = rows,
                    Offsets = firstOffset,
                    Weights = weights[matrix],
                    FirstPanel = panels.Start.GetOffset(Panels),
                    EndPanel = panels.End.GetOffset(Panels),
                    Outputs = firstOutput,
                    RowStride = rowStride,
                    ColumnStride = columnStride,
                });
            }
        }

        /// <summary>Whether lines of this length are summed faster than rows; see <see cref="ILinePath.PrefersLines"/>.</summary>
        public bool PrefersLines(int lineLength) => path is ILinePath lines && lines.PrefersLines(lineLength, weights[0].Columns);

        /// <summary>Computes sums for lines, where <see cref="PrefersLines"/>; see <see cref="ILinePath.SumLines"/>.</summary>
        /// <param name="matrix">Which matrix of weights.</param>
        /// <param name="start">The index among the activations that <paramref name="lines"/> count from.</param>
        /// <param name="lines">The first origin of each line.</param>
        /// <param name="lineLength">How many rows a line has.</param>
        /// <param name="offsets">The distance from a row's origin to each operand, in the order of summation.</param>
        /// <param name="outputs">Receives the outputs, row after row, that of row 0 and column 0 first.</param>
        /// <param name="columnStride">Distance from an output to that of the next column.</param>
        public void SumLines(
            int matrix, int start, ReadOnlySpan<int> lines, int lineLength, int[] offsets, Span<float> outputs, int columnStride)
        {
            fixed (byte* activations = bytes)
            fixed (int* firstOffset = offsets)
            fixed (float* firstOutput = outputs)
            {
                ((ILinePath)path).SumLines(new LineJob
                {
                    Activations = activations + (nint)start * path.ElementSize,
                    Length = length,
                    Lines = lines,
                    LineLength = lineLength,
                    Offsets = firstOffset,
                    Weights = weights[matrix],
                    Outputs = firstOutput,
                    ColumnStride = columnStride,
                });
            }
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>
    /// Gives NaN the bits of <see cref="float.NaN"/>. On x86 they have them: special operands take the definition, and
    /// the NaN that an overflowing sum makes of ∞ − ∞ is the default one.
    /// </summary>
    public static void Canonicalise(Span<float> outputs)
    {
        if (X86Base.IsSupported)
            return;
        for (int i = 0; i < outputs.Length; i++)
        {
            if (float.IsNaN(outputs[i]))
                outputs[i] = float.NaN;
        }
    }
}
