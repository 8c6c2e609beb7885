using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Measurement;

/// <summary>
/// Measures the error of a multiplier of integers: on all pairs of operands, or on a random sample. The result does not depend on the
/// number of threads.
/// </summary>
public static class IntegerMeasurement
{
    /// <summary>The largest number of pairs that are all measured: those of 12-bit operands.</summary>
    public const long MaxPairs = 1 << 24;

    /// <summary>The largest number of samples.</summary>
    public const long MaxSamples = 10_000_000_000;

    const int Block = 1 << 15;

    /// <summary>One block: fills as many operands as the spans are long, the first of them being number <paramref name="first"/>.</summary>
    delegate void Operands(long first, Span<ulong> a, Span<ulong> b);

    /// <summary>The number of pairs of operands under a distribution; at most 2⁶² is returned.</summary>
    /// <param name="multiplier">What is measured, signed or unsigned.</param>
    /// <param name="distribution">The distribution; normalised operands have one free bit less.</param>
    /// <exception cref="InputException">The distribution is of unsigned numbers, and the multiplier is signed.</exception>
    public static long Pairs(IntegerMultiplier multiplier, IntegerDistribution distribution)
    {
        distribution.ThrowIfUnfit(multiplier);
        return 1L << Math.Min(62, distribution.FreeBits(multiplier.FirstWidth) + distribution.FreeBits(multiplier.SecondWidth));
    }

    /// <summary>Measures the error on all pairs of operands.</summary>
    /// <param name="multiplier">What is measured, signed or unsigned.</param>
    /// <param name="distribution">The distribution whose operands are enumerated.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="progress">Called with the fraction of the work done since the last call, if given.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="InputException">
    /// There are more than <see cref="MaxPairs"/> pairs, or the distribution is of unsigned numbers and the multiplier is signed.
    /// </exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public static IntegerMetrics AllPairs(
        IntegerMultiplier multiplier, IntegerDistribution distribution, int threads = 0,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        long pairs = Pairs(multiplier, distribution);
        if (pairs > MaxPairs)
        {
            throw new InputException(
                $"the multiplier {multiplier.Name} has more than the {MaxPairs:N0} pairs of operands of which all are looked at; take a "
                    + "sample");
        }

        int widthA = multiplier.FirstWidth, widthB = multiplier.SecondWidth, freeB = distribution.FreeBits(widthB);
        void Enumerate(long first, Span<ulong> a, Span<ulong> b)
        {
            for (int i = 0; i < a.Length; i++)
            {
                ulong pair = (ulong)(first + i);
                a[i] = distribution.Lowest(widthA) + (pair >> freeB);
                b[i] = distribution.Lowest(widthB) + (pair & ((1UL << freeB) - 1));
            }
        }

        return Run(multiplier, distribution, pairs, threads, Enumerate, progress, cancellation).Metrics(seed: null);
    }

    /// <summary>Measures the error on a random sample.</summary>
    /// <param name="multiplier">What is measured, signed or unsigned.</param>
    /// <param name="distribution">The distribution that operands are drawn from.</param>
    /// <param name="samples">How many pairs, 1 to <see cref="MaxSamples"/>.</param>
    /// <param name="seed">Determines the sample.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="progress">Called with the fraction of the work done since the last call, if given.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="InputException">The distribution is of unsigned numbers, and the multiplier is signed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public static IntegerMetrics Sample(
        IntegerMultiplier multiplier, IntegerDistribution distribution, long samples, ulong seed, int threads = 0,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        distribution.ThrowIfUnfit(multiplier);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, MaxSamples);
        int widthA = multiplier.FirstWidth, widthB = multiplier.SecondWidth;
        void Draw(long first, Span<ulong> a, Span<ulong> b)
        {
            var random = new CounterRandom(seed, stream: (ulong)(first / Block));
            for (int i = 0; i < a.Length; i++)
            {
                a[i] = distribution.Draw(ref random, widthA);
                b[i] = distribution.Draw(ref random, widthB);
            }
        }

        return Run(multiplier, distribution, samples, threads, Draw, progress, cancellation).Metrics(seed);
    }

    static IntegerTally Run(
        IntegerMultiplier multiplier, IntegerDistribution distribution, long samples, int threads, Operands operands,
        Action<double>? progress, CancellationToken cancellation)
    {
        var total = new IntegerTally(multiplier, distribution);
        ParallelRange.InOrder((samples + Block - 1) / Block, ParallelRange.Threads(threads), Tally, total.Add, progress, cancellation);
        return total;

        IntegerTally Tally(long block)
        {
            int count = (int)Math.Min(Block, samples - block * Block);
            ulong[] a = new ulong[count], b = new ulong[count];
            var products = new UInt128[count];
            operands(block * Block, a, b);
            multiplier.Multiply(a, b, products);
            var tally = new IntegerTally(multiplier, distribution);
            tally.Add(a, b, products);
            return tally;
        }
    }
}
