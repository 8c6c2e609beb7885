using System.Numerics.Tensors;
using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>
/// Clips x to a range, as the ReLU6 of MobileNet does. A NaN stays a NaN; the gradient passes strictly inside the range.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="min">The smallest result.</param>
/// <param name="max">The largest result.</param>
public sealed class Clip(string name, float min, float max) : Layer(name)
{
    internal (float Min, float Max) Range => (min, max);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            Span<float> to = output.Data.AsSpan(start, count);
            TensorPrimitives.Max(input.Data.AsSpan(start, count), min, to);
            TensorPrimitives.Min(to, max, to);
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                result.Data[i] = input.Data[i] > min && input.Data[i] < max ? outputGradient.Data[i] : 0;
        });
        return result;
    }
}
