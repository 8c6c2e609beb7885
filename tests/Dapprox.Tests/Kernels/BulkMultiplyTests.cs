using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class BulkMultiplyTests
{
    const float Sentinel = -77.125f;

    public static TheoryData<string, string> Paths
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in KernelCases.Paths().Where(row => row.Data.Item2 == Accumulation.Float32))
                data.Add(row.Data.Item1, row.Data.Item3);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void EveryLength_EqualsTheDefinition_AndTouchesNothingElse(string name, string path)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);

        for (int length = 0; length <= 256; length++)
        {
            float[] a = SampleOperands.Ordinary(length, (ulong)length), b = SampleOperands.Ordinary(length, (ulong)length + 1000);
            float[] products = new float[length + 3];
            Array.Fill(products, Sentinel);

            BulkMultiply.Run(multiplier, a, b, products.AsSpan(0, length), path);

            KernelCases.AssertBits(Expected(multiplier, a, b), products.AsSpan(0, length));
            Assert.All(products[length..], value => Assert.Equal(Sentinel, value));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void EdgesAgainstEdges_EqualTheDefinition(string name, string path)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        foreach (float edge in SampleOperands.Edges)
        {
            float[] a = SampleOperands.Edges, b = new float[a.Length];
            Array.Fill(b, edge);
            float[] forward = new float[a.Length], backward = new float[a.Length];

            BulkMultiply.Run(multiplier, a, b, forward, path);
            BulkMultiply.Run(multiplier, b, a, backward, path);

            KernelCases.AssertBits(Expected(multiplier, a, b), forward);
            KernelCases.AssertBits(Expected(multiplier, b, a), backward);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void OneEdgeAmongOrdinaryOperands_EqualsTheDefinition(string name, string path)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        foreach (float edge in SampleOperands.Edges)
        {
            float[] a = SampleOperands.Ordinary(40, 1), b = SampleOperands.Ordinary(40, 2);
            a[17] = edge;
            b[31] = edge;
            float[] products = new float[40];

            BulkMultiply.Run(multiplier, a, b, products, path);

            KernelCases.AssertBits(Expected(multiplier, a, b), products);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void OperandsInsideTheSafeRange_UpToItsLimits_EqualTheDefinition(string name, string path)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        KernelPath? fast = KernelCases.Find(name, Accumulation.Float32, path);
        Assert.SkipWhen(fast is null, "The definition has no safe range.");

        int lowest = Math.Max(fast.Range.LowestResult, -80), highest = Math.Min(fast.Range.HighestResult, 254);
        for (int weight = 8; weight <= Math.Min(fast.Range.HighestWeight, 253); weight += 7)
        {
            foreach (int result in (int[])[lowest, lowest + 1, 127, highest - 1, highest])
            {
                int activation = result + 126 - weight;
                if (activation is < 8 or > 254)
                    continue;
                float[] a = SampleOperands.WithExponents(500, activation, activation, (ulong)weight);
                float[] b = SampleOperands.WithExponents(500, weight, weight, (ulong)result + 500);
                float[] products = new float[500];

                BulkMultiply.Run(multiplier, a, b, products, path);

                Assert.True(fast.Range.Covers(OperandRange.Of(a, fast.Format.Smallest), OperandRange.Of(b, fast.Format.Smallest)));
                KernelCases.AssertBits(Expected(multiplier, a, b), products);
            }
        }
    }

    // Packing doubles weights for some multipliers: infinity times zero would be NaN.
    [Theory]
    [MemberData(nameof(Paths))]
    public void ZeroActivations_TimesEveryFiniteWeight_EqualTheDefinition(string name, string path)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        float[] zeros = [.. Enumerable.Repeat<float[]>([0f, -0f, 1e-37f, -1e-37f], 5).SelectMany(part => part)];

        foreach (float weight in SampleOperands.Edges.Where(float.IsFinite))
        {
            float[] weights = new float[zeros.Length], products = new float[zeros.Length];
            Array.Fill(weights, weight);

            BulkMultiply.Run(multiplier, zeros, weights, products, path);

            KernelCases.AssertBits(Expected(multiplier, zeros, weights), products);
        }
    }

    [Fact]
    public void AllOnesMantissas_AndRandomBits_EqualTheDefinition_ByDefaultDispatch()
    {
        foreach (FloatMultiplier multiplier in KernelCases.Multipliers)
        {
            float[] a = SampleOperands.AnyBits(20_000, 7), b = SampleOperands.AnyBits(20_000, 8);
            for (int i = 0; i < 1000; i++)
                a[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a[i]) | 0x007F_FFFF);
            float[] products = new float[a.Length];

            BulkMultiply.Run(multiplier, a, b, products);

            KernelCases.AssertBits(Expected(multiplier, a, b), products);
        }
    }

    [Fact]
    public void ProductsIntoAnOperandsSpan_AreTheSame()
    {
        float[] a = SampleOperands.Ordinary(300, 1), b = SampleOperands.Ordinary(300, 2);
        float[] expected = Expected(AxFpm.Released, a, b);

        BulkMultiply.Run(AxFpm.Released, a, b, a);

        KernelCases.AssertBits(expected, a);
    }

    [Fact]
    public void DifferentLengths_AreRefused() =>
        Assert.Throws<ArgumentException>(() => BulkMultiply.Run(AxFpm.Released, new float[3], new float[4], new float[3]));

    static float[] Expected(FloatMultiplier multiplier, float[] a, float[] b) =>
        a.Zip(b, multiplier.Multiply).ToArray();
}
