using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Exact products, by instructions that multiply some products of a sum in each lane and add them. The tile is that of floats
/// (<see cref="Tile{TStep, TElement, TVector, TSum}"/>) with the roles exchanged: weights are broadcast, and lanes are positions.
/// </summary>
sealed class ExactPath<TDots, TVector>(string name, string instructionSet) : IntegerPath(name, instructionSet)
    where TDots : IDots<TDots, TVector>
    where TVector : unmanaged
{
    public override bool IsSupported => TDots.IsSupported;

    public override bool Covers(IntegerProducts products)
    {
        if (!products.Accumulator.IsModular)
            return false;
        if (products.Weights.IsSigned ? products.WeightShift != 0 : !TDots.TakesUnsignedWeights)
            return false;
        for (int code = 0; code < products.Table.Length; code++)
        {
            (int activation, int weight) = Math.DivRem(code, products.Weights.Count);
            if (products.Table[code] != (FirstOf(products) + activation) * (SecondOf(products) + weight))
                return false;
        }

        return true;
    }

    public override IntegerMatrix Prepare(IntegerProducts products, byte[] codes, int columns, int count) =>
        new Matrix(FirstOf(products), SecondOf(products), codes, columns, count);

    /// <summary>What the code 0 of an activation is multiplied as.</summary>
    static int FirstOf(IntegerProducts products) => products.Activations.Low + products.ActivationShift;

    /// <summary>What the code 0 of a weight is multiplied as.</summary>
    static int SecondOf(IntegerProducts products) => products.Weights.Low + products.WeightShift;

    sealed unsafe class Matrix : IntegerMatrix
    {
        const int Rows = 6, Vectors = 2;

        static readonly int Width = Vectors * TDots.Lanes;

        readonly int count;
        readonly int groups;
        readonly short first;
        // The weights, some of a sum in each number: [columns, groups].
        readonly int[] weights;
        // What is added to each sum: where activations are multiplied as their codes, Σ w times the difference.
        readonly int[] constants;
        readonly int[] offsets;

        public Matrix(int firstActivation, int firstWeight, byte[] codes, int columns, int count)
        {
            this.count = count;
            groups = (count + TDots.Products - 1) / TDots.Products;
            first = (short)(TDots.TakesCodes ? 0 : firstActivation);
            weights = GC.AllocateUninitializedArray<int>(columns * groups, pinned: true);
            constants = new int[columns];
            short[] values = new short[groups * TDots.Products];
            for (int column = 0; column < columns; column++)
            {
                for (int k = 0; k < count; k++)
                    values[k] = (short)(firstWeight + codes[(nint)column * count + k]);
                TDots.PackWeights(values, weights.AsSpan(column * groups, groups));
                if (TDots.TakesCodes)
                {
                    foreach (short weight in values)
                        constants[column] += weight * firstActivation;
                }
            }

            offsets = GC.AllocateUninitializedArray<int>(groups, pinned: true);
            for (int i = 0; i < groups; i++)
                offsets[i] = i;
        }

        public override void Sum(byte* activations, int lanes, int firstColumn, int endColumn, int* sums)
        {
            int[] packed = ArrayPool<int>.Shared.Rent(groups * Width + Vector128<byte>.Count);
            int* tile = stackalloc int[Rows * Width];
            int* rows = stackalloc int[Rows];
            fixed (int* operands = packed)
            {
                for (int lane = 0; lane < lanes; lane += Width)
                {
                    TDots.PackActivations(activations + lane, count, groups, Width, first, operands);
                    var block = new KBlock<int>
                    {
                        Activations = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(weights)),
                        LowPart = 0,
                        Offsets = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(offsets)),
                        Count = groups,
                        Weights = operands,
                        Vectors = Vectors,
                        DerivesWeights = false,
                        Bias = null,
                        IsFirst = true,
                        IsLast = true,
                    };
                    for (int column = firstColumn; column < endColumn; column += Rows)
                    {
                        int used = Math.Min(Rows, endColumn - column);
                        // The last column fills up the tile; its copies are not stored.
                        for (int i = 0; i < Rows; i++)
                            rows[i] = (column + Math.Min(i, used - 1)) * groups;
                        Tile<TDots, int, TVector, TVector>.SixByTwo(block, rows, null, (float*)tile);
                        for (int i = 0; i < used; i++)
                        {
                            int* to = sums + (nint)(column + i - firstColumn) * IntegerPath.Lanes + lane;
                            for (int j = 0; j < Width; j++)
                                to[j] = tile[i * Width + j] + constants[column + i];
                        }
                    }
                }
            }

            ArrayPool<int>.Shared.Return(packed);
        }
    }
}
