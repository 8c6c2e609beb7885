namespace Dapprox.Networks.Layers;

/// <summary>
/// Numbers of each image put elsewhere: every output is one of the inputs, or a constant. Transposing, cutting out, padding,
/// picking and spreading are all of this kind.
/// </summary>
public sealed class Rearrange : Layer
{
    readonly int[] shape;
    readonly int[] sources;
    readonly float constant;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="shape">The dimensions of one image of the output.</param>
    /// <param name="sources">For each output, in order, the place of the input in its image, or a negative number for the constant.</param>
    /// <exception cref="ArgumentException">There are not as many sources as outputs.</exception>
    public Rearrange(string name, int[] shape, int[] sources, float constant = 0)
        : base(name)
    {
        if (sources.LongLength != Tensor.Count(shape))
            throw new ArgumentException($"{sources.Length} sources for the shape [{string.Join(", ", shape)}].", nameof(sources));
        this.shape = shape;
        this.sources = sources;
        this.constant = constant;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled([input.Batch, .. shape]);
        for (int image = 0; image < input.Batch; image++)
        {
            ReadOnlySpan<float> from = input.Row(image);
            Span<float> to = output.Row(image);
            for (int i = 0; i < sources.Length; i++)
                to[i] = sources[i] >= 0 ? from[sources[i]] : constant;
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        result.Data.AsSpan().Clear();
        for (int image = 0; image < input.Batch; image++)
        {
            ReadOnlySpan<float> from = outputGradient.Row(image);
            Span<float> to = result.Row(image);
            for (int i = 0; i < sources.Length; i++)
            {
                if (sources[i] >= 0)
                    to[sources[i]] += from[i];
            }
        }

        return result;
    }
}
