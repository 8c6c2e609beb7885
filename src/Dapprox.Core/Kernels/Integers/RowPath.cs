using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Products of which those of each weight differ by less than 2¹⁶, looked up in registers: less the least of them they are 256 numbers of
/// two bytes, and eight vectors hold the low and the high bytes. Two permutations and a choice look up 64 bytes.
/// </summary>
/// <remarks>
/// Bytes are summed in pairs: 16-bit lanes take the sum of both, e + 2⁸·o, and the sum of the upper, o. After at most 257 products o fits
/// its lane, and e is what is left of the first modulo 2¹⁶. So a byte costs three instructions for two lanes.
/// </remarks>
sealed class RowPath() : IntegerPath("avx512-rows", KernelTable.Avx512)
{
    // Products of a weight: 256 low bytes, then 256 high ones.
    const int RowBytes = 512;

    readonly ConditionalWeakTable<IntegerProducts, Rows> tables = [];

    // Faster where most lanes would be idle.
    readonly LookupPath few = new();

    public override bool IsSupported => Avx512Vbmi.IsSupported;

    public override bool Covers(IntegerProducts products)
    {
        if (!products.Accumulator.IsModular)
            return false;
        for (int weight = 0; weight < products.Weights.Count; weight++)
        {
            (int least, int greatest) = Range(products, weight);
            if ((long)greatest - least > ushort.MaxValue)
                return false;
        }

        return true;
    }

    public override IntegerMatrix Prepare(IntegerProducts products, byte[] codes, int columns, int count) =>
        new Matrix(tables.GetValue(products, of => new Rows(of)), codes, columns, count, few.Prepare(products, codes, columns, count));

    /// <summary>The least and the greatest product of a weight.</summary>
    static (int Least, int Greatest) Range(IntegerProducts products, int weight)
    {
        int least = int.MaxValue, greatest = int.MinValue;
        for (int code = weight; code < products.Table.Length; code += products.Weights.Count)
        {
            least = Math.Min(least, products.Table[code]);
            greatest = Math.Max(greatest, products.Table[code]);
        }

        return (least, greatest);
    }

    /// <summary>The products of each weight, less the least of them.</summary>
    sealed unsafe class Rows
    {
        const int Alignment = 64;

        readonly byte[] memory;

        public Rows(IntegerProducts products)
        {
            int activations = products.Activations.Count, weights = products.Weights.Count;
            memory = GC.AllocateArray<byte>(weights * RowBytes + Alignment, pinned: true);
            byte* first = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
            First = first + (-(nint)first & (Alignment - 1));
            Least = new int[weights];
            for (int weight = 0; weight < weights; weight++)
            {
                Least[weight] = Range(products, weight).Least;
                byte* row = First + weight * RowBytes;
                for (int activation = 0; activation < activations; activation++)
                {
                    int product = products.Table[activation * weights + weight] - Least[weight];
                    (row[activation], row[activation + RowBytes / 2]) = ((byte)product, (byte)(product >> 8));
                }
            }
        }

        public byte* First { get; }

        /// <summary>By weight, what its row lacks.</summary>
        public int[] Least { get; }
    }

    sealed unsafe class Matrix : IntegerMatrix
    {
        // A 16-bit lane holds the sum of so many bytes.
        const int BlockLength = 256;

        const int Vector = 64;

        // Lanes that take longer one by one than a vector of them.
        const int FewLanes = 6;

        readonly Rows rows;
        readonly byte[] codes;
        readonly int count;
        readonly IntegerMatrix few;
        // By column, what the rows of its weights lack together.
        readonly int[] lacking;

        public Matrix(Rows rows, byte[] codes, int columns, int count, IntegerMatrix few)
        {
            (this.rows, this.codes, this.count, this.few) = (rows, codes, count, few);
            lacking = new int[columns];
            for (int i = 0; i < codes.Length; i++)
                lacking[i / count] += rows.Least[codes[i]];
        }

        public override void Sum(byte* activations, int lanes, int firstColumn, int endColumn, int* sums)
        {
            if (lanes <= FewLanes)
            {
                few.Sum(activations, lanes, firstColumn, endColumn, sums);
                return;
            }

            for (int column = firstColumn; column < endColumn; column++)
                new Span<int>(sums + (nint)(column - firstColumn) * IntegerPath.Lanes, IntegerPath.Lanes).Fill(lacking[column]);
            fixed (byte* first = codes)
            {
                for (int k = 0; k < count; k += BlockLength)
                {
                    int length = Math.Min(BlockLength, count - k);
                    for (int column = firstColumn; column < endColumn; column++)
                    {
                        Block(
                            rows.First, first + (nint)column * count + k, activations + (nint)k * IntegerPath.Lanes, length,
                            lanes > Vector, sums + (nint)(column - firstColumn) * IntegerPath.Lanes);
                    }
                }
            }
        }

