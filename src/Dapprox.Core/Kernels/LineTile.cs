using System.Runtime.CompilerServices;

namespace Dapprox.Kernels;

/// <summary>
/// The innermost loop for few columns: lanes run over neighbouring rows (positions of a convolution with stride 1), whose
/// operands are neighbours too, and a weight is in all lanes. <see cref="Tile{TStep, TElement, TVector, TSum}"/> would leave
/// most of its lanes empty.
/// </summary>
static unsafe class LineTile<TStep, TElement, TVector, TSum>
    where TStep : IMultiplyAdd<TStep, TElement, TVector, TSum>
    where TElement : unmanaged
    where TSum : unmanaged
{
    /// <summary>How many vectors of rows a tile has: enough to hide how long an addition takes.</summary>
    public const int Vectors = 6;

    /// <summary>
    /// Effectively <c>sums[v, lane] = Σ_k activations[origins[v] + lane + offsets[k]] · weights[k] + bias[lane]</c>, for one column.
    /// </summary>
    /// <param name="block">All products of the sums. Its weights start at the column, its bias repeats the column's in every lane.</param>
    /// <param name="origins">The origin of the first row of each of six vectors: indices in the activations.</param>
    /// <param name="sums">Receives six vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Six(in KBlock<TElement> block, int* origins, float* sums)
    {
        // Locals, so that the loop keeps them in registers.
        TElement* activations = block.Activations, weights = block.Weights;
        nint lowPart = block.LowPart;
        // From a weight to its split operand, and to the next weight of the column.
        nint width = block.Vectors * TStep.Lanes, stride = TStep.Split ? 2 * width : width;
        TElement* row0 = activations + origins[0], row1 = activations + origins[1], row2 = activations + origins[2];
        TElement* row3 = activations + origins[3], row4 = activations + origins[4], row5 = activations + origins[5];
        TSum sum0 = default, sum1 = default, sum2 = default, sum3 = default, sum4 = default, sum5 = default;
        int* offsets = block.Offsets, end = offsets + block.Count;
        for (; offsets < end; offsets++, weights += stride)
        {
            nint high = *offsets;
            nint low = high + lowPart;
            TVector b0 = TStep.Broadcast(weights);
            TVector b1 = TStep.Split ? TStep.Broadcast(weights + width) : b0;

            TVector a0 = TStep.Load(row0 + high);
            sum0 = TStep.Add(sum0, a0, TStep.Split ? TStep.Load(row0 + low) : a0, b0, b1);
            a0 = TStep.Load(row1 + high);
            sum1 = TStep.Add(sum1, a0, TStep.Split ? TStep.Load(row1 + low) : a0, b0, b1);
            a0 = TStep.Load(row2 + high);
            sum2 = TStep.Add(sum2, a0, TStep.Split ? TStep.Load(row2 + low) : a0, b0, b1);
            a0 = TStep.Load(row3 + high);
            sum3 = TStep.Add(sum3, a0, TStep.Split ? TStep.Load(row3 + low) : a0, b0, b1);
            a0 = TStep.Load(row4 + high);
            sum4 = TStep.Add(sum4, a0, TStep.Split ? TStep.Load(row4 + low) : a0, b0, b1);
            a0 = TStep.Load(row5 + high);
            sum5 = TStep.Add(sum5, a0, TStep.Split ? TStep.Load(row5 + low) : a0, b0, b1);
        }

        float* bias = block.Bias;
        TStep.StoreSum(sum0, bias, sums);
        TStep.StoreSum(sum1, bias, sums + TStep.Lanes);
        TStep.StoreSum(sum2, bias, sums + 2 * TStep.Lanes);
        TStep.StoreSum(sum3, bias, sums + 3 * TStep.Lanes);
        TStep.StoreSum(sum4, bias, sums + 4 * TStep.Lanes);
        TStep.StoreSum(sum5, bias, sums + 5 * TStep.Lanes);
    }
}
