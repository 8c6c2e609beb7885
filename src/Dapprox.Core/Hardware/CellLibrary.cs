using System.Reflection;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>What cells cost in one technology, under one supply and temperature.</summary>
public sealed partial class CellLibrary
{
    const string ShippedName = "ptm45";

    static readonly Lazy<CellLibrary> ShippedLibrary = new(() =>
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ShippedName + ".json")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), ShippedName);
    });

    readonly Dictionary<string, CharacterisedCell> byName;
    readonly Dictionary<string, CharacterisedCell> byFunction = [];

    /// <summary>Puts a library together.</summary>
    /// <param name="name">The name, for messages and reports.</param>
    /// <param name="technology">The transistors, and where their models are from.</param>
    /// <param name="conditions">How the cells were measured.</param>
    /// <param name="areaRule">Where the areas are from.</param>
    /// <param name="cells">The cells, at least one, all with different names.</param>
    /// <exception cref="ArgumentException">Two cells have the same name.</exception>
    public CellLibrary(string name, string technology, string conditions, string areaRule, IReadOnlyList<CharacterisedCell> cells)
    {
        (Name, Technology, Conditions, AreaRule, Cells) = (name, technology, conditions, areaRule, [.. cells]);
        byName = cells.ToDictionary(cell => cell.Cell.Name);
        foreach (CharacterisedCell cell in cells)
            byFunction.TryAdd(Function(cell.Cell), cell);
    }

    /// <summary>
    /// The library that comes with the program: 45 nm high performance, 1.0 V, 27 °C, made by 'dapprox cells characterise'
    /// with the Predictive Technology Model (Zhao, Cao, "New Generation of Predictive Technology Model for Sub-45 nm Early
    /// Design Exploration", IEEE Trans. Electron Devices 53(11), 2006).
    /// </summary>
    public static CellLibrary Shipped => ShippedLibrary.Value;

    /// <summary>Where the areas of characterised cells are from.</summary>
    public static string UsualAreaRule => CellAreas.Rule;

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The transistors, and where their models are from.</summary>
    public string Technology { get; }

    /// <summary>How the cells were measured.</summary>
    public string Conditions { get; }

    /// <summary>Where the areas are from.</summary>
    public string AreaRule { get; }

    /// <summary>The cells.</summary>
    public IReadOnlyList<CharacterisedCell> Cells { get; }

    /// <summary>What a cell costs: the library's cell of that name, or of another name with the same truth tables.</summary>
    /// <param name="cell">A cell; the library is searched by its name and truth tables.</param>
    /// <exception cref="InputException">There is none.</exception>
    public CharacterisedCell Find(Cell cell)
    {
        string function = Function(cell);
        if (byName.TryGetValue(cell.Name, out CharacterisedCell? named) && Function(named.Cell) == function)
            return named;
        return byFunction.GetValueOrDefault(function)
            ?? throw new InputException(
                $"the cell library {Name} has no cell {cell.Name} with the truth tables {function.Replace(' ', '/')}; "
                + $"it has {string.Join(", ", Cells.Select(known => known.Cell.Name))}; give a library with such a cell with --library");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The truth tables in one word.</summary>
    static string Function(Cell cell) => string.Join(' ', Enumerable.Range(0, cell.Outputs.Count).Select(cell.Table));
}
