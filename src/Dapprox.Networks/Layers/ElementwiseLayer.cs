using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>
/// An elementwise layer whose gradient needs its output but not its input: a network runs it in place on the output of a layer that
/// does not need that output.
/// </summary>
/// <param name="name">The name inside the network.</param>
public abstract class ElementwiseLayer(string name) : Layer(name)
{
    /// <summary>Computes the layer in place.</summary>
    /// <param name="values">The input, which the output replaces.</param>
    public abstract void Apply(Span<float> values);

    /// <summary>Computes the layer in place, on several threads.</summary>
    /// <param name="values">The input, which the output replaces.</param>
    /// <param name="threads">The maximum number of threads.</param>
    internal void Apply(float[] values, int threads) =>
        ParallelRange.ForEach(values.Length, 1, threads, (start, count) => Apply(values.AsSpan(start, count)));

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            Span<float> values = output.Data.AsSpan(start, count);
            input.Data.AsSpan(start, count).CopyTo(values);
            Apply(values);
        });
        return output;
    }
}
