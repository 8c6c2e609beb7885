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
    Moments relative, relativeWithZeros, absolute, signed, squared;
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
        // Most products fit into a word, in which a pair takes half the time.
        if (Math.Max(multiplier.ProductWidth, first.Width + second.Width) <= WordBits)
            Add<ulong>(a, b, products);
        else
            Add<UInt128>(a, b, products);
    }

    void Add<T>(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, ReadOnlySpan<UInt128> products)
        where T : struct, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        double sum = 0, absoluteSum = 0, squares = 0, fourths = 0, relativeSum = 0, relativeSquares = 0, zeroSum = 0, zeroSquares = 0;
        long withRelative = 0;
        bool isWide = typeof(T) == typeof(UInt128);
        // The bit that a negative number has and no other.
        T negative = multiplier.IsSigned ? T.One << (isWide ? 2 * WordBits - 1 : WordBits - 1) : T.Zero;
        Span<ulong> low = stackalloc ulong[Lanes], high = stackalloc ulong[Lanes];
        var slots = new BitSlicedSimulator.Slots(WordBits);
        for (int start = 0; start < products.Length; start += Lanes)
        {
            int count = Math.Min(Lanes, products.Length - start);
            for (int lane = 0; lane < count; lane++)
            {
                int i = start + lane;
                // In two's complement, products and differences have the same bits with a sign as without.
                T left = Extend(T.CreateTruncating(a[i]), first.Width), right = Extend(T.CreateTruncating(b[i]), second.Width);
                T product = Extend(T.CreateTruncating(products[i]), multiplier.ProductWidth), exact = left * right;
                T difference = product ^ exact;
                low[lane] = ulong.CreateTruncating(difference);
                if (isWide)
                    high[lane] = ulong.CreateTruncating(difference >> WordBits);
                bool over = (product ^ negative) > (exact ^ negative);
                double magnitude = double.CreateTruncating(over ? product - exact : exact - product);
                double error = over ? magnitude : -magnitude, square = magnitude * magnitude;
                int cell = first.Part(a[i]) << second.MapBits | second.Part(b[i]);
                mapErrors[cell] += error;
                mapCounts[cell]++;
                sum += error;
                absoluteSum += magnitude;
                squares += square;
                fourths += square * square;
                above += over ? 1 : 0;
                wrong += difference != T.Zero ? 1 : 0;
                if (magnitude > worstAbsolute.Error)
                    worstAbsolute = Worst(a[i], b[i], products[i], magnitude);
                if (exact == T.Zero)
                {
                    zeroSum += magnitude;
                    zeroSquares += square;
                    continue;
                }

                double ratio = magnitude / double.CreateTruncating((exact & negative) != T.Zero ? T.Zero - exact : exact);
                withRelative++;
                relativeSum += ratio;
                relativeSquares += ratio * ratio;
                if (ratio > worstRelative.Error)
                    worstRelative = Worst(a[i], b[i], products[i], ratio);
            }

            CountBits(low[..count], slots, 0);
            if (isWide)
                CountBits(high[..count], slots, WordBits);
        }

        long all = products.Length;
        samples += all;
        signed = signed.With(Moments.FromSums(all, sum, squares));
        absolute = absolute.With(Moments.FromSums(all, absoluteSum, squares));
        squared = squared.With(Moments.FromSums(all, squares, fourths));
        relative = relative.With(Moments.FromSums(withRelative, relativeSum, relativeSquares));
        relativeWithZeros = relativeWithZeros.With(Moments.FromSums(all, relativeSum + zeroSum, relativeSquares + zeroSquares));

        // A number's bits, extended by its sign.
        T Extend(T bits, int width)
        {
            if (!multiplier.IsSigned)
                return bits;
            T sign = T.One << (width - 1);
            return (bits ^ sign) - sign;
        }
    }

    WorstPair Worst(ulong a, ulong b, UInt128 product, double error)
    {
        return new WorstPair(Number(a, first.Width), Number(b, second.Width), Number(product, multiplier.ProductWidth), error);

        BigInteger Number(UInt128 bits, int width) => multiplier.IsSigned ? IntegerMultiplier.Signed(bits, width) : bits;
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
        relativeWithZeros = relativeWithZeros.With(other.relativeWithZeros);
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
            MeanRelativeErrorWithZeros = relativeWithZeros.Estimate(complete),
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
        readonly ulong lowest = distribution.Lowest(width);

        // In two's complement the negative numbers are the ones with the highest bit, and the least.
        readonly ulong turned = isSigned ? 1UL << (width - 1) : 0;
        readonly int shift = distribution.FreeBits(width) - Math.Min(MaxMapBits, distribution.FreeBits(width));

        public int Width => width;

        public int MapBits { get; } = Math.Min(MaxMapBits, distribution.FreeBits(width));

        public double Largest => isSigned ? Math.ScaleB(1, width - 1) : Math.ScaleB(1, width) - 1;

        public (double Low, double High) Range => isSigned
            ? (-Math.ScaleB(1, width - 1), Math.ScaleB(1, width - 1))
            : (lowest, Math.ScaleB(1, width));

        /// <summary>The part of the range that an operand is in.</summary>
        /// <param name="bits">Its bits; those above its width are zero.</param>
        public int Part(ulong bits) => (int)(((bits ^ turned) - lowest) >> shift);
    }
}
