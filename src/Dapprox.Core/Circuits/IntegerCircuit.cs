using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>The multiplier of integers that a circuit is, with the sign that the circuit has.</summary>
public sealed class IntegerCircuit : IntegerMultiplier
{
    readonly SlicedInterpreter interpreter;

    /// <summary>Takes a circuit as a multiplier.</summary>
    /// <param name="circuit">A circuit with two inputs and one output.</param>
    /// <exception cref="InputException">The circuit is no such multiplier.</exception>
    public IntegerCircuit(Netlist circuit)
        : base(circuit.Name, Checked(circuit).Inputs[0].Width, circuit.Inputs[1].Width, circuit.Outputs[0].Width, circuit.IsSigned)
    {
        Circuit = circuit;
        interpreter = new SlicedInterpreter(circuit);
    }

    /// <summary>The circuit.</summary>
    public Netlist Circuit { get; }

    /// <summary>
    /// The circuit of a multiplier: its own, or the array of an exact one; null for one that is known only by what it computes.
    /// </summary>
    /// <param name="multiplier">A multiplier of integers.</param>
    public static Netlist? Of(IntegerMultiplier multiplier) => multiplier switch
    {
        IntegerCircuit made => made.Circuit,
        ExactIntegerMultiplier exact => CircuitDescription.Build($"array:{exact.FirstWidth}{(exact.IsSigned ? ":signed" : "")}"),
        _ => null,
    };

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<UInt128> products) =>
        interpreter.Evaluate(a, b, products);

    static Netlist Checked(Netlist circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.Inputs.Count != 2 || circuit.Outputs.Count != 1)
        {
            throw new InputException(
                $"the circuit {circuit.Name} has inputs of {Widths(circuit.Inputs)} bits and outputs of {Widths(circuit.Outputs)}; "
                + "a multiplier has two inputs and one output");
        }

        return circuit;
    }

    static string Widths(IReadOnlyList<Bus> buses) => buses.Count == 0 ? "no" : string.Join(" and ", buses.Select(bus => bus.Width));
}
