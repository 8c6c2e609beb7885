using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>A cell with what it costs in one technology.</summary>
public sealed record CharacterisedCell
{
    /// <summary>The cell: its name, inputs, outputs and truth tables.</summary>
    public required Cell Cell { get; init; }

    /// <summary>
    /// The energy that the cell takes from the supply when its inputs change, in fJ, its leakage not included: for the change
    /// from the inputs i to the inputs j (each read as a binary number, the first input the highest bit) it is the number at
    /// i · 2^inputs + j. Where only charge flows back it is negative; without a change it is 0.
    /// </summary>
    public required IReadOnlyList<double> Energy { get; init; }

    /// <summary>
    /// The power that the cell takes from its supply while its inputs rest, in nW, for each value of the inputs; what its inputs'
    /// drivers give through gates is not in it.
    /// </summary>
    public required IReadOnlyList<double> Leakage { get; init; }

    /// <summary>
    /// For each output and input, in ps, the longest time from a change of this input alone to the change of the output it
    /// causes, both at half the supply: at output · inputs + input. Null where the output does not depend on the input.
    /// </summary>
    public required IReadOnlyList<double?> Delays { get; init; }

    /// <summary>The area in µm².</summary>
    public required double Area { get; init; }

    /// <summary>How many transistors the circuit has that was measured.</summary>
    public required int Transistors { get; init; }

    /// <summary>Where the circuit and the numbers are from.</summary>
    public required string Source { get; init; }

    /// <summary>How many values the inputs have together.</summary>
    public int States => 1 << Cell.Inputs.Count;

    /// <summary>The mean of <see cref="Energy"/> over all changes, in fJ: for three inputs over 56.</summary>
    public double MeanEnergy => Energy.Sum() / (States * (States - 1));

    /// <summary>The mean of <see cref="Leakage"/>, in nW.</summary>
    public double MeanLeakage => Leakage.Average();

    /// <summary>The longest of <see cref="Delays"/>, in ps; 0 where the outputs are constant.</summary>
    public double WorstDelay => Delays.Max() ?? 0;

    /// <summary>The delay from an input to an output in ps, or null where the output does not depend on the input.</summary>
    /// <param name="output">Which output.</param>
    /// <param name="input">Which input.</param>
    public double? Delay(int output, int input) => Delays[output * Cell.Inputs.Count + input];
}
