using System.Diagnostics;
using DefensiveApproximation;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;

(int m, int k, int n)[] sizes = [(196, 288, 64), (256, 1728, 384)];
foreach ((int m, int k, int n) in sizes)
{
    var random = new CounterRandom(1);
    float[] a = new float[m * k], w = new float[n * k], r = new float[m * n];
    foreach (ref float x in a.AsSpan()) x = random.NextSingle(0, 1);
    foreach (ref float x in w.AsSpan()) x = random.NextSingle(-1, 1);
    foreach ((FloatMultiplier x, Accumulation acc, string path) in new (FloatMultiplier, Accumulation, string)[] {
        (ExactMultiplier.FusedSum, Accumulation.Float32, "avx512"), (ExactMultiplier.FusedSum, Accumulation.Float32, "avx2"),
        (ExactMultiplier.Rounded, Accumulation.Float32, "avx512"), (ExactMultiplier.Rounded, Accumulation.Float32, "avx2"), (ExactMultiplier.Rounded, Accumulation.Float64, "avx512"),
        (AxFpm.Released, Accumulation.Float32, "avx512"), (AxFpm.Released, Accumulation.Float32, "avx512-double"), (AxFpm.Released, Accumulation.Float64, "avx512"),
        (AxFpm.Released, Accumulation.Float32, "avx2-double"), (AxFpm.Released, Accumulation.Float64, "avx2"), (AxFpm.Released, Accumulation.Float64, "vector128") })
    {
        var d = new DenseKernel(x, w, [], k, n, k, 1, new KernelOptions { Accumulation = acc, Threads = 1 }, path);
        for (long w0 = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(w0).TotalMilliseconds < 600;) d.Run(a, r);
        var times = new List<double>();
        for (int i = 0; i < 15; i++)
        {
            int reps = Math.Max(1, 30_000_000 / (m * n * k));
            long t = Stopwatch.GetTimestamp();
            for (int j = 0; j < reps; j++) d.Run(a, r);
            times.Add(Stopwatch.GetElapsedTime(t).TotalSeconds / reps);
        }
        times.Sort();
        Console.WriteLine($"{m}x{k}x{n} {x} {acc} {path}: {(double)m * k * n / times[7] / 1e9:F1} Gmac/s");
    }
}
