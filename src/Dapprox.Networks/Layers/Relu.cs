using System.Numerics;

namespace Dapprox.Networks.Layers;

/// <summary>max(x, 0); a NaN stays a NaN. The gradient passes where the output is above 0.</summary>
/// <param name="name">The name inside the network.</param>
public sealed class Relu(string name) : ElementwiseLayer(name)
{
    internal override bool IsHomogeneous => true;

    /// <inheritdoc/>
    public override void Apply(Span<float> values)
    {
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var vector = new Vector<float>(values[i..]);
            // Not Max: a comparison with NaN is false, so that NaN stays.
            Vector.ConditionalSelect(Vector.LessThanOrEqual(vector, Vector<float>.Zero), Vector<float>.Zero, vector)
                .CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
            values[i] = values[i] <= 0 ? 0 : values[i];
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        ReadOnlySpan<float> outputs = output.Data;
        ReadOnlySpan<float> source = outputGradient.Data;
        Span<float> destination = result.Data;
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<int> passes = Vector.GreaterThan(new Vector<float>(outputs[i..]), Vector<float>.Zero);
            Vector.ConditionalSelect(passes, new Vector<float>(source[i..]), Vector<float>.Zero).CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++)
            destination[i] = outputs[i] > 0 ? source[i] : 0;
        return result;
    }
}
