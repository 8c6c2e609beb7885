namespace Dapprox.Pictures;

/// <summary>
/// The weights with which the pixels of a line make the pixels of a resized line. Output pixel i is centred at (i + 1/2)·s − 1/2 of the
/// source, where s is the number of source pixels per output pixel. The filter is widened to max(1, s), and its weights are divided by
/// their sum. They are integers in units of 2⁻²², as Pillow has them for 8-bit pictures, so the results are Pillow's.
/// </summary>
sealed class Taps
{
    /// <summary>The number of fraction bits of a weight: 255 times weights whose magnitudes sum to less than 2 fits into 31 bits.</summary>
    public const int FractionBits = 22;

    readonly int[] starts, counts, weights;
    readonly int most;

    /// <summary>Computes the weights for a part of the output.</summary>
    /// <param name="source">The number of pixels of the source line.</param>
    /// <param name="size">The number of pixels of the whole resized line.</param>
    /// <param name="first">The first output pixel that is needed.</param>
    /// <param name="count">How many are needed.</param>
    /// <param name="resampling">The filter.</param>
    public Taps(int source, long size, long first, int count, Resampling resampling)
    {
        double scale = (double)source / size, widening = Math.Max(1, scale);
        double support = (resampling == Resampling.Bicubic ? 2 : 1) * widening;
        most = Math.Min(source, 2 * (int)Math.Ceiling(support) + 1);
        (starts, counts, weights) = (new int[count], new int[count], new int[count * most]);
        double[] exact = new double[most];
        for (int i = 0; i < count; i++)
        {
            double centre = (first + i + 0.5) * scale;
            int start = Math.Max(0, (int)(centre - support + 0.5)), end = Math.Min(source, (int)(centre + support + 0.5));
            (starts[i], counts[i]) = (start, end - start);
            double sum = 0;
            for (int k = 0; k < end - start; k++)
            {
                exact[k] = Weight((start + k - centre + 0.5) / widening, resampling);
                sum += exact[k];
            }

            for (int k = 0; k < end - start; k++)
            {
                weights[i * most + k] = (int)Math.Round(
                    exact[k] / sum * (1 << FractionBits), MidpointRounding.AwayFromZero);
            }
        }
    }

    /// <summary>The first source pixel that any needed output pixel takes.</summary>
    public int Start => starts[0];

    /// <summary>The source pixel after the last one that any needed output pixel takes.</summary>
    public int End => starts[^1] + counts[^1];

    /// <summary>The first source pixel of an output pixel.</summary>
    /// <param name="i">The output pixel, from the first needed one.</param>
    public int StartOf(int i) => starts[i];

    /// <summary>The weights of the source pixels of an output pixel.</summary>
    /// <param name="i">The output pixel, from the first needed one.</param>
    public ReadOnlySpan<int> WeightsOf(int i) => weights.AsSpan(i * most, counts[i]);

    /// <summary>The filter at a distance from its centre, before its weights are divided by their sum.</summary>
    static double Weight(double distance, Resampling resampling)
    {
        const double A = -0.5;
        double x = Math.Abs(distance);
        return (resampling, x) switch
        {
            (Resampling.Bilinear, < 1) => 1 - x,
            (Resampling.Bicubic, < 1) => ((A + 2) * x - (A + 3)) * x * x + 1,
            (Resampling.Bicubic, < 2) => ((x - 5) * x + 8) * x * A - 4 * A,
            _ => 0,
        };
    }
}
