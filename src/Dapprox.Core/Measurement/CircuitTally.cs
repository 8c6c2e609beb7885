using System.Numerics;
using System.Runtime.Intrinsics;
using Dapprox.Circuits;
using Dapprox.Statistics;

namespace Dapprox.Measurement;

/// <summary>Accumulates a circuit's errors on pairs of operands; the tallies of blocks merge into one, in a fixed order.</summary>
sealed class CircuitTally
{
    // 32 parts of each operand: enough to see where errors are, few enough for a sample to fill.
    const int MaxMapBits = 5;

    const int Lanes = BitSlicedSimulator.Lanes;

    readonly Netlist circuit;
    readonly IntegerDistribution distribution;
    readonly Operand first, second;
    readonly long[] bits = new long[64];
    readonly double[] mapErrors;
    readonly long[] mapCounts;
    Moments relative, absolute, signed, squared;
    WorstPair worstAbsolute, worstRelative;
    long samples, wrong, above;

    public CircuitTally(Netlist circuit, IntegerDistribution distribution)
    {
        (this.circuit, this.distribution) = (circuit, distribution);
        first = new Operand(distribution, circuit.Inputs[0].Width);
        second = new Operand(distribution, circuit.Inputs[1].Width);
        mapErrors = new double[1 << (first.MapBits + second.MapBits)];
        mapCounts = new long[mapErrors.Length];
    }

    /// <summary>Adds one block of products.</summary>
    public void Add(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, ReadOnlySpan<ulong> products)
    {
        double sum = 0, absoluteSum = 0, squares = 0, fourths = 0, relativeSum = 0, relativeSquares = 0;
        long withRelative = 0;
        Span<ulong> differences = stackalloc ulong[Lanes];
        var slots = new BitSlicedSimulator.Slots(64);
        for (int start = 0; start < products.Length; start += Lanes)
        {
            int count = Math.Min(Lanes, products.Length - start);
            for (int lane = 0; lane < count; lane++)
            {
                int i = start + lane;
                ulong product = products[i], exact = a[i] * b[i];
                differences[lane] = product ^ exact;
                bool over = product > exact;
                double magnitude = over ? product - exact : exact - product;
                double error = over ? magnitude : -magnitude, square = magnitude * magnitude;
                int cell = first.Part(a[i]) << second.MapBits | second.Part(b[i]);
                mapErrors[cell] += error;
                mapCounts[cell]++;
                sum += error;
                absoluteSum += magnitude;
                squares += square;
                fourths += square * square;
                above += over ? 1 : 0;
                wrong += product != exact ? 1 : 0;
                if (magnitude > worstAbsolute.Error)
                    worstAbsolute = new WorstPair(a[i], b[i], product, magnitude);
                if (exact == 0)
                    continue;
                double ratio = magnitude / exact;
                withRelative++;
                relativeSum += ratio;
                relativeSquares += ratio * ratio;
                if (ratio > worstRelative.Error)
                    worstRelative = new WorstPair(a[i], b[i], product, ratio);
            }

            CountBits(differences[..count], slots);
        }

        long all = products.Length;
        samples += all;
        signed = signed.With(Moments.FromSums(all, sum, squares));
        absolute = absolute.With(Moments.FromSums(all, absoluteSum, squares));
        squared = squared.With(Moments.FromSums(all, squares, fourths));
        relative = relative.With(Moments.FromSums(withRelative, relativeSum, relativeSquares));
    }

    /// <summary>Adds another tally of the same circuit and distribution.</summary>
    public void Add(CircuitTally other)
    {
        samples += other.samples;
        wrong += other.wrong;
        above += other.above;
        signed = signed.With(other.signed);
        absolute = absolute.With(other.absolute);
        squared = squared.With(other.squared);
        relative = relative.With(other.relative);
        if (other.worstAbsolute.Error > worstAbsolute.Error)
            worstAbsolute = other.worstAbsolute;
        if (other.worstRelative.Error > worstRelative.Error)
            worstRelative = other.worstRelative;
        for (int bit = 0; bit < bits.Length; bit++)
            bits[bit] += other.bits[bit];
        for (int cell = 0; cell < mapErrors.Length; cell++)
        {
            mapErrors[cell] += other.mapErrors[cell];
            mapCounts[cell] += other.mapCounts[cell];
        }
    }

    /// <summary>The metrics of all products added.</summary>
    /// <param name="seed">The seed that determined the sample; null where all pairs were added.</param>
    public CircuitMetrics Metrics(ulong? seed)
    {
        bool complete = seed is null;
        double normaliser = (double)first.Highest * second.Highest;
        Estimate meanAbsolute = absolute.Estimate(complete);
        int width = Math.Max(circuit.Outputs[0].Width, first.Width + second.Width);
        return new CircuitMetrics
        {
            Circuit = circuit.Name,
            Distribution = distribution,
            Samples = samples,
            Seed = seed,
            ErrorProbability = Estimate.OfProportion(wrong, samples, complete),
            MeanAbsoluteError = meanAbsolute,
            NormalisedMeanError = meanAbsolute.Over(normaliser),
            Normaliser = normaliser,
            WorstAbsolute = worstAbsolute,
            MeanRelativeError = relative.Estimate(complete),
            WorstRelative = worstRelative,
            MeanSquaredError = squared.Estimate(complete),
            Bias = signed.Estimate(complete),
            ShareAbove = Estimate.OfProportion(above, samples, complete),
            BitErrors = [.. bits[..width].Select(count => Estimate.OfProportion(count, samples, complete))],
            Map = Map(),
        };
    }

    /// <summary>Counts the wrong products for each bit: in slices, counting ones is one instruction per 64 products.</summary>
    void CountBits(ReadOnlySpan<ulong> differences, BitSlicedSimulator.Slots slots)
    {
        BitSlicedSimulator.Load(differences, slots, 0, bits.Length);
        for (int bit = 0; bit < bits.Length; bit++)
        {
            Vector512<ulong> slice = slots[bit].AsUInt64();
            for (int part = 0; part < Vector512<ulong>.Count; part++)
                bits[bit] += BitOperations.PopCount(slice[part]);
        }
    }

    ErrorMap Map()
    {
        double[,] means = new double[1 << first.MapBits, 1 << second.MapBits];
        for (int cell = 0; cell < mapErrors.Length; cell++)
            means[cell >> second.MapBits, cell & ((1 << second.MapBits) - 1)] = mapErrors[cell] / mapCounts[cell];
        return new ErrorMap(means, first.Range, second.Range);
    }

    /// <summary>An operand of some width under a distribution.</summary>
    sealed class Operand(IntegerDistribution distribution, int width)
    {
        readonly ulong lowest = distribution.Lowest(width);
        readonly int shift = distribution.FreeBits(width) - Math.Min(MaxMapBits, distribution.FreeBits(width));

        public int Width => width;

        public int MapBits { get; } = Math.Min(MaxMapBits, distribution.FreeBits(width));

        public ulong Highest => (1UL << width) - 1;

        public (double Low, double High) Range => (lowest, Math.ScaleB(1, width));

        public int Part(ulong operand) => (int)((operand - lowest) >> shift);
    }
}
