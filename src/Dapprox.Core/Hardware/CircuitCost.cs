using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>What a circuit costs in a technology. Every element is priced as it stands, also one that no output needs.</summary>
/// <remarks>Not in it: wires, and what an output drives: each is priced with the load that it was measured with.</remarks>
public sealed record CircuitCost
{
    // nW times ps is 10⁻²¹ J, 10⁻⁶ fJ.
    const double FemtojoulesPerNanowattPicosecond = 1e-6;

    /// <summary>The circuit.</summary>
    public required Netlist Circuit { get; init; }

    /// <summary>
    /// The mean energy from one operand to the next, in fJ, without leakage: over all elements and all changes of their
    /// inputs, how often it occurs times its energy, divided by the number of operands that followed another. With the energy
    /// of hazards (changes that are undone before the nets settle), if the activity has them.
    /// </summary>
    public required double Energy { get; init; }

    /// <summary>The mean power of leakage, in nW: each element's, weighted by how often its inputs had each value.</summary>
    public required double LeakagePower { get; init; }

    /// <summary>
    /// The longest path from an input to an output, in ps: the sum of the cells' delays from the input taken to the output
    /// taken. No operands need to make all of a path switch: false paths are not taken out.
    /// </summary>
    public required double Delay { get; init; }

    /// <summary>The sum of the cells' areas, in µm².</summary>
    public required double Area { get; init; }

    /// <summary>The number of transistors.</summary>
    public required long Transistors { get; init; }

    /// <summary>How many operands followed another.</summary>
    public required long Transitions { get; init; }

    /// <summary>The energy that leaks in the time of <see cref="Delay"/>, one product after the other at full speed, in fJ.</summary>
    public double LeakageEnergy => LeakagePower * Delay * FemtojoulesPerNanowattPicosecond;

    /// <summary>The energy of a product at full speed, in fJ: what switches and what leaks.</summary>
    public double TotalEnergy => Energy + LeakageEnergy;

    /// <summary>Prices a circuit.</summary>
    /// <param name="activity">The circuit, and how it switched; at least one change.</param>
    /// <param name="library">The library with energy, delay and area of every cell in the circuit.</param>
    /// <exception cref="InputException">The library lacks a cell.</exception>
    /// <exception cref="ArgumentException">Nothing has been counted.</exception>
    public static CircuitCost Of(SwitchingActivity activity, CellLibrary library)
    {
        if (activity.Transitions == 0)
            throw new ArgumentException("Nothing has switched yet.", nameof(activity));
        Netlist circuit = activity.Netlist;
        CharacterisedCell[] cells = Cells(circuit, library);
        double energy = 0, leakage = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            energy += activity.Changes(i).Zip(cells[i].Energy, (count, one) => count * one).Sum();
            leakage += activity.Settled(i).Zip(cells[i].Leakage, (count, one) => count * one).Sum();
        }

        return new CircuitCost
        {
            Circuit = circuit,
            Energy = energy / activity.Transitions,
            LeakagePower = leakage / activity.Transitions,
            Delay = LongestPath(circuit, cells),
            Area = cells.Sum(cell => cell.Area),
            Transistors = cells.Sum(cell => (long)cell.Transistors),
            Transitions = activity.Transitions,
        };
    }

    /// <summary>The longest path of a circuit, as <see cref="Delay"/>, in ps; 0 where no output depends on an input.</summary>
    /// <param name="circuit">Any circuit of the library's cells.</param>
    /// <param name="library">The library with energy, delay and area of every cell in the circuit.</param>
    /// <exception cref="InputException">The library lacks a cell.</exception>
    public static double LongestPath(Netlist circuit, CellLibrary library) => LongestPath(circuit, Cells(circuit, library));

    static CharacterisedCell[] Cells(Netlist circuit, CellLibrary library)
    {
        var found = new Dictionary<Cell, CharacterisedCell>();
        var cells = new CharacterisedCell[circuit.Elements.Count];
        for (int i = 0; i < cells.Length; i++)
        {
            Cell cell = circuit.Elements[i].Cell;
            if (!found.TryGetValue(cell, out CharacterisedCell? priced))
                found.Add(cell, priced = library.Find(cell));
            cells[i] = priced;
        }

        return cells;
    }

    static double LongestPath(Netlist circuit, CharacterisedCell[] cells)
    {
        // Constants, and what depends on nothing else, never switch: no path begins there.
        double[] arrival = new double[circuit.NetCount];
        arrival.AsSpan().Fill(double.NegativeInfinity);
        foreach (int net in circuit.Inputs.SelectMany(bus => bus.Nets))
            arrival[net] = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            Element element = circuit.Elements[i];
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
            {
                ref double latest = ref arrival[element.FirstOutput + output];
                for (int input = 0; input < element.Inputs.Count; input++)
                {
                    if (cells[i].Delay(output, input) is double delay)
                        latest = Math.Max(latest, arrival[element.Inputs[input]] + delay);
                }
            }
        }

        return Math.Max(0, circuit.Outputs.SelectMany(bus => bus.Nets).Max(net => arrival[net]));
    }
}
