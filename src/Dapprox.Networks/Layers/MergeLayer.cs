namespace Dapprox.Networks.Layers;

/// <summary>A layer that takes several batches of equally many images.</summary>
/// <param name="name">The name inside the network.</param>
public abstract class MergeLayer(string name) : Layer(name)
{
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor input, int threads) => Forward([input], threads);

    /// <inheritdoc/>
    public sealed override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads) =>
        InputGradients([input], output, outputGradient, threads)[0];

    /// <inheritdoc/>
    public abstract override Tensor Forward(ReadOnlySpan<Tensor> inputs, int threads);

    /// <inheritdoc/>
    public abstract override Tensor[] InputGradients(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor outputGradient, int threads);
}
