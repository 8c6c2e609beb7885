using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;

namespace DefensiveApproximation.Networks.Layers;

/// <summary>A fully connected layer: <c>[batch, inputs]</c> to <c>[batch, outputs]</c>; see <see cref="DenseKernel"/>.</summary>
public sealed class Dense : WeightedLayer
{
    readonly float[] weights;
    readonly float[] bias;
    readonly DenseKernel kernel;
    readonly Lazy<DenseKernel> gradient;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="inputs">How many inputs.</param>
    /// <param name="outputs">How many outputs.</param>
    /// <param name="weights"><c>[outputs, inputs]</c>; shared, not copied.</param>
    /// <param name="bias"><c>[outputs]</c>, or empty; shared, not copied.</param>
    /// <param name="multiplier">The multiplier.</param>
    /// <param name="accumulation">The format of the sums.</param>
    public Dense(
        string name, int inputs, int outputs, float[] weights, float[] bias,
        FloatMultiplier multiplier, Accumulation accumulation = Accumulation.Float32)
        : this(name, inputs, outputs, weights, bias, multiplier, accumulation, gradient: null)
    {
    }

    Dense(
        string name, int inputs, int outputs, float[] weights, float[] bias,
        FloatMultiplier multiplier, Accumulation accumulation, Lazy<DenseKernel>? gradient)
        : base(name, multiplier, accumulation)
    {
        this.weights = weights;
        this.bias = bias;
        kernel = new DenseKernel(multiplier, weights, bias, inputs, outputs, accumulation);
        this.gradient = gradient ?? new Lazy<DenseKernel>(() =>
            DenseKernel.FromColumns(ExactMultiplier.FusedSum, weights, [], outputs, inputs));
    }

    /// <inheritdoc/>
    public override long Multiplications => (long)kernel.Inputs * kernel.Outputs;

    /// <inheritdoc/>
    public override WeightedLayer With(FloatMultiplier multiplier, Accumulation accumulation) =>
        new Dense(Name, kernel.Inputs, kernel.Outputs, weights, bias, multiplier, accumulation, gradient);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Batch, kernel.Outputs);
        kernel.Run(input.Data, output.Data, threads);
        return output;
    }

    /// <inheritdoc/>
    /// <remarks><c>dx[k] = Σ_o g[o] · w[o, k]</c>.</remarks>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        gradient.Value.Run(outputGradient.Data, result.Data, threads);
        return result;
    }
}
