using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// The weights of sums of ordinary products. The tile is that of floats (<see cref="Tile{TStep, TElement, TVector, TSum}"/>) with the roles
/// exchanged: weights are broadcast, and lanes are positions.
/// </summary>
abstract unsafe class DotMatrix<TDots, TVector> : IntegerMatrix
    where TDots : IDots<TDots, TVector>
    where TVector : unmanaged
{
    const int Rows = 6, Vectors = 2;

    // The weights, some of a sum in each number: [columns, groups].
    readonly int[] weights;
    // What is added to the sums of a column.
    readonly int[] constants;
    readonly int[] offsets;

    /// <summary>Takes the memory.</summary>
    /// <param name="columns">The number of sums that a position has.</param>
    /// <param name="count">The number of ordinary products of a sum.</param>
    protected DotMatrix(int columns, int count)
    {
        Groups = (count + TDots.Products - 1) / TDots.Products;
        weights = GC.AllocateUninitializedArray<int>(columns * Groups, pinned: true);
        constants = new int[columns];
        offsets = GC.AllocateUninitializedArray<int>(Groups, pinned: true);
        for (int i = 0; i < Groups; i++)
            offsets[i] = i;
    }

    /// <summary>The lanes that are packed together.</summary>
    protected static int Width => Vectors * TDots.Lanes;

    /// <summary>How many numbers the operands of a sum become.</summary>
    protected int Groups { get; }

    /// <summary>Packs the weights of a column.</summary>
    /// <param name="column">The index of the column.</param>
    /// <param name="values">The weights of its ordinary products.</param>
    /// <param name="constant">What is added to its sums.</param>
    protected void PackWeights(int column, ReadOnlySpan<short> values, int constant)
    {
        short[] padded = new short[Groups * TDots.Products];
        values.CopyTo(padded);
        TDots.PackWeights(padded, weights.AsSpan(column * Groups, Groups));
        constants[column] = constant;
    }

    /// <summary>Packs the activations of <see cref="Width"/> lanes.</summary>
    /// <param name="codes">Their codes: as those of <see cref="IntegerMatrix.Sum"/>, from a lane on.</param>
    /// <param name="packed">Receives <c>[<see cref="Groups"/>, <see cref="Width"/>]</c>, and up to 16 numbers more.</param>
    protected abstract void PackActivations(byte* codes, int* packed);

    public override void Sum(byte* activations, int lanes, int firstColumn, int endColumn, int* sums)
    {
        int[] packed = ArrayPool<int>.Shared.Rent(Groups * Width + Vector128<byte>.Count);
        int* tile = stackalloc int[Rows * Width];
        int* rows = stackalloc int[Rows];
        fixed (int* operands = packed)
        {
            for (int lane = 0; lane < lanes; lane += Width)
            {
                PackActivations(activations + lane, operands);
                var block = new KBlock<int>
                {
                    Activations = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(weights)),
                    LowPart = 0,
                    Offsets = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(offsets)),
                    Count = Groups,
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
                        rows[i] = (column + Math.Min(i, used - 1)) * Groups;
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
