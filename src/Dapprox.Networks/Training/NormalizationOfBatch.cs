using System.Numerics;
using System.Runtime.InteropServices;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Training;

/// <summary>
/// A batch normalisation in training: with mean and variance of the batch that passes, which its gradient takes into account. (Ioffe,
/// Szegedy, "Batch Normalization", ICML 2015, algorithm 1.) The parts of a batch pass one by one after <see cref="Measure"/>, and back
/// after <see cref="MeasureGradient"/>.
/// </summary>
/// <param name="layer">γ, β and ε.</param>
sealed class NormalizationOfBatch(BatchNormalization layer) : Layer(layer.Name)
{
    readonly float[] gamma = layer.Parameters[0].Values;
    readonly float[] beta = layer.Parameters[1].Values;
    readonly double[] mean = new double[layer.Scale.Length];
    readonly double[] variance = new double[layer.Scale.Length];
    readonly double[] gradientSum = new double[layer.Scale.Length];
    // Σ g · (x − mean).
    readonly double[] gradientProduct = new double[layer.Scale.Length];
    ChannelScale affine = layer;
    long count;

    internal override bool NeedsOutput => false;

    int Channels => gamma.Length;

    /// <summary>Measures mean and variance of each channel.</summary>
    /// <param name="inputs">The parts of the batch.</param>
    /// <param name="threads">The maximum degree of parallelism; results do not depend on it.</param>
    public void Measure(IReadOnlyList<Tensor> inputs, int threads)
    {
        count = inputs.Sum(part => (long)part.Data.Length / Channels);
        ParallelRange.OneByOne(Channels, threads, channel =>
        {
            double sum = 0, squares = 0;
            foreach (Tensor part in inputs)
            {
                for (int image = 0; image < part.Batch; image++)
                {
                    ReadOnlySpan<float> plane = Plane(part, image, channel);
                    sum += OrderedSum.Of(plane);
                    squares += OrderedSum.OfProducts(plane, plane);
                }
            }

            mean[channel] = sum / count;
            variance[channel] = Math.Max(0, squares / count - mean[channel] * mean[channel]);
        });
        double[] scales = [.. gamma.Select((factor, channel) => factor / Deviation(channel))];
        affine = new ChannelScale(
            Name, Array.ConvertAll(scales, scale => (float)scale),
            [.. beta.Select((offset, channel) => (float)(offset - mean[channel] * scales[channel]))]);
    }

    /// <summary>Measures what the gradient of one input owes to all outputs of its channel.</summary>
    /// <param name="inputs">The parts of the batch.</param>
    /// <param name="outputGradients">The gradients with respect to the outputs.</param>
    /// <param name="threads">The maximum degree of parallelism; results do not depend on it.</param>
    public void MeasureGradient(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputGradients, int threads) =>
        ParallelRange.OneByOne(Channels, threads, channel =>
        {
            double sum = 0, products = 0;
            for (int part = 0; part < inputs.Count; part++)
            {
                for (int image = 0; image < inputs[part].Batch; image++)
                {
                    ReadOnlySpan<float> back = Plane(outputGradients[part], image, channel);
                    sum += OrderedSum.Of(back);
                    products += OrderedSum.OfProducts(Plane(inputs[part], image, channel), back);
                }
            }

            gradientSum[channel] = sum;
            gradientProduct[channel] = products - mean[channel] * sum;
        });

    /// <summary>The gradients with respect to γ and β, after <see cref="MeasureGradient"/>.</summary>
    public float[][] Gradients() =>
    [
        [.. gradientProduct.Select((product, channel) => (float)(product / Deviation(channel)))],
        Array.ConvertAll(gradientSum, sum => (float)sum),
    ];

    /// <summary>Moves running statistics towards those of the batch; the variance as estimated from a sample.</summary>
    /// <param name="runningMean">One number per channel.</param>
    /// <param name="runningVariance">One number per channel.</param>
    /// <param name="weight">The weight of the batch, 0 to 1.</param>
    public void UpdateStatistics(float[] runningMean, float[] runningVariance, double weight)
    {
        double unbiased = count > 1 ? count / (count - 1.0) : 1;
        for (int channel = 0; channel < Channels; channel++)
        {
            runningMean[channel] = (float)((1 - weight) * runningMean[channel] + weight * mean[channel]);
            runningVariance[channel] = (float)((1 - weight) * runningVariance[channel] + weight * variance[channel] * unbiased);
        }
    }

    public override Tensor Forward(Tensor input, int threads) => affine.Forward(input, threads);

    /// <remarks>
    /// With m values per channel and s = γ / √(variance + ε): <c>dx = s · (g − Σ g / m − (x − mean) / (variance + ε) · Σ g·(x − mean) /
    /// m)</c>, which is linear in g and x.
    /// </remarks>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        for (int plane = 0; plane < input.Batch * Channels; plane++)
        {
            int image = plane / Channels, channel = plane % Channels;
            double deviation = Deviation(channel), scale = gamma[channel] / deviation;
            double slope = -scale * gradientProduct[channel] / (deviation * deviation * count);
            double shift = -scale * gradientSum[channel] / count - slope * mean[channel];
            Combine(
                Plane(outputGradient, image, channel), (float)scale, Plane(input, image, channel), (float)slope, (float)shift,
                Plane(result, image, channel));
        }

        return result;
    }

    double Deviation(int channel) => Math.Sqrt(variance[channel] + layer.Epsilon);

    Span<float> Plane(Tensor tensor, int image, int channel)
    {
        int area = tensor.RowLength / Channels;
        return tensor.Data.AsSpan((image * Channels + channel) * area, area);
    }

    /// <summary>Effectively <c>result = left · a + right · b + shift</c>, rounded after each operation on every processor.</summary>
    static void Combine(ReadOnlySpan<float> left, float a, ReadOnlySpan<float> right, float b, float shift, Span<float> result)
    {
        ReadOnlySpan<Vector<float>> lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        ReadOnlySpan<Vector<float>> rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        Span<Vector<float>> results = MemoryMarshal.Cast<float, Vector<float>>(result);
        var shifts = new Vector<float>(shift);
        for (int i = 0; i < results.Length; i++)
            results[i] = lefts[i] * a + rights[i] * b + shifts;
        for (int i = results.Length * Vector<float>.Count; i < result.Length; i++)
            result[i] = left[i] * a + right[i] * b + shift;
    }
}
