using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class ExpectedSlopeTests
{
    static readonly float[] Weights = Normals(5000, 1);

    [Fact]
    public void Of_TheExactProduct_IsTheWeight() => Gen.Float[-100, 100].Sample(weight =>
    {
        // Rounding of the products to 24 bits, each by at most 2⁻²⁴, of the sum only once.
        float tolerance = MathF.Abs(weight) * MathF.ScaleB(1, -23) + 1e-36f;

        foreach (ExactMultiplier exact in (ExactMultiplier[])[ExactMultiplier.Rounded, ExactMultiplier.FusedSum])
            Assert.Equal(weight, ExpectedSlope.Of(exact, new[] { weight })[0], tolerance);
    }, iter: 1000, threads: 1);

    // The activation's bits divide between the two terms of Ax-FPM: on average the share c of its value lies in the lowest
    // bits of its nibbles, which see all of B, and the rest sees 2·(B & 0x888888). Without overflow the slope is therefore
    // (c·B + 2·(1 − c)·(B & 0x888888)) / B times the weight.
    [Fact]
    public void Of_RenormalisedAxFpm_IsTheClosedFormOfItsTwoTerms()
    {
        // c from 256 activations differs by 0.00005 from that of all of them, and here a million random ones stand for all,
        // with as large an error; the slope's own change with c is at most 1.
        const double Tolerance = 2e-4;
        double share = ShareOfLowBits();

        float[] slopes = ExpectedSlope.Of(AxFpm.Renormalised, Weights);

        Assert.InRange(share, 0.0435, 0.0455);
        for (int i = 0; i < slopes.Length; i++)
        {
            uint b = Binary32.Mantissa(BitConverter.SingleToUInt32Bits(Weights[i]));
            double expected = (share * b + 2 * (1 - share) * (b & AxFpm.NibbleTops)) / b;
            Assert.Equal(expected, slopes[i] / Weights[i], Tolerance);
        }
    }

    [Fact]
    public void Of_AxFpm_IsTheRenormalisedOnesWhereNothingOverflows_AndLessWhereSomethingDoes()
    {
        float[] released = ExpectedSlope.Of(AxFpm.Released, Weights), renormalised = ExpectedSlope.Of(AxFpm.Renormalised, Weights);

        int less = 0;
        for (int i = 0; i < Weights.Length; i++)
        {
            uint b = Binary32.Mantissa(BitConverter.SingleToUInt32Bits(Weights[i]));
            // The largest of all mantissa products with this weight.
            bool overflows = AxFpm.Released.MultiplyMantissas(0xFFFFFF, b) >> 48 != 0;
            if (!overflows)
                Assert.Equal(renormalised[i], released[i]);
            Assert.InRange(released[i] / renormalised[i], 0.5, 1);
            less += released[i] / renormalised[i] < 0.99 ? 1 : 0;
        }

        Assert.InRange(less, 1, Weights.Length);
    }

    [Fact]
    public void Of_WeightZero_IsZero()
    {
        foreach (FloatMultiplier multiplier in Multipliers.All)
            Assert.Equal([0, 0], ExpectedSlope.Of(multiplier, new[] { 0f, -0f }));
    }

    // E[a·f(a)] of functions whose moments are known: E[a⁴] = 3, E|a| = √(2/π), E[a·max(a, 0)] = ½.
    [Theory]
    [InlineData("cube", 3.0, 0.1)]
    [InlineData("sign", 0.79788, 0.005)]
    [InlineData("positive", 0.5, 1e-6)]
    public void Of_AUsersMultiplier_IsItsExpectedDerivative(string function, double derivative, double tolerance)
    {
        var multiplier = new OfActivation(function switch
        {
            "cube" => a => a * a * a,
            "sign" => a => MathF.Sign(a),
            _ => a => MathF.Max(a, 0),
        });

        float[] slopes = ExpectedSlope.Of(multiplier, new[] { 1f, -2f });

        Assert.Equal(derivative, slopes[0], tolerance);
        Assert.Equal(-2 * derivative, slopes[1], 2 * tolerance);
    }

    [Fact]
    public void Of_AnyNumberOfThreads_IsTheSame()
    {
        foreach (FloatMultiplier multiplier in (FloatMultiplier[])[AxFpm.Released, new OfActivation(MathF.Sin)])
            Assert.Equal(ExpectedSlope.Of(multiplier, Weights, threads: 1), ExpectedSlope.Of(multiplier, Weights, threads: 3));
    }

    [Fact]
    public void Of_NaN_IsNaNAndConcernsNoOtherWeight() =>
        Assert.Equal([1, float.NaN, 2], ExpectedSlope.Of(ExactMultiplier.Rounded, new[] { 1, float.NaN, 2 }));

    static double ShareOfLowBits()
    {
        double low = 0, all = 0;
        foreach (float a in Normals(1_000_000, 2))
        {
            uint bits = BitConverter.SingleToUInt32Bits(MathF.Abs(a));
            double unit = Math.ScaleB(1, Binary32.ExponentField(bits) - 150), value = MathF.Abs(a);
            low += value * (Binary32.Mantissa(bits) & AxFpm.LowBits) * unit;
            all += value * value;
        }

        return low / all;
    }

    static float[] Normals(int count, ulong stream)
    {
        var random = new CounterRandom(81, stream);
        float[] result = new float[count];
        foreach (ref float number in result.AsSpan())
            number = (float)random.NextNormal();
        return result;
    }

    sealed class OfActivation(
        Func<float, float> function) : FloatMultiplier("of-activation", "a function of the activation times the weight", "")
    {
        public override float Multiply(float activation, float weight) => function(activation) * weight;
    }
}