        /// <summary>Adds the products of a block to the sums of a column, in the first or in both vectors of lanes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Block(byte* rows, byte* codes, byte* activations, int length, bool inBoth, int* sums)
        {
            // Of each vector of lanes, of low and of high bytes: the sums of both bytes of a pair, and of the upper.
            Vector512<ushort> low0 = default, lowUpper0 = default, high0 = default, highUpper0 = default;
            Vector512<ushort> low1 = default, lowUpper1 = default, high1 = default, highUpper1 = default;
            for (byte* end = codes + length; codes < end; codes++, activations += IntegerPath.Lanes)
            {
                byte* row = rows + (nint)(*codes) * RowBytes;
                Vector512<byte> r0 = Vector512.LoadAligned(row), r1 = Vector512.LoadAligned(row + Vector);
                Vector512<byte> r2 = Vector512.LoadAligned(row + 2 * Vector), r3 = Vector512.LoadAligned(row + 3 * Vector);
                Vector512<byte> r4 = Vector512.LoadAligned(row + 4 * Vector), r5 = Vector512.LoadAligned(row + 5 * Vector);
                Vector512<byte> r6 = Vector512.LoadAligned(row + 6 * Vector), r7 = Vector512.LoadAligned(row + 7 * Vector);
                Vector512<byte> operands = Vector512.LoadAligned(activations);
                Vector512<ushort> low = LookUp(r0, r1, r2, r3, operands), high = LookUp(r4, r5, r6, r7, operands);
                low0 += low;
                lowUpper0 += low >>> 8;
                high0 += high;
                highUpper0 += high >>> 8;
                if (!inBoth)
                    continue;
                operands = Vector512.LoadAligned(activations + Vector);
                low = LookUp(r0, r1, r2, r3, operands);
                high = LookUp(r4, r5, r6, r7, operands);
                low1 += low;
                lowUpper1 += low >>> 8;
                high1 += high;
                highUpper1 += high >>> 8;
            }

            // Through memory: accumulators that are passed on by value would live there.
            Vector512<ushort>* both = stackalloc Vector512<ushort>[8];
            (both[0], both[1], both[2], both[3]) = (low0, lowUpper0, high0, highUpper0);
            (both[4], both[5], both[6], both[7]) = (low1, lowUpper1, high1, highUpper1);
            Add(both, sums);
            Add(both + 4, sums + Vector);
        }

        /// <summary>The bytes of a table of 256 with the indices given.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<ushort> LookUp(
            Vector512<byte> r0, Vector512<byte> r1, Vector512<byte> r2, Vector512<byte> r3, Vector512<byte> indices) =>
            Avx512BW.BlendVariable(
                Avx512Vbmi.PermuteVar64x8x2(r0, indices, r1), Avx512Vbmi.PermuteVar64x8x2(r2, indices, r3), indices).AsUInt16();

        /// <summary>Adds what a vector of lanes collected to its sums.</summary>
        static void Add(Vector512<ushort>* both, int* sums)
        {
            Vector512<ushort> lowEven = both[0] - (both[1] << 8), highEven = both[2] - (both[3] << 8);
            AddHalf(lowEven.GetLower(), both[1].GetLower(), highEven.GetLower(), both[3].GetLower(), sums);
            AddHalf(lowEven.GetUpper(), both[1].GetUpper(), highEven.GetUpper(), both[3].GetUpper(), sums + Vector / 2);
        }

        static void AddHalf(
            Vector256<ushort> lowEven, Vector256<ushort> lowOdd, Vector256<ushort> highEven, Vector256<ushort> highOdd, int* sums)
        {
            Vector512<int> even = Widen(lowEven) + (Widen(highEven) << 8), odd = Widen(lowOdd) + (Widen(highOdd) << 8);
            Vector512<int> order = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            (Vector512.Load(sums) + Avx512F.PermuteVar16x32x2(even, order, odd)).Store(sums);
            int* upper = sums + Vector512<int>.Count;
            (Vector512.Load(upper) + Avx512F.PermuteVar16x32x2(even, order + Vector512.Create(8), odd)).Store(upper);
        }

        static Vector512<int> Widen(Vector256<ushort> numbers) => Avx512F.ConvertToVector512Int32(numbers);
    }
}
