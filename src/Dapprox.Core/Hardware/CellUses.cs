using System.Numerics;
using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>A way to compute one or two functions of two or three leaves with a cell.</summary>
/// <param name="Cell">Its inputs are connected to the leaves.</param>
/// <param name="Pins">The leaf at each input of the cell.</param>
/// <param name="Inverted">Bit i: leaf i enters inverted.</param>
/// <param name="Functions">Of each function the output of the cell that gives it, and the one that gives its inverse; −1 where none
/// does.</param>
sealed record CellUse(CharacterisedCell Cell, int[] Pins, int Inverted, IReadOnlyList<(int Direct, int Inverse)> Functions)
{
    /// <summary>The number of leaves that enter inverted.</summary>
    public int InvertedCount => BitOperations.PopCount((uint)Inverted);
}

/// <summary>All ways to use the cells of a library, by the functions that they compute.</summary>
sealed class CellUses
{
    readonly Dictionary<(int Leaves, byte Table), List<CellUse>> single = [];
    readonly Dictionary<(byte First, byte Second, int Leaves), List<CellUse>> pairs = [];

    public CellUses(CellLibrary library)
    {
        Inverter = library.Find(Cells.Not);
        foreach (CharacterisedCell cell in library.Cells.Where(cell => cell.Cell.Inputs.Count > 1))
        {
            foreach (int[] pins in Permutations(cell.Cell.Inputs.Count))
            {
                for (int inverted = 0; inverted < cell.States; inverted++)
                    Add(cell, pins, inverted);
            }
        }

        AndTransistors = (Least(0b1000, Cells.And) + Least(0b0111, Cells.And)) / 2.0;
        XorTransistors = Least(0b0110, Cells.Xor);

        // Where the library has no such gate, the message says so.
        double Least(int table, Cell gate) => Of(2, LogicNetwork.Widened(table, inputs: 2)) is { Count: > 0 } ways
            ? ways.Min(Transistors)
            : library.Find(gate).Transistors;
    }

    /// <summary>The transistors of a cell and of the inverters at its inputs and output.</summary>
    int Transistors(CellUse use) =>
        use.Cell.Transistors + (use.InvertedCount + (use.Functions[0].Direct < 0 ? 1 : 0)) * Inverter.Transistors;

    /// <summary>The inverter.</summary>
    public CharacterisedCell Inverter { get; }

    /// <summary>The transistors of an AND, between those of AND and of NAND.</summary>
    public double AndTransistors { get; }

    /// <summary>The transistors of an XOR.</summary>
    public double XorTransistors { get; }

    /// <summary>The ways to compute a function, in the order of the library; none if no cell does.</summary>
    /// <param name="leaves">The number of leaves, 2 or 3; the function depends on all.</param>
    /// <param name="table">The truth table, as in <see cref="Cut"/>.</param>
    public IReadOnlyList<CellUse> Of(int leaves, byte table) => single.GetValueOrDefault((leaves, table)) ?? [];

    /// <summary>The ways to compute two functions of the same leaves with one cell.</summary>
    public IReadOnlyList<CellUse> Of(int leaves, byte first, byte second) => pairs.GetValueOrDefault((first, second, leaves)) ?? [];

    void Add(CharacterisedCell cell, int[] pins, int inverted)
    {
        int leaves = pins.Length;
        byte[] tables = [.. Enumerable.Range(0, cell.Cell.Outputs.Count).Select(output => Table(cell.Cell, output, pins, inverted))];
        // An output that does not need all inputs is no reason to use the cell.
        int[] whole = [.. Enumerable.Range(0, tables.Length).Where(output => Enumerable.Range(0, leaves)
            .All(leaf => Cut.DependsOn(tables[output], leaf)))];
        byte[] functions = [.. whole.SelectMany(output => (byte[])[tables[output], (byte)~tables[output]]).Distinct()];
        foreach (byte table in functions)
        {
            Listed(single, (leaves, table)).Add(new CellUse(cell, pins, inverted, [Outputs(table)]));
            foreach (byte other in functions.Where(other => other != table && other != (byte)~table))
                Listed(pairs, (table, other, leaves)).Add(new CellUse(cell, pins, inverted, [Outputs(table), Outputs(other)]));
        }

        (int Direct, int Inverse) Outputs(byte table) => (Array.IndexOf(tables, table), Array.IndexOf(tables, (byte)~table));

        static List<CellUse> Listed<TKey>(Dictionary<TKey, List<CellUse>> uses, TKey key)
            where TKey : notnull
        {
            if (!uses.TryGetValue(key, out List<CellUse>? list))
                uses.Add(key, list = []);
            return list;
        }
    }

    /// <summary>The truth table of an output over the leaves.</summary>
    static byte Table(Cell cell, int output, int[] pins, int inverted)
    {
        int table = 0;
        for (int index = 0; index < 8; index++)
        {
            int input = 0;
            foreach (int leaf in pins)
                input = 2 * input + ((index >> (2 - leaf) ^ inverted >> leaf) & 1);
            table |= (cell.Evaluate(output, input) ? 1 : 0) << index;
        }

        return (byte)table;
    }

    static IEnumerable<int[]> Permutations(int count) =>
        count == 2 ? [[0, 1], [1, 0]] : [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
}
