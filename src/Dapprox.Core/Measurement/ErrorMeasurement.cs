using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;

namespace Dapprox.Measurement;

/// <summary>
/// Measures the error of a multiplier: on a random sample from a distribution, or on all pairs of short mantissas. The result does not
/// depend on the number of threads: the work is cut into blocks of fixed size, each with a random stream of its own, and
/// their tallies are merged in order.
/// </summary>
public static class ErrorMeasurement
{
    /// <summary>The largest number of samples.</summary>
    public const long MaxSamples = 10_000_000_000;

    /// <summary>The largest number of significant bits for all pairs: 2²² pairs.</summary>
    public const int MaxBits = 12;

    const int Block = 1 << 15;

    /// <summary>One block: fills as many operands as the spans are long, the first of them being number <paramref name="first"/>.</summary>
    delegate void Operands(long first, Span<float> activations, Span<float> weights);

    /// <summary>Measures the error on a random sample.</summary>
    /// <param name="multiplier">Any multiplier; one without fast kernels takes longer.</param>
    /// <param name="distribution">The distribution that operands are drawn from.</param>
    /// <param name="samples">How many products, 1 to <see cref="MaxSamples"/>.</param>
    /// <param name="seed">Determines the sample.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="progress">Called with the fraction of the work done since the last call, if given.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public static ErrorMetrics Sample(
        FloatMultiplier multiplier, OperandDistribution distribution, long samples, ulong seed, int threads = 0,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        ArgumentNullException.ThrowIfNull(distribution);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, MaxSamples);
        void Draw(long first, Span<float> activations, Span<float> weights)
        {
            var random = new CounterRandom(seed, stream: (ulong)(first / Block));
            distribution.Fill(ref random, activations, weights);
        }

        return Run(multiplier, samples, threads, Draw, progress, cancellation).Metrics(multiplier, distribution, seed, bits: null);
    }

    /// <summary>
    /// Measures the error on all pairs of numbers in [1, 2) whose mantissas have at most <paramref name="bits"/> significant
    /// bits, the hidden one included: 4^(bits − 1) pairs, each with the same weight.
    /// </summary>
    /// <param name="multiplier">Any multiplier; one without fast kernels takes longer.</param>
    /// <param name="bits">1 to <see cref="MaxBits"/>.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="progress">Called with the fraction of the work done since the last call, if given.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public static ErrorMetrics AllPairs(
        FloatMultiplier multiplier, int bits, int threads = 0, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        int explicitBits = bits - 1;
        void Enumerate(long first, Span<float> activations, Span<float> weights)
        {
            for (int i = 0; i < activations.Length; i++)
            {
                long pair = first + i;
                activations[i] = OneAndFraction((uint)(pair >> explicitBits), explicitBits);
                weights[i] = OneAndFraction((uint)pair & ((1u << explicitBits) - 1), explicitBits);
            }
        }

        return Run(multiplier, 1L << (2 * explicitBits), threads, Enumerate, progress, cancellation)
            .Metrics(multiplier, OperandDistribution.Mantissa, seed: null, bits);
    }

    /// <summary>1 + fraction / 2^bits.</summary>
    static float OneAndFraction(uint fraction, int bits) =>
        Binary32.Compose(0, OperandDistribution.ExponentOfOne, fraction << (Binary32.FractionBits - bits));

    static ErrorTally Run(
        FloatMultiplier multiplier, long samples, int threads, Operands operands, Action<double>? progress, CancellationToken cancellation)
    {
        // The first block alone determines the scale of the histogram.
        double scale = Scale(Tally(multiplier, 0, samples, scale: 1, operands).LargestRelativeError);
        var total = new ErrorTally(scale);
        long blocks = (samples + Block - 1) / Block;
        ParallelRange.InOrder(
            blocks, ParallelRange.Threads(threads), block => Tally(multiplier, block * Block, samples, scale, operands),
            total.Add, progress, cancellation);
        return total;
    }

    static ErrorTally Tally(FloatMultiplier multiplier, long first, long samples, double scale, Operands operands)
    {
        int count = (int)Math.Min(Block, samples - first);
        float[] activations = new float[count], weights = new float[count], products = new float[count];
        operands(first, activations, weights);
        BulkMultiply.Run(multiplier, activations, weights, products);
        var tally = new ErrorTally(scale);
        tally.Add(activations, weights, products);
        return tally;
    }

    /// <summary>The smallest power of two that is not below the largest relative error; 1 where there is no error.</summary>
    static double Scale(double largest) =>
        largest is > 0 and < double.PositiveInfinity ? Math.ScaleB(1, (int)Math.Ceiling(Math.Log2(largest))) : 1;
}
