using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;

namespace Dapprox.Circuits.Formats;

/// <summary>Finds circuits, and multipliers with them, from a description or a file.</summary>
public static partial class CircuitFiles
{
    /// <summary>Whether what is given names a file, by its ending, and neither a multiplier nor a description.</summary>
    /// <param name="given">What <see cref="FindMultiplier"/> takes.</param>
    public static bool IsFile(string given) => IsCircuitFile(given) || IsTable(given);

    static bool IsCircuitFile(string given) => !IsNamed(given) && CircuitFormat.Of(given) is not null;

    /// <summary>Whether what is given is meant as a circuit that is no file: a description, or an evolved multiplier that is
    /// included.</summary>
    /// <param name="given">What <see cref="FindMultiplier"/> takes.</param>
    public static bool IsNamed(string given) => CircuitDescription.IsMeant(given) || EvolvedMultipliers.IsMeant(given);

    static bool IsTable(string given) => !IsNamed(given) && TableFiles.IsTable(given);

    /// <summary>Loads a circuit.</summary>
    /// <param name="given">A description (<see cref="CircuitDescription"/>), the name of one of <see cref="EvolvedMultipliers"/> or of an
    /// exact multiplier of integers, or the path of a file in a <see cref="CircuitFormat"/>.</param>
    /// <param name="note">Takes the <see cref="CircuitDocument.Notes"/>.</param>
    /// <exception cref="InputException">There is no such circuit.</exception>
    public static Netlist Load(string given, Action<string>? note = null)
    {
        CircuitDocument document = Open(given);
        if (note is not null)
        {
            foreach (string sentence in document.Notes)
                note(sentence);
        }

        return document.Circuit;
    }

    /// <summary>Loads a circuit with what its file says about it.</summary>
    /// <param name="given">What <see cref="Load"/> takes.</param>
    /// <exception cref="InputException">There is no such circuit.</exception>
    public static CircuitDocument Open(string given)
    {
        ThrowIfAccumulating(given);
        return IsCircuitFile(given) ? Read(given)
            : EvolvedMultipliers.IsMeant(given) && !Path.Exists(given) ? EvolvedMultipliers.Find(given)
            : Directory.Exists(given) ? throw new InputException($"'{given}' is a folder; give the file of a circuit")
            : File.Exists(given) ? throw new InputException(
                $"'{given}' is no kind of circuit file; files that end in {CircuitFormat.Known(read: true)} are read")
            : IntegerMultipliers.IsMeant(given) ? new CircuitDocument(
                IntegerCircuit.Of(IntegerMultipliers.Find(given)) ?? throw new InputException(
                    $"'{given}' is a definition and has no circuit; 'dapprox circuit metrics' and 'dapprox circuit verify' take it"))
            : new CircuitDocument(CircuitDescription.Build(given));
    }

    /// <summary>
    /// Finds a multiplier of either kind: names say what they multiply; circuits and tables multiply integers or the mantissas of floats,
    /// as they are used.
    /// </summary>
    /// <param name="given">What <see cref="FindMultiplier"/> or <see cref="FindIntegers"/> takes.</param>
    /// <param name="areIntegers">Whether circuits and tables multiply integers.</param>
    /// <param name="isSigned">Whether integers are in two's complement; null for what a file or a description says.</param>
    /// <exception cref="InputException">There is no such multiplier, or it does not multiply such numbers.</exception>
    public static Multiplier Find(string given, bool areIntegers, bool? isSigned) =>
        Parted(given) is var (multiplier, accumulator)
            ? Find(multiplier, areIntegers: true, isSigned) is IntegerMultiplier integers
                ? integers.With(FindAccumulator(accumulator))
                : throw new InputException(
                    $"{multiplier} multiplies floats; only a multiplier of integers takes an accumulator, '{accumulator}'")
        : IntegerMultipliers.IsMeant(given) ? IntegerMultipliers.Find(given)
        : areIntegers && (IsNamed(given) || IsFile(given)) ? FindIntegers(given, isSigned)
        : FindMultiplier(given);

