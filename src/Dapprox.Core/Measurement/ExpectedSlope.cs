using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Statistics;

namespace Dapprox.Measurement;

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
/// range, has nearly the same slope for activations of another standard deviation.</para>
/// </remarks>
public static class ExpectedSlope
{
    /// <summary>Over how many activations the slope is averaged, half of them negative.</summary>
    public const int Activations = 256;

    // Weights that one thread works on at a time: their sums stay in the first-level cache.
    const int Block = 1024;

    static readonly float[] Sample = NormalMidpoints();

    /// <summary>The expected slope of <c>multiplier.Multiply(a, weight)</c> in a, for every weight.</summary>
    /// <param name="multiplier">Any multiplier; the slope is that in its first operand.</param>
    /// <param name="weights">The second operands, in any order.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. Results do not depend on it.</param>
    /// <returns>
    /// A slope for each weight; 0 for a weight all of whose products are 0, not a number where a product is not a number or products
    /// of both signs are infinite.
    /// </returns>
    public static float[] Of(FloatMultiplier multiplier, ReadOnlyMemory<float> weights, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        return Of(weights, threads, (sample, operands, products) => BulkMultiply.Run(multiplier, sample, operands, products));
    }

    /// <summary>
    /// The expected slope of <c>multiplier.Multiply(activation, w)</c> in w, for every activation: the same with the roles exchanged, so
    /// over standard normal weights.
    /// </summary>
    /// <param name="multiplier">Any multiplier; the slope is that in its second operand.</param>
    /// <param name="activations">The first operands, in any order.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. Results do not depend on it.</param>
    /// <returns>A slope for each activation.</returns>
    public static float[] InWeight(FloatMultiplier multiplier, ReadOnlyMemory<float> activations, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        return Of(activations, threads, (sample, operands, products) => BulkMultiply.Run(multiplier, operands, sample, products));
    }

    delegate void Products(ReadOnlySpan<float> sample, ReadOnlySpan<float> operands, Span<float> products);

    static float[] Of(ReadOnlyMemory<float> operands, int threads, Products multiply)
    {
        float[] slopes = new float[operands.Length];
        int blocks = (operands.Length + Block - 1) / Block;
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = ParallelRange.Threads(threads) }, block =>
        {
            int first = block * Block, count = Math.Min(Block, operands.Length - first);
            OfBlock(operands.Span.Slice(first, count), slopes.AsSpan(first, count), multiply);
        });
        return slopes;
    }

    static void OfBlock(ReadOnlySpan<float> operands, Span<float> slopes, Products multiply)
    {
        float[] sample = new float[operands.Length], products = new float[operands.Length];
        double[] sums = new double[operands.Length];
        double squares = 0;
        foreach (float a in Sample)
        {
            Array.Fill(sample, a);
            multiply(sample, operands, products);
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
            float a = (float)Normal.QuantileWithin((k + 0.5) / Pairs);
            sample[2 * k] = a;
            sample[2 * k + 1] = -a;
        }

        return sample;
    }
}
