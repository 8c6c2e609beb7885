using System.Runtime.CompilerServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Products looked up one by one: the definition, for any products on any processor. The only path whose sums may saturate, or be those of
/// an approximate adder.
/// </summary>
sealed class LookupPath() : IntegerPath("scalar", KernelTable.Scalar)
{
    readonly ConditionalWeakTable<IntegerProducts, int[]> tables = [];

    public override bool IsSupported => true;

    public override bool Covers(IntegerProducts products) => true;

    public override IntegerMatrix Prepare(IntegerProducts products, byte[] codes, int columns, int count) =>
        products.Accumulator.IsModular
            ? new Matrix<Modular>(tables.GetValue(products, ByWeight), products.Activations.Count, codes, count, default)
            : new Matrix<Accumulating>(
                tables.GetValue(products, ByWeight), products.Activations.Count, codes, count, new Accumulating(products.Accumulator));

    /// <summary>All products, those of a weight one after another.</summary>
    static int[] ByWeight(IntegerProducts products)
    {
        int activations = products.Activations.Count, weights = products.Weights.Count;
        int[] table = new int[products.Table.Length];
        for (int code = 0; code < table.Length; code++)
            table[code] = products.Table[code % activations * weights + code / activations];
        return table;
    }

    interface IAddition
    {
        int Add(int sum, int product);
    }

    /// <summary>Integers modulo 2³².</summary>
    readonly struct Modular : IAddition
    {
        public int Add(int sum, int product) => sum + product;
    }

    readonly struct Accumulating(IntegerAccumulator accumulator) : IAddition
    {
        public int Add(int sum, int product) => accumulator.Add(sum, product);
    }

    sealed unsafe class Matrix<TAddition>(int[] table, int rowLength, byte[] codes, int count, TAddition addition) : IntegerMatrix
        where TAddition : struct, IAddition
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Sum(byte* activations, int lanes, int firstColumn, int endColumn, int* sums)
        {
            new Span<int>(sums, (endColumn - firstColumn) * IntegerPath.Lanes).Clear();
            fixed (int* first = table)
            fixed (byte* weights = codes)
            {
                for (int column = firstColumn; column < endColumn; column++, sums += IntegerPath.Lanes)
                {
                    int k = 0;
                    // Four products for each sum that is read and written.
                    for (; k <= count - 4; k += 4)
                    {
                        byte* own = weights + (nint)column * count + k, operands = activations + (nint)k * IntegerPath.Lanes;
                        int* row0 = first + own[0] * rowLength, row1 = first + own[1] * rowLength;
                        int* row2 = first + own[2] * rowLength, row3 = first + own[3] * rowLength;
                        for (int lane = 0; lane < lanes; lane++)
                        {
                            int sum = addition.Add(sums[lane], row0[operands[lane]]);
                            sum = addition.Add(sum, row1[operands[lane + IntegerPath.Lanes]]);
                            sum = addition.Add(sum, row2[operands[lane + 2 * IntegerPath.Lanes]]);
                            sums[lane] = addition.Add(sum, row3[operands[lane + 3 * IntegerPath.Lanes]]);
                        }
                    }

                    for (; k < count; k++)
                    {
                        int* row = first + weights[(nint)column * count + k] * rowLength;
                        byte* operands = activations + (nint)k * IntegerPath.Lanes;
                        for (int lane = 0; lane < lanes; lane++)
                            sums[lane] = addition.Add(sums[lane], row[operands[lane]]);
                    }
                }
            }
        }
    }
}
