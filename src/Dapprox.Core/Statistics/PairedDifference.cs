namespace Dapprox.Statistics;

/// <summary>
/// The difference of two proportions on the same images: what holds for the first network alone minus what holds for the second alone.
/// </summary>
/// <param name="FirstOnly">The number of images for which it holds of the first alone.</param>
/// <param name="SecondOnly">The number of images for which it holds of the second alone.</param>
/// <param name="Of">The number of images; at least the sum of the two.</param>
public sealed record PairedDifference(int FirstOnly, int SecondOnly, int Of)
{
    /// <summary>Counts the images of two sets.</summary>
    /// <param name="images">All images.</param>
    /// <param name="first">The images for which it holds of the first; others than <paramref name="images"/> do not count.</param>
    /// <param name="second">The same of the second.</param>
    public static PairedDifference Between(IReadOnlyCollection<int> images, IReadOnlySet<int> first, IReadOnlySet<int> second)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new(
            images.Count(image => first.Contains(image) && !second.Contains(image)),
            images.Count(image => second.Contains(image) && !first.Contains(image)),
            images.Count);
    }

    /// <summary>The difference, −1 to 1; 0 of no images.</summary>
    public double Value => Of == 0 ? 0 : (double)(FirstOnly - SecondOnly) / Of;

    /// <summary>The 95 % interval (<see cref="IntervalOf"/>).</summary>
    public Estimate Interval => IntervalOf(Normal.Quantile975);

    /// <summary>
    /// The two-sided p-value of the exact McNemar test of equal proportions: twice the probability that of
    /// <c>FirstOnly + SecondOnly</c> fair coins as few as the smaller number, or fewer, show one side (McNemar, "Note on the Sampling
    /// Error of the Difference between Correlated Proportions or Percentages", Psychometrika 12, 1947).
    /// </summary>
    public double PValue
    {
        get
        {
            int coins = FirstOnly + SecondOnly, most = Math.Min(FirstOnly, SecondOnly);
            double logarithm = -coins * Math.Log(2), tail = 0;
            for (int heads = 0; heads <= most; heads++)
            {
                tail += Math.Exp(logarithm);
                logarithm += Math.Log(coins - heads) - Math.Log(heads + 1);
            }

            return Math.Min(1, 2 * tail);
        }
    }

    /// <summary>
    /// The score interval (Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    /// design", Statistics in Medicine 17, 1998): the differences Δ with
    /// <c>|b − c − nΔ| ≤ z·√(n·(2q + Δ(1 − Δ)))</c>, b and c the two numbers, and q the likeliest probability of the second alone given
    /// Δ. Where both numbers are 0, its ends are those of Wilson's interval of 0.
    /// </summary>
    /// <param name="z">The quantile of the standard normal distribution; 1.96 for 95 %.</param>
    internal Estimate IntervalOf(double z) =>
        Of == 0 ? new Estimate(0, -1, 1) : new Estimate(Value, -Upper(SecondOnly, FirstOnly, z), Upper(FirstOnly, SecondOnly, z));

    /// <summary>The largest difference with such a score, by bisection: the score falls with Δ.</summary>
    double Upper(int first, int second, double z)
    {
        double low = (double)(first - second) / Of, high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (Score(middle) >= -z)
                low = middle;
            else
                high = middle;
        }

        return low;

        double Score(double difference)
        {
            double n = Of;
            double b = (2 * n - first + second) * difference - first - second;
            double c = -second * difference * (1 - difference);
            double q = (Math.Sqrt(b * b - 8 * n * c) - b) / (4 * n);
            double variance = n * (2 * q + difference * (1 - difference));
            return variance <= 0 ? 0 : (first - second - n * difference) / Math.Sqrt(variance);
        }
    }
}
