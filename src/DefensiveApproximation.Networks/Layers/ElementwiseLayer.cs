namespace DefensiveApproximation.Networks.Layers;

/// <summary>
/// A layer that changes every number by itself, and whose gradient needs its output but not its input: a network
/// lets it work in place on what a convolution or dense layer gave.
/// </summary>
/// <param name="name">The name inside the network.</param>
public abstract class ElementwiseLayer(string name) : Layer(name)
{
    /// <summary>Computes the layer in place.</summary>
    /// <param name="values">The input, which the output replaces.</param>
    public abstract void Apply(Span<float> values);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = input.Clone();
        Apply(output.Data);
        return output;
    }
}
