namespace Dapprox.Networks.Layers;

/// <summary>
/// Softmax along one dimension, or its logarithm: <c>[batch, outer, length, inner]</c> in any grouping of dimensions. Computed in binary64.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="length">The number of elements of a sum.</param>
/// <param name="inner">The distance between consecutive elements of a sum.</param>
/// <param name="logarithm">Whether to compute the logarithm.</param>
public sealed class Softmax(string name, int length, int inner, bool logarithm = false) : Layer(name)
{
    internal (int Length, int Inner, bool Logarithm) Sums => (length, inner, logarithm);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ForEachSum(input.Data.Length, first =>
        {
            double largest = double.NegativeInfinity, sum = 0;
            for (int i = 0; i < length; i++)
                largest = Math.Max(largest, input.Data[first + i * inner]);
            for (int i = 0; i < length; i++)
                sum += Math.Exp(input.Data[first + i * inner] - largest);
            for (int i = 0; i < length; i++)
            {
                double exponent = input.Data[first + i * inner] - largest;
                output.Data[first + i * inner] = (float)(logarithm ? exponent - Math.Log(sum) : Math.Exp(exponent) / sum);
            }
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        ForEachSum(input.Data.Length, first =>
        {
            double sum = 0;
            for (int i = 0; i < length; i++)
                sum += (double)outputGradient.Data[first + i * inner] * (logarithm ? 1 : output.Data[first + i * inner]);
            for (int i = 0; i < length; i++)
            {
                double probability = logarithm ? Math.Exp(
                    output.Data[first + i * inner]) : output.Data[first + i * inner], back = outputGradient.Data[first + i * inner];
                result.Data[first + i * inner] = (float)(logarithm ? back - probability * sum : probability * (back - sum));
            }
        });
        return result;
    }

    void ForEachSum(int count, Action<int> body)
    {
        for (int outer = 0; outer < count; outer += length * inner)
        {
            for (int i = 0; i < inner; i++)
                body(outer + i);
        }
    }
}
