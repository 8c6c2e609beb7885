namespace Dapprox.Circuits.Formats;

/// <summary>A form in which circuits are kept in files.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Extensions">The ends of names of such files; the first is the usual one.</param>
/// <param name="Read">Reads one; takes the text and the name of the circuit where the text says none. Null where none are read.</param>
/// <param name="Write">Writes one; null where none are written.</param>
public sealed record CircuitFormat(
    string Name, IReadOnlyList<string> Extensions,
    Func<SourceText, string, CircuitDocument>? Read, Action<CircuitDocument, TextWriter>? Write)
{
    /// <summary>Whether a file says that a circuit is signed.</summary>
    public bool HasSign { get; init; } = true;

    /// <summary>All forms.</summary>
    public static IReadOnlyList<CircuitFormat> All { get; } =
    [
        new(
            "Verilog", [".v"],
            (text, _) => VerilogReader.Read(text),
            (document, writer) => VerilogWriter.WriteFlat(document.Circuit, writer)),
        new(
            "BLIF", [".blif"],
            (text, _) => BlifReader.Read(text),
            (document, writer) => BlifWriter.Write(document.Circuit, writer))
        {
            HasSign = false,
        },
        new("JSON", [".json"], (text, _) => CircuitJson.Read(text), CircuitJson.Write),
        new(
            "CGP", [".cgp", ".chr"],
            (text, name) => new CircuitDocument(CgpReader.Read(text, name)),
            (document, writer) => CgpWriter.Write(document.Circuit, writer))
        {
            HasSign = false,
        },
        new("C", [".c"], null, (document, writer) => CWriter.Write(document.Circuit, writer)),
        new("DOT", [".dot"], null, (document, writer) => DotWriter.Write(document.Circuit, writer)) { HasSign = false },
        new(
            "what Yosys reads", [".sv", ".il", ".aig", ".aag", ".bench", ".vhd", ".vhdl"],
            (text, _) => YosysReader.Read(text, ReadingHelp.None), null),
    ];

    /// <summary>Finds the format of a file by its extension; null where the extension is unknown.</summary>
    /// <param name="path">The path, or only the name, of a file that need not exist.</param>
    public static CircuitFormat? Of(string path) =>
        All.FirstOrDefault(format => format.Extensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Lists the extensions for messages.</summary>
    /// <param name="read">Whether to list the formats that can be read; otherwise those that can be written.</param>
    public static string Known(bool read) =>
        string.Join(
            ", ", All.Where(format => read ? format.Read is not null : format.Write is not null).SelectMany(format => format.Extensions));
}
