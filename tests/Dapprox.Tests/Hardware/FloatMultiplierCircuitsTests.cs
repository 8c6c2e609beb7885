using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class FloatMultiplierCircuitsTests
{
    const int Pairs = 3000;

    [Theory]
    [InlineData("array:24", true, "exact")]
    [InlineData("dadda:24", true, "exact")]
    [InlineData("blocks:24:ama5:block=4:width=49", false, "ax-fpm-renormalised")]
    [InlineData("array:24:ama5", false, "ama5-flat")]
    [InlineData("booth:8", false, "bfloat16")]
    [InlineData("booth:8", true, "bfloat16")]
    public void Around_AMantissaMultiplier_IsTheFloatMultiplier(string description, bool rounds, string multiplier)
    {
        Netlist mantissas = CircuitDescription.Build(description);
        Netlist circuit = FloatMultiplierCircuits.Around(mantissas, rounds);
        AssertComputes(circuit, Multipliers.Find(multiplier));
    }

    // Only those whose products have their leading one in one of the two highest places, for all mantissas.
    [Theory]
    [InlineData("exact")]
    [InlineData("ax-fpm")]
    [InlineData("ax-fpm-renormalised")]
    [InlineData("ama5-flat")]
    [InlineData("bfloat16")]
    [InlineData("bfloat16-nearest")]
    public void Of_AMultiplier_ComputesIt(string multiplier) =>
        AssertComputes(FloatMultiplierCircuits.Of(Multipliers.Find(multiplier)), Multipliers.Find(multiplier));

    [Fact]
    public void Of_ACircuit_ComputesIt()
    {
        var multiplier = new CircuitMultiplier(
            CircuitDescription.Build("blocks:24:ama5:block=4:width=49"), overflow: MantissaOverflow.Released);

        AssertComputes(FloatMultiplierCircuits.Of(multiplier), AxFpm.Released);
    }

    [Fact]
    public void Of_AMultiplierWithoutACircuit_SaysWhy()
    {
        Assert.Contains("rounds only after it has added", Reason(ExactMultiplier.FusedSum), StringComparison.Ordinal);
        Assert.Contains("not by a circuit", Reason(new Doubling()), StringComparison.Ordinal);
        Assert.Contains(
            "exponents of 5 bits", Reason(new CircuitMultiplier(CircuitDescription.Build("array:11"), FloatFormat.Binary16)),
            StringComparison.Ordinal);
        Assert.Contains(
            "no mantissa multiplier", Reason(new CircuitMultiplier(CircuitDescription.Build("blocks:24:block=4:width=40"))),
            StringComparison.Ordinal);

        static string Reason(FloatMultiplier multiplier) =>
            Assert.Throws<InputException>(() => FloatMultiplierCircuits.Of(multiplier)).Message;
    }

    static void AssertComputes(Netlist circuit, FloatMultiplier definition)
    {
        int dropped = 32 - circuit.Inputs[0].Width;
        var random = new CounterRandom(11);
        for (int i = 0; i < Pairs; i++)
        {
            uint a = Normal(ref random), b = Normal(ref random);

            var product = (ulong)circuit.Evaluate(a >> dropped, b >> dropped)[0];

            Assert.Equal(
                BitConverter.SingleToUInt32Bits(
                    definition.Multiply(BitConverter.UInt32BitsToSingle(a), BitConverter.UInt32BitsToSingle(b))),
                product);
        }

        // Exponents whose sum keeps the product normal; now and then a mantissa of few bits, where ties are, or of ones.
        static uint Normal(ref CounterRandom random)
        {
            uint fraction = random.NextUInt32() & Binary32.FractionMask;
            fraction = random.NextInt32(4) switch { 0 => fraction & 0x7FF800, 1 => fraction | 0x7FFF00, _ => fraction };
            return (random.NextUInt32() & Binary32.SignMask) | (uint)(100 + random.NextInt32(56)) << Binary32.FractionBits | fraction;
        }
    }

    [Theory]
    [InlineData("array:32")]
    [InlineData("blocks:24:block=4:width=40")]
    public void Around_SomethingElse_IsRefused(string description) =>
        Assert.Throws<InputException>(() => FloatMultiplierCircuits.Around(CircuitDescription.Build(description), rounds: false));

    sealed class Doubling() : FloatMultiplier("doubling", "twice the product", "this test")
    {
        public override float Multiply(float activation, float weight) => 2 * activation * weight;
    }
}
