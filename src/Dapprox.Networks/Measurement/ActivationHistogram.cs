using System.Numerics.Tensors;
using Dapprox.Arithmetic;

namespace Dapprox.Networks.Measurement;

/// <summary>The distribution of the inputs of a layer, from which the range of their format is chosen: their range first, then how many
/// fall into each of its bins.</summary>
sealed class ActivationHistogram
{
    const int Bins = 2048;

    // Ranges that are tried: fractions of the whole.
    const int Tries = 100;

    readonly long[] counts = new long[Bins];

    /// <summary>The least number, or 0.</summary>
    public double Low { get; private set; }

    /// <summary>The greatest number, or 0.</summary>
    public double High { get; private set; }

    double Width => (High - Low) / Bins;

    /// <summary>Takes numbers in: for the range, and once that is known, for the bins.</summary>
    /// <param name="numbers">The inputs of some images.</param>
    /// <param name="isRangeKnown">Whether all numbers were taken in for the range before.</param>
    /// <returns>Whether all are finite.</returns>
    public bool Add(ReadOnlySpan<float> numbers, bool isRangeKnown)
    {
        if (numbers.IsEmpty)
            return true;
        if (!isRangeKnown)
        {
            float least = TensorPrimitives.Min(numbers), greatest = TensorPrimitives.Max(numbers);
            Low = Math.Min(Low, least);
            High = Math.Max(High, greatest);
            return float.IsFinite(least) && float.IsFinite(greatest);
        }

        double scale = High > Low ? 1 / Width : 0;
        foreach (float number in numbers)
            counts[Math.Min(Bins - 1, (int)((number - Low) * scale))]++;
        return true;
    }

    /// <summary>The range that is left without the numbers of the greatest absolute values.</summary>
    /// <param name="fraction">The fraction of numbers inside.</param>
    public (double Low, double High) Percentile(double fraction)
    {
        long outside = (long)((1 - fraction) * counts.Sum());
        int first = 0, end = Bins;
        // The outermost bin goes, whichever side it is on.
        while (end - first > 1)
        {
            bool fromBelow = -Edge(first) > Edge(end);
            long next = counts[fromBelow ? first : end - 1];
            if (next > outside)
                break;
            outside -= next;
            if (fromBelow)
                first++;
            else
                end--;
        }

        return (Math.Min(0, Edge(first)), Math.Max(0, Edge(end)));
    }

    /// <summary>The range, of fractions of the whole, with the least squared error of a format.</summary>
    /// <param name="format">The integers.</param>
    public (double Low, double High) LeastSquaredError(IntegerFormat format) => Least(format, quantisation =>
    {
        double error = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            double difference = Centre(bin) - (double)quantisation.Round(Centre(bin));
            error += counts[bin] * difference * difference;
        }

        return error;
    });

    /// <summary>The range, of fractions of the whole, with the least divergence of a format.</summary>
    /// <param name="format">The integers.</param>
    public (double Low, double High) LeastDivergence(IntegerFormat format)
    {
        long total = counts.Sum();
        return Least(format, quantisation => Divergence(quantisation, total));
    }

    /// <summary>
    /// Σ p·ln(p / q) over the bins inside the range: p has the clamped numbers in its outermost bins; q has the numbers that become an
    /// integer spread evenly over those of its bins that are not empty, and none of the clamped ones.
    /// </summary>
    double Divergence(AffineQuantisation quantisation, long total)
    {
        int first = Bin(quantisation.Dequantise(quantisation.Format.Low)), last = Bin(quantisation.Dequantise(quantisation.Format.High));
        long below = counts[..first].Sum(), above = counts[(last + 1)..].Sum(), inside = total - below - above;
        double divergence = 0;
        for (int start = first, end; start <= last; start = end)
        {
            int integer = quantisation.Quantise(Centre(start)), filled = 0;
            long sum = 0;
            for (end = start; end <= last && quantisation.Quantise(Centre(end)) == integer; end++)
            {
                sum += counts[end];
                filled += counts[end] > 0 ? 1 : 0;
            }

            for (int bin = start; bin < end; bin++)
            {
                double p = counts[bin] + (bin == first ? below : 0) + (bin == last ? above : 0);
                // What nothing represents counts as less than one number.
                double q = counts[bin] > 0 ? (double)sum / filled / inside : 1 / (total + 1.0);
                divergence += p > 0 ? p / total * Math.Log(p / total / q) : 0;
            }
        }

        return divergence;
    }

    int Bin(double number) => (int)Math.Clamp((number - Low) / Width, 0, Bins - 1);

    float Centre(int bin) => (float)(Edge(bin) + Width / 2);

    double Edge(int bin) => Low + bin * Width;

    (double Low, double High) Least(IntegerFormat format, Func<AffineQuantisation, double> loss)
    {
        (double Low, double High) best = (Low, High);
        double least = double.PositiveInfinity;
        for (int tried = Tries; tried > 0; tried--)
        {
            double fraction = (double)tried / Tries;
            double of = loss(PostTrainingQuantisation.Format(fraction * Low, fraction * High, format));
            if (of < least)
                (least, best) = (of, (fraction * Low, fraction * High));
        }

        return best;
    }
}
