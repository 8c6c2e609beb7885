using Dapprox.Kernels;

namespace Dapprox.Networks.Layers;

/// <summary>
/// Batch normalisation, <c>(x − mean) / √(variance + ε) · γ + β</c> per channel, with statistics that were measured before. (Ioffe,
/// Szegedy, "Batch Normalization", ICML 2015.) It is computed as one factor and one offset per channel.
/// </summary>
public sealed class BatchNormalization : ChannelScale, ILearnt
{
    readonly float[] gamma;
    readonly float[] beta;
    readonly float[] mean;
    readonly float[] variance;

    /// <summary>Creates the layer; arrays are shared, not copied.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="gamma">γ, one per channel.</param>
    /// <param name="beta">β, one per channel.</param>
    /// <param name="mean">The mean of each channel's inputs.</param>
    /// <param name="variance">The variance of each channel's inputs.</param>
    /// <param name="epsilon">ε; variance + ε is above 0.</param>
    public BatchNormalization(string name, float[] gamma, float[] beta, float[] mean, float[] variance, float epsilon)
        : base(name, Scales(gamma, variance, epsilon), Shifts(gamma, beta, mean, variance, epsilon))
    {
        this.gamma = gamma;
        this.beta = beta;
        this.mean = mean;
        this.variance = variance;
        Epsilon = epsilon;
    }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary><c>weight</c> is γ, <c>bias</c> is β; <c>running_mean</c> and <c>running_var</c> are the statistics.</summary>
    public IReadOnlyList<Parameter> Parameters =>
    [
        new("weight", gamma, [gamma.Length]), new("bias", beta, [gamma.Length]),
        new("running_mean", mean, [gamma.Length], HasGradient: false), new("running_var", variance, [gamma.Length], HasGradient: false),
    ];

    /// <inheritdoc/>
    public Layer With(IReadOnlyList<float[]> parameters) =>
        new BatchNormalization(Name, parameters[0], parameters[1], parameters[2], parameters[3], Epsilon);

    /// <inheritdoc/>
    /// <remarks>The statistics are constants: <c>dγ = Σ g · (x − mean) / √(variance + ε)</c>, <c>dβ = Σ g</c>.</remarks>
    public IReadOnlyList<float[]> Gradients(Tensor input, Tensor outputGradient, int threads)
    {
        int area = input.RowLength / gamma.Length;
        double[] sums = new double[gamma.Length], products = new double[gamma.Length];
        for (int plane = 0; plane < input.Batch * gamma.Length; plane++)
        {
            ReadOnlySpan<float> back = outputGradient.Data.AsSpan(plane * area, area);
            sums[plane % gamma.Length] += OrderedSum.Of(back);
            products[plane % gamma.Length] += OrderedSum.OfProducts(input.Data.AsSpan(plane * area, area), back);
        }

        return
        [
            [.. Enumerable.Range(0, gamma.Length).Select(
                i => (float)((products[i] - mean[i] * sums[i]) / Math.Sqrt((double)variance[i] + Epsilon)))],
            Array.ConvertAll(sums, sum => (float)sum),
        ];
    }

    static float[] Scales(float[] gamma, float[] variance, float epsilon) =>
        [.. gamma.Zip(variance, (factor, own) => (float)(factor / Math.Sqrt((double)own + epsilon)))];

    static float[] Shifts(float[] gamma, float[] beta, float[] mean, float[] variance, float epsilon) =>
        [.. Enumerable.Range(0, gamma.Length)
            .Select(i => (float)(beta[i] - mean[i] * (gamma[i] / Math.Sqrt((double)variance[i] + epsilon))))];
}
