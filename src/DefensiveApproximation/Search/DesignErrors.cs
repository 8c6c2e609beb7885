using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;

namespace DefensiveApproximation.Search;

/// <summary>The error metrics by which designs are compared.</summary>
/// <param name="Mred">The mean of |ŷ − y| / |y| over all y that are not zero.</param>
/// <param name="Nmed">The mean of |ŷ − y| divided by the largest product of the law.</param>
/// <param name="ShareAbove">The share of products with |ŷ| &gt; |y|.</param>
public readonly record struct DesignErrors(double Mred, double Nmed, double ShareAbove)
{
    /// <summary>
    /// Measures circuits as float multipliers (<see cref="CircuitMultiplier"/>), all on the same sample, so that the
    /// differences between them are not chance.
    /// </summary>
    /// <param name="law">How operands are drawn.</param>
    /// <param name="samples">How many products, 1 to 2²⁴.</param>
    /// <param name="seed">Determines the sample.</param>
    public static Func<Netlist, DesignErrors> OfFloats(OperandLaw law, int samples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, MostSamples);
        var random = new CounterRandom(seed);
        float[] activations = new float[samples], weights = new float[samples];
        law.Fill(ref random, activations, weights);
        return circuit =>
        {
            var multiplier = new CircuitMultiplier(circuit);
            ulong[] a = Mantissas(activations, multiplier.Format), b = Mantissas(weights, multiplier.Format), m = new ulong[samples];
            new SlicedInterpreter(circuit).Evaluate(a, b, m);
            float[] products = new float[samples];
            for (int i = 0; i < samples; i++)
                products[i] = multiplier.Frame(activations[i], weights[i], m[i]);
            var tally = new ErrorTally(scale: 1);
            tally.Add(activations, weights, products);
            ErrorMetrics metrics = tally.Metrics(multiplier, law, seed, bits: null);
            return new DesignErrors(metrics.MeanRelativeError.Value, metrics.NormalisedMeanError.Value, metrics.ShareAbove.Value);
        };
    }

    /// <summary>Measures circuits as integer multipliers: on all pairs where there are not more than the samples.</summary>
    /// <param name="law">The law of the operands.</param>
    /// <param name="samples">How many pairs at most, 1 to 2²⁴.</param>
    /// <param name="seed">Determines the sample.</param>
    public static Func<Netlist, DesignErrors> OfIntegers(IntegerLaw law, int samples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, MostSamples);
        return circuit =>
        {
            CircuitMetrics metrics = CircuitMeasurement.Pairs(circuit, law) <= samples
                ? CircuitMeasurement.AllPairs(circuit, law, threads: 1)
                : CircuitMeasurement.Sample(circuit, law, samples, seed, threads: 1);
            return new DesignErrors(metrics.MeanRelativeError.Value, metrics.NormalisedMeanError.Value, metrics.ShareAbove.Value);
        };
    }

    /// <summary>The most samples of each design.</summary>
    public const int MostSamples = 1 << 24;

    static ulong[] Mantissas(float[] numbers, FloatFormat format) =>
        Array.ConvertAll(numbers, number => (ulong)format.Mantissa(BitConverter.SingleToUInt32Bits(number)));
}
