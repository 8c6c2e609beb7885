using System.Globalization;

namespace DefensiveApproximation.Circuits;

/// <summary>
/// Multiplier circuits described in a word: <c>KIND:BITS[:CELL][:OPTION=VALUE…]</c>, as <c>array:24:ama5</c>,
/// <c>array:8:ama1:columns=6</c>, <c>blocks:24:ama5:block=4:width=49</c>, <c>dadda:16</c> or <c>array:8:vertical=5</c>.
/// </summary>
public static class CircuitDescription
{
    const string Form = "KIND:BITS[:CELL][:OPTION=VALUE…], for example array:24:ama5:columns=24";

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

    /// <summary>The kinds of circuits.</summary>
    public static IReadOnlyList<string> KnownKinds => Kinds;

    /// <summary>The options, with what they do.</summary>
    public static IReadOnlyList<(string Name, string Help)> KnownOptions => Options;

    /// <summary>Whether a text is meant as a description, right or wrong: it begins with a kind and a colon.</summary>
    /// <param name="given">The text.</param>
    public static bool IsMeant(string given) => Kinds.Contains(given.Split(':')[0].ToLowerInvariant()) && given.Contains(':');

    /// <summary>The circuit that is described; its name is the description.</summary>
    /// <param name="given">The description.</param>
    /// <exception cref="InputException">It is not of that form, or a kind, cell, option or number in it is wrong.</exception>
    public static Netlist Build(string given)
    {
        string[] parts = given.ToLowerInvariant().Split(':');
        if (parts.Length < 2)
            throw new InputException($"the circuit '{given}' is not of the form {Form}");
        string kind = Names.Find("kind of circuit", parts[0], Kinds, name => name);
        int bits = Number(given, "the number of bits", parts[1], 1, MultiplierCircuits.MostBits);
        Cell cell = Cells.FullAdder;
        var options = new Dictionary<string, int>();
        foreach (string part in parts.Skip(2))
        {
            string[] pair = part.Split('=', 2);
            if (pair.Length == 1)
            {
                cell = Cells.FindAdder(part);
                continue;
            }

            (string name, _) = Names.Find("option of circuits", pair[0], Options, option => option.Name);
            if (!Allowed(kind).Contains(name))
                throw new InputException($"the circuit '{given}': {kind} has no option {name}; it has {string.Join(", ", Allowed(kind))}");
            if (!options.TryAdd(name, Number(given, name, pair[1], name is "block" or "width" ? 1 : 0, 2 * MultiplierCircuits.MostBits)))
                throw new InputException($"the circuit '{given}' gives {name} twice");
        }

        int columns = options.GetValueOrDefault("columns", int.MaxValue), rows = options.GetValueOrDefault("rows", int.MaxValue);
        Cell InArray(int row, int position) => row < rows && row + position < columns ? cell : Cells.FullAdder;
        Cell InColumn(int column) => column < columns ? cell : Cells.FullAdder;
        int vertical = options.GetValueOrDefault("vertical"), horizontal = options.GetValueOrDefault("horizontal");
        Func<int, int, bool>? keeps = vertical == 0 && horizontal == 0 ? null : MultiplierCircuits.Broken(vertical, horizontal);
        int block = options.GetValueOrDefault("block", 4);
        if (kind == "blocks" && bits % block != 0)
            throw new InputException($"the circuit '{given}': {bits} bits cannot be cut into blocks of {block}");
        return kind switch
        {
            "array" => MultiplierCircuits.Array(bits, InArray, given, keeps),
            "carry-save" => MultiplierCircuits.CarrySave(bits, InArray, given, keeps),
            "wallace" => MultiplierCircuits.Wallace(bits, InColumn, given, keeps),
            "dadda" => MultiplierCircuits.Dadda(bits, InColumn, given, keeps),
            "booth" => MultiplierCircuits.Booth(bits, InColumn, given),
            // A block is approximate where all of its columns are.
            _ => MultiplierCircuits.Blocks(
                bits, block, (i, j) => (i + j + 1) * block < columns ? cell : Cells.FullAdder, given,
                options.TryGetValue("width", out int width) ? Math.Min(width, NetlistBuilder.MostBits) : null),
        };
    }

    static string[] Allowed(string kind) => kind switch
    {
        "array" or "carry-save" => ["columns", "rows", "vertical", "horizontal"],
        "wallace" or "dadda" => ["columns", "vertical", "horizontal"],
        "blocks" => ["columns", "block", "width"],
        _ => ["columns"],
    };

    static int Number(string circuit, string what, string given, int least, int most) =>
        int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new InputException($"the circuit '{circuit}': {what} is '{given}'; it is a whole number from {least} to {most}");
}
