using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A network as victim, open to every attack. On approximate layers the gradient is the exact layers', straight
/// through, at the activations that the approximate layers gave.
/// </summary>
/// <param name="network">The network that is attacked.</param>
public sealed class NetworkVictim(Network network) : IGradientVictim
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => network.InputShape;

    /// <inheritdoc/>
    public int Classes => network.Classes;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => Scores.Labels(Logits(images));

    /// <inheritdoc/>
    public Tensor Logits(Tensor images) => network.Forward(images);

    /// <inheritdoc/>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss) =>
        network.InputGradient(images, loss);
}
