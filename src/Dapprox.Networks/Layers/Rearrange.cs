namespace Dapprox.Networks.Layers;

/// <summary>
/// Moves the elements of each image: every output is an input or a constant. Transposing, slicing, padding, gathering and zero
/// insertion are all of this kind.
/// </summary>
public sealed class Rearrange : Layer
{
    readonly int[] shape;
    readonly int[] sources;
    readonly float constant;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="shape">The dimensions of one image of the output.</param>
    /// <param name="sources">For each output, in order, the index of the input in its image; negative for the constant.</param>
    /// <exception cref="ArgumentException">The numbers of sources and outputs differ.</exception>
    public Rearrange(string name, int[] shape, int[] sources, float constant = 0)
        : base(name)
    {
        if (sources.LongLength != Tensor.Count(shape))
            throw new ArgumentException($"{sources.Length} sources for the shape [{string.Join(", ", shape)}].", nameof(sources));
        this.shape = shape;
        this.sources = sources;
        this.constant = constant;
    }

    internal override bool IsHomogeneous => constant == 0;

    internal (int[] Shape, int[] Sources, float Constant) Moves => (shape, sources, constant);

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
