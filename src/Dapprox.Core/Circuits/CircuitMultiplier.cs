using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>
/// A floating-point multiplier whose mantissas are multiplied by a circuit: an unsigned multiplier with two inputs, the
/// activation's mantissa and the weight's, and one output. It works wherever a multiplier does.
/// </summary>
public sealed class CircuitMultiplier : MantissaMultiplier
{
    /// <summary>Creates the multiplier.</summary>
    /// <param name="circuit">The mantissa multiplier: two inputs as wide as the mantissas, hidden ones included.</param>
    /// <param name="format">The format; null for the one with 8 exponent bits that fits the circuit's inputs.</param>
    /// <param name="overflow">
    /// Whether the exponent follows the position of the leading one. <see cref="MantissaOverflow.Renormalised"/>, with which an exact
    /// circuit
    /// gives exact products, truncated; Ax-FPM as published needs <see cref="MantissaOverflow.Released"/>.
    /// </param>
    /// <param name="name">The name; null for the circuit's.</param>
    /// <param name="summary">What it computes, in one line; null for the circuit's shape.</param>
    /// <param name="source">Where it was published.</param>
    /// <exception cref="InputException">The circuit is not a multiplier of such mantissas.</exception>
    public CircuitMultiplier(
        Netlist circuit, FloatFormat? format = null, MantissaOverflow overflow = MantissaOverflow.Renormalised,
        string? name = null, string? summary = null, string source = "")
        : base(name ?? circuit.Name, summary ?? Shape(circuit), source, overflow, format ?? Fitting(circuit, name ?? circuit.Name))
    {
        if (!IsMultiplier(circuit) || circuit.Inputs[0].Width != Format.MantissaBits)
        {
            throw new InputException(
                $"the circuit {circuit.Name} has {Ports(circuit)}; a mantissa multiplier of a format with {Format.FractionBits} fraction "
                + $"bits has two inputs of {Format.MantissaBits} bits and one output of at most {MaxProductBits}");
        }

        if (circuit.IsSigned)
            throw new InputException($"the circuit {circuit.Name} is signed; a mantissa multiplier takes the product of unsigned numbers");
        Circuit = circuit;
    }

    /// <summary>The widest product.</summary>
    const int MaxProductBits = 63;

    /// <summary>The circuit.</summary>
    public Netlist Circuit { get; }

    /// <inheritdoc/>
    public override ulong MultiplyMantissas(uint activation, uint weight) => (ulong)Circuit.Evaluate(activation, weight)[0];

    static bool IsMultiplier(Netlist circuit) =>
        circuit.Inputs.Count == 2 && circuit.Inputs[0].Width == circuit.Inputs[1].Width
        && circuit.Outputs.Count == 1 && circuit.Outputs[0].Width <= MaxProductBits;

    /// <summary>The format with 8 exponent bits whose mantissas are as wide as the first input.</summary>
    static FloatFormat Fitting(Netlist circuit, string name)
    {
        int bits = circuit.Inputs.Count == 0 ? 0 : circuit.Inputs[0].Width;
        return bits is >= 2 and <= Binary32.FractionBits + 1
            ? new(8, bits - 1)
            : throw new InputException(
                $"{name} has {Ports(circuit)}; as a float multiplier it would multiply mantissas, which have 2 to "
                + $"{Binary32.FractionBits + 1} bits, so give a circuit with two such inputs");
    }

    static string Shape(Netlist circuit) => $"circuit of {circuit.Elements.Count} cells";

    static string Ports(Netlist circuit) =>
        $"inputs of {string.Join(" and ", circuit.Inputs.Select(bus => bus.Width))} bits "
        + $"and outputs of {string.Join(" and ", circuit.Outputs.Select(bus => bus.Width))}";
}