    /// <summary>The multiplier and the accumulator of <c>exact-int8@int16:saturate</c>; null where no accumulator is given.</summary>
    /// <param name="given">What <see cref="Find"/> takes.</param>
    public static (string Multiplier, string Accumulator)? Parted(string given)
    {
        int mark = given.LastIndexOf(IntegerMultiplier.AccumulatorMark);
        // The mark may be in the name of a file.
        return mark <= 0 || File.Exists(given) ? null : (given[..mark], given[(mark + 1)..]);
    }

    /// <summary>Refuses a multiplier with an accumulator where nothing is added.</summary>
    static void ThrowIfAccumulating(string given)
    {
        if (Parted(given) is var (multiplier, accumulator))
        {
            throw new InputException(
                $"'{given}' has an accumulator, which only the layers of a quantised network use; give '{multiplier}', and for hardware "
                    + $"'dapprox circuit export {multiplier} --mac --accumulator {accumulator}'");
        }
    }

    /// <summary>The same multiplier with other files: those of circuits and tables, and that of an adder.</summary>
    /// <param name="given">What <see cref="Find"/> takes.</param>
    /// <param name="other">Gives the path for a path.</param>
    public static string WithFiles(string given, Func<string, string> other)
    {
        if (Parted(given) is not var (multiplier, accumulator))
            return IsFile(given) ? other(given) : given;
        (string format, string adder) = AdderOf(accumulator);
        return $"{WithFiles(multiplier, other)}{IntegerMultiplier.AccumulatorMark}{format}"
            + (IsCircuitFile(adder) ? other(adder) : adder);
    }

    /// <summary>Finds an accumulator.</summary>
    /// <param name="given">
    /// <c>int16</c> or <c>uint16</c>, the format of the sums, which may be followed by <c>:saturate</c>; an adder of the lowest bits of
    /// int32, by a name that <see cref="AdderCircuit.Build"/> takes or the path of its circuit; or a format, a colon and an adder.
    /// </param>
    /// <exception cref="InputException">There is no such accumulator.</exception>
    public static IntegerAccumulator FindAccumulator(string given)
    {
        (string format, string adder) = AdderOf(given);
        LowerAdder? lower = adder.Length == 0 && format.Length > 0 && !given.EndsWith(':') ? null
            : AdderCircuit.IsMeant(adder) ? AdderCircuit.Build(adder)
            : IsCircuitFile(adder) ? new AdderCircuit(Read(adder).Circuit.WithName(adder))
            : throw new InputException(
                $"the accumulator '{given}' is not of the form int16, uint16, int16:{Saturate}, {AdderCircuit.Forms}, the file of an "
                    + "adder, or a format and an adder, such as int24:loa:8");
        if (format.Length == 0)
            return new IntegerAccumulator(IntegerAccumulator.MaxBits, lower: lower);
        string[] words = format.ToLowerInvariant().Split(':', StringSplitOptions.RemoveEmptyEntries);
        return new IntegerAccumulator(
            int.Parse(words[0].TrimStart('u')[3..], CultureInfo.InvariantCulture), !words[0].StartsWith('u'), words.Length > 1, lower);
    }

    const string Saturate = "saturate";

    /// <summary>The format of an accumulator with its colons, and its adder; either may be empty.</summary>
    static (string Format, string Adder) AdderOf(string given)
    {
        Match format = AccumulatorFormat().Match(given);
        return (format.Value, given[format.Length..]);
    }

