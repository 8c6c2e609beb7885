using Dapprox.Arithmetic;
using Dapprox.Statistics;

namespace Dapprox.Measurement;

/// <summary>Accumulates the errors of products; the tallies of blocks merge into one, in a fixed order.</summary>
/// <param name="scale">The relative error at the end of the histogram.</param>
sealed class ErrorTally(double scale)
{
    readonly long[] bins = new long[ErrorHistogram.Bins];
    Moments relative, signedRelative, absolute, signed;
    WorstProduct worstAbsolute, worstRelative;
    double largest;
    long samples, zeros, notFinite, above, belowScale, aboveScale;

    /// <summary>The largest relative error so far.</summary>
    public double LargestRelativeError => worstRelative.Error;

    /// <summary>Adds one block of products.</summary>
    public void Add(ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, ReadOnlySpan<float> products)
    {
        double sum = 0, absoluteSum = 0, relativeSum = 0, signedRelativeSum = 0, squares = 0, relativeSquares = 0;
        long counted = 0, withRelative = 0;
        double binsPerUnit = bins.Length / (2 * scale);
        for (int i = 0; i < products.Length; i++)
        {
            float product = products[i];
            if (!float.IsFinite(product))
            {
                notFinite++;
                continue;
            }

            double exact = (double)activations[i] * weights[i];
            double error = product - exact, magnitude = Math.Abs(error);
            counted++;
            sum += error;
            absoluteSum += magnitude;
            squares += error * error;
            largest = Math.Max(largest, Math.Abs(exact));
            if (Math.Abs(product) > Math.Abs(exact))
                above++;
            if (magnitude > worstAbsolute.Error)
                worstAbsolute = new WorstProduct(activations[i], weights[i], product, magnitude);
            if (exact == 0)
            {
                zeros++;
                continue;
            }

            double ratio = error / exact, size = Math.Abs(ratio);
            withRelative++;
            relativeSum += size;
            signedRelativeSum += ratio;
            relativeSquares += size * size;
            if (size > worstRelative.Error)
                worstRelative = new WorstProduct(activations[i], weights[i], product, size);
            if (ratio < -scale)
                belowScale++;
            else if (ratio > scale)
                aboveScale++;
            else
                bins[Math.Min((int)((ratio + scale) * binsPerUnit), bins.Length - 1)]++;
        }

        samples += products.Length;
        signed = signed.With(Moments.FromSums(counted, sum, squares));
        absolute = absolute.With(Moments.FromSums(counted, absoluteSum, squares));
        relative = relative.With(Moments.FromSums(withRelative, relativeSum, relativeSquares));
        signedRelative = signedRelative.With(Moments.FromSums(withRelative, signedRelativeSum, relativeSquares));
    }

    /// <summary>Adds another tally of the same scale.</summary>
    public void Add(ErrorTally other)
    {
        samples += other.samples;
        zeros += other.zeros;
        notFinite += other.notFinite;
        above += other.above;
        belowScale += other.belowScale;
        aboveScale += other.aboveScale;
        largest = Math.Max(largest, other.largest);
        signed = signed.With(other.signed);
        absolute = absolute.With(other.absolute);
        relative = relative.With(other.relative);
        signedRelative = signedRelative.With(other.signedRelative);
        if (other.worstAbsolute.Error > worstAbsolute.Error)
            worstAbsolute = other.worstAbsolute;
        if (other.worstRelative.Error > worstRelative.Error)
            worstRelative = other.worstRelative;
        for (int i = 0; i < bins.Length; i++)
            bins[i] += other.bins[i];
    }

    /// <summary>The metrics of all products added.</summary>
    /// <param name="multiplier">The multiplier that computed the products.</param>
    /// <param name="distribution">The distribution that the operands were drawn from.</param>
    /// <param name="seed">The seed that determined the sample; null for all pairs of mantissas.</param>
    /// <param name="bits">The significant bits of these mantissas, or null for a sample.</param>
    public ErrorMetrics Metrics(FloatMultiplier multiplier, OperandDistribution distribution, ulong? seed, int? bits)
    {
        bool complete = bits is not null;
        double normaliser = distribution.LargestProduct ?? largest;
        Estimate meanAbsolute = absolute.Estimate(complete);
        return new ErrorMetrics
        {
            Multiplier = multiplier.Name,
            Distribution = distribution.Name,
            DistributionSummary = complete ? $"all pairs of mantissas in [1, 2) with {bits} significant bits" : distribution.Summary,
            Samples = samples,
            Seed = seed,
            Bits = bits,
            MeanRelativeError = relative.Estimate(complete),
            MeanSignedRelativeError = signedRelative.Estimate(complete),
            NormalisedMeanError = meanAbsolute.Over(normaliser),
            Normaliser = normaliser,
            MeanAbsoluteError = meanAbsolute,
            Bias = signed.Estimate(complete),
            WorstAbsolute = worstAbsolute,
            WorstRelative = worstRelative,
            ShareAbove = Estimate.OfProportion(above, samples - notFinite, complete),
            ZeroProducts = zeros,
            NotFinite = notFinite,
            RelativeErrors = new ErrorHistogram(scale, bins, belowScale, aboveScale),
        };
    }
}
