using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class MatrixProductTests
{
    static readonly (int Rows, int Inner, int Columns)[] Sizes =
        [(1, 1, 1), (1, 9, 10), (2, 5, 16), (3, 7, 17), (6, 30, 32), (7, 11, 33), (25, 13, 48), (50, 3, 70), (13, 200, 10)];

    public static TheoryData<string, Accumulation, string> Paths => KernelCases.Paths();

    [Theory]
    [MemberData(nameof(Paths))]
    public void OrdinaryOperands_EqualTheDefinition(string name, Accumulation accumulation, string path)
    {
        foreach ((int rows, int inner, int columns) in Sizes)
        {
            float[] a = SampleOperands.Ordinary(rows * inner, 1), b = SampleOperands.Ordinary(inner * columns, 2);

            if (KernelCases.Find(name, accumulation, path) is { } fast)
                Assert.True(fast.Range.Covers(OperandRange.Of(a, fast.Format.Smallest), OperandRange.Of(b, fast.Format.Smallest)));
            Check(name, accumulation, path, a, b, rows, inner, columns);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ProductsOverTheWholeSafeRange_EqualTheDefinition_OneByOne(string name, Accumulation accumulation, string path)
    {
        KernelPath? fast = KernelCases.Find(name, accumulation, path);
        Assert.SkipWhen(fast is null, "The definition has no safe range.");

        // A sum of one product is that product; sums of equal exponents keep every bit of their rounding visible.
        foreach (int weight in (int[])[8, 64, 127, 190, 253])
        {
            int lowest = Math.Max(8, Math.Max(fast.Range.LowestResult, -100) + 126 - weight);
            int highest = Math.Min(fast.Range.HighestActivation, Math.Min(fast.Range.HighestResult, 254) + 126 - weight);
            if (lowest > highest || weight > fast.Range.HighestWeight)
                continue;
            float[] a = SampleOperands.WithExponents(12, lowest, highest, 3), b = SampleOperands.WithExponents(40, weight, weight, 4);
            a[0] = Binary32.Compose(0, lowest, 0x7F_FFFF);
            a[1] = Binary32.Compose(0, highest, 0x7F_FFFF);
            b[0] = Binary32.Compose(0, weight, 0x7F_FFFF);

            Assert.True(fast.Range.Covers(OperandRange.Of(a, fast.Format.Smallest), OperandRange.Of(b, fast.Format.Smallest)));
            Check(name, accumulation, path, a, b, 12, 1, 40);
            Check(name, accumulation, path, a, b, 3, 4, 10);
        }
    }

    // Whatever a path states as its range: a limit that lets too much through shows here, on the far side of it.
    [Theory]
    [MemberData(nameof(Paths))]
    public void ProductsOnEitherSideOfEveryLimit_EqualTheDefinition(string name, Accumulation accumulation, string path)
    {
        foreach (int weight in (int[])[7, 60, 127, 190, 252, 253, 254])
        {
            foreach (int result in (int[])[-1, 0, 1, 2, 19, 20, 47, 48, 252, 253, 254, 255, 256])
            {
                int activation = result + 126 - weight;
                if (activation is < 7 or > 254)
                    continue;
                float[] a = SampleOperands.WithExponents(6, activation, activation, 9),
                    b = SampleOperands.WithExponents(20, weight, weight, 10);
                a[0] = Binary32.Compose(0, activation, 0x7F_FFFF);
                b[0] = Binary32.Compose(0, weight, 0x7F_FFFF);
                // The lowest bit of ah·bm decides whether this product of Ax-FPM reaches the next number.
                a[1] = Binary32.Compose(0, activation, 0x71_F12F);
                b[1] = Binary32.Compose(0, weight, 0x40_FE2F);

                Check(name, accumulation, path, a, b, 6, 1, 20);
                Check(name, accumulation, path, a, b, 3, 2, 10);
            }
        }
    }

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(Paths))]
    public void OperandsBeyondTheSafeRange_EqualTheDefinition(string name, Accumulation accumulation, string path)
    {
        float[] edges = SampleOperands.Edges;
        float[] a = SampleOperands.Ordinary(9 * 20, 5), b = SampleOperands.Ordinary(20 * 18, 6);

        foreach (float edge in edges)
        {
            a[47] = edge;
            Check(name, accumulation, path, a, b, 9, 20, 18);
        }

        foreach (float edge in edges)
        {
            b[99] = edge;
            Check(name, accumulation, path, a, b, 9, 20, 18);
        }

        float[] any = SampleOperands.AnyBits(9 * 20, 7), other = SampleOperands.AnyBits(20 * 18, 8);
        Check(name, accumulation, path, any, other, 9, 20, 18);
    }

    [Fact]
    public void DefaultDispatch_OnEdges_EqualsTheDefinition()
    {
        float[] a = SampleOperands.Edges, b = SampleOperands.Edges;

        foreach (FloatMultiplier multiplier in KernelCases.Multipliers)
        {
            Check(multiplier.Name, Accumulation.Float32, null, a, b, a.Length, 1, b.Length);
            Check(multiplier.Name, Accumulation.Float64, null, a, b, a.Length, 1, b.Length);
        }
    }

    // Some rows take the definition where there is an infinite activation, and all do where there is an infinite weight.
    [TheoryOf(Tier.Ci)]
    [InlineData(1f, 1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(1f, float.NegativeInfinity)]
    public void ThreadsAndRowBlocks_DoNotChangeABit(float activation, float weight)
    {
        float[] a = SampleOperands.Ordinary(201 * 160, 1), b = SampleOperands.Ordinary(160 * 100, 2);
        a[100 * 160 + 7] = activation;
        b[11] = weight;
        float[] expected = new float[201 * 100];
        MatrixProduct.Run(AxFpm.Released, a, b, 201, 160, 100, expected, threads: 1);

        foreach (int threads in (int[])[2, 3, 16])
        {
            float[] result = new float[201 * 100];
            MatrixProduct.Run(AxFpm.Released, a, b, 201, 160, 100, result, threads: threads);
            KernelCases.AssertBits(expected, result);
        }

        float[] row = new float[100];
        MatrixProduct.Run(AxFpm.Released, a.AsSpan(100 * 160, 160), b, 1, 160, 100, row);
        KernelCases.AssertBits(expected.AsSpan(100 * 100, 100), row);
    }

    // Threads divide one row by its columns.
    [Fact]
    public void ThreadsOfOneRow_DoNotChangeABit()
    {
        float[] a = SampleOperands.Ordinary(1500, 1), b = SampleOperands.Ordinary(1500 * 1000, 2);
        float[] expected = new float[1000];
        MatrixProduct.Run(AxFpm.Released, a, b, 1, 1500, 1000, expected, threads: 1);

        foreach (int threads in (int[])[2, 3])
        {
            float[] result = new float[1000];
            MatrixProduct.Run(AxFpm.Released, a, b, 1, 1500, 1000, result, threads: threads);
            KernelCases.AssertBits(expected, result);
        }
    }

    [Fact]
    public void MultiplierOfAUser_Works()
    {
        float[] a = SampleOperands.Ordinary(5 * 8, 1), b = SampleOperands.Ordinary(8 * 4, 2);
        float[] result = new float[20];
        var halving = new Halving();

        MatrixProduct.Run(halving, a, b, 5, 8, 4, result);

        float[] expected = new float[20];
        for (int i = 0; i < 20; i++)
            expected[i] = KernelCases.Sum(halving, Accumulation.Float32, Operands(a, b, i / 4, i % 4, 8, 4), 0);
        KernelCases.AssertBits(expected, result);
    }

    [Fact]
    public void WrongLengths_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => MatrixProduct.Run(AxFpm.Released, new float[5], new float[6], 2, 3, 2, new float[4]));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Run(AxFpm.Released, new float[6], new float[5], 2, 3, 2, new float[4]));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Run(AxFpm.Released, new float[6], new float[6], 2, 3, 2, new float[5]));
    }

    static void Check(string name, Accumulation accumulation, string? path, float[] a, float[] b, int rows, int inner, int columns)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        float[] result = new float[rows * columns];
        MatrixProduct.Run(
            multiplier, a.AsSpan(0, rows * inner), b[..(inner * columns)], rows, inner, columns, result, accumulation, threads: 1, path);

        float[] expected = new float[result.Length];
        for (int i = 0; i < expected.Length; i++)
            expected[i] = KernelCases.Sum(multiplier, accumulation, Operands(a, b, i / columns, i % columns, inner, columns), 0);
        KernelCases.AssertBits(expected, result);
    }

    static IEnumerable<(float, float)> Operands(float[] a, float[] b, int row, int column, int inner, int columns) =>
        Enumerable.Range(0, inner).Select(k => (a[row * inner + k], b[k * columns + column]));

    sealed class Halving() : FloatMultiplier("halving", "half the exact product", "this test")
    {
        public override float Multiply(float activation, float weight) => activation * weight / 2;
    }
}
