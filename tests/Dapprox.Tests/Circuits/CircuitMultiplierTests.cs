using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Tests.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class CircuitMultiplierTests
{
    [Fact]
    public void AxFpmFromCells_IsAxFpm()
    {
        Netlist blocks = CircuitDescription.Build("ax-fpm");
        foreach (FloatMultiplier formula in (IEnumerable<FloatMultiplier>)[AxFpm.Released, AxFpm.Wrapped, AxFpm.Renormalised])
        {
            var circuit = new CircuitMultiplier(blocks, overflow: ((AxFpm)formula).Overflow);

            AssertEqual(formula, circuit);
        }
    }

    [Fact]
    public void TheFlatArrayFromCells_IsAma5Flat() =>
        AssertEqual(Ama5Flat.Instance, new CircuitMultiplier(CircuitDescription.Build("ama5-flat"), overflow: MantissaOverflow.Released));

    // Exact mantissas, truncated: the product rounded toward zero.
    [Fact]
    public void AnExactCircuit_GivesTheExactProductTruncated()
    {
        var circuit = new CircuitMultiplier(CircuitDescription.Build("dadda:24"));
        float[] a = SampleOperands.WithExponents(5000, 90, 160, 1), b = SampleOperands.WithExponents(5000, 90, 160, 2),
            products = new float[5000];

        BulkMultiply.Run(circuit, a, b, products);

        for (int i = 0; i < a.Length; i++)
        {
            double exact = (double)a[i] * b[i];
            float nearest = (float)exact;
            Assert.Equal(
                Math.Abs((double)nearest) > Math.Abs(exact) ? MathF.CopySign(MathF.BitDecrement(MathF.Abs(nearest)), nearest) : nearest,
                products[i]);
        }
    }

    // bfloat16 × bfloat16 has 16 bits; the circuit's result keeps 8 of them.
    [Fact]
    public void AnExactCircuitOf8Bits_IsBfloat16Truncated()
    {
        var circuit = new CircuitMultiplier(CircuitDescription.Build("booth:8"));
        float[] a = SampleOperands.WithExponents(5000, 90, 160, 3), b = SampleOperands.WithExponents(5000, 90, 160, 4);

        Assert.Equal(FloatFormat.Bfloat16, circuit.Format);
        for (int i = 0; i < a.Length; i++)
            Assert.Equal(Bfloat16Multiplier.Truncate(Bfloat16Multiplier.Truncated.Multiply(a[i], b[i])), circuit.Multiply(a[i], b[i]));
    }

    [Fact]
    public void AnExactCircuitOf11Bits_InBinary16_AgreesWithHalf()
    {
        var circuit = new CircuitMultiplier(CircuitDescription.Build("array:11"), FloatFormat.Binary16);
        float[] a = [.. SampleOperands.WithExponents(20_000, 113, 142, 5).Select(Cut)],
            b = [.. SampleOperands.WithExponents(20_000, 113, 142, 6).Select(Cut)];

        for (int i = 0; i < a.Length; i++)
        {
            double exact = (double)a[i] * b[i];
            float expected = Math.Abs(exact) >= 65536 ? MathF.CopySign(float.PositiveInfinity, (float)exact)
                : Math.Abs(exact) < 1.0 / (1 << 14) ? MathF.CopySign(0, (float)exact)
                : Cut((float)exact);
            KernelCases.AssertBits([expected], [circuit.Multiply(a[i], b[i])]);
        }

        Assert.Equal(float.PositiveInfinity, circuit.Multiply(65536, 1));
        Assert.True(float.IsNaN(circuit.Multiply(65536, 1e-6f)));
        Assert.Equal(0, circuit.Multiply(6e-5f, 1));

        // Ten bits of fraction; exact products of two such have at most 22 bits, so binary32 holds them.
        static float Cut(float value) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF_E000);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(9, 5)]
    [InlineData(8, 0)]
    [InlineData(8, 24)]
    public void Format_RefusesWhatBinary32CannotHold(int exponentBits, int fractionBits) =>
        Assert.Throws<InputException>(() => new FloatFormat(exponentBits, fractionBits));

    [Fact]
    public void Constructor_RefusesCircuitsThatDoNotMultiplyMantissas()
    {
        Assert.Contains(
            "11 bits",
            Assert.Throws<InputException>(() => new CircuitMultiplier(CircuitDescription.Build("array:12"), FloatFormat.Binary16)).Message);
        Assert.Contains(
            "2 to 24 bits", Assert.Throws<InputException>(() => new CircuitMultiplier(CircuitDescription.Build("array:25"))).Message);
        var builder = new NetlistBuilder("inverter");
        builder.Output("y", [builder.Gate(Cells.Not, builder.Input("x", 8)[0])]);
        Assert.Contains("two inputs", Assert.Throws<InputException>(() => new CircuitMultiplier(builder.Build())).Message);
    }

    static void AssertEqual(FloatMultiplier expected, CircuitMultiplier circuit)
    {
        float[] a = [.. SampleOperands.AnyBits(20_000, 1), .. SampleOperands.Ordinary(20_000, 2)];
        float[] b = [.. SampleOperands.AnyBits(20_000, 3), .. SampleOperands.Ordinary(20_000, 4)];
        float[] products = new float[a.Length];

        BulkMultiply.Run(circuit, a, b, products);

        KernelCases.AssertBits([.. a.Zip(b, expected.Multiply)], products);
        Assert.All(Enumerable.Range(0, 500), i => KernelCases.AssertBits([products[i]], [circuit.Multiply(a[i], b[i])]));
    }

    [Fact]
    public void Create_OfASignedCircuit_IsRefused() => Assert.Contains(
        "is signed", Assert.Throws<InputException>(() => new CircuitMultiplier(CircuitDescription.Build("array:8:signed"))).Message,
        StringComparison.Ordinal);
}
