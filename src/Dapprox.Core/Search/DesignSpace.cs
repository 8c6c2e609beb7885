using System.Text;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>The multipliers of one shape with any of some cells at each position: column, row or block.</summary>
public sealed class DesignSpace
{
    readonly string shape;
    readonly string list;
    readonly int[] places;

    /// <summary>Creates the space.</summary>
    /// <param name="shape">
    /// A circuit without cells (<see cref="CircuitDescription"/>): <c>array:24</c>, <c>blocks:24:block=4</c>.
    /// </param>
    /// <param name="places">What the positions are: <c>columns</c>, <c>rows</c> or <c>blocks</c>.</param>
    /// <param name="cells">The cells to choose from, 1 to 256.</param>
    /// <exception cref="InputException">There is no such circuit, or it has no such positions.</exception>
    public DesignSpace(string shape, string places, IReadOnlyList<Cell> cells)
    {
        ArgumentOutOfRangeException.ThrowIfZero(cells.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cells.Count, 256);
        this.shape = shape;
        Cells = cells;
        list = "by-" + places.TrimEnd('s');
        Netlist exact = CircuitDescription.Build(shape);
        (Bits, IsSigned) = (exact.Inputs[0].Width, exact.IsSigned);
        // A position counts where another cell, used there alone, occurs in the circuit.
        int most = places == "blocks" ? exact.Inputs[0].Width * exact.Inputs[1].Width : exact.Outputs[0].Width;
        this.places = [.. Enumerable.Range(0, most).Where(place =>
            CircuitDescription.Build(Text([.. Enumerable.Repeat(Circuits.Cells.FullAdder, place), Circuits.Cells.Ama5]))
                .Elements.Any(element => element.Cell == Circuits.Cells.Ama5))];
        if (this.places.Length == 0)
            throw new InputException($"the circuit '{shape}' has no {places} whose adders could be chosen; give one with wider operands");
    }

    /// <summary>The cells to choose from.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>The width of the operands.</summary>
    public int Bits { get; }

    /// <summary>Whether the operands are in two's complement.</summary>
    public bool IsSigned { get; }

    /// <summary>The number of positions.</summary>
    public int Places => places.Length;

    /// <summary>The shape and the kind of positions, for a title.</summary>
    public string Title => $"{shape} {list.Replace('-', ' ')}";

    /// <summary>A text that differs where the space does.</summary>
    public string Summary => $"{shape} {list} {string.Join('+', Cells)}";

    /// <summary>The description of one multiplier, which works wherever a circuit is asked for.</summary>
    /// <param name="genes">For each position the index of its cell.</param>
    public string Describe(ReadOnlySpan<byte> genes)
    {
        // At a position that the circuit does not have, the cell of the next one gives the shortest list.
        var cells = new Cell[places[^1] + 1];
        for (int i = 0, place = 0; i < places.Length; i++)
        {
            for (; place <= places[i]; place++)
                cells[place] = Cells[genes[i]];
        }

        return Text(cells);
    }

    /// <summary>Builds one multiplier.</summary>
    /// <param name="genes">For each position the index of its cell.</param>
    public Netlist Build(ReadOnlySpan<byte> genes) => CircuitDescription.Build(Describe(genes));

    /// <summary>The shape with a list of cells, in which cells that are alike and beside each other are counted.</summary>
    string Text(Cell[] cells)
    {
        int length = cells.Length;
        while (length > 1 && cells[length - 1] == Circuits.Cells.FullAdder)
            length--;
        var text = new StringBuilder($"{shape}:{list}=");
        for (int first = 0; first < length;)
        {
            int end = first + 1;
            while (end < length && cells[end] == cells[first])
                end++;
            if (first > 0)
                text.Append('+');
            if (end - first > 1)
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{end - first}x");
            text.Append(cells[first].Name);
            first = end;
        }

        return text.ToString();
    }
}
