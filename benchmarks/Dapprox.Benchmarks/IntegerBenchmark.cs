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

    public static void Run(TextWriter output)
    {
        var random = new Random(1);
        var table = new TableMultiplier("any table", 8, isSigned: false, (_, _) => random.Next(1 << 16));
        foreach ((int rows, int inner, int columns) in Sizes)
        {
            float[] a = KernelBenchmark.Uniform(rows * inner, 0, 1, 1), b = KernelBenchmark.Uniform(columns * inner, -1, 1, 2);
            float[] result = new float[rows * columns];
            var lookUps = new LookUps(IntegerProducts.Of(table, IntegerFormat.UInt8, IntegerFormat.Int8), b, inner, columns);
            var contest = new Contest((double)rows * inner * columns);
            contest.Add("look-ups one by one", () => lookUps.OneByOne(a, rows, result));
            if (Avx512BW.IsSupported)
                contest.Add("look-ups by gather, AVX-512", () => lookUps.Gather512(a, rows, result));
            if (Avx2.IsSupported)
                contest.Add("look-ups by gather, AVX2", () => lookUps.Gather256(a, rows, result));
            var single = new DenseKernel(ExactMultiplier.Rounded, b, [], inner, columns);
            contest.Add("exact, binary32, fastest path", () => single.Run(a, result, threads: 1));
            foreach (IntegerMultiplier multiplier in (IntegerMultiplier[])[table, ExactIntegerMultiplier.Int8])
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
        readonly byte[] activations;

        public LookUps(IntegerProducts products, float[] weights, int inner, int columns)
        {
            (this.inner, this.columns) = (inner, columns);
            for (int code = 0; code < table.Length; code++)
                table[(code & 255) << 8 | code >> 8] = products.Table[code];
            this.weights = Array.ConvertAll(weights, weight => (byte)(Formats.Weights[0].Quantise(weight) + 128));
            activations = new byte[inner * Lanes];
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void OneByOne(float[] input, int rows, float[] output)
        {
            int* sums = stackalloc int[Lanes];
            fixed (int* first = table)
            fixed (byte* operands = activations, codes = weights)
            {
                for (int row = 0; row < rows; row += Lanes)
                {
                    Pack(input, rows, row);
                    for (int column = 0; column < columns; column++)
                    {
                        new Span<int>(sums, Lanes).Clear();
                        for (int k = 0; k < inner; k++)
                        {
                            int* products = first + (codes[column * inner + k] << 8);
                            byte* own = operands + k * Lanes;
                            for (int lane = 0; lane < Lanes; lane++)
                                sums[lane] += products[own[lane]];
                        }

                        Store(sums, rows, row, column, output);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Gather512(float[] input, int rows, float[] output)
        {
            int* sums = stackalloc int[Lanes];
            fixed (int* first = table)
            fixed (byte* operands = activations, codes = weights)
            {
                for (int row = 0; row < rows; row += Lanes)
                {
                    Pack(input, rows, row);
                    for (int column = 0; column < columns; column++)
                    {
                        Vector512<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                        for (int k = 0; k < inner; k++)
                        {
                            int* products = first + (codes[column * inner + k] << 8);
                            byte* own = operands + k * Lanes;
                            sum0 += Wide(products, own);
                            sum1 += Wide(products, own + 16);
                            sum2 += Wide(products, own + 32);
                            sum3 += Wide(products, own + 48);
                        }

                        sum0.Store(sums);
                        sum1.Store(sums + 16);
                        sum2.Store(sums + 32);
                        sum3.Store(sums + 48);
                        Store(sums, rows, row, column, output);
                    }
                }
            }

            // .NET has no gather of 512 bits; two of 256 take as many loads, which are what a gather takes its time for.
            static Vector512<int> Wide(int* products, byte* own) => Vector512.Create(
                Avx2.GatherVector256(products, Avx2.ConvertToVector256Int32(own), sizeof(int)),
                Avx2.GatherVector256(products, Avx2.ConvertToVector256Int32(own + 8), sizeof(int)));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Gather256(float[] input, int rows, float[] output)
        {
            int* sums = stackalloc int[Lanes];
            fixed (int* first = table)
            fixed (byte* operands = activations, codes = weights)
            {
                for (int row = 0; row < rows; row += Lanes)
                {
                    Pack(input, rows, row);
                    for (int column = 0; column < columns; column++)
                    {
                        for (int half = 0; half < Lanes; half += Lanes / 2)
                        {
                            Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                            for (int k = 0; k < inner; k++)
                            {
                                int* products = first + (codes[column * inner + k] << 8);
                                byte* own = operands + k * Lanes + half;
                                sum0 += Narrow(products, own);
                                sum1 += Narrow(products, own + 8);
                                sum2 += Narrow(products, own + 16);
                                sum3 += Narrow(products, own + 24);
                            }

                            sum0.Store(sums + half);
                            sum1.Store(sums + half + 8);
                            sum2.Store(sums + half + 16);
                            sum3.Store(sums + half + 24);
                        }

                        Store(sums, rows, row, column, output);
                    }
                }
            }

            static Vector256<int> Narrow(int* products, byte* own) =>
                Avx2.GatherVector256(products, Avx2.ConvertToVector256Int32(own), sizeof(int));
        }

        void Pack(float[] input, int rows, int row)
        {
            for (int lane = 0; lane < Lanes && row + lane < rows; lane++)
            {
                for (int k = 0; k < inner; k++)
                    activations[k * Lanes + lane] = (byte)(input[(row + lane) * inner + k] * 255 + 0.5f);
            }
        }

        void Store(int* sums, int rows, int row, int column, float[] output)
        {
            for (int lane = 0; lane < Lanes && row + lane < rows; lane++)
                output[(row + lane) * columns + column] = sums[lane];
        }
    }
}
