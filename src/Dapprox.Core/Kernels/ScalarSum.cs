using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>
/// The definition of a sum of products. The accumulator starts at +0 and takes the products one by one in the given order,
/// each rounded and then added; with <c>exact-fused</c> each is added unrounded. The bias comes last. A binary64
/// accumulator is rounded to binary32 before the bias, which is added in binary32; a bias of −0 counts as +0, so that no
/// output is −0. A NaN is always <see cref="float.NaN"/>.
/// </summary>
struct ScalarSum(FloatMultiplier multiplier, Accumulation accumulation)
{
    readonly bool fused = multiplier is ExactMultiplier { Fused: true };
    float single;
    double wide;

    /// <summary>Adds one product.</summary>
    public void Add(float activation, float weight)
    {
        if (accumulation == Accumulation.Float64)
            wide += fused ? (double)activation * weight : multiplier.Multiply(activation, weight);
        else if (fused)
            single = MathF.FusedMultiplyAdd(activation, weight, single);
        else
            single += multiplier.Multiply(activation, weight);
    }

    /// <summary>
    /// The bias as every path adds it. −0 becomes +0: a fused sum is −0 where a tiny negative product underflowed, and that is the
    /// only sum that a zero of the padding changes. NaN loses its payload, which an addition would keep.
    /// </summary>
    public static float Bias(float bias) => float.IsNaN(bias) ? float.NaN : bias + 0f;

    /// <summary>The sum with its bias.</summary>
    public readonly float Finish(float bias)
    {
        bias = Bias(bias);
        float result = accumulation == Accumulation.Float64 ? (float)wide + bias : single + bias;
        return float.IsNaN(result) ? float.NaN : result;
    }
}
