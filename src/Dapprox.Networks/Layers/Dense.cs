using Dapprox.Arithmetic;
using Dapprox.Kernels;

namespace Dapprox.Networks.Layers;

/// <summary>A fully connected layer: <c>[batch, …, inputs]</c> to <c>[batch, …, outputs]</c>; see <see cref="DenseKernel"/>.</summary>
public sealed class Dense : WeightedLayer
{
    readonly float[] weights;
    readonly float[] bias;
    readonly DenseKernel kernel;
    readonly int rows;
    // The kernel of the exact layer, shared by all layers with these weights, and the kernel of this layer.
    readonly Lazy<DenseKernel> exactGradient;
    readonly Lazy<DenseKernel> gradient;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="weights"><c>[outputs, inputs]</c>; shared, not copied.</param>
    /// <param name="bias"><c>[outputs]</c>, or empty; shared, not copied.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <param name="rows">The number of input rows of an image.</param>
    public Dense(
        string name, int inputs, int outputs, float[] weights, float[] bias,
        FloatMultiplier multiplier, Accumulation accumulation = Accumulation.Float32, int rows = 1)
        : this(
            name, new DenseKernel(multiplier, weights, bias, inputs, outputs, accumulation), rows, weights, bias, multiplier, accumulation,
            exactGradient: null, gradientWeights: null)
    {
    }

    Dense(
        string name, DenseKernel kernel, int rows, float[] weights, float[] bias, FloatMultiplier multiplier, Accumulation accumulation,
        Lazy<DenseKernel>? exactGradient, float[]? gradientWeights)
        : base(name, weights, bias, multiplier, accumulation, gradientWeights)
    {
        this.rows = rows;
        this.weights = weights;
        this.bias = bias;
        this.kernel = kernel;
        this.exactGradient = exactGradient ?? new Lazy<DenseKernel>(() => GradientKernel(weights));
        gradient = gradientWeights is null || gradientWeights == weights
            ? this.exactGradient
            : new Lazy<DenseKernel>(() => GradientKernel(gradientWeights));
    }

    /// <inheritdoc/>
    public override long Multiplications => (long)rows * kernel.Inputs * kernel.Outputs;

    /// <summary>The number of inputs of a row.</summary>
    public int Inputs => kernel.Inputs;

    /// <inheritdoc/>
    public override WeightedLayer With(FloatMultiplier multiplier, Accumulation accumulation) => new Dense(
        Name, new DenseKernel(multiplier, weights, bias, kernel.Inputs, kernel.Outputs, accumulation), rows, weights, bias, multiplier,
        accumulation, exactGradient, GradientWeightsFor(multiplier));

    /// <inheritdoc/>
    public override WeightedLayer WithGradientWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new Dense(Name, kernel, rows, this.weights, bias, Multiplier, Accumulation, exactGradient, weights);
    }

    // If outputs are rows of an image, even a single row, the channels are rows.
    internal override int Channels => rows == 1 ? kernel.Outputs : 0;

    /// <inheritdoc/>
    public override WeightedLayer WithWeights(float[] weights, float[] bias) =>
        new Dense(Name, kernel.Inputs, kernel.Outputs, weights, bias, Multiplier, Accumulation, rows);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled([.. input.Shape[..^1], kernel.Outputs]);
        kernel.Run(input.Data, output.Data, threads);
        return output;
    }

    /// <inheritdoc/>
    /// <remarks><c>dx[k] = Σ_o g[o] · w[o, k]</c>, with w the <see cref="WeightedLayer.GradientWeights"/>.</remarks>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        gradient.Value.Run(outputGradient.Data, result.Data, threads);
        return result;
    }

    DenseKernel GradientKernel(float[] rows) =>
        DenseKernel.FromColumns(ExactMultiplier.FusedSum, rows, [], kernel.Outputs, kernel.Inputs);
}
