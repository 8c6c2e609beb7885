using System.Globalization;
using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>
/// Multiplier circuits described by one word: <c>KIND:BITS[:CELL][:OPTION=VALUE…]</c>, as <c>array:24:ama5</c>,
/// <c>array:8:ama1:columns=6</c>, <c>blocks:24:ama5:block=4:width=49</c>, <c>dadda:16</c> or <c>array:8:vertical=5</c>.
/// Where cells differ they are listed by position, from the lowest: <c>array:8:by-column=4xama5+2xama1</c>. Signed multipliers have a word
/// more: <c>array:8:signed</c>, <c>blocks:8:ama5:sign-magnitude</c>. The mantissa multipliers of the paper have names of their own:
/// <c>ax-fpm</c>, <c>ama5-flat</c>, <c>heap-like</c>.
/// </summary>
public static class CircuitDescription
{
    const string Form = "KIND:BITS[:CELL][:OPTION=VALUE…], for example array:24:ama5:columns=24";

    /// <summary>As many as there are blocks of one bit in the widest multiplier.</summary>
    const int MaxPlaces = MultiplierCircuits.MaxBits * MultiplierCircuits.MaxBits;

    static readonly (string Name, string Description)[] Named =
    [
        ("ax-fpm", "blocks:24:ama5:block=4:width=49"),
        ("ama5-flat", "array:24:ama5"),
        ("heap-like", HeapLike.Description),
    ];

    static readonly string[] Kinds = ["array", "carry-save", "wallace", "dadda", "blocks", "booth"];

    static readonly (string Name, string Help)[] Options =
    [
        ("columns", "the cell is in the columns below this one; other columns are exact"),
        ("rows", "the cell is in the rows below this one (array, carry-save)"),
        ("vertical", "partial products in the columns below this one are left out (not blocks, booth)"),
        ("horizontal", "partial products in the rows below this one are left out (not blocks, booth)"),
        ("block", "the width of a block (blocks); 4 where nothing is said"),
        ("width", "the width of the product (blocks); twice the operands' where nothing is said"),
    ];

    /// <summary>The words that make a multiplier signed.</summary>
    static readonly (string Name, string Help)[] Signs =
    [
        ("signed", "in two's complement: Baugh-Wooley's partial products, or Booth's digits (not blocks)"),
        ("sign-magnitude", "in two's complement: absolute values are multiplied, and the product is negated where the signs differ"),
    ];

    /// <summary>The options that list cells, by columns, rows or blocks.</summary>
    static readonly (string Name, string Help)[] Lists =
    [
        ("by-column", "the cells of columns 0, 1, …, as 4xama5+2xama1+ama2; those not listed are exact (not blocks)"),
        ("by-row", "the cells of rows 0, 1, …, likewise (array, carry-save)"),
        ("by-block", "the cells of the blocks that multiply the digits (0, 0), (0, 1), … of a and b, likewise (blocks)"),
    ];

    /// <summary>The names of the circuits that have one.</summary>
    public static IReadOnlyList<string> KnownNames => [.. Named.Select(known => known.Name)];

    /// <summary>The kinds of circuits.</summary>
    public static IReadOnlyList<string> KnownKinds => Kinds;

    /// <summary>The options with their descriptions.</summary>
    public static IReadOnlyList<(string Name, string Help)> KnownOptions => [.. Options, .. Lists];

    /// <summary>The words that make a multiplier signed, with their descriptions.</summary>
    public static IReadOnlyList<(string Name, string Help)> KnownSigns => Signs;

    /// <summary>Whether a text is meant as a description, right or wrong: it begins with a kind and a colon.</summary>
    /// <param name="given">What the user gave as a circuit.</param>
    public static bool IsMeant(string given) => Kinds.Contains(given.Split(':')[0].ToLowerInvariant()) && given.Contains(':');

