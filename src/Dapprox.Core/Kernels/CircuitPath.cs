using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using Dapprox.Circuits;

namespace Dapprox.Kernels;

/// <summary>
/// Sums whose products are a circuit's, 512 at a time, by its bit-sliced simulation. Lanes are (column, row) pairs: all rows of
/// a block, for as many columns as fit. Activations are sliced once for all columns; a weight's slices are patterns, all ones or
/// all zeros for the rows of a column.
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
    public static CircuitPath[] All(CircuitMultiplier multiplier) =>
    [
        .. from vector in (IEnumerable<(string Name, int Bytes)>)[("avx512", 64), ("avx2", 32), ("vector128", 16)]
           let products = new CircuitProducts(multiplier, vector.Bytes)
           from accumulation in Enum.GetValues<Accumulation>()
           select new CircuitPath(products, accumulation, vector.Name, vector.Bytes),
    ];

    public override int RowBlock => 2 * VectorLanes;

    /// <summary>Packs product by product; a panel has as many columns as there are groups of lanes.</summary>
    public override PackedWeights Pack(ReadOnlySpan<float> weights, WeightLayout layout, ReadOnlySpan<float> bias, bool isLean)
    {
        var packed = new PackedWeights(layout.Columns, layout.Count, Groups, vectorsPerPanel: 1, parts: 1, ElementSize);
        for (int column = 0; column < bias.Length; column++)
            packed.Bias[column] = ScalarSum.Bias(bias[column]);
        Repack(weights, layout, packed);
        return packed;
    }

    public override void Repack(ReadOnlySpan<float> weights, WeightLayout layout, PackedWeights packed)
    {
        for (int column = 0; column < layout.Columns; column++)
        {
            float* panel = (float*)packed.PanelAddress(column / Groups) + column % Groups;
            for (int k = 0; k < layout.Count; k++)
                panel[k * Groups] = weights[layout.IndexOf(column, k)];
        }
    }

    public override void PackActivations(ReadOnlySpan<float> source, byte* destination, int start, int length) =>
        source.CopyTo(new Span<float>((float*)destination + start, source.Length));

    public override void Sum(in SumJob job)
    {
        for (int first = 0, count; first < job.Rows.Length; first += count)
        {
            // A power of two of groups divides the lanes, so that columns fill them without a rest.
            uint groups = (uint)(job.Rows.Length - first + VectorLanes - 1) / VectorLanes;
            count = Math.Min(Math.Min(Groups, 1 << BitOperations.Log2(groups)) * VectorLanes, job.Rows.Length - first);
            SumBlock(job, first, count);
        }
    }

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

    /// <summary>The sums of as many rows as there are lanes for, for all columns of the job.</summary>
    void SumBlock(in SumJob job, int firstRow, int rowCount)
    {
        PackedWeights weights = job.Weights;
        ReadOnlySpan<int> rows = job.Rows.Slice(firstRow, rowCount);
        int firstColumn = job.FirstPanel * Groups, endColumn = Math.Min(job.EndPanel * Groups, weights.Columns);
        int rowGroups = (rows.Length + VectorLanes - 1) / VectorLanes;
        int columnsTogether = Groups / rowGroups;
        int blocks = (endColumn - firstColumn + columnsTogether - 1) / columnsTogether;
        CircuitProducts.Buffers buffers = products.Rent();
        Span<float> a = buffers.Activations, b = buffers.Weights;
        a.Clear();
        b.Clear();
        bool wide = Accumulation == Accumulation.Float64;
        float[] sums = wide ? [] : ArrayPool<float>.Shared.Rent(blocks * Lanes);
        double[] wideSums = wide ? ArrayPool<double>.Shared.Rent(blocks * Lanes) : [];
        sums.AsSpan().Clear();
        wideSums.AsSpan().Clear();
        Span<float> columnWeights = stackalloc float[columnsTogether];
        for (int k = 0; k < weights.Count; k++)
        {
            Gather((float*)job.Activations + job.Offsets[k], rows, rowGroups, columnsTogether, a);
            products.SliceActivations(buffers);
            for (int block = 0; block < blocks; block++)
            {
                int column = firstColumn + block * columnsTogether;
                for (int i = 0; i < columnsTogether; i++)
                    columnWeights[i] = column + i < endColumn ? Weight(weights, k, column + i) : 0;
                products.SliceWeights(buffers, columnWeights, rowGroups);
                products.Compute(buffers);
                if (wide)
                    Accumulate(buffers.Products, wideSums.AsSpan(block * Lanes, Lanes));
                else
                    Accumulate(buffers.Products, sums.AsSpan(block * Lanes, Lanes));
            }
        }

        for (int column = firstColumn; column < endColumn; column++)
        {
            (int block, int index) = Math.DivRem(column - firstColumn, columnsTogether);
            int lane = block * Lanes + index * rowGroups * VectorLanes;
            float* output = job.Outputs + (nint)firstRow * job.RowStride + (nint)column * job.ColumnStride;
            for (int row = 0; row < rows.Length; row++)
                output[(nint)row * job.RowStride] = (wide ? (float)wideSums[lane + row] : sums[lane + row]) + weights.Bias[column];
        }

        if (wide)
            ArrayPool<double>.Shared.Return(wideSums);
        else
            ArrayPool<float>.Shared.Return(sums);
        products.Return(buffers);
    }

    static float Weight(PackedWeights weights, int k, int column) =>
        ((float*)weights.PanelAddress(column / Groups))[k * Groups + column % Groups];

    /// <summary>Gathers one operand of every row, and repeats all of them for each column.</summary>
    static void Gather(float* activations, ReadOnlySpan<int> rows, int rowGroups, int columns, Span<float> lanes)
    {
        for (int row = 0; row < rows.Length; row++)
            lanes[row] = activations[rows[row]];
        int length = rowGroups * VectorLanes;
        for (int column = 1; column < columns; column++)
            lanes[..length].CopyTo(lanes[(column * length)..]);
    }

    static void Accumulate(ReadOnlySpan<float> products, Span<float> sums)
    {
        for (int i = 0; i < Lanes; i += Vector512<float>.Count)
            (Vector512.Create<float>(sums[i..]) + Vector512.Create(products[i..])).CopyTo(sums[i..]);
    }

    static void Accumulate(ReadOnlySpan<float> products, Span<double> sums)
    {
        for (int i = 0; i < Lanes; i += Vector512<double>.Count)
        {
            // The upper half is not widened, so it can be anything.
            Vector512<double> wide = Vector512.WidenLower(Vector512.Create(Vector256.Create(products[i..]), default));
            (Vector512.Create<double>(sums[i..]) + wide).CopyTo(sums[i..]);
        }
    }
}
