using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;

namespace Dapprox.Search;

/// <summary>
/// Measures the error and the cost of multipliers of one width, all on the same operands, so that the differences between
/// them are not chance. Safe for many threads.
/// </summary>
public sealed class DesignMeasurement
{
    /// <summary>The largest number of products to measure each design on.</summary>
    public const int MaxSamples = 1 << 24;

    // Operands that follow each other for the energy: one block of streams, and few steps, since each takes as long as the
    // errors of thousands of products. Four steps of 512 streams give the mean energy to half a percent.
    const int StreamLength = 5;

    readonly Func<Netlist, DesignErrors> errors;
    readonly ulong[][] streams;
    readonly CellLibrary library;
    readonly NormalForm? normal;
    readonly Lazy<CircuitCost> exact;

    DesignMeasurement(Netlist exact, ulong[][] streams, CellLibrary? library, CircuitForm form, Func<Netlist, DesignErrors> errors)
    {
        (this.streams, this.library, this.errors) = (streams, library ?? CellLibrary.Shipped, errors);
        normal = form == CircuitForm.Normal ? new NormalForm(this.library) : null;
        this.exact = new(() => Price(exact));
    }

    static int StreamOperands => SwitchingActivity.StreamsTogether * StreamLength;

    /// <summary>Measures circuits as float multipliers (<see cref="CircuitMultiplier"/>).</summary>
    /// <param name="distribution">The distribution that operands are drawn from.</param>
    /// <param name="bits">The width of the mantissas, 2 to 24.</param>
    /// <param name="samples">How many products, 1 to <see cref="MaxSamples"/>.</param>
    /// <param name="seed">Determines the sample.</param>
    /// <param name="library">The energy, delay and area of cells; null for <see cref="CellLibrary.Shipped"/>.</param>
    /// <param name="form">Which form of a circuit is priced.</param>
    public static DesignMeasurement OfFloats(
        OperandDistribution distribution, int bits, int samples, ulong seed, CellLibrary? library = null,
        CircuitForm form = CircuitForm.Normal)
    {
        ThrowIfOutOfRange(samples);
        var format = new FloatFormat(8, bits - 1);
        (float[] activations, float[] weights) = Draw(distribution, samples, new CounterRandom(seed));
        ulong[] a = Mantissas(activations, format), b = Mantissas(weights, format);
        (float[] first, float[] second) = Draw(distribution, StreamOperands, new CounterRandom(seed, stream: 1));
        return new DesignMeasurement(
            ExactArray(bits, isSigned: false), [Mantissas(first, format), Mantissas(second, format)], library, form, Errors);

        DesignErrors Errors(Netlist circuit)
        {
            var multiplier = new CircuitMultiplier(circuit);
            var m = new UInt128[samples];
            new SlicedInterpreter(circuit).Evaluate(a, b, m);
            float[] products = new float[samples];
            for (int i = 0; i < samples; i++)
                products[i] = multiplier.Frame(activations[i], weights[i], (ulong)m[i]);
            var tally = new ErrorTally(scale: 1);
            tally.Add(activations, weights, products);
            ErrorMetrics metrics = tally.Metrics(multiplier, distribution, seed, bits: null);
            return new DesignErrors(metrics.MeanRelativeError.Value, metrics.NormalisedMeanError.Value, metrics.ShareAbove.Value);
        }
    }

    /// <summary>Measures circuits as integer multipliers, on all pairs of operands where there are no more than the samples.</summary>
    /// <param name="distribution">The distribution that operands are drawn from.</param>
    /// <param name="bits">The width of the operands, 1 to 32.</param>
    /// <param name="isSigned">Whether the exact array that costs are relative to is signed.</param>
    /// <param name="samples">How many pairs at most, 1 to <see cref="MaxSamples"/>.</param>
    /// <param name="seed">Determines the sample.</param>
    /// <param name="library">The energy, delay and area of cells; null for <see cref="CellLibrary.Shipped"/>.</param>
    /// <param name="form">Which form of a circuit is priced.</param>
    public static DesignMeasurement OfIntegers(
        IntegerDistribution distribution, int bits, bool isSigned, int samples, ulong seed, CellLibrary? library = null,
        CircuitForm form = CircuitForm.Normal)
    {
        ThrowIfOutOfRange(samples);
        var random = new CounterRandom(seed, stream: ulong.MaxValue);
        ulong[][] streams = [new ulong[StreamOperands], new ulong[StreamOperands]];
        foreach (ulong[] operands in streams)
        {
            for (int i = 0; i < operands.Length; i++)
                operands[i] = distribution.Draw(ref random, bits);
        }

        return new DesignMeasurement(ExactArray(bits, isSigned), streams, library, form, Errors);

        DesignErrors Errors(Netlist circuit)
        {
            // The search keeps all processors busy with one design each.
            var multiplier = new IntegerCircuit(circuit);
            IntegerMetrics metrics = IntegerMeasurement.Pairs(multiplier, distribution) <= samples
                ? IntegerMeasurement.AllPairs(multiplier, distribution, threads: 1)
                : IntegerMeasurement.Sample(multiplier, distribution, samples, seed, threads: 1);
            return new DesignErrors(metrics.MeanRelativeError.Value, metrics.NormalisedMeanError.Value, metrics.ShareAbove.Value);
        }
    }

    /// <summary>Measures the errors of a circuit.</summary>
    /// <param name="circuit">A multiplier of the width.</param>
    public DesignErrors Errors(Netlist circuit) => errors(circuit);

    /// <summary>Measures the cost of a circuit, relative to the exact array.</summary>
    /// <param name="circuit">A multiplier of the width.</param>
    /// <exception cref="InputException">The library lacks a cell.</exception>
    public DesignCost Cost(Netlist circuit)
    {
        CircuitCost cost = Price(circuit), whole = exact.Value;
        return new DesignCost(cost.TotalEnergy / whole.TotalEnergy, cost.Delay / whole.Delay, cost.Area / whole.Area);
    }

    static Netlist ExactArray(int bits, bool isSigned) => CircuitDescription.Build($"array:{bits}{(isSigned ? ":signed" : "")}");

    CircuitCost Price(Netlist circuit)
    {
        var activity = new SwitchingActivity(normal?.Of(circuit) ?? circuit);
        activity.Add(streams, StreamLength);
        return CircuitCost.Of(activity, library);
    }

    static (float[] Activations, float[] Weights) Draw(OperandDistribution distribution, int count, CounterRandom random)
    {
        float[] activations = new float[count], weights = new float[count];
        distribution.Fill(ref random, activations, weights);
        return (activations, weights);
    }

    static ulong[] Mantissas(float[] numbers, FloatFormat format) =>
        Array.ConvertAll(numbers, number => (ulong)format.Mantissa(BitConverter.SingleToUInt32Bits(number)));

    static void ThrowIfOutOfRange(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, MaxSamples);
    }
}
