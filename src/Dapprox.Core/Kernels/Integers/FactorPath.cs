using System.Runtime.CompilerServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Products that are sums of few ordinary products (<see cref="IntegerFactors"/>): each operand becomes as many numbers of 16 bits, of
/// which pairs are multiplied and added by one instruction.
/// </summary>
/// <param name="name">The name of the path.</param>
/// <param name="instructionSet">The instruction set that it needs.</param>
/// <param name="maxRank">The most terms with which it is faster than the paths behind it.</param>
sealed class FactorPath<TLanes, TVector>(string name, string instructionSet, int maxRank) : IntegerPath(name, instructionSet)
    where TLanes : ILanes<TVector, int>
    where TVector : unmanaged
{
    readonly ConditionalWeakTable<IntegerFactors, int[][]> tables = [];

    public override bool IsSupported => TLanes.IsSupported;

    public override bool Covers(IntegerProducts products) =>
        products.Accumulator.IsModular && IntegerFactors.Of(products) is IntegerFactors factors && factors.Rank <= maxRank;

    public override IntegerMatrix Prepare(IntegerProducts products, byte[] codes, int columns, int count)
    {
        IntegerFactors factors = IntegerFactors.Of(products)!;
        return new Matrix(factors, tables.GetValue(factors, Pairs), codes, columns, count);
    }

    /// <summary>The terms of an operand, an even number of them unless there is one.</summary>
    static int Padded(int rank) => rank == 1 ? 1 : rank + rank % 2;

    /// <summary>For each pair of terms and each activation both numbers, in 16 bits each; a lone one in the lower half.</summary>
    static int[][] Pairs(IntegerFactors factors) => [.. factors.Activations.Chunk(2).Select(pair =>
        pair[0].Select((lower, code) => (ushort)lower | (pair.Length > 1 ? pair[1][code] << 16 : 0)).ToArray())];

    sealed unsafe class Matrix : DotMatrix<ShortDots<TLanes, TVector>, TVector>
    {
        readonly int count;
        readonly int[][] pairs;
        readonly bool isSingle;

        public Matrix(IntegerFactors factors, int[][] pairs, byte[] codes, int columns, int count)
            : base(columns, count * Padded(factors.Rank))
        {
            (this.pairs, this.count, isSingle) = (pairs, count, factors.Rank == 1);
            int padded = Padded(factors.Rank);
            short[] values = new short[count * padded];
            for (int column = 0; column < columns; column++)
            {
                for (int k = 0; k < count; k++)
                {
                    for (int r = 0; r < factors.Rank; r++)
                        values[k * padded + r] = factors.Weights[r][codes[(nint)column * count + k]];
                }

                PackWeights(column, values, constant: 0);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void PackActivations(byte* codes, int* packed)
        {
            int width = Width;
            if (isSingle)
            {
                fixed (int* numbers = pairs[0])
                {
                    for (int k = 0; k < count; k += 2, codes += 2 * IntegerPath.Lanes, packed += width)
                    {
                        bool isPair = k + 1 < count;
                        for (int lane = 0; lane < width; lane++)
                            packed[lane] = numbers[codes[lane]] | (isPair ? numbers[codes[IntegerPath.Lanes + lane]] << 16 : 0);
                    }
                }

                return;
            }

            for (int k = 0; k < count; k++, codes += IntegerPath.Lanes)
            {
                foreach (int[] pair in pairs)
                {
                    fixed (int* numbers = pair)
                    {
                        for (int lane = 0; lane < width; lane++)
                            packed[lane] = numbers[codes[lane]];
                    }

                    packed += width;
                }
            }
        }
    }
}
