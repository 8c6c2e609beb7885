using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A network as victim, with access for every attack. The gradient of approximate layers is straight-through: that of the exact
/// layers at the activations of the approximate ones.
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
