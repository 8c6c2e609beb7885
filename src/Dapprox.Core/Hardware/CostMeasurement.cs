using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Measurement;

namespace Dapprox.Hardware;

/// <summary>What is priced of a multiplier.</summary>
public enum FloatParts
{
    /// <summary>The circuit as it is.</summary>
    None,

    /// <summary>The circuit and all around a mantissa multiplier but rounding: <see cref="FloatMultiplierCircuits.Around"/>.</summary>
    Truncating,

    /// <summary>The same with rounding.</summary>
    Rounding,
}

/// <summary>Which form of a circuit is priced.</summary>
public enum CircuitForm
{
    /// <summary>The <see cref="NormalForm"/>: the price does not depend on the cells and gates that a file spells the circuit
    /// with.</summary>
    Normal,

    /// <summary>Every element as it stands, for circuits of cells that are drawn by hand, such as AMA5's two buffers.</summary>
    AsDrawn,
}

/// <summary>Measures what a circuit costs: makes operands, counts what they switch, and prices it.</summary>
public sealed class CostMeasurement
{
    // Operands of a stream that are computed before others are drawn: a matter of memory.
    const int LongestStream = 65;

    readonly bool isFloat;
    readonly bool hazards;

    /// <summary>Prepares the measurement of a circuit, or of a float multiplier around it.</summary>
    /// <param name="circuit">Any circuit; a multiplier of integers where operands are drawn.</param>
    /// <param name="library">The library with energy, delay and area of every cell in the circuit.</param>
    /// <param name="parts">What is priced of it; anything but <see cref="FloatParts.None"/> needs a mantissa multiplier.</param>
    /// <param name="form">Which form of it is priced.</param>
    /// <param name="hazards">Whether hazards count: see <see cref="SwitchingActivity"/>.</param>
    /// <exception cref="InputException">It is no mantissa multiplier, or the library lacks a cell.</exception>
    public CostMeasurement(
        Netlist circuit, CellLibrary library, FloatParts parts = FloatParts.None, CircuitForm form = CircuitForm.Normal,
        bool hazards = false)
        : this(
            parts == FloatParts.None ? circuit : FloatMultiplierCircuits.Around(circuit, parts == FloatParts.Rounding), library, form,
            hazards, isFloat: parts != FloatParts.None)
    {
    }

    /// <summary>Prepares the measurement of the whole hardware of a float multiplier.</summary>
    /// <param name="multiplier">A float multiplier whose circuit is known.</param>
    /// <param name="library">The library with energy, delay and area of every cell in its circuit.</param>
    /// <param name="form">Which form of its circuit is priced.</param>
    /// <param name="hazards">Whether hazards count: see <see cref="SwitchingActivity"/>.</param>
    /// <exception cref="InputException">No circuit of it is known, or the library lacks a cell; the message says which.</exception>
    public CostMeasurement(
        FloatMultiplier multiplier, CellLibrary library, CircuitForm form = CircuitForm.Normal, bool hazards = false)
        : this(FloatMultiplierCircuits.Of(multiplier), library, form, hazards, isFloat: true)
    {
    }

    /// <summary>Prepares the measurement of the hardware of a multiplier: of a float multiplier the whole, of integers the
    /// circuit.</summary>
    /// <param name="multiplier">A multiplier whose circuit is known.</param>
    /// <param name="library">The library with energy, delay and area of every cell in its circuit.</param>
    /// <exception cref="InputException">No circuit of it is known, or the library lacks a cell; the message says which.</exception>
    public static CostMeasurement Of(Multiplier multiplier, CellLibrary library) => multiplier switch
    {
        FloatMultiplier floats => new CostMeasurement(floats, library),
        IntegerMultiplier integers when IntegerCircuit.Of(integers) is Netlist circuit => new CostMeasurement(circuit, library),
        _ => throw new InputException($"{multiplier.Name} is known by what it computes, and not by a circuit; give it as a circuit"),
    };

    CostMeasurement(Netlist circuit, CellLibrary library, CircuitForm form, bool hazards, bool isFloat)
    {
        (Library, this.hazards, this.isFloat) = (library, hazards, isFloat);
        Circuit = form == CircuitForm.Normal ? new NormalForm(library).Of(circuit) : circuit;
        // A cell without a price is found before the work.
        CircuitCost.LongestPath(Circuit, library);
    }

    /// <summary>Whether a circuit has approximate adders, which are published as drawings of transistors.</summary>
    public static bool IsHandDrawn(Netlist circuit) =>
        circuit.Elements.Any(element => element.Cell != Cells.FullAdder && Cells.Adders.Contains(element.Cell));

    /// <summary>What is priced.</summary>
    public Netlist Circuit { get; }

