using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class ProximalTests
{
    static readonly Gen<double[]> Vectors = Gen.OneOf(Gen.Double[-2, 2], Gen.OneOf(0.0, 1.0, -1.0)).Array[1, 8];

    // The definition: nothing has a smaller Σ d·(z − r)² / 2 + μ·‖z‖. It is convex, so looking nearby is enough.
    [Fact]
    public void Shrink_MinimisesDistanceAndNorm() =>
        Gen.Select(
            Vectors, Gen.Double[1e-3, 2].Array[8], Gen.OneOf(Gen.Double[1e-6, 1], Gen.OneOf(1e-12, 100.0)),
            Gen.OneOf(Norm.L1, Norm.L2, Norm.LInf), Gen.ULong)
            .Sample((r, metric, mu, norm, seed) =>
            {
                double[] z = (double[])r.Clone();
                var random = new CounterRandom(seed);

                Proximal.Shrink(norm, z, metric, mu);

                double least = Value(z);
                for (int other = 0; other < 40; other++)
                {
                    double size = Math.Pow(10, -other % 5);
                    Assert.True(Value([.. z.Select(x => x + size * (2 * random.NextDouble() - 1))]) >= least - 1e-9);
                    Assert.True(Value([.. z.Select(x => x * (1 + size * (2 * random.NextDouble() - 1)))]) >= least - 1e-9);
                }

                double Value(double[] at) => r.Zip(at, metric).Sum(x => x.Third * Math.Pow(x.First - x.Second, 2)) / 2 + mu * norm switch
                {
                    Norm.L1 => at.Sum(Math.Abs),
                    Norm.L2 => Math.Sqrt(at.Sum(x => x * x)),
                    _ => at.Max(Math.Abs),
                };
            }, iter: 2000, threads: 1);

    [Fact]
    public void Find_IsTheSmallestThresholdWithinTheTotal() =>
        Gen.Select(Vectors, Gen.OneOf(Gen.Double[0, 2], Gen.OneOf(0.0, double.PositiveInfinity)).Array[8], Gen.Double[0, 3])
            .Sample((numbers, rooms, total) =>
            {
                double[] sizes = Array.ConvertAll(numbers, Math.Abs);

                double threshold = SoftThreshold.Find(sizes, rooms.AsSpan(0, sizes.Length), total);

                Assert.True(threshold >= 0);
                Assert.True(Sum(threshold) <= total + 1e-9);
                if (threshold > 0)
                    Assert.Equal(total, Sum(threshold), 1e-9);

                double Sum(double lambda) => sizes.Zip(rooms, (size, room) => Math.Min(Math.Max(size - lambda, 0), room)).Sum();
            }, iter: 5000, threads: 1);

    [Fact]
    public void Keep_UndoesAllButTheLargestChanges()
    {
        float[] point = [0.1f, 0.9f, 0.5f, 0.4f];

        LargestChanges.Keep([0.5f, 0.5f, 0.5f, 0.5f], point, 2);

        Assert.Equal([0.1f, 0.9f, 0.5f, 0.5f], point);
        LargestChanges.Keep([0.5f, 0.5f, 0.5f, 0.5f], point, 1);
        Assert.Equal([0.1f, 0.5f, 0.5f, 0.5f], point);
    }
}
