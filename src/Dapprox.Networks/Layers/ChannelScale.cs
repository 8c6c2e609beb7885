using System.Numerics.Tensors;
using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>
/// An affine function per channel, <c>[batch, channels, …]</c>: batch normalisation with the statistics of the training. (Ioffe,
/// Szegedy, "Batch Normalization", ICML 2015.)
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="scale">The factor of each channel.</param>
public sealed class ChannelScale(string name, float[] scale, float[] shift) : Layer(name)
{
    /// <summary>Batch normalisation: <c>(x − mean) / √(variance + ε) · γ + β</c>, as one factor and one offset per channel.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="mean">The means of the training.</param>
    /// <param name="variance">The variances.</param>
    public static ChannelScale BatchNormalization(
        string name, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance,
        float epsilon)
    {
        float[] scale = new float[gamma.Length], shift = new float[gamma.Length];
        for (int channel = 0; channel < scale.Length; channel++)
        {
            double factor = gamma[channel] / Math.Sqrt((double)variance[channel] + epsilon);
            scale[channel] = (float)factor;
            shift[channel] = (float)(beta[channel] - mean[channel] * factor);
        }

        return new ChannelScale(name, scale, shift);
    }

    /// <summary>The factor of each channel.</summary>
    public ReadOnlySpan<float> Scale => scale;

    /// <summary>The offset of each channel.</summary>
    public ReadOnlySpan<float> Shift => shift;

    internal override bool NeedsOutput => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        int area = input.RowLength / scale.Length;
        ParallelRange.ForEach(input.Batch * scale.Length, area, threads, (first, count) =>
        {
            for (int plane = first; plane < first + count; plane++)
            {
                int channel = plane % scale.Length;
                Span<float> to = output.Data.AsSpan(plane * area, area);
                TensorPrimitives.Multiply(input.Data.AsSpan(plane * area, area), scale[channel], to);
                TensorPrimitives.Add(to, shift[channel], to);
            }
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        int area = input.RowLength / scale.Length;
        for (int plane = 0; plane < input.Batch * scale.Length; plane++)
            TensorPrimitives.Multiply(
                outputGradient.Data.AsSpan(plane * area, area), scale[plane % scale.Length], result.Data.AsSpan(plane * area, area));
        return result;
    }
}
