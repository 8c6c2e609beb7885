using Dapprox.Arithmetic;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Foundation;
using Dapprox.Kernels;
using TorchSharp;

namespace Dapprox.Benchmarks;

/// <summary>Matrix products of the sizes of LeNet-5's second convolution and of one of AlexNet's, against LibTorch's.</summary>
static class KernelBenchmark
{
    static readonly (int Rows, int Inner, int Columns)[] Sizes = [(196, 288, 64), (256, 1728, 384)];

    static readonly (FloatMultiplier Multiplier, Accumulation Accumulation, string Path)[] Entrants =
    [
        (ExactMultiplier.Rounded, Accumulation.Float32, "avx512"),
        (ExactMultiplier.FusedSum, Accumulation.Float32, "avx512"),
        (AxFpm.Released, Accumulation.Float32, "avx512"),
        (AxFpm.Released, Accumulation.Float64, "avx512"),
        (ExactMultiplier.Rounded, Accumulation.Float32, "avx2"),
        (AxFpm.Released, Accumulation.Float32, "avx2-double"),
        (AxFpm.Released, Accumulation.Float64, "avx2"),
        (AxFpm.Released, Accumulation.Float32, "vector128-double"),
        (AxFpm.Released, Accumulation.Float64, "vector128"),
    ];

    public static void Run(TextWriter output)
    {
        LibTorch.Load();
        torch.set_num_threads(1);
        foreach ((int rows, int inner, int columns) in Sizes)
        {
            float[] a = Uniform(rows * inner, 0, 1, 1), b = Uniform(inner * columns, -1, 1, 2);
            float[] result = new float[rows * columns];
            double operations = (double)rows * inner * columns;

            using torch.Tensor left = torch.tensor(a).reshape(rows, inner);
            using torch.Tensor right = torch.tensor(b).reshape(inner, columns);
            var contest = new Contest(operations);
            contest.Add("LibTorch `mm`, exact", () => torch.mm(left, right).Dispose());
            foreach ((FloatMultiplier multiplier, Accumulation accumulation, string path) in Entrants)
            {
                if (!KernelTable.All(multiplier, accumulation).Single(candidate => candidate.Name == path).IsSupported)
                    continue;
                var kernel = new DenseKernel(multiplier, b, [], WeightLayout.ByRow(columns, inner), accumulation, path);
                contest.Add($"{multiplier}, {accumulation}, {path}", () => kernel.Run(a, result, threads: 1));
            }

            output.WriteLine($"### {rows} × {inner} × {columns}, one thread");
            output.WriteLine();
            output.WriteLine("| | Gmac/s | LibTorch = 1 | own exact = 1 |");
            output.WriteLine("|---|---:|---:|---:|");
            IReadOnlyList<(string Name, double Rate, double Ratio)> places = contest.Run();
            double exact = places.First(place => place.Name.StartsWith("exact,", StringComparison.Ordinal)).Ratio;
            foreach ((string name, double rate, double ratio) in places)
                output.WriteLine($"| {name} | {rate / 1e9:F1} | {ratio:F2} | {ratio / exact:F2} |");
            output.WriteLine();

            var threads = new Contest(operations);
            var ax = new DenseKernel(AxFpm.Released, b, [], WeightLayout.ByRow(columns, inner), Accumulation.Float32, path: null);
            threads.Add("one thread", () => ax.Run(a, result, threads: 1));
            threads.Add("two threads", () => ax.Run(a, result, threads: 2));
            output.WriteLine($"ax-fpm, Float32, fastest path: two threads are {threads.Run()[1].Ratio:F2} times one.");
            output.WriteLine();
        }
    }

    public static float[] Uniform(int count, float low, float high, ulong seed)
    {
        var random = new CounterRandom(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle(low, high);
        return values;
    }
}
