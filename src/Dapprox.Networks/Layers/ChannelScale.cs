using System.Numerics.Tensors;
using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>An affine function per channel, <c>[batch, channels, …]</c>.</summary>
/// <param name="name">The name inside the network.</param>
/// <param name="scale">The factor of each channel.</param>
public class ChannelScale(string name, float[] scale, float[] shift) : Layer(name)
{
    /// <summary>The factor of each channel.</summary>
    public ReadOnlySpan<float> Scale => scale;

    /// <summary>The offset of each channel.</summary>
    public ReadOnlySpan<float> Shift => shift;

    internal sealed override bool NeedsOutput => false;

    internal sealed override bool IsHomogeneous => !shift.AsSpan().ContainsAnyExcept(0);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor input, int threads)
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
    public sealed override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        int area = input.RowLength / scale.Length;
        for (int plane = 0; plane < input.Batch * scale.Length; plane++)
            TensorPrimitives.Multiply(
                outputGradient.Data.AsSpan(plane * area, area), scale[plane % scale.Length], result.Data.AsSpan(plane * area, area));
        return result;
    }
}
