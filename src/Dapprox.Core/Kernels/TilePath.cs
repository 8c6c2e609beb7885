using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>A path made of <see cref="Tile{TStep, TElement, TVector, TSum}"/> and one step.</summary>
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

    // Weights that the nearest cache holds beside the activations that go by.
    const int BlockBytes = 24 << 10;

    // Two vectors of accumulators for six rows take 12 registers: AVX-512 has 32, others need the room for operands.
    static readonly int VectorsPerPanel = Unsafe.SizeOf<TVector>() == 64 ? 2 : 1;

    static readonly int Parts = TStep.Split ? 2 : 1;

    public override bool IsSupported => TStep.IsSupported;

    public override int RowBlock => 24;

    public override int ElementSize => sizeof(TElement);

    public override PackedWeights Pack(
        ReadOnlySpan<float> weights, int columns, int count, int columnStride, int countStride, ReadOnlySpan<float> bias, bool isLean)
    {
        int parts = isLean && TStep.DerivesWeights ? 1 : Parts;
        var packed = new PackedWeights(columns, count, TStep.Lanes, VectorsPerPanel, parts, sizeof(TElement));
        Span<TElement> unused = new TElement[parts == Parts ? 0 : packed.PanelWidth];
        for (int column = 0; column < bias.Length; column++)
            packed.Bias[column] = ScalarSum.Bias(bias[column]);
        Span<float> row = new float[packed.PanelWidth];
        for (int panel = 0; panel < packed.Panels; panel++)
        {
            int firstColumn = panel * packed.PanelWidth;
            int used = Math.Min(packed.PanelWidth, columns - firstColumn);
            int width = packed.VectorsOf(panel) * TStep.Lanes;
            var destination = (TElement*)packed.PanelAddress(panel);
            for (int k = 0; k < count; k++, destination += width * parts)
            {
                int source = firstColumn * columnStride + k * countStride;
                if (columnStride == 1)
                {
                    weights.Slice(source, used).CopyTo(row);
                }
                else
                {
                    for (int column = 0; column < used; column++)
                        row[column] = weights[source + column * columnStride];
                }

                row[used..].Clear();
                Format.PackWeights(
                    row[..width],
                    new Span<TElement>(destination, width),
                    parts == Parts ? new Span<TElement>(destination + width, TStep.Split ? width : 0) : unused);
            }
        }

        return packed;
    }

    public override void PackActivations(ReadOnlySpan<float> source, byte* destination, int start, int length)
    {
        TElement* first = (TElement*)destination + start;
        Format.PackActivations(
            source,
            new Span<TElement>(first, source.Length),
            new Span<TElement>(first + length, TStep.Split ? source.Length : 0));
    }

    public override void Sum(
        byte* activations, int length, ReadOnlySpan<int> rows, int* offsets, PackedWeights weights,
        int firstPanel, int endPanel, float* outputs, int rowStride, int columnStride)
    {
        var operands = (TElement*)activations;
        nint second = TStep.Split ? length : 0;
        float* sums = stackalloc float[StoredRows * weights.PanelWidth];
        TSum* state = stackalloc TSum[StoredRows * VectorsPerPanel];
        int* places = stackalloc int[Rows];
        fixed (float* bias = weights.Bias)
        {
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int vectors = weights.VectorsOf(panel);
                int width = vectors * TStep.Lanes;
                int firstColumn = panel * weights.PanelWidth;
                int columns = Math.Min(width, weights.Columns - firstColumn);
                var panelWeights = (TElement*)weights.PanelAddress(panel);
                float* panelBias = bias + firstColumn;
                float* panelOutputs = outputs + (nint)firstColumn * columnStride;
                // A single tile uses each weight once, and gains nothing from stretches.
                int taps = rows.Length <= Rows ? weights.Count : Math.Max(1, BlockBytes / (width * weights.Parts * sizeof(TElement)));
                for (int block = 0; block < rows.Length; block += StoredRows)
                {
                    int stored = Math.Min(StoredRows, rows.Length - block);
                    for (int first = 0; first < weights.Count; first += taps)
                    {
                        int count = Math.Min(taps, weights.Count - first);
                        bool ends = first + count == weights.Count;
                        TElement* blockWeights = panelWeights + (nint)first * width * weights.Parts;
                        for (int row = 0; row < stored; row += Rows)
                        {
                            ReadOnlySpan<int> tile = rows.Slice(block + row, Math.Min(Rows, stored - row));
                            SumTile(operands, second, tile, places, offsets + first, count, blockWeights, vectors, weights.Parts < Parts, panelBias, first == 0, ends, state + row * vectors, sums + row * width);
                        }
                    }

                    Store(sums, width, stored, columns, panelOutputs + (nint)block * rowStride, rowStride, columnStride);
                }
            }
        }
    }

    static void SumTile(
        TElement* operands, nint second, ReadOnlySpan<int> rows, int* places, int* offsets, int count,
        TElement* weights, int vectors, bool derives, float* bias, bool begins, bool ends, TSum* state, float* sums)
    {
        if (rows.Length <= 2)
        {
            for (int i = 0; i < rows.Length; i++)
                Tile<TStep, TElement, TVector, TSum>.OneRow(operands, second, rows[i], offsets, count, weights, vectors, derives, bias, begins, ends, state + i * vectors, sums + i * vectors * TStep.Lanes);
            return;
        }

        // The last row fills up the tile; its copies are not stored.
        for (int i = 0; i < Rows; i++)
            places[i] = rows[Math.Min(i, rows.Length - 1)];
        if (vectors == 2)
            Tile<TStep, TElement, TVector, TSum>.SixByTwo(operands, second, places, offsets, count, weights, derives, bias, begins, ends, state, sums);
        else
            Tile<TStep, TElement, TVector, TSum>.SixByOne(operands, second, places, offsets, count, weights, derives, bias, begins, ends, state, sums);
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
