using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;
using Xunit;

namespace DefensiveApproximation.Tests.Hardware;

public sealed class FloatMultiplierCircuitsTests
{
    const int Pairs = 3000;

    [Theory]
    [InlineData("array:24", true, "exact")]
    [InlineData("dadda:24", true, "exact")]
    [InlineData("blocks:24:ama5:block=4:width=49", false, "ax-fpm")]
    [InlineData("array:24:ama5", false, "ama5-flat")]
    [InlineData("booth:8", false, "bfloat16")]
    [InlineData("booth:8", true, "bfloat16")]
    public void Around_AMantissaMultiplier_IsTheFloatMultiplier(string description, bool rounds, string multiplier)
    {
        Netlist mantissas = CircuitDescription.Build(description);
        Netlist circuit = FloatMultiplierCircuits.Around(mantissas, rounds);
        FloatMultiplier definition = Multipliers.Find(multiplier);
        int dropped = 24 - mantissas.Inputs[0].Width;
        var random = new CounterRandom(11);
        for (int i = 0; i < Pairs; i++)
        {
            uint a = Normal(ref random), b = Normal(ref random);

            ulong product = circuit.Evaluate(a >> dropped, b >> dropped)[0];

            Assert.Equal(BitConverter.SingleToUInt32Bits(definition.Multiply(BitConverter.UInt32BitsToSingle(a), BitConverter.UInt32BitsToSingle(b))), product);
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
}
