using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>
/// The bounded activation <c>h(x) = x / range</c>, clipped to [0, 1] and rounded to one of 2ᵇ evenly spaced levels; a NaN stays a
/// NaN. The gradient is that of h without rounding: the straight-through estimator. (Zhou et al., "DoReFa-Net", 2016, sections 2.2
/// and 2.4, which leave h open.)
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="range">The smallest x with the result 1; above 0.</param>
/// <param name="bits">b; 1 to <see cref="DoReFa.MaxBits"/>.</param>
public sealed class QuantisedRelu(string name, float range, int bits) : Layer(name)
{
    internal (float Range, int Bits) Levels => (range, bits);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                output.Data[i] = DoReFa.Quantise(float.Clamp(input.Data[i] / range, 0, 1), bits);
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        for (int i = 0; i < input.Data.Length; i++)
            result.Data[i] = input.Data[i] >= 0 && input.Data[i] <= range ? outputGradient.Data[i] / range : 0;
        return result;
    }
}
