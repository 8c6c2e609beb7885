using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>A path that runs <see cref="Tile{TStep, TElement, TVector, TSum}"/> with one step.</summary>
sealed unsafe partial class TilePath<TStep, TElement, TVector, TSum>(
    string name, string instructionSet, OperandFormat format, SafeRange range)
    : KernelPath(name, instructionSet, format, range)
    where TStep : IMultiplyAdd<TStep, TElement, TVector, TSum>
    where TElement : unmanaged
    where TSum : unmanaged
{
    const int Rows = Tile<TStep, TElement, TVector, TSum>.Rows;

    // Rows of one panel that are stored together, so that a transposed store writes more than a tile's six numbers at a time.
    const int StoredRows = 8 * Rows;

    // Products whose weights are gathered together while packing.
    const int PackedRows = 32;

    // Two vectors of 512 bits.
    const int MaxPanelWidth = 32;

    // Half of a 48 KB first-level cache, three quarters of a 32 KB one: the rest is for the activations that stream through.
    const int KBlockBytes = 24 << 10;

    // Two vectors of accumulators for six rows take 12 registers: AVX-512 has 32, others need the room for operands.
    static readonly int VectorsPerPanel = Unsafe.SizeOf<TVector>() == 64 ? 2 : 1;

    static readonly int Parts = TStep.Split ? 2 : 1;

    public override bool IsSupported => TStep.IsSupported;

    public override int RowBlock => 24;

    public override int ElementSize => sizeof(TElement);

    public override PackedWeights Pack(ReadOnlySpan<float> weights, WeightLayout layout, ReadOnlySpan<float> bias, bool isLean)
    {
        int parts = isLean && TStep.DerivesWeights ? 1 : Parts;
        var packed = new PackedWeights(layout.Columns, layout.Count, TStep.Lanes, VectorsPerPanel, parts, sizeof(TElement));
        for (int column = 0; column < bias.Length; column++)
            packed.Bias[column] = ScalarSum.Bias(bias[column]);
        Repack(weights, layout, packed);
        return packed;
    }

    public override void Repack(ReadOnlySpan<float> weights, WeightLayout layout, PackedWeights packed)
    {
        Span<float> rows = stackalloc float[PackedRows * MaxPanelWidth];
        Span<TElement> unused = stackalloc TElement[packed.Parts == Parts ? 0 : rows.Length];
        for (int panel = 0; panel < packed.Panels; panel++)
        {
            int firstColumn = panel * packed.PanelWidth;
            int used = Math.Min(packed.PanelWidth, layout.Columns - firstColumn);
            int width = packed.VectorsOf(panel) * TStep.Lanes;
            var destination = (TElement*)packed.PanelAddress(panel);
            for (int k = 0, count; k < layout.Count; k += count, destination += count * width * packed.Parts)
            {
                count = Math.Min(PackedRows, layout.Run - k % layout.Run);
                if (used < width)
                    rows.Clear();
                Gather(weights[layout.IndexOf(firstColumn, k)..], layout, used, count, rows, width);
                if (packed.Parts == 1)
                {
                    Format.PackWeights(rows[..(count * width)], new Span<TElement>(destination, count * width), unused);
                    continue;
                }

                for (int row = 0; row < count; row++)
                {
                    TElement* first = destination + row * 2 * width;
                    Format.PackWeights(
                        rows.Slice(row * width, width), new Span<TElement>(first, width), new Span<TElement>(first + width, width));
                }
            }
        }
    }

    /// <summary>Copies weights so that those of one product follow one another: <c>rows[k · width + column]</c>.</summary>
    static void Gather(ReadOnlySpan<float> weights, WeightLayout layout, int columns, int count, Span<float> rows, int width)
    {
        if (layout.CountStride == 1)
        {
            fixed (float* source = weights)
            fixed (float* destination = rows)
                TransposedStore.Run(source, layout.ColumnStride, columns, count, destination, width);
            return;
        }

        for (int k = 0; k < count; k++)
            weights.Slice(k * layout.CountStride, columns).CopyTo(rows[(k * width)..]);
    }

    public override void PackActivations(ReadOnlySpan<float> source, byte* destination, int start, int length)
    {
        TElement* first = (TElement*)destination + start;
        Format.PackActivations(
            source,
            new Span<TElement>(first, source.Length),
            new Span<TElement>(first + length, TStep.Split ? source.Length : 0));
    }

    public override void Sum(in SumJob job)
    {
        PackedWeights weights = job.Weights;
        float* sums = stackalloc float[StoredRows * weights.PanelWidth];
        TSum* state = stackalloc TSum[StoredRows * VectorsPerPanel];
        fixed (float* bias = weights.Bias)
        {
            for (int panel = job.FirstPanel; panel < job.EndPanel; panel++)
            {
                int vectors = weights.VectorsOf(panel);
                int width = vectors * TStep.Lanes;
                int firstColumn = panel * weights.PanelWidth;
                int columns = Math.Min(width, weights.Columns - firstColumn);
                int weightStride = width * weights.Parts;
                // A single tile uses each weight once, and gains nothing from k-blocks.
                int blockLength = job.Rows.Length <= Rows ? weights.Count : Math.Max(1, KBlockBytes / (weightStride * sizeof(TElement)));
                for (int first = 0; first < job.Rows.Length; first += StoredRows)
                {
                    ReadOnlySpan<int> rows = job.Rows.Slice(first, Math.Min(StoredRows, job.Rows.Length - first));
                    for (int k = 0; k < weights.Count; k += blockLength)
                    {
                        int count = Math.Min(blockLength, weights.Count - k);
                        var block = new KBlock<TElement>
                        {
                            Activations = (TElement*)job.Activations,
                            LowPart = TStep.Split ? job.Length : 0,
                            Offsets = job.Offsets + k,
                            Count = count,
                            Weights = (TElement*)weights.PanelAddress(panel) + (nint)k * weightStride,
                            Vectors = vectors,
                            DerivesWeights = weights.Parts < Parts,
                            Bias = bias + firstColumn,
                            IsFirst = k == 0,
                            IsLast = k + count == weights.Count,
                        };
                        SumBlock(block, rows, state, sums);
                    }

                    float* outputs = job.Outputs + (nint)firstColumn * job.ColumnStride + (nint)first * job.RowStride;
                    Store(sums, width, rows.Length, columns, outputs, job.RowStride, job.ColumnStride);
                }
            }
        }
    }

    /// <summary>All tiles of one k-block.</summary>
    static void SumBlock(in KBlock<TElement> block, ReadOnlySpan<int> rows, TSum* state, float* sums)
    {
        int vectors = block.Vectors, width = vectors * TStep.Lanes;
        int* tile = stackalloc int[Rows];
        for (int first = 0; first < rows.Length; first += Rows)
        {
            int count = Math.Min(Rows, rows.Length - first);
            TSum* tileState = state + first * vectors;
            float* tileSums = sums + first * width;
            if (count <= 2)
            {
                for (int i = 0; i < count; i++)
                    Tile<TStep, TElement, TVector, TSum>.OneRow(block, rows[first + i], tileState + i * vectors, tileSums + i * width);
                return;
            }

            // The last row fills up the tile; its copies are not stored.
            for (int i = 0; i < Rows; i++)
                tile[i] = rows[first + Math.Min(i, count - 1)];
            if (vectors == 2)
                Tile<TStep, TElement, TVector, TSum>.SixByTwo(block, tile, tileState, tileSums);
            else
                Tile<TStep, TElement, TVector, TSum>.SixByOne(block, tile, tileState, tileSums);
        }
    }

    public override void Multiply(ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, Span<float> products)
    {
        const int Block = 64;
        TElement* a = stackalloc TElement[2 * Block];
        TElement* b = stackalloc TElement[2 * Block];
        float* results = stackalloc float[Block];
        // Once: lanes behind the last operand hold those of the block before, and their products are not copied.
        new Span<TElement>(a, 2 * Block).Clear();
        new Span<TElement>(b, 2 * Block).Clear();
        // A product is a sum of one: from −0, with a bias of −0, it keeps its bits.
        float* bias = stackalloc float[TStep.Lanes];
        new Span<float>(bias, TStep.Lanes).Fill(-0f);
        for (int start = 0; start < products.Length; start += Block)
        {
            int count = Math.Min(Block, products.Length - start);
            Format.PackActivations(activations.Slice(start, count), new Span<TElement>(a, count), new Span<TElement>(a + Block, count));
            Format.PackWeights(weights.Slice(start, count), new Span<TElement>(b, count), new Span<TElement>(b + Block, count));
            for (int i = 0; i < count; i += TStep.Lanes)
            {
                TSum product = TStep.Add(
                    TStep.NegativeZero, TStep.Load(a + i), TStep.Load(a + Block + i), TStep.Load(b + i), TStep.Load(b + Block + i));
                TStep.StoreSum(product, bias, results + i);
            }

            new ReadOnlySpan<float>(results, count).CopyTo(products[start..]);
        }
    }

    static void Store(float* sums, int width, int rows, int columns, float* outputs, int rowStride, int columnStride)
    {
        if (columnStride == 1)
        {
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<float>(sums + row * width, columns).CopyTo(new Span<float>(outputs + (nint)row * rowStride, columns));
            return;
        }

        TransposedStore.Run(sums, width, rows, columns, outputs, columnStride);
    }
}
