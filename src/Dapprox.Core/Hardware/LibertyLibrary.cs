using System.Globalization;
using System.IO.Compression;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>A pin of a <see cref="LibertyCell"/>.</summary>
/// <param name="Name">Its name, unique in the cell.</param>
/// <param name="IsOutput">Whether the cell drives it.</param>
/// <param name="Capacitance">The capacitance of an input, in fF.</param>
/// <param name="Function">The function of an output, as the file writes it; null for others and for what is not combinational.</param>
public sealed record LibertyPin(string Name, bool IsOutput, double Capacitance, string? Function);

/// <summary>A cell of a Liberty library.</summary>
/// <param name="Name">Its name, unique in the library.</param>
/// <param name="Area">The area in the unit of the library, mostly µm².</param>
/// <param name="Leakage">The power at rest, in nW.</param>
/// <param name="Pins">The pins, without those of the supply.</param>
public sealed record LibertyCell(string Name, double Area, double Leakage, IReadOnlyList<LibertyPin> Pins);

/// <summary>
/// What is used of a standard-cell library in the Liberty format: the areas, leakage, capacitances and functions of its cells. Timing is
/// left to the program that maps.
/// </summary>
public sealed class LibertyLibrary
{
    const double FemtofaradsPerFarad = 1e15, NanowattsPerWatt = 1e9;

    LibertyLibrary(string name, string text, double voltage, IReadOnlyDictionary<string, LibertyCell> cells)
    {
        (Name, Text, Voltage, Cells) = (name, text, voltage, cells);
    }

    /// <summary>The name that the file gives itself.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public string Text { get; }

    /// <summary>The supply in V.</summary>
    public double Voltage { get; }

    /// <summary>The cells by name.</summary>
    public IReadOnlyDictionary<string, LibertyCell> Cells { get; }

    /// <summary>Reads a file, also one compressed with gzip.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It cannot be read, or is no Liberty library.</exception>
    public static LibertyLibrary Load(string path) => InputFile.Read(path, stream =>
    {
        try
        {
            bool isCompressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
            stream.Position = 0;
            using Stream content = isCompressed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            using var reader = new StreamReader(content);
            return Parse(LibertyText.ReadAll(reader, path), path);
        }
        catch (InvalidDataException e)
        {
            throw new InputException($"'{path}' is damaged: {e.Message.TrimEnd('.')}", e);
        }
    });

    /// <summary>Reads a library.</summary>
    /// <param name="text">The text of a Liberty file.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="InputException">It is no Liberty library, or has no cells.</exception>
    public static LibertyLibrary Parse(string text, string path)
    {
        LibertyGroup library = new LibertyText(text, path).Read();
        if (library.Kind != "library")
            throw new InputException($"'{path}' is no Liberty library: it begins with '{library.Kind}', and not with 'library'");
        double capacitance = Capacitance(library, path), leakage = Unit(library, "leakage_power_unit", "1nW", 'W', path) * NanowattsPerWatt;
        double? voltage = library.Number("nom_voltage") ?? library.Groups("operating_conditions").Select(group => group.Number("voltage"))
            .FirstOrDefault(given => given is not null);
        var cells = new Dictionary<string, LibertyCell>(StringComparer.Ordinal);
        foreach (LibertyGroup cell in library.Groups("cell"))
        {
            cells[cell.Name] = new LibertyCell(
                cell.Name, cell.Number("area") ?? 0, Leakage(cell) * leakage,
                [
                    .. cell.Groups("pin").Select(pin => new LibertyPin(
                        pin.Name, pin.Text("direction") == "output", (pin.Number("capacitance") ?? 0) * capacitance, pin.Text("function"))),
                ]);
        }

        return cells.Count == 0 || voltage is null
            ? throw new InputException($"'{path}' is no library of cells: it has {(cells.Count == 0 ? "no cells" : "no voltage")}")
            : new LibertyLibrary(library.Name, text, voltage.Value, cells);
    }

    /// <summary>The mean over the states, where the cell has them; otherwise its one value.</summary>
    static double Leakage(LibertyGroup cell)
    {
        double[] states = [.. cell.Groups("leakage_power").Select(state => state.Number("value") ?? 0)];
        return cell.Number("cell_leakage_power") ?? states.DefaultIfEmpty().Average();
    }

    /// <summary>The unit of capacitance in fF.</summary>
    static double Capacitance(LibertyGroup library, string path)
    {
        if (library.Text("capacitive_load_unit") is not string given)
            return 1e3;
        string[] parts = given.Split(',', StringSplitOptions.TrimEntries);
        double farads = parts.Length == 2 && parts[1].ToLowerInvariant() is "pf" or "ff"
            ? Number(parts[0], path) * (parts[1].StartsWith('p') || parts[1].StartsWith('P') ? 1e-12 : 1e-15)
            : throw new InputException($"'{path}': the unit of capacitance is '{given}'; known are pf and ff");
        return farads * FemtofaradsPerFarad;
    }

    /// <summary>A unit such as <c>1nW</c>.</summary>
    static double Unit(LibertyGroup library, string attribute, string otherwise, char unit, string path)
    {
        string given = library.Text(attribute) ?? otherwise;
        string number = given.TrimEnd(unit).TrimEnd('p', 'n', 'u', 'm');
        double factor = given[number.Length..].TrimEnd(unit) switch { "p" => 1e-12, "n" => 1e-9, "u" => 1e-6, "m" => 1e-3, _ => 1 };
        return Number(number, path) * factor;
    }

    static double Number(string text, string path) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new InputException($"'{path}': '{InputFile.OneLine(text, 40)}' stands where a number is expected");
}
