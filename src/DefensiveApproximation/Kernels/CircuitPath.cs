using System.Buffers;
using System.Diagnostics;
using System.Runtime.Intrinsics;
using DefensiveApproximation.Circuits;

namespace DefensiveApproximation.Kernels;

/// <summary>
/// Sums whose products are a circuit's, 512 at a time, by its bit-sliced simulation. The lanes are (column, row) pairs, column
/// after column, in groups of 16 rows. Activations are cut into slices once for all columns; a weight's slices are patterns, all
/// ones or all zeros for the rows of a column. Rows whose activation is zero are left out, half of them behind a ReLU: their
/// products are +0, which changes no sum.
/// </summary>
sealed unsafe class CircuitPath(CircuitProducts products, Accumulation accumulation, string instructionSet, int vectorBytes)
    : KernelPath(instructionSet, instructionSet, OperandFormat.Plain, SafeRange.Finite)
{
    const int Lanes = BitSlicedSimulator.Lanes, VectorLanes = 16, Groups = Lanes / VectorLanes;

    public override bool IsSupported => vectorBytes switch
    {
        64 => Vector512.IsHardwareAccelerated,
        32 => Vector256.IsHardwareAccelerated,
        _ => Vector128.IsHardwareAccelerated,
    };

    public override int ElementSize => sizeof(float);

    /// <summary>The format of the sums.</summary>
    public Accumulation Accumulation { get; } = accumulation;

    /// <summary>The paths of a circuit's multiplier, for both formats of sums, the widest vectors first.</summary>
    public static CircuitPath[] All(CircuitMultiplier multiplier)
    {
        return
        [
            .. from vector in (IEnumerable<(string Name, int Bytes)>)[("avx512", 64), ("avx2", 32), ("vector128", 16)]
               let products = new CircuitProducts(multiplier, vector.Bytes)
               from accumulation in Enum.GetValues<Accumulation>()
               select new CircuitPath(products, accumulation, vector.Name, vector.Bytes),
        ];
    }

    public override int RowBlock => 2 * VectorLanes;

    /// <summary>A panel has as many columns as fit beside each other: the weights of all, product by product.</summary>
    public override PackedWeights Pack(
        ReadOnlySpan<float> weights, int columns, int count, int columnStride, int countStride, ReadOnlySpan<float> bias, bool isLean)
    {
        var packed = new PackedWeights(columns, count, Groups, vectorsPerPanel: 1, parts: 1, ElementSize);
        for (int column = 0; column < columns; column++)
        {
            float* panel = (float*)packed.PanelAddress(column / Groups) + column % Groups;
            for (int k = 0; k < count; k++)
                panel[k * Groups] = weights[column * columnStride + k * countStride];
            if (bias.Length > 0)
                packed.Bias[column] = ScalarSum.Bias(bias[column]);
        }

        return packed;
    }

    public override void PackActivations(ReadOnlySpan<float> source, byte* destination, int start, int length) =>
        source.CopyTo(new Span<float>((float*)destination + start, source.Length));

    public override void Sum(
        byte* activations, int length, ReadOnlySpan<int> rows, int* offsets, PackedWeights weights,
        int firstPanel, int endPanel, float* outputs, int rowStride, int columnStride)
    {
        for (int first = 0, count; first < rows.Length; first += count)
        {
            count = Math.Min(Lanes, rows.Length - first);
            SumBlock((float*)activations, rows.Slice(first, count), offsets, weights, firstPanel * Groups, Math.Min(endPanel * Groups, weights.Columns), outputs + (nint)first * rowStride, rowStride, columnStride);
        }
    }

    public override bool PrefersLines(int lineLength, int columns) => false;

    public override void SumLines(
        byte* activations, int length, ReadOnlySpan<int> lines, int lineLength, int* offsets, PackedWeights weights,
        float* outputs, int columnStride) => throw new UnreachableException();

    public override void Multiply(ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, Span<float> results)
    {
        CircuitProducts.Buffers buffers = products.Rent();
        Span<float> a = buffers.Activations, b = buffers.Weights;
        for (int start = 0; start < results.Length; start += Lanes)
        {
            int count = Math.Min(Lanes, results.Length - start);
            activations.Slice(start, count).CopyTo(a);
            weights.Slice(start, count).CopyTo(b);
            a[count..].Clear();
            b[count..].Clear();
            products.SliceActivations(buffers);
            products.SliceWeights(buffers);
            products.Compute(buffers);
            buffers.Products[..count].CopyTo(results[start..]);
        }

        products.Return(buffers);
    }

    void SumBlock(
        float* activations, ReadOnlySpan<int> rows, int* offsets, PackedWeights weights,
        int firstColumn, int endColumn, float* outputs, int rowStride, int columnStride)
    {
        int columns = endColumn - firstColumn, stride = (rows.Length + VectorLanes - 1) / VectorLanes * VectorLanes;
        CircuitProducts.Buffers buffers = products.Rent();
        bool wide = Accumulation == Accumulation.Float64;
        float[] sums = wide ? [] : ArrayPool<float>.Shared.Rent(columns * stride);
        double[] wideSums = wide ? ArrayPool<double>.Shared.Rent(columns * stride) : [];
        sums.AsSpan().Clear();
        wideSums.AsSpan().Clear();
        Span<int> kept = stackalloc int[Lanes];
        Span<float> columnWeights = stackalloc float[Groups + 1];
        for (int k = 0; k < weights.Count; k++)
        {
            int count = Gather(activations + offsets[k], rows, buffers.Activations, kept);
            if (count == 0)
                continue;
            products.KeepActivations(buffers);
            int groups = (count + VectorLanes - 1) / VectorLanes, repeatedFrom = -1;
            for (int firstGroup = 0; firstGroup < columns * groups; firstGroup += Groups)
            {
                (int column, int skipped) = Math.DivRem(firstGroup, groups);
                int endGroup = Math.Min(firstGroup + Groups, columns * groups), together = (endGroup + groups - 1) / groups - column;
                if (skipped != repeatedFrom)
                    products.RepeatActivations(buffers, groups, skipped);
                repeatedFrom = skipped;
                for (int i = 0; i < together; i++)
                    columnWeights[i] = Weight(weights, k, firstColumn + column + i);
                products.SliceWeights(buffers, columnWeights[..together], groups, skipped);
                products.Compute(buffers);
                for (int i = 0; i < together; i++)
                {
                    // The rows of a column that are in this block, by their places among those that were kept.
                    int from = Math.Max(0, skipped - i * groups) * VectorLanes, to = Math.Min(count, (skipped - i * groups + Groups) * VectorLanes);
                    ReadOnlySpan<float> own = buffers.Products.Slice((i * groups - skipped) * VectorLanes + from, to - from);
                    if (wide)
                        Accumulate(own, kept[from..to], wideSums.AsSpan((column + i) * stride, stride));
                    else
                        Accumulate(own, kept[from..to], sums.AsSpan((column + i) * stride, stride));
                }
            }
        }

        for (int column = 0; column < columns; column++)
        {
            float* output = outputs + (nint)(firstColumn + column) * columnStride;
            for (int row = 0; row < rows.Length; row++)
                output[(nint)row * rowStride] = (wide ? (float)wideSums[column * stride + row] : sums[column * stride + row]) + weights.Bias[firstColumn + column];
        }

        if (wide)
            ArrayPool<double>.Shared.Return(wideSums);
        else
            ArrayPool<float>.Shared.Return(sums);
        products.Return(buffers);
    }

    static float Weight(PackedWeights weights, int k, int column) =>
        ((float*)weights.PanelAddress(column / Groups))[k * Groups + column % Groups];

    /// <summary>One operand of every row, without those whose products are +0: how many are left, and of which rows.</summary>
    int Gather(float* activations, ReadOnlySpan<int> rows, Span<float> lanes, Span<int> kept)
    {
        int count = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            float activation = activations[rows[row]];
            if (products.GivesZeros(activation))
                continue;
            lanes[count] = activation;
            kept[count++] = row;
        }

        lanes[count..].Clear();
        return count;
    }

    static void Accumulate(ReadOnlySpan<float> products, ReadOnlySpan<int> rows, Span<float> sums)
    {
        for (int i = 0; i < products.Length; i++)
            sums[rows[i]] += products[i];
    }

    static void Accumulate(ReadOnlySpan<float> products, ReadOnlySpan<int> rows, Span<double> sums)
    {
        for (int i = 0; i < products.Length; i++)
            sums[rows[i]] += products[i];
    }
}
