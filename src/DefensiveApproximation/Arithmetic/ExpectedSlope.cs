using DefensiveApproximation.Kernels;

namespace DefensiveApproximation.Arithmetic;

/// <summary>
/// The slope of a multiplier's product in the activation, averaged over standard normal activations. The product of an
/// approximate multiplier is a staircase whose derivative is zero or infinite, but its average slope is neither.
/// </summary>
/// <remarks>
/// <para>Stein's lemma gives the expected derivative of any function f of a ~ N(0, 1) without differentiating it:
/// E[f′(a)] = E[a·f(a)], steps of f included. (Stein, "Estimation of the Mean of a Multivariate Normal Distribution",
/// The Annals of Statistics 9, 1981, lemma 1.)</para>
/// <para>The expectation is taken over <see cref="Activations"/> values ±aₖ, the midpoints of as many slices of equal
/// probability, and divided by that of a²: slope(w) = Σ aₖ·f(aₖ, w) / Σ aₖ². So the slope of an exact product is w up
/// to rounding. A multiplier whose relative error is the same for a and 2·a, as every floating-point one's within its
/// range, has nearly the same slope for activations of another deviation.</para>
/// </remarks>
public static class ExpectedSlope
{
    /// <summary>Over how many activations the slope is averaged, half of them negative.</summary>
    public const int Activations = 256;

    // Weights that one thread works on at a time: their sums stay in the first-level cache.
    const int Block = 1024;

    static readonly float[] Sample = NormalMidpoints();

    /// <summary>The expected slope of <c>multiplier.Multiply(a, weight)</c> in a, for every weight.</summary>
    /// <param name="multiplier">The multiplier.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="threads">The most threads to use, 0 for one per processor. Results do not depend on it.</param>
    /// <returns>
    /// As many slopes; 0 for a weight all of whose products are 0, not a number where a product is not a number or products
    /// of both signs are infinite.
    /// </returns>
    public static float[] Of(FloatMultiplier multiplier, ReadOnlyMemory<float> weights, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        float[] slopes = new float[weights.Length];
        int blocks = (weights.Length + Block - 1) / Block;
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = Spans.Threads(threads) }, block =>
        {
            int first = block * Block, count = Math.Min(Block, weights.Length - first);
            OfBlock(multiplier, weights.Span.Slice(first, count), slopes.AsSpan(first, count));
        });
        return slopes;
    }

    static void OfBlock(FloatMultiplier multiplier, ReadOnlySpan<float> weights, Span<float> slopes)
    {
        float[] activations = new float[weights.Length], products = new float[weights.Length];
        double[] sums = new double[weights.Length];
        double squares = 0;
        foreach (float a in Sample)
        {
            Array.Fill(activations, a);
            BulkMultiply.Run(multiplier, activations, weights, products);
            for (int i = 0; i < products.Length; i++)
                sums[i] += (double)a * products[i];
            squares += (double)a * a;
        }

        for (int i = 0; i < slopes.Length; i++)
            slopes[i] = (float)(sums[i] / squares);
    }

    /// <summary>Pairs ±a whose probabilities of being exceeded in magnitude are (k + ½) / pairs.</summary>
    static float[] NormalMidpoints()
    {
        const int Pairs = Activations / 2;
        float[] sample = new float[Activations];
        for (int k = 0; k < Pairs; k++)
        {
            float a = (float)Quantile((k + 0.5) / Pairs);
            sample[2 * k] = a;
            sample[2 * k + 1] = -a;
        }

        return sample;
    }

    /// <summary>The a for which |N(0, 1)| ≤ a has the given probability, by bisection.</summary>
    static double Quantile(double probability)
    {
        double low = 0, high = 8;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (ProbabilityWithin(middle) < probability)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>P(|N(0, 1)| ≤ a) = erf(a/√2) = √(2/π)·e^(−a²/2)·Σ a^(2n+1) / (1·3·5⋯(2n+1)); all terms are positive.</summary>
    static double ProbabilityWithin(double a)
    {
        double term = a, sum = a;
        for (int n = 1; term > 1e-17 * sum; n++)
        {
            term *= a * a / (2 * n + 1);
            sum += term;
        }

        return Math.Sqrt(2 / Math.PI) * Math.Exp(-a * a / 2) * sum;
    }
}
