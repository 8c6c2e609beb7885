using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Kernels.Integers;

namespace Dapprox.Networks.Layers;

/// <summary>A fully connected layer: <c>[batch, …, inputs]</c> to <c>[batch, …, outputs]</c>; see <see cref="DenseKernel"/>.</summary>
public sealed class Dense : WeightedLayer
{
    readonly float[] learnt;
    readonly float[] weights;
    readonly float[] bias;
    readonly IDenseKernel kernel;
    readonly int rows;
    // The kernel of the exact layer, shared by all layers with these weights, and the kernel of this layer.
    readonly Lazy<DenseKernel> exactGradient;
    readonly Lazy<DenseKernel> gradient;
    // Both gradients, where products have derivatives of their own.
    readonly Lazy<DerivativeKernel>? ofDerivatives;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="weights"><c>[outputs, inputs]</c>; shared, not copied.</param>
    /// <param name="bias"><c>[outputs]</c>, or empty; shared, not copied.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <param name="rows">The number of input rows of an image.</param>
    /// <param name="weightBits">The bits to quantise the weights to (<see cref="DoReFa.Weights"/>); 0 to use them as they are.</param>
    public Dense(
        string name, int inputs, int outputs, float[] weights, float[] bias,
        FloatMultiplier multiplier, Accumulation accumulation = Accumulation.Float32, int rows = 1, int weightBits = 0)
        : this(name, inputs, outputs, rows, weights, weightBits, quantisation: null, bias, multiplier, accumulation)
    {
    }

    Dense(
        string name, int inputs, int outputs, int rows, float[] learnt, int weightBits, Quantisation? quantisation, float[] bias,
        Multiplier multiplier, Accumulation accumulation)
        : this(
            name, inputs, outputs, rows, learnt, Multiplied(learnt, weightBits, quantisation, outputs), weightBits, quantisation, bias,
            multiplier, accumulation, exactGradient: null, gradientWeights: null, derivatives: null)
    {
    }

    Dense(
        string name, int inputs, int outputs, int rows, float[] learnt, float[] weights, int weightBits, Quantisation? quantisation,
        float[] bias, Multiplier multiplier, Accumulation accumulation, Lazy<DenseKernel>? exactGradient, float[]? gradientWeights,
        ProductDerivatives? derivatives)
        : this(
            name, Kernel(inputs, outputs, weights, quantisation, bias, multiplier, accumulation), rows, learnt, weights, weightBits,
            quantisation, bias, multiplier, accumulation, exactGradient, gradientWeights, derivatives)
    {
    }

    Dense(
        string name, IDenseKernel kernel, int rows, float[] learnt, float[] weights, int weightBits, Quantisation? quantisation,
        float[] bias, Multiplier multiplier, Accumulation accumulation, Lazy<DenseKernel>? exactGradient, float[]? gradientWeights,
        ProductDerivatives? derivatives)
        : base(
            name, [kernel.Outputs, kernel.Inputs], learnt, weights, weightBits, quantisation, bias, multiplier, accumulation,
            gradientWeights, derivatives)
    {
        this.rows = rows;
        this.learnt = learnt;
        this.weights = weights;
        this.bias = bias;
        this.kernel = kernel;
        this.exactGradient = exactGradient ?? new Lazy<DenseKernel>(() => GradientKernel(weights));
        gradient = gradientWeights is null || gradientWeights == weights
            ? this.exactGradient
            : new Lazy<DenseKernel>(() => GradientKernel(gradientWeights));
        // A row of inputs is an image of one pixel.
        ofDerivatives = derivatives is null
            ? null
            : new Lazy<DerivativeKernel>(() => new DerivativeKernel(
                derivatives, quantisation!, new ConvolutionShape(kernel.Inputs, kernel.Outputs, 1, 1), height: 1, width: 1, weights));
    }

    /// <inheritdoc/>
    public override long Multiplications => (long)rows * kernel.Inputs * kernel.Outputs;

    /// <summary>The number of inputs of a row.</summary>
    public int Inputs => kernel.Inputs;

    /// <inheritdoc/>
    public override WeightedLayer With(Multiplier multiplier, Accumulation accumulation) => new Dense(
        Name, kernel.Inputs, kernel.Outputs, rows, learnt, weights, WeightBits, Quantisation, bias, multiplier, accumulation,
        exactGradient, GradientWeightsFor(multiplier), DerivativesFor(multiplier));

