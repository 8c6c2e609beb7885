using System.Numerics;
using System.Runtime.InteropServices;

namespace DefensiveApproximation.Networks.Layers;

/// <summary>max(x, 0), element by element; a NaN stays a NaN. The gradient passes where the output is above 0.</summary>
/// <param name="name">The name inside the network.</param>
public sealed class Relu(string name) : Layer(name)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ReadOnlySpan<float> source = input.Data;
        Span<float> destination = output.Data;
        ReadOnlySpan<Vector<float>> sources = MemoryMarshal.Cast<float, Vector<float>>(source);
        Span<Vector<float>> destinations = MemoryMarshal.Cast<float, Vector<float>>(destination);
        for (int i = 0; i < sources.Length; i++)
        {
            // Not Max: a comparison with NaN is false, so that NaN stays.
            destinations[i] = Vector.ConditionalSelect(
                Vector.LessThanOrEqual(sources[i], Vector<float>.Zero), Vector<float>.Zero, sources[i]);
        }

        for (int i = sources.Length * Vector<float>.Count; i < source.Length; i++)
            destination[i] = source[i] <= 0 ? 0 : source[i];
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        for (int i = 0; i < result.Data.Length; i++)
            result.Data[i] = output.Data[i] > 0 ? outputGradient.Data[i] : 0;
        return result;
    }
}
