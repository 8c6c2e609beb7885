using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Kernels.Integers;

namespace Dapprox.Benchmarks;

/// <summary>
/// Matrix products of integers of the sizes of <see cref="KernelBenchmark"/>, on every path, against look-ups one by one, look-ups by
/// gather instructions, and exact products of binary32.
/// </summary>
static class IntegerBenchmark
{
    public const string Name = "integers";

    static readonly (int Rows, int Inner, int Columns)[] Sizes = [(196, 288, 64), (256, 1728, 384)];

    static readonly Quantisation Formats = new(
        new AffineQuantisation(1 / 255f, 0, IntegerFormat.UInt8), [new AffineQuantisation(1 / 127f, 0, IntegerFormat.Int8)]);

    public static unsafe void Run(TextWriter output)
    {
        var random = new Random(1);
        var table = new TableMultiplier("any table", 8, isSigned: false, (_, _) => random.Next(1 << 16));
        // Sums of 1, 2, 4, 8 and 12 ordinary products.
        IntegerMultiplier[] structured = [.. ((int[])[1, 2, 4, 8, 12]).Select(rank => new TableMultiplier(
            $"{rank} {(rank == 1 ? "term" : "terms")}", 8, isSigned: false,
            (a, w) => a == 0 || w == 0 ? 0 : Enumerable.Range(0, rank).Sum(r => Term(a, r) * Term(w, r))))];
        foreach ((int rows, int inner, int columns) in Sizes)
        {
            float[] a = KernelBenchmark.Uniform(rows * inner, 0, 1, 1), b = KernelBenchmark.Uniform(columns * inner, -1, 1, 2);
            float[] result = new float[rows * columns];
            var lookUps = new LookUps(IntegerProducts.Of(table, IntegerFormat.UInt8, IntegerFormat.Int8), b, inner, columns);
            var contest = new Contest((double)rows * inner * columns);
            contest.Add("look-ups one by one", () => lookUps.Run(a, rows, result, LookUps.OneByOne));
            if (Avx512BW.IsSupported)
                contest.Add("look-ups by gather, AVX-512", () => lookUps.Run(a, rows, result, LookUps.Gather512));
            if (Avx2.IsSupported)
                contest.Add("look-ups by gather, AVX2", () => lookUps.Run(a, rows, result, LookUps.Gather256));
            var single = new DenseKernel(ExactMultiplier.Rounded, b, [], inner, columns);
            contest.Add("exact, binary32, fastest path", () => single.Run(a, result, threads: 1));
            foreach (IntegerMultiplier multiplier in (IntegerMultiplier[])[table, .. structured, ExactIntegerMultiplier.Int8])
            {
                IntegerProducts products = IntegerProducts.Of(multiplier, IntegerFormat.UInt8, IntegerFormat.Int8);
                foreach (IntegerPath path in IntegerPaths.All.Where(path => path.IsSupported && path.Covers(products)))
                {
                    var kernel = new QuantisedDenseKernel(multiplier, Formats, b, [], columns, path.Name);
                    contest.Add($"{multiplier}, {path.Name}", () => kernel.Run(a, result, threads: 1));
                }
            }

            output.WriteLine($"### {rows} × {inner} × {columns}, one thread");
            output.WriteLine();
            output.WriteLine("| | G products/s | one by one = 1 | gather = 1 | exact binary32 = 1 |");
            output.WriteLine("|---|---:|---:|---:|---:|");
            IReadOnlyList<(string Name, double Rate, double Ratio)> places = contest.Run();
            double gather = places.Where(place => place.Name.Contains("gather", StringComparison.Ordinal)).Max(place => place.Ratio);
            double exact = places.First(place => place.Name.StartsWith("exact,", StringComparison.Ordinal)).Ratio;
            foreach ((string name, double rate, double ratio) in places)
                output.WriteLine($"| {name} | {rate / 1e9:F1} | {ratio:F1} | {ratio / gather:F2} | {ratio / exact:F2} |");
            output.WriteLine();

            var threads = new Contest((double)rows * inner * columns);
            var fastest = new QuantisedDenseKernel(table, Formats, b, [], columns);
            threads.Add("one thread", () => fastest.Run(a, result, threads: 1));
            threads.Add("two threads", () => fastest.Run(a, result, threads: 2));
            output.WriteLine($"any table, fastest path: two threads are {threads.Run()[1].Ratio:F2} times one.");
            output.WriteLine();
        }
    }

