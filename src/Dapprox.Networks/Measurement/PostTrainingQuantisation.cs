using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>How the range of activations that a format covers is chosen; numbers outside are clamped.</summary>
public enum RangeMethod
{
    /// <summary>From the least to the greatest number.</summary>
    MinMax,

    /// <summary>Without the greatest 0.01 % of absolute values.</summary>
    Percentile,

    /// <summary>The range with the least mean squared error of rounding and clamping, of a hundred fractions of the whole.</summary>
    Mse,

    /// <summary>
    /// The range with the least Kullback-Leibler divergence of the numbers as they are from those that were rounded and clamped (Migacz,
    /// "8-bit Inference with TensorRT", GTC 2017).
    /// </summary>
    Entropy,
}

/// <summary>
/// Quantises a trained network without training: its layers with weights multiply integers afterwards, and everything between them stays
/// as it is. Batch normalisations are folded into the weights first, as hardware does it.
/// </summary>
/// <remarks>
/// Weights are symmetric: z_w = 0 and s_w = max |w| / (2ᵇ⁻¹ − 1), over an output channel or a layer. Activations are affine and unsigned,
/// from the least number or 0 to the greatest, or signed and symmetric: z_a = 0. (Krishnamoorthi, "Quantizing deep convolutional networks
/// for efficient inference: A whitepaper", 2018, sections 2 and 3.)
/// </remarks>
public sealed record PostTrainingQuantisation
{
    /// <summary>The number of images that the ranges are measured on unless told otherwise.</summary>
    public const int DefaultImages = 512;

    // Images that go through the network together while ranges are measured.
    const int Chunk = 32;

    /// <summary>The bits of activations.</summary>
    public int ActivationBits { get; init; } = 8;

    /// <summary>The bits of weights.</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>Whether activations are signed and symmetric instead of unsigned and affine.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Whether each output channel has a scale of its own.</summary>
    public bool IsPerChannel { get; init; } = true;

    /// <summary>Whether the ranges of the weights of neighbouring layers are made equal first (<see cref="WeightEqualisation"/>).</summary>
    public bool Equalises { get; init; }

    /// <summary>How the ranges of activations are chosen.</summary>
    public RangeMethod Method { get; init; }

    /// <summary>How signed numbers enter an unsigned multiplier.</summary>
    public SignHandling Signs { get; init; }

    /// <summary>The layers that are quantised; the others stay floats.</summary>
    public LayerSelection Layers { get; init; } = LayerSelection.All;

    /// <summary>Quantises a network; its products are exact.</summary>
    /// <inheritdoc cref="Measure"/>
    public Network Run(
        Network network, Tensor images, Action<int>? progress = null, CancellationToken cancellation = default) =>
        Measure(network, images, progress, cancellation).Quantised(IsSigned);

    /// <summary>Measures the ranges of the activations of a network, with which it is quantised for any multiplier.</summary>
    /// <param name="network">A network of floats.</param>
    /// <param name="images">Images like those that the network will meet, <c>[batch, channels, height, width]</c>, at least one.</param>
    /// <param name="progress">Called with the number of images done since the last call; null for none.</param>
    /// <param name="cancellation">Stops between some images.</param>
    /// <exception cref="InputException">There are no images, the network is quantised already, or an activation is not finite.</exception>
    public ActivationRanges Measure(
        Network network, Tensor images, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        if (network.IsQuantised)
            throw new InputException($"{network.Name} is quantised already");
        if (images.Batch == 0)
            throw new InputException("there are no images to measure the ranges of activations on");
        network = BatchNormalizationFolding.Fold(network);
        if (Equalises)
            network = WeightEqualisation.Of(network);
        HashSet<int> selected = [.. Layers.Of(network.Layers).Where(index => network.Layers[index] is WeightedLayer)];
        ActivationHistogram?[] ranges = [
            .. network.Layers.Select((_, index) => selected.Contains(index) ? new ActivationHistogram() : null)];
        foreach (bool isLast in (bool[])[false, true])
        {
            for (int first = 0; first < images.Batch; first += Chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(Chunk, images.Batch - first);
                network.Observe(images.Rows(first, count), (index, inputs) =>
                {
                    if (ranges[index] is ActivationHistogram range && !range.Add(inputs[0].Data, isLast))
                        throw new InputException($"an input of the layer {network.Layers[index].Name} is not finite; it has no range");
                });
                if (isLast)
                    progress?.Invoke(count);
            }
        }

        return new ActivationRanges(this, network, ranges);
    }

    /// <summary>The formats of a layer.</summary>
    /// <param name="layer">The layer of floats.</param>
    /// <param name="range">The range of its inputs.</param>
    internal Quantisation Formats(WeightedLayer layer, ActivationHistogram range) =>
        new(Activations(range), Weights(layer), Signs);

    /// <summary>The same for the layers of a multiplier: signed where it is, and with no more bits than its operands have.</summary>
    /// <param name="multiplier">A multiplier of integers; one of floats, which is refused later, changes nothing.</param>
    internal PostTrainingQuantisation For(Multiplier multiplier) => multiplier is not IntegerMultiplier integers ? this : this with
    {
        IsSigned = integers.IsSigned,
        ActivationBits = Math.Min(ActivationBits, integers.FirstWidth),
        WeightBits = Math.Min(WeightBits, integers.SecondWidth),
    };

    AffineQuantisation Activations(ActivationHistogram range)
    {
        var format = new IntegerFormat(ActivationBits, IsSigned);
        (double low, double high) = Method switch
        {
            RangeMethod.Percentile => range.Percentile(0.9999),
            RangeMethod.Mse => range.LeastSquaredError(format),
            RangeMethod.Entropy => range.LeastDivergence(format),
            _ => (range.Low, range.High),
        };
        return Format(low, high, format);
    }

    /// <summary>The quantisation of a range.</summary>
    /// <param name="low">Its least number, or 0.</param>
    /// <param name="high">Its greatest number, or 0.</param>
    /// <param name="format">The integers: signed and symmetric, or unsigned.</param>
    internal static AffineQuantisation Format(double low, double high, IntegerFormat format)
    {
        double scale = format.IsSigned ? Math.Max(-low, high) / format.High : (high - low) / format.High;
        // A range of zeros, or one below what binary32 holds.
        float rounded = (float)scale is var single && float.IsNormal(single) ? single : 1;
        int zeroPoint = format.IsSigned ? 0 : (int)Math.Clamp(Math.Round(-low / rounded), 0, format.High);
        return new AffineQuantisation(rounded, zeroPoint, format);
    }

    AffineQuantisation[] Weights(WeightedLayer layer)
    {
        var format = new IntegerFormat(WeightBits, IsSigned: true);
        int channels = IsPerChannel ? layer.Parameters[0].Shape[0] : 1, fan = layer.Weights.Length / channels;
        var formats = new AffineQuantisation[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double largest = 0;
            foreach (float weight in layer.Weights.Slice(channel * fan, fan))
                largest = Math.Max(largest, Math.Abs(weight));
            if (!double.IsFinite(largest))
                throw new InputException($"a weight of the layer {layer.Name} is not finite; it cannot be quantised");
            formats[channel] = Format(-largest, largest, format);
        }

        return formats;
    }
}
