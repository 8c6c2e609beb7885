using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class SlopeTableTests
{
    // The table takes the slope at the middle of the interval of a 4096th in which the significand lies, over the operand: the slope of a
    // product that is exact is the operand, up to rounding. That of other products can jump inside an interval: of Ax-FPM by as much as
    // one of the 256 operands over which it is averaged weighs, where this one begins to overflow.
    [Theory]
    [InlineData("exact", 1e-6)]
    [InlineData("exact-fused", 1e-6)]
    [InlineData("bfloat16", 2e-4)]
    [InlineData("ax-fpm", 1e-2)]
    [InlineData("ax-fpm-renormalised", 5e-4)]
    public void Apply_IsTheExpectedSlope(string name, double relative) => Check(Multipliers.Find(name), relative);

    [Fact]
    public void Apply_OfACircuit_IsTheExpectedSlope() => Check(new CircuitMultiplier(CircuitDescription.Build("array:24:ama5")), 5e-4);

    [Fact]
    public void Apply_OfZeroAndOfWhatIsNoNumber_StaysThat()
    {
        float[] operands = [0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        float[] slopes = new float[operands.Length];

        SlopeTable.InActivation(AxFpm.Released).Apply(operands, slopes);

        Assert.Equal([0, 0, float.NaN, float.PositiveInfinity, float.NegativeInfinity], slopes);
    }

    static void Check(FloatMultiplier multiplier, double relative)
    {
        // As far from one as weights and activations are.
        var random = new CounterRandom(3);
        float[] operands = [.. Enumerable.Range(0, 3000).Select(
            _ => MathF.ScaleB(random.NextSingle(1, 2), random.NextInt32(30) - 20) * (random.NextInt32(2) == 0 ? 1 : -1))];
        float[] slopes = new float[operands.Length];

        SlopeTable.InActivation(multiplier).Apply(operands, slopes);
        Compare(ExpectedSlope.Of(multiplier, operands), "in the activation");
        SlopeTable.InWeight(multiplier).Apply(operands, slopes);
        Compare(ExpectedSlope.InWeight(multiplier, operands), "in the weight");

        void Compare(float[] expected, string what)
        {
            double worst = 0;
            for (int i = 0; i < expected.Length; i++)
                worst = Math.Max(worst, Math.Abs(expected[i] - slopes[i]) / Math.Abs(operands[i]));
            TestContext.Current.TestOutputHelper?.WriteLine($"{multiplier.Name} {what}: {worst:E2}");
            Assert.True(worst <= relative, $"{what}: {worst:E2}");
        }
    }
}
