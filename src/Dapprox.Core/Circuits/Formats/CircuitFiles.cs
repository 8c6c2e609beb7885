using System.Text;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>Finds circuits, and multipliers with them, from a description or a file.</summary>
public static class CircuitFiles
{
    /// <summary>Whether what is given names a file, by its ending, and neither a multiplier nor a description.</summary>
    /// <param name="given">What <see cref="FindMultiplier"/> takes.</param>
    public static bool IsFile(string given) => !CircuitDescription.IsMeant(given) && CircuitFormat.Of(given) is not null;

    /// <summary>Loads a circuit.</summary>
    /// <param name="given">A description (<see cref="CircuitDescription"/>), or the path of a file in a
    /// <see cref="CircuitFormat"/>.</param>
    /// <exception cref="InputException">There is no such circuit.</exception>
    public static Netlist Load(string given) => Open(given).Circuit;

    /// <summary>Loads a circuit with what its file says about it.</summary>
    /// <param name="given">What <see cref="Load"/> takes.</param>
    /// <exception cref="InputException">There is no such circuit.</exception>
    public static CircuitDocument Open(string given) =>
        IsFile(given) ? Read(given)
        : File.Exists(given) ? throw new InputException(
            $"'{given}' is no kind of circuit file; files that end in {CircuitFormat.Known(read: true)} are read")
        : new CircuitDocument(CircuitDescription.Build(given));

    /// <summary>Reads the circuit of a file.</summary>
    /// <param name="path">A file in a <see cref="CircuitFormat"/> that can be read.</param>
    /// <exception cref="InputException">There is no such file, or no circuit in it; the message gives the line.</exception>
    public static CircuitDocument Read(string path)
    {
        if (CircuitFormat.Of(path) is not { Read: Func<SourceText, string, CircuitDocument> read })
            throw new InputException($"'{path}' is no kind of circuit file; files that end in {CircuitFormat.Known(read: true)} are read");
        string content = InputFile.Read(path, stream =>
        {
            if (stream.Length > SourceText.MaxCharacters)
                throw new InputException($"'{path}' has {stream.Length} bytes; circuit files have at most {SourceText.MaxCharacters}");
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        });
        return read(new SourceText(path, content), Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Writes a circuit to a file.</summary>
    /// <param name="document">The circuit and, for formats that hold it, what it is meant for.</param>
    /// <param name="path">The file; its extension selects the <see cref="CircuitFormat"/>.</param>
    /// <param name="hierarchical">Whether Verilog has modules for cells and for netlists inside.</param>
    /// <exception cref="InputException">
    /// The extension is not that of a format, the format cannot hold the circuit, or the file cannot be written.
    /// </exception>
    public static void Write(CircuitDocument document, string path, bool hierarchical = false)
    {
        CircuitFormat format = CircuitFormat.Of(path)
            ?? throw new InputException(
                $"the name '{path}' does not say what to write; it ends in one of {CircuitFormat.Known(read: false)}");
        if (hierarchical && format.Extensions[0] != ".v")
            throw new InputException($"{format.Name} is flat; only Verilog (.v) is written with a hierarchy");
        Write(path, writer =>
        {
            if (hierarchical)
                VerilogWriter.WriteHierarchical(document.Circuit, writer);
            else
                format.Write(document, writer);
        });
    }

    /// <summary>Writes a Verilog test bench for a circuit: <see cref="VerilogTestBench"/>.</summary>
    /// <param name="circuit">The circuit that the test bench checks.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void WriteTestBench(Netlist circuit, string path) =>
        Write(path, writer => VerilogTestBench.Write(circuit, seed: 1, writer));

    /// <summary>Finds a multiplier.</summary>
    /// <param name="given">The name of one of <see cref="Multipliers"/>, or what <see cref="Load"/> takes.</param>
    /// <exception cref="InputException">There is no such multiplier, or the circuit does not multiply mantissas.</exception>
    public static FloatMultiplier FindMultiplier(string given) =>
        CircuitDescription.IsMeant(given) || IsFile(given) ? Open(given).Multiplier(given) : Multipliers.Find(given);

    static void Write(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        write(writer);
    });
}
