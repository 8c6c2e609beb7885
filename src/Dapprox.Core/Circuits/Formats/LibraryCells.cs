namespace Dapprox.Circuits.Formats;

/// <summary>The cells that a file may use without saying what they are.</summary>
static class LibraryCells
{
    static readonly Cell Nand3 = new("nand3", ["A", "B", "C"], ("Y", "11111110")) { Logic = "(ABC)'" };
    static readonly Cell Nor3 = new("nor3", ["A", "B", "C"], ("Y", "10000000")) { Logic = "(A + B + C)'" };
    static readonly Cell AndOrInvert = new("aoi21", ["A", "B", "C"], ("Y", "10101000")) { Logic = "(AB + C)'" };
    static readonly Cell OrAndInvert = new("oai21", ["A", "B", "C"], ("Y", "11101010")) { Logic = "((A + B)C)'" };

    /// <summary>
    /// By the names of the 45 nm library that EvoApproxLib's files are mapped to. Some of those files have names that came
    /// out of a text replacement gone wrong; the C code beside them tells which cell is meant.
    /// </summary>
    static readonly Dictionary<string, Cell> Mapped = new(StringComparer.Ordinal)
    {
        ["INVX1"] = Cells.Not,
        ["INVX2"] = Cells.Not,
        ["INVX4"] = Cells.Not,
        ["INVX8"] = Cells.Not,
        ["BUFX2"] = Cells.Buffer,
        ["BUFX4"] = Cells.Buffer,
        ["AND2X1"] = Cells.And,
        ["AND2X2"] = Cells.And,
        ["OR2X1"] = Cells.Or,
        ["OR2X2"] = Cells.Or,
        ["NAND2X1"] = Cells.Nand,
        ["NOR2X1"] = Cells.Nor,
        ["XOR2X1"] = Cells.Xor,
        ["XNOR2X1"] = Cells.Xnor,
        ["NAND3X1"] = Nand3,
        ["NOR3X1"] = Nor3,
        ["AOI21X1"] = AndOrInvert,
        ["OAI21X1"] = OrAndInvert,
        ["HAX1"] = Cells.HalfAdder,
        ["FAX1"] = Cells.FullAdder,
        // The cell of the library itself inverts; EvoApproxLib's does not.
        [Prefix + "MUX2X1"] = Cells.Multiplexer,
        ["PDKGEPDKGENNAND2X1"] = Cells.And,
        ["NPDKGEPDKGENNAND2X1"] = Cells.Nand,
        ["NPDKGENAND2X1"] = Cells.Nand,
        ["NPDKGENOR2X1"] = Cells.Nor,
        ["XPDKGENOR2X1"] = Cells.Xor,
        ["XNPDKGENOR2X1"] = Cells.Xnor,
    };

    static readonly Dictionary<string, Cell> Ours = Cells.All.ToDictionary(cell => cell.Name, StringComparer.Ordinal);

    const string Prefix = "PDKGEN";

    /// <summary>The cell of that name, with the names that files give its outputs; null where there is none.</summary>
    public static (Cell Cell, IReadOnlyList<string> Outputs)? Find(string name)
    {
        if (Ours.TryGetValue(name, out Cell? ours))
            return (ours, ours.Outputs);
        string bare = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        if (!Mapped.TryGetValue(name, out Cell? cell) && !Mapped.TryGetValue(bare, out cell))
            return null;
        return (cell, cell.Outputs.Count == 2 ? ["YS", "YC"] : cell.Outputs);
    }

    /// <summary>
    /// A known cell that does the same: of several the one with that name, otherwise the first; where there is none, a new
    /// one with that name. It may name its inputs and outputs differently, but has them in the same order.
    /// </summary>
    public static Cell Matching(string name, IReadOnlyList<string> inputs, IReadOnlyList<(string Name, string Table)> outputs)
    {
        Cell[] same = [.. Cells.All.Where(known => known.Inputs.Count == inputs.Count
            && Enumerable.Range(0, known.Outputs.Count).Select(known.Table).SequenceEqual(outputs.Select(output => output.Table)))];
        return same.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? same.FirstOrDefault() ?? new Cell(name, inputs, outputs);
    }

    /// <summary>A gate with a truth table, a known one if there is one.</summary>
    /// <param name="table">A character for each value of the inputs, the first of which counts highest.</param>
    public static Cell Gate(string table)
    {
        string[] inputs = table.Length switch { 2 => ["A"], 4 => ["A", "B"], _ => ["A", "B", "C"] };
        return Matching($"lut_{table}", inputs, [("Y", table)]);
    }
}
