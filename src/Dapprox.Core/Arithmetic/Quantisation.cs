using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>The number formats of a layer whose products are products of integers.</summary>
/// <remarks>
/// With T the products of the multiplier (<see cref="IntegerProducts"/>), an output is
/// <c>y = s_a·s_w·(Σ T(q_a, q_w) − z_a·Σ q_w − z_w·Σ q_a + K·z_a·z_w) + bias</c> over the K products of a sum. The sum in parentheses is
/// that of int32 accumulators in two's complement, corrections included, unless the multiplier has another
/// <see cref="IntegerMultiplier.Accumulator"/>, which then adds the products; it is rounded to binary32, multiplied by s_a·s_w, rounded,
/// and the bias is added, rounded. Padding is z_a, and passes through T like any operand. (Jacob et al., "Quantization and Training of
/// Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018, equation 4, with T for the exact product.)
/// </remarks>
public sealed record Quantisation
{
    // Far below any step of use.
    const float MinLearntScale = 1e-8f;

    /// <summary>Describes a layer.</summary>
    /// <param name="activations">The format of its inputs: s_a and z_a.</param>
    /// <param name="weights">The formats of its weights, s_w and z_w: one for all, or one for each output channel, all of one
    /// range.</param>
    /// <param name="signs">How signed numbers enter an unsigned multiplier.</param>
    /// <exception cref="InputException">The weights are of different ranges.</exception>
    public Quantisation(AffineQuantisation activations, IReadOnlyList<AffineQuantisation> weights, SignHandling signs = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfZero(weights.Count, nameof(weights));
        IntegerFormat first = weights[0].Format;
        if (weights.Any(weight => weight.Format != first))
        {
            IntegerFormat other = weights.First(weight => weight.Format != first).Format;
            throw new InputException($"weights of a layer are {first} and {other}; all of a layer are of one range");
        }

        Activations = activations;
        Weights = weights;
        Signs = signs;
    }

    /// <summary>The format of the inputs.</summary>
    public AffineQuantisation Activations { get; }

    /// <summary>The formats of the weights: one for all, or one for each output channel.</summary>
    public IReadOnlyList<AffineQuantisation> Weights { get; }

    /// <summary>How signed numbers enter an unsigned multiplier.</summary>
    public SignHandling Signs { get; }

    /// <summary>Whether a training learns the scales, as it does weights; zero points stay.</summary>
    public bool LearnsScales { get; init; }

    /// <summary>The same formats with other scales.</summary>
    /// <param name="activations">That of the activations.</param>
    /// <param name="weights">As many as there are <see cref="Weights"/>.</param>
    /// <exception cref="InputException">A scale is not a finite number.</exception>
    public Quantisation WithScales(float activations, ReadOnlySpan<float> weights)
    {
        var formats = new AffineQuantisation[Weights.Count];
        for (int i = 0; i < formats.Length; i++)
            formats[i] = With(Weights[i], weights[i]);
        return new Quantisation(With(Activations, activations), formats, Signs) { LearnsScales = LearnsScales };

        // A step of an optimiser may lead past 0.
        static AffineQuantisation With(AffineQuantisation format, float scale) =>
            new(scale < MinLearntScale ? MinLearntScale : scale, format.ZeroPoint, format.Format);
    }

    /// <summary>The format of the weights of an output channel.</summary>
    public AffineQuantisation Weight(int channel) => Weights[Weights.Count == 1 ? 0 : channel];

    /// <summary>The weights that are multiplied: those given, each rounded to its format.</summary>
    /// <param name="weights">Output channel after output channel.</param>
    /// <param name="channels">The number of output channels.</param>
    public float[] Round(ReadOnlySpan<float> weights, int channels)
    {
        float[] rounded = new float[weights.Length];
        int fan = weights.Length / channels;
        for (int i = 0; i < rounded.Length; i++)
            rounded[i] = Weight(i / fan).Round(weights[i]);
        return rounded;
    }
}