    [GeneratedRegex($"^u?int[0-9]{{1,3}}(:{Saturate})?(:|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AccumulatorFormat();

    /// <summary>Finds a multiplier of integers.</summary>
    /// <param name="given">
    /// A name that <see cref="IntegerMultipliers"/> finds, what <see cref="Load"/> takes, or the path of a table
    /// (<see cref="TableFiles"/>).
    /// </param>
    /// <param name="isSigned">Whether its numbers are in two's complement; null for what the file or the description says.</param>
    /// <param name="note">Takes the <see cref="CircuitDocument.Notes"/> of a circuit.</param>
    /// <exception cref="InputException">
    /// There is no such multiplier, a table does not say whether it is signed, or a name says something else than
    /// <paramref name="isSigned"/>.
    /// </exception>
    public static IntegerMultiplier FindIntegers(string given, bool? isSigned, Action<string>? note = null)
    {
        ThrowIfAccumulating(given);
        if (IsTable(given))
            return TableFiles.Read(given, isSigned);
        if (IntegerMultipliers.IsMeant(given))
            return Defined(given, isSigned);
        if (given.Contains(':') && !IsNamed(given) && !IsCircuitFile(given) && !Path.Exists(given))
        {
            throw Names.Unknown(
                "kind of multiplier", given.Split(':')[0],
                [.. IntegerMultipliers.All.Select(family => family.Name), .. CircuitDescription.KnownKinds]);
        }

        Netlist circuit = Load(given, note);
        return new IntegerCircuit(circuit.WithSign(isSigned ?? circuit.IsSigned));
    }

    static IntegerMultiplier Defined(string given, bool? isSigned)
    {
        IntegerMultiplier multiplier = IntegerMultipliers.Find(given);
        return isSigned is null || isSigned == multiplier.IsSigned ? multiplier : throw new InputException(
            $"the name '{given}' says that its numbers are {(multiplier.IsSigned ? "signed" : "unsigned")}; leave out "
                + $"{(multiplier.IsSigned ? "--unsigned" : "--signed")}");
    }

    /// <summary>
    /// Reads the circuit of a file. What is no structural netlist is read with Yosys, where it is installed. Single bits that are numbered
    /// are put together to buses (<see cref="CircuitPorts.Grouped"/>).
    /// </summary>
    /// <param name="path">A file in a <see cref="CircuitFormat"/> that can be read.</param>
    /// <param name="help">What the file does not say; null for nothing.</param>
    /// <exception cref="InputException">There is no such file, or no circuit in it; the message gives the line.</exception>
    public static CircuitDocument Read(string path, ReadingHelp? help = null)
    {
        if (Directory.Exists(path))
            throw new InputException($"'{path}' is a folder; give the file of a circuit");
        if (CircuitFormat.Of(path) is not { Read: Func<SourceText, string, CircuitDocument> read })
            throw new InputException($"'{path}' is no kind of circuit file; files that end in {CircuitFormat.Known(read: true)} are read");
        string content = InputFile.Read(path, stream =>
        {
            if (stream.Length > SourceText.MaxCharacters)
                throw new InputException($"'{path}' has {stream.Length} bytes; circuit files have at most {SourceText.MaxCharacters}");
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        });
        var text = new SourceText(path, content);
        bool isVerilog = path.EndsWith(".v", StringComparison.OrdinalIgnoreCase);
        CircuitDocument document = help is null || isVerilog && help.Cells is null ? Structural() : YosysReader.Read(text, help);
        return document with { Circuit = CircuitPorts.Grouped(document.Circuit) };

        CircuitDocument Structural()
        {
            try
            {
                return help?.Top is null ? read(text, Path.GetFileNameWithoutExtension(path)) : VerilogReader.Read(text, help.Top);
            }
            catch (InputException own) when (!own.IsTooLarge && MayBeElaborated(text))
            {
                return YosysReader.TryRead(text, help ?? ReadingHelp.None, out string reason)
                    ?? throw new InputException($"{own.Message}; {reason}", own);
            }
        }
    }

    /// <summary>Whether Yosys knows more of a format than the readers here.</summary>
    static bool MayBeElaborated(SourceText text) => Path.GetExtension(text.Name).ToLowerInvariant() switch
    {
        ".v" or ".blif" => true,
        ".json" => text.Content.Contains("\"modules\"", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Writes a circuit to a file.</summary>
    /// <param name="document">The circuit and, for formats that hold it, what it is meant for.</param>
    /// <param name="path">The file; its extension selects the <see cref="CircuitFormat"/>.</param>
    /// <param name="hierarchical">Whether Verilog has modules for cells and for netlists inside.</param>
    /// <exception cref="InputException">
    /// The extension is not that of a format, the format cannot hold the circuit, or the file cannot be written.
    /// </exception>
    public static void Write(CircuitDocument document, string path, bool hierarchical = false)
    {
        CircuitFormat format = CircuitFormat.Of(path) is { Write: not null } known
            ? known
            : throw new InputException(
                $"the name '{path}' does not say what to write; it ends in one of {CircuitFormat.Known(read: false)}, or for a table in "
                    + $"one of {string.Join(", ", TableFiles.Extensions)}");
        if (hierarchical && format.Extensions[0] != ".v")
            throw new InputException($"{format.Name} is flat; only Verilog (.v) is written with a hierarchy");
        Write(path, writer =>
        {
            if (hierarchical)
                VerilogWriter.WriteHierarchical(document.Circuit, writer);
            else
                format.Write!(document, writer);
        });
    }

    /// <summary>Writes a Verilog test bench for a circuit: <see cref="VerilogTestBench"/>.</summary>
    /// <param name="circuit">The circuit that the test bench checks.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void WriteTestBench(Netlist circuit, string path) =>
        Write(path, writer => VerilogTestBench.Write(circuit, seed: 1, writer));

    /// <summary>Writes the Verilog of a multiply-accumulate unit, or of an array of them: <see cref="VerilogMacWriter"/>.</summary>
    /// <param name="size">The rows and columns of the array; 1 for the unit alone.</param>
    /// <param name="path">The file, which ends in <c>.v</c>.</param>
    /// <param name="hierarchical">Whether the multiplier has modules for cells and for netlists inside.</param>
    /// <exception cref="InputException">The name of the file ends otherwise, or it cannot be written.</exception>
    public static void WriteMac(MacUnit unit, int size, string path, bool hierarchical = false)
    {
        if (CircuitFormat.Of(path)?.Extensions[0] != ".v")
            throw new InputException($"multiply-accumulate units are written as Verilog, and '{path}' does not end in .v");
        Write(path, writer => VerilogMacWriter.Write(unit, size, hierarchical, writer));
    }

    /// <summary>Writes a Verilog test bench for a unit or an array: <see cref="VerilogMacTestBench"/>.</summary>
    /// <param name="size">The rows and columns of the array; 1 for the unit alone.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void WriteMacTestBench(MacUnit unit, int size, string path) =>
        Write(path, writer => VerilogMacTestBench.Write(unit, size, seed: 1, writer));

    /// <summary>Finds a multiplier.</summary>
    /// <param name="given">
    /// The name of one of <see cref="Multipliers"/>, what <see cref="Load"/> takes, or the path of an unsigned table
    /// (<see cref="TableFiles"/>).
    /// </param>
    /// <exception cref="InputException">There is no such multiplier, or it does not multiply mantissas.</exception>
    public static FloatMultiplier FindMultiplier(string given)
    {
        ThrowIfAccumulating(given);
        if (IntegerMultipliers.IsMeant(given))
        {
            throw new InputException(
                $"'{given}' multiplies integers, and not floats; 'dapprox circuit metrics' measures it, and 'dapprox evaluate' takes it "
                    + "with --quantise int8");
        }

        if (IsTable(given))
        {
            TableMultiplier table = TableFiles.Read(given, isSigned: false);
            ThrowIfNoMantissas(given, table);
            return new TableMantissaMultiplier(table, given);
        }

        bool isFile = IsCircuitFile(given);
        if (!isFile && !IsNamed(given))
            return Multipliers.Find(given);
        CircuitDocument document = Open(given);
        if (document.Circuit.IsSigned)
            throw NoMantissas(given, "is signed");
        CircuitMultiplier multiplier = document.Multiplier(given);
        // A description says what it is.
        if (isFile)
            ThrowIfNoMantissas(given, new IntegerCircuit(multiplier.Circuit));
        return multiplier;
    }

    /// <summary>Refuses a file that holds something else than a multiplier of mantissas.</summary>
    static void ThrowIfNoMantissas(string path, IntegerMultiplier multiplier)
    {
        string? instead = NearestReading.Of(multiplier) switch
        {
            Reading.SignedProduct => "is nearer to products of signed numbers than of unsigned ones",
            Reading.Sum => "is nearer to a + b than to a·b",
            _ => null,
        };
        if (instead is not null)
            throw NoMantissas(path, instead);
    }

    static InputException NoMantissas(string given, string instead) =>
        new($"what '{given}' computes {instead}; a mantissa multiplier takes the product of unsigned numbers");

    static void Write(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        write(writer);
    });
}