    // A number that is not that of another term, of 6 bits.
    static long Term(long operand, int r) => (operand * (2 * r + 3) ^ operand >> r) & 63;

    /// <summary>
    /// What emulators do: the product of each pair is read from the table. Activations are quantised and laid out in the same way as for
    /// our kernels; a weight's products are one row of the table.
    /// </summary>
    sealed unsafe class LookUps
    {
        const int Lanes = 64;

        readonly int inner;
        readonly int columns;
        readonly int[] table = GC.AllocateArray<int>(1 << 16, pinned: true);
        readonly byte[] weights;
        readonly byte[] quantised;
        readonly byte[] activations;

        public LookUps(IntegerProducts products, float[] weights, int inner, int columns)
        {
            (this.inner, this.columns) = (inner, columns);
            for (int code = 0; code < table.Length; code++)
                table[(code & 255) << 8 | code >> 8] = products.Table[code];
            this.weights = Array.ConvertAll(weights, weight => (byte)(Formats.Weights[0].Quantise(weight) + 128));
            quantised = new byte[inner * Lanes];
            activations = new byte[inner * Lanes];
        }

        /// <summary>The sums of one column: those of the products of its weights with the activations of all lanes.</summary>
        public delegate void Column(int* table, byte* operands, byte* codes, int inner, int* sums);

        /// <summary>Computes the product of two matrices.</summary>
        public void Run(float[] input, int rows, float[] output, Column column)
        {
            int* sums = stackalloc int[Lanes];
            fixed (int* first = table)
            fixed (byte* operands = activations, codes = weights)
            {
                for (int row = 0; row < rows; row += Lanes)
                {
                    Pack(input, rows, row);
                    for (int index = 0; index < columns; index++)
                    {
                        column(first, operands, codes + index * inner, inner, sums);
                        for (int lane = 0; lane < Lanes && row + lane < rows; lane++)
                            output[(row + lane) * columns + index] = sums[lane];
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void OneByOne(int* table, byte* operands, byte* codes, int inner, int* sums)
        {
            new Span<int>(sums, Lanes).Clear();
            for (int k = 0; k < inner; k++, operands += Lanes)
            {
                int* products = table + (codes[k] << 8);
                for (int lane = 0; lane < Lanes; lane++)
                    sums[lane] += products[operands[lane]];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Gather512(int* table, byte* operands, byte* codes, int inner, int* sums)
        {
            Vector512<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (int k = 0; k < inner; k++, operands += Lanes)
            {
                int* products = table + (codes[k] << 8);
                sum0 += Wide(products, operands);
                sum1 += Wide(products, operands + 16);
                sum2 += Wide(products, operands + 32);
                sum3 += Wide(products, operands + 48);
            }

            sum0.Store(sums);
            sum1.Store(sums + 16);
            sum2.Store(sums + 32);
            sum3.Store(sums + 48);

            // .NET has no gather of 512 bits; two of 256 take as many loads, which are what a gather takes its time for.
            static Vector512<int> Wide(int* products, byte* own) => Vector512.Create(Gathered(products, own), Gathered(products, own + 8));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Gather256(int* table, byte* operands, byte* codes, int inner, int* sums)
        {
            for (int half = 0; half < Lanes; half += Lanes / 2)
            {
                Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                byte* own = operands + half;
                for (int k = 0; k < inner; k++, own += Lanes)
                {
                    int* products = table + (codes[k] << 8);
                    sum0 += Gathered(products, own);
                    sum1 += Gathered(products, own + 8);
                    sum2 += Gathered(products, own + 16);
                    sum3 += Gathered(products, own + 24);
                }

                sum0.Store(sums + half);
                sum1.Store(sums + half + 8);
                sum2.Store(sums + half + 16);
                sum3.Store(sums + half + 24);
            }
        }

        static Vector256<int> Gathered(int* products, byte* own) =>
            Avx2.GatherVector256(products, Avx2.ConvertToVector256Int32(own), sizeof(int));

        void Pack(float[] input, int rows, int row)
        {
            int count = Math.Min(Lanes, rows - row);
            fixed (byte* own = quantised, to = activations)
            {
                RoundingKernel.Code(Formats.Activations, input.AsSpan(row * inner, count * inner), own);
                TransposedStore.Run(own, inner, count, inner, to, Lanes);
            }
        }
    }
}
