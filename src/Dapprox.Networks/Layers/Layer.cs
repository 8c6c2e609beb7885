namespace Dapprox.Networks.Layers;

/// <summary>
/// One step of a network: a function of a batch, and the gradient of a loss with respect to its input. A layer is immutable, so any
/// number of threads can use it at the same time.
/// </summary>
/// <param name="name">The name inside the network, unique there: <c>conv1</c>.</param>
public abstract class Layer(string name)
{
    /// <summary>The name inside the network.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Whether the gradient needs the output. If not, and if the output has memory of its own, an <see cref="ElementwiseLayer"/>
    /// that is its only consumer may overwrite it.
    /// </summary>
    internal virtual bool NeedsOutput => true;

    /// <summary>
    /// Whether the layer has one input x and commutes with factors: f(s·x) = s·f(x) for every s above 0.
    /// </summary>
    internal virtual bool IsHomogeneous => false;

    /// <summary>Computes the layer.</summary>
    /// <param name="input">A batch; its first dimension counts images. The layer must not keep it: a network reuses its memory.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    public abstract Tensor Forward(Tensor input, int threads);

    /// <summary>The gradient of a loss with respect to the input: the transposed Jacobian times the output's gradient.</summary>
    /// <param name="input">The input batch.</param>
    /// <param name="output">The result of <see cref="Forward(Tensor, int)"/>.</param>
    /// <param name="outputGradient">The gradient with respect to the output; shaped like it.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    /// <returns>The gradient with respect to the input; shaped like it.</returns>
    public abstract Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads);

    /// <summary>Computes the layer; all but a <see cref="MergeLayer"/> take one batch.</summary>
    /// <param name="inputs">The input batches; the layer must not keep them.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    public virtual Tensor Forward(ReadOnlySpan<Tensor> inputs, int threads) => Forward(inputs[0], threads);

    /// <summary>The gradients of a loss with respect to each input; see <see cref="InputGradient"/>.</summary>
    /// <param name="inputs">The input batches.</param>
    /// <param name="output">The result of the forward pass.</param>
    /// <param name="outputGradient">The gradient with respect to the output; shaped like it.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    public virtual Tensor[] InputGradients(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor outputGradient, int threads) =>
        [InputGradient(inputs[0], output, outputGradient, threads)];
}
