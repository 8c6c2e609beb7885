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
    /// Effectively <c>sums[v, lane] = Σ_k activations[places[v] + lane + offsets[k]] · weights[k]</c>, and the bias.
    /// </summary>
    /// <param name="activations">The packed activations, first parts.</param>
    /// <param name="second">How far behind a first part its second part lies, in elements.</param>
    /// <param name="places">The places of six vectors' first rows.</param>
    /// <param name="offsets">The offsets of the operands, in the order of summation.</param>
    /// <param name="count">How many products a sum has.</param>
    /// <param name="weights">The first weight of the column.</param>
    /// <param name="weightStride">From a weight to the next of its sum.</param>
    /// <param name="part">From the first part of a weight to its second.</param>
    /// <param name="bias">The bias of the column, once per lane.</param>
    /// <param name="sums">Receives six vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Six(
        TElement* activations, nint second, int* places, int* offsets, int count,
        TElement* weights, nint weightStride, nint part, float* bias, float* sums)
    {
        TElement* row0 = activations + places[0], row1 = activations + places[1], row2 = activations + places[2];
        TElement* row3 = activations + places[3], row4 = activations + places[4], row5 = activations + places[5];
        TSum sum0 = default, sum1 = default, sum2 = default, sum3 = default, sum4 = default, sum5 = default;
        int* end = offsets + count;
        for (; offsets < end; offsets++, weights += weightStride)
        {
            nint first = *offsets;
            nint other = first + second;
            TVector b0 = TStep.Broadcast(weights);
            TVector b1 = TStep.Split ? TStep.Broadcast(weights + part) : b0;

            TVector a0 = TStep.Load(row0 + first);
            sum0 = TStep.Add(sum0, a0, TStep.Split ? TStep.Load(row0 + other) : a0, b0, b1);
            a0 = TStep.Load(row1 + first);
            sum1 = TStep.Add(sum1, a0, TStep.Split ? TStep.Load(row1 + other) : a0, b0, b1);
            a0 = TStep.Load(row2 + first);
            sum2 = TStep.Add(sum2, a0, TStep.Split ? TStep.Load(row2 + other) : a0, b0, b1);
            a0 = TStep.Load(row3 + first);
            sum3 = TStep.Add(sum3, a0, TStep.Split ? TStep.Load(row3 + other) : a0, b0, b1);
            a0 = TStep.Load(row4 + first);
            sum4 = TStep.Add(sum4, a0, TStep.Split ? TStep.Load(row4 + other) : a0, b0, b1);
            a0 = TStep.Load(row5 + first);
            sum5 = TStep.Add(sum5, a0, TStep.Split ? TStep.Load(row5 + other) : a0, b0, b1);
        }

        TStep.StoreSum(sum0, bias, sums);
        TStep.StoreSum(sum1, bias, sums + TStep.Lanes);
        TStep.StoreSum(sum2, bias, sums + 2 * TStep.Lanes);
        TStep.StoreSum(sum3, bias, sums + 3 * TStep.Lanes);
        TStep.StoreSum(sum4, bias, sums + 4 * TStep.Lanes);
        TStep.StoreSum(sum5, bias, sums + 5 * TStep.Lanes);
    }
}
