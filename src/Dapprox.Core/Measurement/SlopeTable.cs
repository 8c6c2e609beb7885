using Dapprox.Arithmetic;

namespace Dapprox.Measurement;

/// <summary>
/// The <see cref="ExpectedSlope"/> of a multiplier's products by the leading bits of the other operand's significand: for training, which
/// needs the slopes of millions of changing numbers. Right where the relative error of a product does not depend on exponents, as for
/// every floating-point multiplier within its range.
/// </summary>
public sealed class SlopeTable
{
    // Entries are a 4096th apart; the slopes of Ax-FPM depend on six bits, the lowest of which weigh less than that.
    const int Bits = 12;

    // Slope over operand.
    readonly float[] factors;

    SlopeTable(Func<float[], float[]> slopes)
    {
        // The middle of each interval of significands from 1 to 2.
        float[] operands = [.. Enumerable.Range(0, 1 << Bits).Select(i => 1 + (i + 0.5f) / (1 << Bits))];
        factors = [.. slopes(operands).Zip(operands, (slope, operand) => slope / operand)];
    }

    /// <summary>Slopes in the activation, by weight.</summary>
    public static SlopeTable InActivation(FloatMultiplier multiplier) => new(weights => ExpectedSlope.Of(multiplier, weights));

    /// <summary>Slopes in the weight, by activation.</summary>
    public static SlopeTable InWeight(FloatMultiplier multiplier) => new(activations => ExpectedSlope.InWeight(multiplier, activations));

    /// <summary>Replaces operands by the slopes of their products.</summary>
    /// <param name="operands">Any numbers.</param>
    /// <param name="slopes">Receives as many; it may be the same memory.</param>
    public void Apply(ReadOnlySpan<float> operands, Span<float> slopes)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(operands[i]);
            slopes[i] = operands[i] * factors[(bits >> (Binary32.FractionBits - Bits)) & ((1 << Bits) - 1)];
        }
    }
}