    /// <summary>Builds the described circuit; its name is the description.</summary>
    /// <param name="given">The description, or one of <see cref="KnownNames"/>.</param>
    /// <exception cref="InputException">It is not of that form, or a kind, cell, option or number in it is wrong.</exception>
    public static Netlist Build(string given)
    {
        string text = given.ToLowerInvariant();
        string[] parts = (Named.FirstOrDefault(known => known.Name == text).Description ?? text).Split(':');
        if (parts.Length < 2)
            throw new InputException($"the circuit '{given}' is not of the form {Form}, nor one of {string.Join(", ", KnownNames)}");
        string kind = Names.Find("kind of circuit", parts[0], Kinds, name => name);
        int bits = Number(given, "the number of bits", parts[1], 1, MultiplierCircuits.MaxBits);
        Cell? single = null;
        string? sign = null;
        var options = new Dictionary<string, int>();
        (string Name, Cell[] Cells)? list = null;
        foreach (string part in parts.Skip(2))
        {
            string[] pair = part.Split('=', 2);
            if (pair.Length == 1)
            {
                if (!Signs.Any(known => known.Name == part))
                    single = Cells.FindAdder(part);
                else if (sign is not null)
                    throw new InputException($"the circuit '{given}' says {sign} and {part}; give one");
                else
                    sign = part;
                continue;
            }

            (string name, _) = Names.Find("option of circuits", pair[0], KnownOptions, option => option.Name);
            if (!Allowed(kind).Contains(name))
                throw new InputException($"the circuit '{given}': {kind} has no option {name}; it has {string.Join(", ", Allowed(kind))}");
            if (Lists.Any(known => known.Name == name))
            {
                if (list is not null)
                    throw new InputException($"the circuit '{given}' has two lists of cells; give one");
                list = (name, CellList(given, pair[1]));
                continue;
            }

            if (!options.TryAdd(name, Number(given, name, pair[1], name is "block" or "width" ? 1 : 0, 2 * MultiplierCircuits.MaxBits)))
                throw new InputException($"the circuit '{given}' gives {name} twice");
        }

        if (list is not null && (single is not null || options.ContainsKey("columns") || options.ContainsKey("rows")))
            throw new InputException($"the circuit '{given}' has both a list of cells and one cell, columns or rows; give the list alone");
        Cell cell = single ?? Cells.FullAdder;
        int columns = options.GetValueOrDefault("columns", int.MaxValue), rows = options.GetValueOrDefault("rows", int.MaxValue);
        Cell Listed(int place) => place < list.Value.Cells.Length ? list.Value.Cells[place] : Cells.FullAdder;
        Cell InArray(int row, int position) => list is not null
            ? Listed(list.Value.Name == "by-row" ? row : row + position)
            : row < rows && row + position < columns ? cell : Cells.FullAdder;
        Cell InColumn(int column) => list is not null ? Listed(column) : column < columns ? cell : Cells.FullAdder;
        int vertical = options.GetValueOrDefault("vertical"), horizontal = options.GetValueOrDefault("horizontal");
        Func<int, int, bool>? keeps = vertical == 0 && horizontal == 0 ? null : MultiplierCircuits.Broken(vertical, horizontal);
        int block = options.GetValueOrDefault("block", 4);
        if (kind == "blocks" && bits % block != 0)
            throw new InputException($"the circuit '{given}': {bits} bits cannot be cut into blocks of {block}");
        bool isSigned = sign == Signs[0].Name;
        if (isSigned && (kind == "blocks" || keeps is not null))
        {
            throw new InputException(
                $"the circuit '{given}': {(kind == "blocks" ? "blocks are" : "a multiplier that leaves partial products out is")} signed "
                    + "by 'sign-magnitude' only");
        }

        Netlist circuit = kind switch
        {
            "array" => MultiplierCircuits.Array(bits, InArray, given, keeps, isSigned),
            "carry-save" => MultiplierCircuits.CarrySave(bits, InArray, given, keeps, isSigned),
            "wallace" => MultiplierCircuits.Wallace(bits, InColumn, given, keeps, isSigned),
            "dadda" => MultiplierCircuits.Dadda(bits, InColumn, given, keeps, isSigned),
            "booth" => MultiplierCircuits.Booth(bits, InColumn, given, isSigned),
            // A block is approximate where all of its columns are.
            _ => MultiplierCircuits.Blocks(
                bits, block,
                (i, j) => list is not null ? Listed(i * (bits / block) + j) : (i + j + 1) * block < columns ? cell : Cells.FullAdder, given,
                options.TryGetValue("width", out int width) ? Math.Min(width, NetlistBuilder.MaxBits) : null),
        };
        return sign == Signs[1].Name ? MultiplierCircuits.SignMagnitude(circuit, given) : circuit;
    }

    static string[] Allowed(string kind) => kind switch
    {
        "array" or "carry-save" => ["columns", "rows", "vertical", "horizontal", "by-column", "by-row"],
        "wallace" or "dadda" => ["columns", "vertical", "horizontal", "by-column"],
        "blocks" => ["columns", "block", "width", "by-block"],
        _ => ["columns", "by-column"],
    };

    /// <summary>Cells with <c>+</c> between them, each with how often it comes: <c>4xama5+ama1</c>.</summary>
    static Cell[] CellList(string circuit, string given)
    {
        var cells = new List<Cell>();
        foreach (string run in given.Split('+'))
        {
            int times = 1;
            string name = run;
            if (run.Length > 0 && char.IsAsciiDigit(run[0]) && run.Split('x', 2) is [string count, string cell])
                (times, name) = (Number(circuit, "the number of cells", count, 1, MaxPlaces), cell);
            cells.AddRange(Enumerable.Repeat(Cells.FindAdder(name), times));
        }

        return cells.Count <= MaxPlaces
            ? [.. cells]
            : throw new InputException($"the circuit '{circuit}' lists {cells.Count} cells; there are at most {MaxPlaces} places");
    }

    static int Number(string circuit, string what, string given, int least, int most) =>
        int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new InputException($"the circuit '{circuit}': {what} is '{given}'; it is an integer from {least} to {most}");
}
