using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels.Integers;

namespace Dapprox.Networks.Layers;

/// <summary>
/// Rounds each number to one of a quantisation (<see cref="AffineQuantisation.Round"/>), as QuantizeLinear and DequantizeLinear of ONNX
/// do one after the other. The gradient passes where nothing is clamped: the straight-through estimate.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="format">The quantisation.</param>
public sealed class Rounding(string name, AffineQuantisation format) : Layer(name)
{
    /// <summary>The quantisation.</summary>
    public AffineQuantisation Format => format;

    internal override bool NeedsOutput => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
            RoundingKernel.Run(format, input.Data.AsSpan(start, count), output.Data.AsSpan(start, count)));
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = outputGradient.Clone();
        Through(format, input.Data, result.Data);
        return result;
    }

    /// <summary>Clears the gradient of the inputs that are clamped.</summary>
    /// <param name="format">What the inputs are rounded to.</param>
    /// <param name="input">The inputs.</param>
    /// <param name="gradient">The gradient with respect to the rounded inputs, which that with respect to the inputs replaces.</param>
    internal static void Through(AffineQuantisation format, ReadOnlySpan<float> input, Span<float> gradient)
    {
        float low = format.Format.Low - format.ZeroPoint, high = format.Format.High - format.ZeroPoint;
        for (int i = 0; i < gradient.Length; i++)
        {
            float rounded = MathF.Round(input[i] / format.Scale);
            if (rounded < low || rounded > high)
                gradient[i] = 0;
        }
    }
}