    /// <summary>The prices of cells.</summary>
    public CellLibrary Library { get; }

    /// <summary>Prices the circuit on random operands.</summary>
    /// <inheritdoc cref="Switch"/>
    public CircuitCost OnRandomOperands(
        IntegerDistribution distribution, long samples, ulong seed, Action<double>? progress = null,
        CancellationToken cancellation = default) =>
        CircuitCost.Of(Switch(Circuit, distribution, samples, seed, progress, cancellation), Library);

    /// <summary>Counts what random operands switch in a circuit.</summary>
    /// <param name="circuit">A circuit with the inputs of <see cref="Circuit"/>, which may compute the same in another way.</param>
    /// <param name="distribution">The distribution of each operand, independent of the one before. It is ignored for a float
    /// multiplier, whose operands are uniform in [−1, 1].</param>
    /// <param name="samples">How many operands follow another, rounded up to a multiple of 512.</param>
    /// <param name="seed">Determines the operands.</param>
    /// <param name="progress">Called with the fraction of the work done since the last call, if given.</param>
    /// <param name="cancellation">Stops between some thousands of operands.</param>
    public SwitchingActivity Switch(
        Netlist circuit, IntegerDistribution distribution, long samples, ulong seed,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var activity = new SwitchingActivity(circuit, hazards);
        for (ulong part = 0; activity.Transitions < samples; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            long left = (samples - activity.Transitions + SwitchingActivity.StreamsTogether - 1) / SwitchingActivity.StreamsTogether;
            int length = (int)Math.Min(LongestStream, left + 1);
            activity.Add(Draw(distribution, SwitchingActivity.StreamsTogether * length, new CounterRandom(seed, part)), length);
            progress?.Invoke((double)SwitchingActivity.StreamsTogether * (length - 1) / samples);
        }

        return activity;
    }

    /// <summary>An activity of <see cref="Circuit"/> without any changes.</summary>
    public SwitchingActivity NewActivity() => new(Circuit, hazards);

    /// <summary>Counts what operands that are given switch in the circuit of a multiplier.</summary>
    /// <param name="activity">What has been counted so far of <see cref="Circuit"/>.</param>
    /// <param name="activations">Streams of first operands, one after the other.</param>
    /// <param name="weights">As many second operands.</param>
    /// <param name="streamLength">How many operands a stream has; at least 2.</param>
    /// <exception cref="InputException">The circuit does not multiply mantissas.</exception>
    public void Count(SwitchingActivity activity, ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, int streamLength) =>
        activity.Add([Encode(activations), Encode(weights)], streamLength);

    /// <summary>
    /// Numbers as the circuit takes them: the bits of their format, or, where the circuit multiplies only mantissas, those
    /// with the hidden one, and 0 for a zero or a subnormal number.
    /// </summary>
    /// <exception cref="InputException">The circuit does not multiply mantissas of a format in binary32.</exception>
    ulong[] Encode(ReadOnlySpan<float> values)
    {
        int width = Circuit.Inputs.Count == 0 ? 0 : Circuit.Inputs[0].Width;
        int bits = isFloat ? width - FloatMultiplierCircuits.ExponentBits : width;
        if (Circuit.Inputs.Count != 2 || Circuit.Inputs[1].Width != width || bits is < 2 or > Binary32.FractionBits + 1)
        {
            throw new InputException(
                $"the circuit {Circuit} has inputs of {string.Join(" and ", Circuit.Inputs.Select(bus => bus.Width))} bits; "
                + $"a network's numbers need two inputs of the same width, 2 to {Binary32.FractionBits + 1}");
        }

        int dropped = Binary32.FractionBits + 1 - bits;
        ulong[] encoded = new ulong[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            uint pattern = BitConverter.SingleToUInt32Bits(values[i]);
            encoded[i] = isFloat ? pattern >> dropped
                : Binary32.ExponentField(pattern) == 0 ? 0
                : Binary32.Mantissa(pattern) >> dropped;
        }

        return encoded;
    }

    ulong[][] Draw(IntegerDistribution distribution, int count, CounterRandom random)
    {
        if (isFloat)
        {
            float[] activations = new float[count], weights = new float[count];
            OperandDistribution.Uniform11.Fill(ref random, activations, weights);
            return [Encode(activations), Encode(weights)];
        }

        ulong[][] operands = [.. Circuit.Inputs.Select(_ => new ulong[count])];
        for (int bus = 0; bus < operands.Length; bus++)
        {
            for (int i = 0; i < count; i++)
                operands[bus][i] = distribution.Draw(ref random, Circuit.Inputs[bus].Width);
        }

        return operands;
    }
}
