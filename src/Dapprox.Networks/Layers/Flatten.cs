namespace Dapprox.Networks.Layers;

/// <summary>Each image as one row of numbers: <c>[batch, …]</c> to <c>[batch, numbers per image]</c>.</summary>
/// <param name="name">The name inside the network.</param>
public sealed class Flatten(string name) : Layer(name)
{
    internal override bool IsHomogeneous => true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads) => input.Reshape(input.Batch, input.RowLength);

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads) =>
        outputGradient.Reshape(input.Shape);
}
