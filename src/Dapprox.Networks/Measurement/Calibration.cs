using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Measurement;

/// <summary>What calibration changed in a layer.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Gain">The factor of its outputs with respect to the exact network, accumulated over all layers before it.</param>
/// <param name="Change">The largest absolute change of a bias, or of a mean of a batch normalisation.</param>
/// <param name="Exponent">The weights were multiplied by 2 to this power; 0 if they stayed as they were.</param>
public sealed record CalibratedLayer(string Layer, double Gain, double Change, int Exponent);

/// <summary>
/// A network that was fitted to its approximate multipliers, without training and without labels: it has other biases and other
/// statistics of batch normalisations, so that each channel has the mean that it has in the exact network, times the gain of the
/// products.
/// </summary>
/// <remarks>
/// <para>
/// Layers are calibrated in order, each on the activations of the calibrated layers before it. Let y and z be the outputs of a layer
/// in the approximate and in the exact network, and μ their mean over images and positions of a channel, by which equation 16 of
/// Nagel, van Baalen, Blankevoort, Welling, "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019,
/// corrects biases, there with a gain of 1; the mean of a sum of approximate products was corrected by a constant in Zervakis,
/// Spantidi, Anagnostopoulos, Amrouch, Henkel, "Control Variate Approximation for DNN Accelerators", DAC 2021.
/// </para>
/// <list type="bullet">
/// <item>
/// A layer with weights has the gain G = (gain of its input) · <see cref="LayerGain"/>; exact layers have a gain of 1 of their own. Its
/// bias b becomes b + G·μ(z) − μ(y), which multiplies b by G and removes the mean error. If batch normalisation follows, the bias has no
/// effect and stays.
/// </item>
/// <item>
/// A batch normalisation has its statistics changed so that mean and variance of its outputs are those in the exact network: with
/// r the ratio of the variances of y and z at its input, the mean m becomes √r·m + μ(y) − √r·μ(z), and the variance v becomes
/// r·(v + ε) − ε. Then G = 1. (Measuring them anew: Sun et al., "Hybrid 8-bit Floating Point (HFP8) Training and Inference for Deep
/// Neural Networks", NeurIPS 2019. The ratio leaves an exact network as it is.)
/// </item>
/// <item>
/// A layer that commutes with factors (ReLU, pooling, reshaping) passes G on. After every other layer (a sum of branches, a clip, a
/// softmax) G is the least-squares fit of its outputs to those in the exact network.
/// </item>
/// <item>
/// A layer whose outputs meet such another layer, before weights or a batch normalisation, or are the logits, has its weights multiplied
/// by the power of two nearest to 1 / G, so that branches of different gain can be added, a clip meets numbers of about their exact
/// size, and probabilities are about as confident as the exact network's. This changes no mantissa, so products are the same but for
/// their exponent. Quantised weights stay as they are.
/// </item>
/// </list>
/// </remarks>
/// <param name="Network">The calibrated network, on the same multipliers.</param>
/// <param name="Layers">The layers that were measured, in order: those with weights, and batch normalisations.</param>
public sealed record Calibration(Network Network, IReadOnlyList<CalibratedLayer> Layers)
{
    /// <summary>The number of images that calibration takes unless told otherwise.</summary>
    public const int DefaultImages = 512;

    /// <summary>
    /// Calibrates a network. The result depends on the set of images only, not on threads; memory holds the activations of all
    /// images for the layers that are needed at a time.
    /// </summary>
    /// <param name="network">The network on its multipliers; exact layers among them are allowed.</param>
    /// <param name="images">Images like those that the network will meet, <c>[batch, channels, height, width]</c>, at least one.</param>
    /// <param name="exact">
    /// The network whose outputs are the reference, of the same layers; null for <paramref name="network"/> with exact multipliers. For a
    /// network that was calibrated or trained for its multipliers before, give the one that this began with.
    /// </param>
    /// <param name="progress">Called after each layer; null for none.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="ArgumentException">There are no images, or their shape differs from the network's.</exception>
    public static Calibration Of(
        Network network, Tensor images, Network? exact = null, Action? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        network.ThrowIfUnfit(images);
        return images.Batch > 0
            ? new CalibrationPass(network, exact ?? CalibrationPass.Exact(network), images).Run(progress, cancellation)
            : throw new ArgumentException("There are no images to calibrate on.", nameof(images));
    }
}
