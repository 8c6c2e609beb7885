using System.Numerics.Tensors;
using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>
/// x, but not below one number nor above another: the ReLU6 of MobileNet. A NaN stays a NaN; the gradient passes between the two.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="least">The smallest result.</param>
/// <param name="most">The largest.</param>
public sealed class Clip(string name, float least, float most) : Layer(name)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            Span<float> to = output.Data.AsSpan(start, count);
            TensorPrimitives.Max(input.Data.AsSpan(start, count), least, to);
            TensorPrimitives.Min(to, most, to);
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
                result.Data[i] = input.Data[i] > least && input.Data[i] < most ? outputGradient.Data[i] : 0;
        });
        return result;
    }
}
