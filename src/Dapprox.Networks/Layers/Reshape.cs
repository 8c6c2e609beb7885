namespace Dapprox.Networks.Layers;

/// <summary>The same numbers under another shape.</summary>
/// <param name="name">The name inside the network.</param>
/// <param name="shape">The dimensions of one image.</param>
public sealed class Reshape(string name, IReadOnlyList<int> shape) : Layer(name)
{
    internal override bool IsHomogeneous => true;

    internal IReadOnlyList<int> Shape => shape;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads) => input.Reshape([input.Batch, .. shape]);

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads) =>
        outputGradient.Reshape(input.Shape);
}
