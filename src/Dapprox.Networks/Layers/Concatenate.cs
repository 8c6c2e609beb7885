namespace Dapprox.Networks.Layers;

/// <summary>Concatenates batches, and constants that are the same for every image, along one dimension.</summary>
public sealed class Concatenate : MergeLayer
{
    readonly int[] shape;
    readonly int axis;
    readonly IReadOnlyList<(int Length, float[]? Constant)> parts;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="shape">The dimensions of one image of the output.</param>
    /// <param name="axis">The dimension of the image, from 0.</param>
    /// <param name="parts">The length of each part along the axis, and the numbers of the constant parts; the others are the
    /// inputs.</param>
    public Concatenate(string name, int[] shape, int axis, IReadOnlyList<(int Length, float[]? Constant)> parts)
        : base(name)
    {
        this.shape = shape;
        this.axis = axis;
        this.parts = parts;
    }

    internal (int[] Shape, int Axis, IReadOnlyList<(int Length, float[]? Constant)> Parts) Layout => (shape, axis, parts);

    int Inner => (int)Tensor.Count(shape.AsSpan(axis + 1));

    int Outer => (int)Tensor.Count(shape.AsSpan(0, axis));

    /// <inheritdoc/>
    public override Tensor Forward(ReadOnlySpan<Tensor> inputs, int threads)
    {
        Tensor output = Tensor.Unfilled([inputs[0].Batch, .. shape]);
        int inner = Inner, outer = Outer;
        for (int image = 0; image < output.Batch; image++)
        {
            int start = 0, input = 0;
            foreach ((int length, float[]? constant) in parts)
            {
                ReadOnlySpan<float> from = constant ?? inputs[input++].Row(image);
                for (int i = 0; i < outer; i++)
                    from.Slice(i * length * inner, length * inner).CopyTo(output.Row(image)[((i * shape[axis] + start) * inner)..]);
                start += length;
            }
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor[] InputGradients(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor outputGradient, int threads)
    {
        var results = new Tensor[inputs.Length];
        int inner = Inner, outer = Outer, start = 0, input = 0;
        foreach ((int length, float[]? constant) in parts)
        {
            if (constant is null)
            {
                Tensor result = Tensor.Unfilled(inputs[input].Shape);
                for (int image = 0; image < result.Batch; image++)
                {
                    for (int i = 0; i < outer; i++)
                        outputGradient.Row(image).Slice(
                            (i * shape[axis] + start) * inner, length * inner).CopyTo(result.Row(image)[(i * length * inner)..]);
                }

                results[input++] = result;
            }

            start += length;
        }

        return results;
    }
}
