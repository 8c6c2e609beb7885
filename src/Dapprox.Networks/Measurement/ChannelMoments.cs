namespace Dapprox.Networks.Measurement;

/// <summary>
/// Mean and variance of a channel in an approximate and in an exact network, over the images and positions where both are finite; all 0
/// if there are none.
/// </summary>
/// <param name="Mean">The mean in the approximate network.</param>
/// <param name="Variance">The variance there.</param>
/// <param name="ExactMean">The mean in the exact network.</param>
/// <param name="ExactVariance">The variance there.</param>
readonly record struct ChannelMoments(double Mean, double Variance, double ExactMean, double ExactVariance)
{
    /// <summary>The moments of all channels, summed in binary64 in the order of the images.</summary>
    /// <param name="output">The numbers of the approximate network: channels of <paramref name="length"/> neighbours, repeated.</param>
    /// <param name="exact">Those of the exact network.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="length">The number of neighbours in a channel.</param>
    /// <param name="threads">The maximum number of threads; the result does not depend on it.</param>
    public static ChannelMoments[] Of(Tensor output, Tensor exact, int channels, int length, int threads)
    {
        var moments = new ChannelMoments[channels];
        Parallel.For(
            0, channels, new ParallelOptions { MaxDegreeOfParallelism = threads },
            channel => moments[channel] = Of(output.Data, exact.Data, channel * length, channels * length, length));
        return moments;
    }

    static ChannelMoments Of(float[] output, float[] exact, int first, int stride, int length)
    {
        (_, double mean, double exactMean) = Sums(0, 0, power: 1);
        (_, double variance, double exactVariance) = Sums(mean, exactMean, power: 2);
        return new ChannelMoments(mean, variance, exactMean, exactVariance);

        (long, double, double) Sums(double around, double exactAround, int power)
        {
            long count = 0;
            double sum = 0, exactSum = 0;
            for (int start = first; start < output.Length; start += stride)
            {
                for (int i = start; i < start + length; i++)
                {
                    double y = output[i] - around, z = exact[i] - exactAround;
                    if (!double.IsFinite(y) || !double.IsFinite(z))
                        continue;
                    count++;
                    sum += power == 1 ? y : y * y;
                    exactSum += power == 1 ? z : z * z;
                }
            }

            return count == 0 ? default : (count, sum / count, exactSum / count);
        }
    }
}
