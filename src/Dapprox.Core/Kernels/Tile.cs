using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>
/// The innermost loops: a tile of outputs, some rows (positions or images) by one or two vectors of columns (output
/// channels), whose accumulators stay in registers over all products of the sum.
/// </summary>
/// <remarks>
/// Effectively, for every row r and column c, in the order of k:
/// <c>sum[r, c] += activations[rows[r] + offsets[k]] · weights[k, c]</c>; then the bias is added and the sum stored.
/// A long sum is computed in k-blocks, so that the weights of a block stay in the nearest cache while all tiles use them;
/// between two blocks the accumulators wait in memory, as they are.
/// A row is the index of an origin in the packed activations, an offset the distance from there to the k-th operand, so that
/// one loop serves matrix products (offsets 0, 1, 2 …) and convolutions (no im2col). Weights are packed vector after vector in
/// the order of use; their split operands follow vector by vector, or are derived in the loop.
/// </remarks>
static unsafe class Tile<TStep, TElement, TVector, TSum>
    where TStep : IMultiplyAdd<TStep, TElement, TVector, TSum>
    where TElement : unmanaged
    where TSum : unmanaged
{
    /// <summary>How many rows a full tile has.</summary>
    public const int Rows = 6;

    /// <summary>Six rows by two vectors: 12 accumulators, for processors with 32 vector registers.</summary>
    /// <param name="block">The activations, offsets, weights and bias of the k-block.</param>
    /// <param name="rows">The origins of six rows: indices in the activations.</param>
    /// <param name="state">The accumulators of six rows of two vectors, between blocks.</param>
    /// <param name="sums">Receives six rows of two vectors, after the last block.</param>
    // AggressiveOptimization: compiled fully the first time, because a method with one long loop is entered too rarely to be promoted.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixByTwo(in KBlock<TElement> block, int* rows, TSum* state, float* sums)
    {
        // Locals, so that the loop keeps them in registers.
        TElement* activations = block.Activations, weights = block.Weights;
        nint lowPart = block.LowPart;
        bool derives = block.DerivesWeights;
        TElement* row0 = activations + rows[0], row1 = activations + rows[1], row2 = activations + rows[2];
        TElement* row3 = activations + rows[3], row4 = activations + rows[4], row5 = activations + rows[5];
        // One variable per accumulator: an array would live in memory.
        TSum sum00 = default, sum01 = default, sum10 = default, sum11 = default, sum20 = default, sum21 = default;
        TSum sum30 = default, sum31 = default, sum40 = default, sum41 = default, sum50 = default, sum51 = default;
        if (!block.IsFirst)
        {
            (sum00, sum01) = (state[0], state[1]);
            (sum10, sum11) = (state[2], state[3]);
            (sum20, sum21) = (state[4], state[5]);
            (sum30, sum31) = (state[6], state[7]);
            (sum40, sum41) = (state[8], state[9]);
            (sum50, sum51) = (state[10], state[11]);
        }

        int* offsets = block.Offsets, end = offsets + block.Count;
        for (; offsets < end; offsets++)
        {
            nint high = *offsets;
            nint low = high + lowPart;
            TVector b0 = TStep.Load(weights);
            TVector c0 = TStep.Load(weights + TStep.Lanes);
            TVector b1 = b0, c1 = c0;
            if (TStep.DerivesWeights && derives)
            {
                b1 = TStep.SplitWeight(b0);
                c1 = TStep.SplitWeight(c0);
            }
            else if (TStep.Split)
            {
                b1 = TStep.Load(weights + 2 * TStep.Lanes);
                c1 = TStep.Load(weights + 3 * TStep.Lanes);
                weights += 2 * TStep.Lanes;
            }

            weights += 2 * TStep.Lanes;

            // Three rows, stage by stage: six independent chains hide a stage's latency, and their intermediate results
            // are as many as fit into 32 registers beside 12 accumulators and four weights.
            TVector a0 = TStep.Broadcast(row0 + high);
            TVector a1 = TStep.Broadcast(row1 + high);
            TVector a2 = TStep.Broadcast(row2 + high);
            TVector begun00 = TStep.Begin(a0, b0, b1);
            TVector begun01 = TStep.Begin(a0, c0, c1);
            TVector begun10 = TStep.Begin(a1, b0, b1);
            TVector begun11 = TStep.Begin(a1, c0, c1);
            TVector begun20 = TStep.Begin(a2, b0, b1);
            TVector begun21 = TStep.Begin(a2, c0, c1);
            TVector refined00 = TStep.Continue(a0, b1, begun00);
            TVector refined01 = TStep.Continue(a0, c1, begun01);
            TVector refined10 = TStep.Continue(a1, b1, begun10);
            TVector refined11 = TStep.Continue(a1, c1, begun11);
            TVector refined20 = TStep.Continue(a2, b1, begun20);
            TVector refined21 = TStep.Continue(a2, c1, begun21);
            // Low parts are loaded as late as they are needed, to keep registers free.
            TVector d0 = TStep.Split ? TStep.Broadcast(row0 + low) : a0;
            refined00 = TStep.Refine(d0, b0, refined00);
            refined01 = TStep.Refine(d0, c0, refined01);
            TVector d1 = TStep.Split ? TStep.Broadcast(row1 + low) : a1;
            refined10 = TStep.Refine(d1, b0, refined10);
            refined11 = TStep.Refine(d1, c0, refined11);
            TVector d2 = TStep.Split ? TStep.Broadcast(row2 + low) : a2;
            refined20 = TStep.Refine(d2, b0, refined20);
            refined21 = TStep.Refine(d2, c0, refined21);
            sum00 = TStep.End(sum00, a0, d0, b0, b1, begun00, refined00);
            sum01 = TStep.End(sum01, a0, d0, c0, c1, begun01, refined01);
            sum10 = TStep.End(sum10, a1, d1, b0, b1, begun10, refined10);
            sum11 = TStep.End(sum11, a1, d1, c0, c1, begun11, refined11);
            sum20 = TStep.End(sum20, a2, d2, b0, b1, begun20, refined20);
            sum21 = TStep.End(sum21, a2, d2, c0, c1, begun21, refined21);
            // The other three rows.
            a0 = TStep.Broadcast(row3 + high);
            a1 = TStep.Broadcast(row4 + high);
            a2 = TStep.Broadcast(row5 + high);
            begun00 = TStep.Begin(a0, b0, b1);
            begun01 = TStep.Begin(a0, c0, c1);
            begun10 = TStep.Begin(a1, b0, b1);
            begun11 = TStep.Begin(a1, c0, c1);
            begun20 = TStep.Begin(a2, b0, b1);
            begun21 = TStep.Begin(a2, c0, c1);
            refined00 = TStep.Continue(a0, b1, begun00);
            refined01 = TStep.Continue(a0, c1, begun01);
            refined10 = TStep.Continue(a1, b1, begun10);
            refined11 = TStep.Continue(a1, c1, begun11);
            refined20 = TStep.Continue(a2, b1, begun20);
            refined21 = TStep.Continue(a2, c1, begun21);
            d0 = TStep.Split ? TStep.Broadcast(row3 + low) : a0;
            refined00 = TStep.Refine(d0, b0, refined00);
            refined01 = TStep.Refine(d0, c0, refined01);
            d1 = TStep.Split ? TStep.Broadcast(row4 + low) : a1;
            refined10 = TStep.Refine(d1, b0, refined10);
            refined11 = TStep.Refine(d1, c0, refined11);
            d2 = TStep.Split ? TStep.Broadcast(row5 + low) : a2;
            refined20 = TStep.Refine(d2, b0, refined20);
            refined21 = TStep.Refine(d2, c0, refined21);
            sum30 = TStep.End(sum30, a0, d0, b0, b1, begun00, refined00);
            sum31 = TStep.End(sum31, a0, d0, c0, c1, begun01, refined01);
            sum40 = TStep.End(sum40, a1, d1, b0, b1, begun10, refined10);
            sum41 = TStep.End(sum41, a1, d1, c0, c1, begun11, refined11);
            sum50 = TStep.End(sum50, a2, d2, b0, b1, begun20, refined20);
            sum51 = TStep.End(sum51, a2, d2, c0, c1, begun21, refined21);
        }

        if (!block.IsLast)
        {
            (state[0], state[1]) = (sum00, sum01);
            (state[2], state[3]) = (sum10, sum11);
            (state[4], state[5]) = (sum20, sum21);
            (state[6], state[7]) = (sum30, sum31);
            (state[8], state[9]) = (sum40, sum41);
            (state[10], state[11]) = (sum50, sum51);
            return;
        }

        float* bias = block.Bias, bias1 = bias + TStep.Lanes;
        TStep.StoreSum(sum00, bias, sums);
        TStep.StoreSum(sum01, bias1, sums + TStep.Lanes);
        TStep.StoreSum(sum10, bias, sums + 2 * TStep.Lanes);
        TStep.StoreSum(sum11, bias1, sums + 3 * TStep.Lanes);
        TStep.StoreSum(sum20, bias, sums + 4 * TStep.Lanes);
        TStep.StoreSum(sum21, bias1, sums + 5 * TStep.Lanes);
        TStep.StoreSum(sum30, bias, sums + 6 * TStep.Lanes);
        TStep.StoreSum(sum31, bias1, sums + 7 * TStep.Lanes);
        TStep.StoreSum(sum40, bias, sums + 8 * TStep.Lanes);
        TStep.StoreSum(sum41, bias1, sums + 9 * TStep.Lanes);
        TStep.StoreSum(sum50, bias, sums + 10 * TStep.Lanes);
        TStep.StoreSum(sum51, bias1, sums + 11 * TStep.Lanes);
    }

    /// <summary>Six rows by one vector. The parameters are those of <see cref="SixByTwo"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixByOne(in KBlock<TElement> block, int* rows, TSum* state, float* sums)
    {
        // Locals, so that the loop keeps them in registers.
        TElement* activations = block.Activations, weights = block.Weights;
        nint lowPart = block.LowPart;
        bool derives = block.DerivesWeights;
        TElement* row0 = activations + rows[0], row1 = activations + rows[1], row2 = activations + rows[2];
        TElement* row3 = activations + rows[3], row4 = activations + rows[4], row5 = activations + rows[5];
        TSum sum0 = default, sum1 = default, sum2 = default, sum3 = default, sum4 = default, sum5 = default;
        if (!block.IsFirst)
        {
            (sum0, sum1) = (state[0], state[1]);
            (sum2, sum3) = (state[2], state[3]);
            (sum4, sum5) = (state[4], state[5]);
        }

        int* offsets = block.Offsets, end = offsets + block.Count;
        for (; offsets < end; offsets++)
        {
            nint high = *offsets;
            nint low = high + lowPart;
            TVector b0 = TStep.Load(weights);
            TVector b1 = b0;
            if (TStep.DerivesWeights && derives)
            {
                b1 = TStep.SplitWeight(b0);
            }
            else if (TStep.Split)
            {
                weights += TStep.Lanes;
                b1 = TStep.Load(weights);
            }

            weights += TStep.Lanes;

            // Product by product: processors with 16 registers, which use this tile, have no room to interleave stages.
            TVector a0 = TStep.Broadcast(row0 + high);
            sum0 = TStep.Add(sum0, a0, TStep.Split ? TStep.Broadcast(row0 + low) : a0, b0, b1);
            a0 = TStep.Broadcast(row1 + high);
            sum1 = TStep.Add(sum1, a0, TStep.Split ? TStep.Broadcast(row1 + low) : a0, b0, b1);
            a0 = TStep.Broadcast(row2 + high);
            sum2 = TStep.Add(sum2, a0, TStep.Split ? TStep.Broadcast(row2 + low) : a0, b0, b1);
            a0 = TStep.Broadcast(row3 + high);
            sum3 = TStep.Add(sum3, a0, TStep.Split ? TStep.Broadcast(row3 + low) : a0, b0, b1);
            a0 = TStep.Broadcast(row4 + high);
            sum4 = TStep.Add(sum4, a0, TStep.Split ? TStep.Broadcast(row4 + low) : a0, b0, b1);
            a0 = TStep.Broadcast(row5 + high);
            sum5 = TStep.Add(sum5, a0, TStep.Split ? TStep.Broadcast(row5 + low) : a0, b0, b1);
        }

        if (!block.IsLast)
        {
            (state[0], state[1]) = (sum0, sum1);
            (state[2], state[3]) = (sum2, sum3);
            (state[4], state[5]) = (sum4, sum5);
            return;
        }

        float* bias = block.Bias;
        TStep.StoreSum(sum0, bias, sums);
        TStep.StoreSum(sum1, bias, sums + TStep.Lanes);
        TStep.StoreSum(sum2, bias, sums + 2 * TStep.Lanes);
        TStep.StoreSum(sum3, bias, sums + 3 * TStep.Lanes);
        TStep.StoreSum(sum4, bias, sums + 4 * TStep.Lanes);
        TStep.StoreSum(sum5, bias, sums + 5 * TStep.Lanes);
    }

    /// <summary>One row by one or two vectors.</summary>
    /// <param name="block">The activations, offsets, weights and bias of the k-block.</param>
    /// <param name="row">The origin of the row: an index in the activations.</param>
    /// <param name="state">The accumulators, between blocks.</param>
    /// <param name="sums">Receives the sums, after the last block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneRow(in KBlock<TElement> block, int row, TSum* state, float* sums)
    {
        // Locals, so that the loop keeps them in registers.
        TElement* high = block.Activations + row, low = high + block.LowPart, weights = block.Weights;
        int* offsets = block.Offsets;
        int count = block.Count, vectors = block.Vectors;
        bool derives = TStep.DerivesWeights && block.DerivesWeights;
        int width = vectors * TStep.Lanes, stride = TStep.Split && !derives ? 2 * width : width;
        TSum sum0 = block.IsFirst ? default : state[0], sum1 = block.IsFirst || vectors == 1 ? default : state[1];
        // Both vectors at once, so that the weights are read in the order in which they lie.
        for (int k = 0; k < count; k++, weights += stride)
        {
            TVector a0 = TStep.Broadcast(high + offsets[k]);
            TVector a1 = TStep.Split ? TStep.Broadcast(low + offsets[k]) : a0;
            TVector b0 = TStep.Load(weights);
            TVector b1 = derives ? TStep.SplitWeight(b0) : TStep.Split ? TStep.Load(weights + width) : b0;
            sum0 = TStep.Add(sum0, a0, a1, b0, b1);
            if (vectors == 1)
                continue;
            TVector c0 = TStep.Load(weights + TStep.Lanes);
            TVector c1 = derives ? TStep.SplitWeight(c0) : TStep.Split ? TStep.Load(weights + width + TStep.Lanes) : c0;
            sum1 = TStep.Add(sum1, a0, a1, c0, c1);
        }

        if (!block.IsLast)
        {
            state[0] = sum0;
            if (vectors > 1)
                state[1] = sum1;
            return;
        }

        TStep.StoreSum(sum0, block.Bias, sums);
        if (vectors > 1)
            TStep.StoreSum(sum1, block.Bias + TStep.Lanes, sums + TStep.Lanes);
    }
}
