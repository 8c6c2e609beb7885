namespace Dapprox.Networks.Layers;

/// <summary>
/// <c>(x − mean) / √(variance + ε) · γ + β</c> with mean and variance of each run of numbers at the end of the shape. (Ba, Kiros,
/// Hinton, "Layer Normalization", 2016.) Computed in binary64.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="gamma">γ, one per number of a run.</param>
/// <param name="beta">β, one per number of a run.</param>
public sealed class LayerNormalization(string name, float[] gamma, float[] beta, float epsilon) : Layer(name)
{
    internal (float[] Gamma, float[] Beta, float Epsilon) Numbers => (gamma, beta, epsilon);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        for (int first = 0; first < input.Data.Length; first += gamma.Length)
        {
            (double mean, double scale) = Statistics(input.Data.AsSpan(first, gamma.Length));
            for (int i = 0; i < gamma.Length; i++)
                output.Data[first + i] = (float)((input.Data[first + i] - mean) * scale * gamma[i] + beta[i]);
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        for (int first = 0; first < input.Data.Length; first += gamma.Length)
        {
            (double mean, double scale) = Statistics(input.Data.AsSpan(first, gamma.Length));
            double sum = 0, along = 0;
            for (int i = 0; i < gamma.Length; i++)
            {
                double back = (double)outputGradient.Data[first + i] * gamma[i];
                sum += back;
                along += back * (input.Data[first + i] - mean) * scale;
            }

            for (int i = 0; i < gamma.Length; i++)
            {
                double normal = (input.Data[first + i] - mean) * scale, back = (double)outputGradient.Data[first + i] * gamma[i];
                result.Data[first + i] = (float)(scale * (back - (sum + normal * along) / gamma.Length));
            }
        }

        return result;
    }

    (double Mean, double Scale) Statistics(ReadOnlySpan<float> run)
    {
        double mean = 0, variance = 0;
        foreach (float number in run)
            mean += number;
        mean /= run.Length;
        foreach (float number in run)
            variance += (number - mean) * (number - mean);
        return (mean, 1 / Math.Sqrt(variance / run.Length + epsilon));
    }
}
