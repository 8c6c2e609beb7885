using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Kernels.Integers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Layers;

/// <summary>
/// A layer that multiplies activations with weights and accumulates the products. Its input gradient is that of the exact layer for
/// every multiplier (the straight-through estimate of Bengio, Léonard, Courville, "Estimating or Propagating Gradients Through
/// Stochastic Neurons", 2013), taken at the activations of the approximate layers; <see cref="WithGradientWeights"/> replaces its weights.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="shape">The dimensions of the weights.</param>
/// <param name="learnt">The learnt weights; shared, not copied.</param>
/// <param name="weights">The weights that are multiplied: the learnt ones, or these quantised; shared, not copied.</param>
/// <param name="weightBits">The bits of quantised weights (<see cref="DoReFa.Weights"/>); 0 if they are used as learnt.</param>
/// <param name="quantisation">The formats of the operands of a layer that multiplies integers; null for one that multiplies
/// floats.</param>
/// <param name="bias">One number per output or output channel, or empty; shared, not copied.</param>
/// <param name="accumulation">The format of the sums.</param>
/// <param name="gradientWeights">The weights of the input gradient, or null for <paramref name="weights"/>; shared, not copied.</param>
/// <param name="derivatives">The derivatives of the products of integers; null for those of exact products.</param>
/// <exception cref="ArgumentException">The numbers of gradient weights and weights differ.</exception>
public abstract class WeightedLayer(
    string name, int[] shape, float[] learnt, float[] weights, int weightBits, Quantisation? quantisation, float[] bias,
    Multiplier multiplier, Accumulation accumulation, float[]? gradientWeights, ProductDerivatives? derivatives)
    : Layer(name), IMultiplies, ILearnt
{
    readonly float[] gradientWeights = gradientWeights is null || gradientWeights.Length == weights.Length
        ? gradientWeights ?? weights
        : throw new ArgumentException($"{gradientWeights.Length} gradient weights for {weights.Length} weights.", nameof(gradientWeights));

    internal sealed override bool NeedsOutput => false;

    /// <inheritdoc/>
    public Multiplier Multiplier { get; } = multiplier;

    /// <inheritdoc/>
    public Quantisation? Quantisation { get; } = quantisation;

    /// <inheritdoc/>
    public Accumulation Accumulation { get; } = accumulation;

    /// <summary>
    /// The weights that are multiplied: of a dense layer <c>[outputs, inputs]</c>, of a convolution <c>[filters, channels / groups, kernel
    /// height, kernel
    /// width]</c>.
    /// </summary>
    public ReadOnlySpan<float> Weights => weights;

    /// <summary>One number for each output of a dense layer or filter of a convolution, added last; or empty.</summary>
    public ReadOnlySpan<float> Bias => bias;

    /// <summary>The bits of quantised weights (<see cref="DoReFa.Weights"/>); 0 if they are used as learnt.</summary>
    public int WeightBits => weightBits;

    /// <summary>
    /// <c>weight</c>, as learnt, and <c>bias</c> unless there is none; where scales are learnt, <c>input_scale</c> and <c>weight_scale</c>
    /// after them.
    /// </summary>
    public IReadOnlyList<Parameter> Parameters =>
    [
        new("weight", learnt, shape),
        .. bias.Length == 0 ? (Parameter[])[] : [new("bias", bias, [bias.Length])],
        .. Quantisation is not { LearnsScales: true } ? (Parameter[])[] :
        [
            new("input_scale", [Quantisation.Activations.Scale], [1]),
            new("weight_scale", [.. Quantisation.Weights.Select(format => format.Scale)], [Quantisation.Weights.Count]),
        ],
    ];

    /// <summary>
    /// The weights that <see cref="Layer.InputGradient"/> uses, in the order of <see cref="Weights"/>; the same weights by default.
    /// </summary>
    public ReadOnlySpan<float> GradientWeights => gradientWeights;

    /// <summary>
    /// The derivatives of the products of integers, which both gradients use; null where they are those of exact products, with
    /// <see cref="GradientWeights"/> as weights.
    /// </summary>
    public ProductDerivatives? Derivatives { get; } = derivatives;

    /// <inheritdoc/>
    public abstract long Multiplications { get; }

    /// <summary>
    /// The same layer with another multiplier; it shares the weights. Gradient weights replace the slope of one multiplier's
    /// products, and <see cref="Derivatives"/> are those of one multiplier: another multiplier drops them and returns to the gradient of
    /// the exact layer; the same multiplier with another accumulation keeps them.
    /// </summary>
    /// <param name="multiplier">The other multiplier.</param>
    /// <param name="accumulation">The format of the sums.</param>
    public abstract WeightedLayer With(Multiplier multiplier, Accumulation accumulation);

    Layer IMultiplies.With(Multiplier multiplier, Accumulation accumulation) => With(multiplier, accumulation);

    /// <summary>The same layer with products of integers; its gradients are those of <see cref="Quantisation"/>'s rounded
    /// weights.</summary>
    /// <param name="quantisation">The formats of its operands.</param>
    /// <param name="multiplier">The multiplier of integers.</param>
    public abstract WeightedLayer Quantised(Quantisation quantisation, IntegerMultiplier multiplier);

    /// <summary>
    /// The same layer with the input gradient of an exact layer with other weights (backward pass differentiable approximation,
    /// BPDA: Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018). The forward pass does not
    /// change.
    /// </summary>
    /// <param name="weights">As many and in the same order as <see cref="Weights"/>; shared, not copied.</param>
    /// <exception cref="ArgumentException">The number of weights differs.</exception>
    public abstract WeightedLayer WithGradientWeights(float[] weights);

    /// <summary>The same quantised layer, with derivatives of its products in both gradients. The forward pass does not change.</summary>
    /// <param name="derivatives">Those of the multiplier's products for the formats of the layer.</param>
    public abstract WeightedLayer WithDerivatives(ProductDerivatives derivatives);

    /// <inheritdoc/>
    public abstract Layer With(IReadOnlyList<float[]> parameters);

    /// <inheritdoc/>
    /// <remarks>
    /// The gradients are those of the exact layer for every multiplier (straight-through), unless there are
    /// <see cref="Derivatives"/>. Quantised weights pass theirs on to the
    /// learnt ones as if they had not been rounded; see <see cref="DoReFa.LearntGradient"/>.
    /// </remarks>
    public IReadOnlyList<float[]> Gradients(Tensor input, Tensor outputGradient, int threads)
    {
        float[] gradient = new float[weights.Length];
        WeightGradient(Multiplied(input), outputGradient, gradient, threads);
        return Gradients(
            gradient, bias.Length == 0 ? [] : BiasGradient(outputGradient), InputScaleGradient(input, outputGradient, threads));
    }

    /// <summary>The gradients in the order of <see cref="Parameters"/>.</summary>
    /// <param name="gradient">That with respect to the weights that are multiplied; becomes that with respect to the learnt ones.</param>
    /// <param name="ofBias">That with respect to the bias.</param>
    /// <param name="ofInputScale">The sum of <see cref="InputScaleGradient"/> over the batch.</param>
    internal IReadOnlyList<float[]> Gradients(float[] gradient, double[] ofBias, double ofInputScale)
    {
        var gradients = new List<float[]> { gradient };
        if (bias.Length > 0)
            gradients.Add(Array.ConvertAll(ofBias, sum => (float)sum));
        if (Quantisation is { LearnsScales: true })
        {
            gradients.Add([(float)ofInputScale]);
            gradients.Add(WeightScaleGradient(gradient));
        }
        else if (weightBits > 0)
        {
            DoReFa.LearntGradient(learnt, gradient);
        }

        return gradients;
    }

    /// <summary>The gradient of the scale of the inputs; 0 where scales are not learnt.</summary>
    /// <param name="input">A batch of inputs, before they are rounded.</param>
    /// <param name="outputGradient">The gradient with respect to the output; shaped like it.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    internal double InputScaleGradient(Tensor input, Tensor outputGradient, int threads)
    {
        if (Quantisation is not { LearnsScales: true })
            return 0;
        Tensor gradient = RoundedInputGradient(input, outputGradient, threads);
        double sum = StepGradient.Sum(Quantisation.Activations, input.Data, gradient.Data);
        Workspace.Return(gradient);
        return sum * StepGradient.Factor(Quantisation.Activations, input.RowLength);
    }

    /// <summary>The gradients of the scales of weights. Weights that are clamped lose theirs.</summary>
    float[] WeightScaleGradient(float[] gradient)
    {
        IReadOnlyList<AffineQuantisation> formats = Quantisation!.Weights;
        float[] scales = new float[formats.Count];
        int count = learnt.Length / formats.Count;
        for (int i = 0; i < scales.Length; i++)
        {
            AffineQuantisation format = formats[i];
            Span<float> own = gradient.AsSpan(i * count, count);
            ReadOnlySpan<float> numbers = learnt.AsSpan(i * count, count);
            scales[i] = (float)(StepGradient.Sum(format, numbers, own) * StepGradient.Factor(format, count));
            Rounding.Through(format, numbers, own);
        }

        return scales;
    }

    /// <summary>The weights that are multiplied, from learnt ones.</summary>
    private protected static float[] Multiplied(float[] learnt, int weightBits, Quantisation? quantisation, int channels)
    {
        float[] weights = weightBits == 0 ? learnt : DoReFa.Weights(learnt, weightBits);
        return quantisation is null ? weights : quantisation.Round(weights, channels);
    }

    /// <summary>The activations that are multiplied: those given, rounded to their format if there is one.</summary>
    internal Tensor Multiplied(Tensor input)
    {
        if (Quantisation is null)
            return input;
        Tensor rounded = Tensor.Unfilled(input.Shape);
        RoundingKernel.Run(Quantisation.Activations, input.Data, rounded.Data);
        return rounded;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// That with respect to the rounded inputs where the format of a quantised layer holds the input, and 0 where it is clamped
    /// (straight-through, as for <see cref="Rounding"/>).
    /// </remarks>
    public sealed override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor gradient = RoundedInputGradient(input, outputGradient, threads);
        if (Quantisation is not null)
            Rounding.Through(Quantisation.Activations, input.Data, gradient.Data);
        return gradient;
    }

    /// <summary>The gradient with respect to the inputs that are multiplied.</summary>
    private protected abstract Tensor RoundedInputGradient(Tensor input, Tensor outputGradient, int threads);

    /// <summary>Whether the weight gradient of a whole batch takes less time than those of its parts.</summary>
    internal abstract bool PrefersWholeBatch { get; }

    /// <summary>The gradient with respect to the weights that are multiplied.</summary>
    /// <param name="input">A batch of the layer's inputs.</param>
    /// <param name="outputGradient">The gradient with respect to the output; shaped like it.</param>
    /// <param name="gradient">Receives as many numbers as there are weights.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    internal abstract void WeightGradient(Tensor input, Tensor outputGradient, float[] gradient, int threads);

    /// <summary>The gradient with respect to the bias: the sum of the output's gradient over images and positions.</summary>
    internal abstract double[] BiasGradient(Tensor outputGradient);

    /// <summary>The same layer, its scales learnt or fixed.</summary>
    internal abstract WeightedLayer WithLearntScales(bool areLearnt);

    /// <summary>What given parameters are beside the weights: a bias, and scales where they are learnt and given.</summary>
    private protected (float[] Bias, Quantisation? Quantisation) Others(IReadOnlyList<float[]> parameters)
    {
        int count = parameters.Count;
        Quantisation? formats = Quantisation;
        if (formats is { LearnsScales: true } && count > 2)
        {
            count -= 2;
            formats = formats.WithScales(parameters[count][0], parameters[count + 1]);
        }

        return (count > 1 ? parameters[1] : [], formats);
    }

    /// <summary>The same layer, on the same multiplier, with other weights, which are not quantised.</summary>
    /// <param name="weights">As many and in the same order as <see cref="Weights"/>; shared, not copied.</param>
    /// <param name="bias">One number for each output of a dense layer or filter of a convolution, or empty; shared, not copied.</param>
    public abstract WeightedLayer WithWeights(float[] weights, float[] bias);

    /// <summary>The number of neighbouring outputs that share a number of the bias.</summary>
    /// <param name="output">A batch of outputs.</param>
    internal abstract int ChannelLength(Tensor output);

    /// <summary>The number of output channels, each with its own weights; 0 if the outputs are not channels.</summary>
    internal abstract int Channels { get; }

    /// <summary>
    /// The same layer with an affine function per output channel folded into it, equal in exact arithmetic; null if the outputs are
    /// not channels.
    /// </summary>
    /// <param name="scale">One number for each output of a dense layer or filter of a convolution.</param>
    internal WeightedLayer? Scaled(ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        if (scale.Length != Channels)
            return null;
        float[] scaled = new float[weights.Length], shifted = new float[scale.Length];
        int fan = weights.Length / scale.Length;
        for (int output = 0; output < scale.Length; output++)
        {
            for (int i = output * fan; i < (output + 1) * fan; i++)
                scaled[i] = weights[i] * scale[output];
            shifted[output] = (float)((double)(bias.Length == 0 ? 0 : bias[output]) * scale[output] + shift[output]);
        }

        return WithWeights(scaled, shifted);
    }

    /// <summary>The gradient weights that a copy with another multiplier keeps; null for none.</summary>
    internal float[]? GradientWeightsFor(Multiplier other) => ReferenceEquals(other, Multiplier) ? gradientWeights : null;

    /// <summary>The derivatives that a copy with another multiplier keeps; null for none.</summary>
    internal ProductDerivatives? DerivativesFor(Multiplier other) => ReferenceEquals(other, Multiplier) ? Derivatives : null;
}
