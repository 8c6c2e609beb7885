using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Victims;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class RandomTransformationTests
{
    sealed record Case(int[] Shape, int Most, ulong Seed);

    static readonly Gen<Case> Cases =
        from channels in Gen.Int[1, 3]
        from height in Gen.Int[1, 6]
        from width in Gen.Int[1, 6]
        from most in Gen.Int[0, 8]
        from seed in Gen.ULong
        select new Case([channels, height, width], most, seed);

    [Fact]
    public void RandomShift_MovesEveryPixelByTheSameAmount_AndBringsInZeros() => Cases.Sample(given =>
    {
        float[] image = Pixels(given, 1), result = Pixels(given, 2);
        new RandomShift(given.Most).Apply(image, given.Shape, new CounterRandom(given.Seed), result);

        int span = 2 * given.Most + 1;
        Assert.Contains(
            Enumerable.Range(0, span * span),
            place => Shifted(image, given.Shape, place / span - given.Most, place % span - given.Most).SequenceEqual(result));
    }, iter: 2000, threads: 1);

    // ⟨t(x), y⟩ = ⟨x, tᵀ(y)⟩ is what makes it the transpose.
    [Fact]
    public void PullBack_IsTheTranspose() => Cases.Sample(given =>
    {
        foreach ((RandomTransformation transformation, double rounding) in ((RandomTransformation, double)[])
            [(new RandomShift(given.Most), 1e-9), (new RandomResize(1), 1e-4), (new RandomResize(0.5), 1e-4)])
        {
            float[] x = Pixels(given, 1), y = Pixels(given, 2), moved = Pixels(given, 3), pulled = Pixels(given, 3);

            transformation.Apply(x, given.Shape, new CounterRandom(given.Seed), moved);
            transformation.PullBack(y, given.Shape, new CounterRandom(given.Seed), pulled);

            Assert.Equal(Dot(moved, y), Dot(x, pulled), rounding);
        }
    }, iter: 2000, threads: 1);

    [Fact]
    public void RandomResize_ShrinksTheImage_AndPutsItAmongZeros()
    {
        int[] shape = [1, 30, 40];
        float[] image = new float[1200], result = new float[1200];
        Array.Fill(image, 0.5f);
        var sizes = new List<(int Height, int Width, int Top, int Left)>();

        for (ulong seed = 0; seed < 2000; seed++)
        {
            new RandomResize(1).Apply(image, shape, new CounterRandom(seed), result);
            int[] filled = [.. Enumerable.Range(0, 1200).Where(i => result[i] != 0)];
            (int top, int bottom, int left, int right) =
                (filled.Min(i => i / 40), filled.Max(i => i / 40), filled.Min(i => i % 40), filled.Max(i => i % 40));
            sizes.Add((bottom - top + 1, right - left + 1, top, left));
            Assert.Equal(filled.Length, (bottom - top + 1) * (right - left + 1));
            // Between equal pixels lies the same.
            Assert.All(filled, i => Assert.Equal(0.5, result[i], 1e-6));
        }

        Assert.Equal([27, 28, 29, 30], sizes.Select(size => size.Height).Distinct().Order());
        Assert.Equal([36, 37, 38, 39, 40], sizes.Select(size => size.Width).Distinct().Order());
        Assert.Equal([0, 1, 2, 3], sizes.Select(size => size.Top).Distinct().Order());
        Assert.Equal([0, 1, 2, 3, 4], sizes.Select(size => size.Left).Distinct().Order());
    }

    [Fact]
    public void RandomResize_ChangesTheImageWithItsProbability()
    {
        int[] shape = [1, 30, 40];
        float[] image = LinearVictim.Numbers(5, 1200), result = new float[1200];

        int Changed(double probability) => Enumerable.Range(0, 2000).Count(seed =>
        {
            new RandomResize(probability).Apply(image, shape, new CounterRandom((ulong)seed), result);
            return !result.SequenceEqual(image);
        });

        Assert.Equal(0, Changed(0));
        // Scales above 39.5/40, two of fifteen, leave the size as it is: 1733 on average, with a standard deviation of 15.
        Assert.InRange(Changed(1), 1673, 1793);
        Assert.InRange(Changed(0.5) / (double)Changed(1), 0.45, 0.55);
    }

    [Fact]
    public void RandomShift_MakesEveryShiftEquallyOften()
    {
        int[] shape = [1, 5, 5];
        float[] image = new float[25], result = new float[25];
        image[12] = 1;
        int[] counts = new int[25];

        for (ulong seed = 0; seed < 5000; seed++)
        {
            new RandomShift(2).Apply(image, shape, new CounterRandom(seed), result);
            counts[Array.IndexOf(result, 1)]++;
        }

        // 200 each; five standard deviations.
        Assert.All(counts, count => Assert.InRange(count, 130, 270));
    }

    [Fact]
    public void GaussianNoise_HasMeanZeroAndItsDeviation_AndPassesGradientsOn()
    {
        float[] image = new float[20_000], result = new float[20_000], gradient = LinearVictim.Numbers(9, 20_000),
            pulled = new float[20_000];
        Array.Fill(image, 0.25f);
        var noise = new GaussianNoise(0.1);

        noise.Apply(image, [1, 100, 200], new CounterRandom(1), result);
        noise.PullBack(gradient, [1, 100, 200], new CounterRandom(1), pulled);

        double mean = result.Average(pixel => pixel - 0.25),
            deviation = Math.Sqrt(result.Average(pixel => (pixel - 0.25) * (pixel - 0.25)));
        Assert.Equal(0, mean, 5 * 0.1 / Math.Sqrt(20_000));
        Assert.InRange(deviation, 0.097, 0.103);
        Assert.Equal(gradient, pulled);
    }

    [Fact]
    public void GaussianNoise_OfDeviationZero_KeepsTheBits()
    {
        float[] image = [-0f, 0, 1, 0.3f, float.Epsilon], result = new float[5];

        new GaussianNoise(0).Apply(image, [1, 1, 5], new CounterRandom(1), result);

        Assert.Equal(Array.ConvertAll(image, BitConverter.SingleToInt32Bits), Array.ConvertAll(result, BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void OptionsOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomShift(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomShift(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomResize(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomResize(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(double.NaN));
    }

    [Fact]
    public void Key_DiffersWhereOneBitOrTheOrderDoes()
    {
        float[][] images = [
            [0, 0, 0], [-0f, 0, 0], [0, 0, -0f], [0, float.Epsilon, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0], [0, 0, 0, 0]];

        Assert.Equal(images.Length, images.Select(image => Variants.Key(image)).Distinct().Count());
    }

    static float[] Shifted(float[] image, int[] shape, int down, int right)
    {
        float[] result = new float[image.Length];
        for (int c = 0; c < shape[0]; c++)
        {
            for (int y = 0; y < shape[1]; y++)
            {
                for (int x = 0; x < shape[2]; x++)
                {
                    if (y - down >= 0 && y - down < shape[1] && x - right >= 0 && x - right < shape[2])
                        result[(c * shape[1] + y) * shape[2] + x] = image[(c * shape[1] + y - down) * shape[2] + x - right];
                }
            }
        }

        return result;
    }

    static float[] Pixels(Case given, ulong stream) => LinearVictim.Numbers(stream, given.Shape.Aggregate((a, b) => a * b));

    static double Dot(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();
}
