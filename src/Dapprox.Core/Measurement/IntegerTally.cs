using System.Numerics;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Statistics;

namespace Dapprox.Measurement;

/// <summary>Accumulates a multiplier's errors on pairs of operands; the tallies of blocks merge into one, in a fixed order.</summary>
sealed class IntegerTally
{
    // 32 parts of each operand: enough to see where errors are, few enough for a sample to fill.
    const int MaxMapBits = 5;

    const int Lanes = BitSlicedSimulator.Lanes, WordBits = 64;

    readonly IntegerMultiplier multiplier;
    readonly IntegerDistribution distribution;
    readonly Operand first, second;
    readonly long[] bits = new long[NetlistBuilder.MaxBits];
    readonly double[] mapErrors;
    readonly long[] mapCounts;
    Moments relative, absolute, signed, squared;
    WorstPair worstAbsolute, worstRelative;
    long samples, wrong, above;

    public IntegerTally(IntegerMultiplier multiplier, IntegerDistribution distribution)
    {
        (this.multiplier, this.distribution) = (multiplier, distribution);
        first = new Operand(distribution, multiplier.FirstWidth, multiplier.IsSigned);
        second = new Operand(distribution, multiplier.SecondWidth, multiplier.IsSigned);
        mapErrors = new double[1 << (first.MapBits + second.MapBits)];
        mapCounts = new long[mapErrors.Length];
    }

    /// <summary>Adds one block of products.</summary>
    public void Add(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, ReadOnlySpan<UInt128> products)
    {
        double sum = 0, absoluteSum = 0, squares = 0, fourths = 0, relativeSum = 0, relativeSquares = 0;
        long withRelative = 0;
        Span<ulong> low = stackalloc ulong[Lanes], high = stackalloc ulong[Lanes];
        var slots = new BitSlicedSimulator.Slots(WordBits);
        for (int start = 0; start < products.Length; start += Lanes)
        {
            int count = Math.Min(Lanes, products.Length - start);
            for (int lane = 0; lane < count; lane++)
            {
                int i = start + lane;
                // In 128 bits of two's complement, products and differences have the same bits with a sign as without.
                UInt128 left = multiplier.Extend(a[i], first.Width), right = multiplier.Extend(b[i], second.Width);
                UInt128 product = multiplier.Extend(products[i], multiplier.ProductWidth), exact = left * right;
                (low[lane], high[lane]) = ((ulong)(product ^ exact), (ulong)((product ^ exact) >> WordBits));
                bool over = multiplier.IsSigned ? (Int128)product > (Int128)exact : product > exact;
                double magnitude = (double)(over ? product - exact : exact - product);
                double error = over ? magnitude : -magnitude, square = magnitude * magnitude;
                int cell = first.Part(left) << second.MapBits | second.Part(right);
                mapErrors[cell] += error;
                mapCounts[cell]++;
                sum += error;
                absoluteSum += magnitude;
                squares += square;
                fourths += square * square;
                above += over ? 1 : 0;
                wrong += product != exact ? 1 : 0;
                if (magnitude > worstAbsolute.Error)
                    worstAbsolute = Worst(left, right, product, magnitude);
                if (exact == 0)
                    continue;
                double ratio = magnitude / (multiplier.IsSigned ? Math.Abs((double)(Int128)exact) : (double)exact);
                withRelative++;
                relativeSum += ratio;
                relativeSquares += ratio * ratio;
                if (ratio > worstRelative.Error)
                    worstRelative = Worst(left, right, product, ratio);
            }

            CountBits(low[..count], slots, 0);
            if (multiplier.ProductWidth > WordBits)
                CountBits(high[..count], slots, WordBits);
        }

        long all = products.Length;
        samples += all;
        signed = signed.With(Moments.FromSums(all, sum, squares));
        absolute = absolute.With(Moments.FromSums(all, absoluteSum, squares));
        squared = squared.With(Moments.FromSums(all, squares, fourths));
        relative = relative.With(Moments.FromSums(withRelative, relativeSum, relativeSquares));
    }

    WorstPair Worst(UInt128 a, UInt128 b, UInt128 product, double error)
    {
        return new WorstPair(Number(a), Number(b), Number(product), error);

        BigInteger Number(UInt128 extended) => multiplier.IsSigned ? (Int128)extended : extended;
    }

    /// <summary>Adds another tally of the same multiplier and distribution.</summary>
    public void Add(IntegerTally other)
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
    public IntegerMetrics Metrics(ulong? seed)
    {
        bool complete = seed is null;
        double normaliser = first.Largest * second.Largest;
        Estimate meanAbsolute = absolute.Estimate(complete);
        int width = Math.Max(multiplier.ProductWidth, first.Width + second.Width);
        return new IntegerMetrics
        {
            Multiplier = multiplier.Name,
            IsSigned = multiplier.IsSigned,
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
    void CountBits(ReadOnlySpan<ulong> differences, BitSlicedSimulator.Slots slots, int from)
    {
        BitSlicedSimulator.Load(differences, slots, 0, WordBits);
        for (int bit = 0; bit < WordBits; bit++)
        {
            Vector512<ulong> slice = slots[bit].AsUInt64();
            for (int part = 0; part < Vector512<ulong>.Count; part++)
                bits[from + bit] += BitOperations.PopCount(slice[part]);
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
    sealed class Operand(IntegerDistribution distribution, int width, bool isSigned)
    {
        // That of a signed operand as it is in 128 bits.
        readonly UInt128 lowest = isSigned ? UInt128.MaxValue << (width - 1) : distribution.Lowest(width);
        readonly int shift = distribution.FreeBits(width) - Math.Min(MaxMapBits, distribution.FreeBits(width));

        public int Width => width;

        public int MapBits { get; } = Math.Min(MaxMapBits, distribution.FreeBits(width));

        public double Largest => isSigned ? Math.ScaleB(1, width - 1) : Math.ScaleB(1, width) - 1;

        public (double Low, double High) Range => isSigned
            ? (-Math.ScaleB(1, width - 1), Math.ScaleB(1, width - 1))
            : ((double)lowest, Math.ScaleB(1, width));

        public int Part(UInt128 operand) => (int)((operand - lowest) >> shift);
    }
}