    /// <inheritdoc/>
    public override WeightedLayer Quantised(Quantisation quantisation, IntegerMultiplier multiplier) => new Dense(
        Name, kernel.Inputs, kernel.Outputs, rows, weights, weightBits: 0, quantisation, bias, multiplier, Accumulation);

    /// <inheritdoc/>
    public override WeightedLayer WithGradientWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new Dense(
            Name, kernel, rows, learnt, this.weights, WeightBits, Quantisation, bias, Multiplier, Accumulation, exactGradient, weights,
            derivatives: null);
    }

    /// <inheritdoc/>
    public override WeightedLayer WithDerivatives(ProductDerivatives derivatives) => new Dense(
        Name, kernel, rows, learnt, weights, WeightBits, Quantisation, bias, Multiplier, Accumulation, exactGradient,
        gradientWeights: null, derivatives);

    // If outputs are rows of an image, even a single row, the channels are rows.
    internal override int Channels => rows == 1 ? kernel.Outputs : 0;

    internal override int ChannelLength(Tensor output) => 1;

    /// <inheritdoc/>
    public override Layer With(IReadOnlyList<float[]> parameters)
    {
        (float[] bias, Quantisation? quantisation) = Others(parameters);
        return new Dense(
            Name, kernel.Inputs, kernel.Outputs, rows, parameters[0], WeightBits, quantisation, bias, Multiplier, Accumulation);
    }

    internal override WeightedLayer WithLearntScales(bool areLearnt) => new Dense(
        Name, kernel.Inputs, kernel.Outputs, rows, learnt, WeightBits, Quantisation! with { LearnsScales = areLearnt }, bias, Multiplier,
        Accumulation);

    /// <inheritdoc/>
    public override WeightedLayer WithWeights(float[] weights, float[] bias) =>
        new Dense(
            Name, kernel.Inputs, kernel.Outputs, rows, weights, weightBits: 0, Quantisation, bias, Multiplier, Accumulation);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled([.. input.Shape[..^1], kernel.Outputs]);
        kernel.Run(input.Data, output.Data, threads);
        return output;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <c>dx[k] = Σ_o g[o] · w[o, k]</c>, with w the <see cref="WeightedLayer.GradientWeights"/>; see <see cref="DerivativeKernel"/> for
    /// that with <see cref="WeightedLayer.Derivatives"/>.
    /// </remarks>
    private protected override Tensor RoundedInputGradient(Tensor input, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        if (ofDerivatives is not null)
            ofDerivatives.Value.InputGradient(input.Data, outputGradient.Data, result.Data, threads);
        else
            gradient.Value.Run(outputGradient.Data, result.Data, threads);
        return result;
    }

    internal override bool PrefersWholeBatch => true;

    /// <summary><c>dw[o, k] = Σ_n g[n, o] · x[n, k]</c>; see <see cref="DenseGradient"/>.</summary>
    internal override void WeightGradient(Tensor input, Tensor outputGradient, float[] gradient, int threads)
    {
        if (ofDerivatives is not null)
            ofDerivatives.Value.WeightGradient(input.Data, outputGradient.Data, gradient, threads);
        else
            DenseGradient.Run(input.Data, outputGradient.Data, kernel.Inputs, kernel.Outputs, gradient, threads);
    }

    internal override double[] BiasGradient(Tensor outputGradient)
    {
        double[] sums = new double[kernel.Outputs];
        for (int row = 0; row < outputGradient.Data.Length; row += sums.Length)
        {
            for (int output = 0; output < sums.Length; output++)
                sums[output] += outputGradient.Data[row + output];
        }

        return sums;
    }

    static IDenseKernel Kernel(
        int inputs, int outputs, float[] weights, Quantisation? quantisation, float[] bias, Multiplier multiplier,
        Accumulation accumulation) => quantisation is null
        ? new DenseKernel((FloatMultiplier)multiplier, weights, bias, inputs, outputs, accumulation)
        : new QuantisedDenseKernel((IntegerMultiplier)multiplier, quantisation, weights, bias, outputs);

    DenseKernel GradientKernel(float[] rows) =>
        DenseKernel.FromColumns(ExactMultiplier.FusedSum, rows, [], kernel.Outputs, kernel.Inputs);
}
