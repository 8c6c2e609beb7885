using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Circuits as JSON, our own format: an object with <c>format</c> ("dapprox-circuit-1"), <c>name</c>, optionally <c>source</c>,
/// <c>signed</c> (true where numbers are in two's complement) and <c>float</c> (<c>exponentBits</c>, <c>fractionBits</c>,
/// <c>overflow</c>: released, wrapped or renormalised),
/// <c>cells</c> (a name, the names of the inputs, and the outputs by name with their truth tables, all inputs 0 first, the
/// last input changing fastest), <c>inputs</c> (name and width), <c>elements</c> (a cell's name and the nets at its inputs) and
/// <c>outputs</c> (name and nets, the lowest first).
/// </summary>
/// <remarks>
/// Nets are numbered as in <see cref="Netlist"/>: 0 and 1 are the constants, then the bits of the inputs, the lowest first,
/// then the outputs of the elements in their order; an element reads lower numbers than its own. Netlists inside are not kept.
/// </remarks>
public static class CircuitJson
{
    const string Format = "dapprox-circuit-1";

    // The properties of another of our files; see AssignmentFile.
    static readonly string[] OfAssignments = ["network", "numbers", "layers"];

    static readonly JsonEncodedText[] Overflows =
        [.. Enum.GetNames<MantissaOverflow>().Select(name => JsonEncodedText.Encode(name.ToLowerInvariant()))];

    /// <summary>Writes a document.</summary>
    /// <param name="document">The circuit, with what is said of it.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(CircuitDocument document, TextWriter writer)
    {
        Netlist netlist = document.Circuit;
        writer.Write($"{{\n  \"format\": \"{Format}\",\n  \"name\": {Quoted(document.Name ?? netlist.Name)},\n");
        if (document.Source.Length > 0)
            writer.Write($"  \"source\": {Quoted(document.Source)},\n");
        if (netlist.IsSigned)
            writer.Write("  \"signed\": true,\n");
        if (document.Format is FloatFormat format)
        {
            writer.Write(
                $"  \"float\": {{\"exponentBits\": {format.ExponentBits}, \"fractionBits\": {format.FractionBits}, "
                + $"\"overflow\": \"{Overflows[(int)document.Overflow]}\"}},\n");
        }

        Dictionary<Cell, string> names = CellNames(netlist);
        WriteList(
            writer, "cells", names,
            cell =>
            {
                IEnumerable<string> tables = cell.Key.Outputs.Select((output, i) => $"{Quoted(output)}: \"{cell.Key.Table(i)}\"");
                return $"{{\"name\": {Quoted(cell.Value)}, \"inputs\": [{string.Join(", ", cell.Key.Inputs.Select(Quoted))}], "
                    + $"\"outputs\": {{{string.Join(", ", tables)}}}}}";
            },
            ",");
        WriteList(writer, "inputs", netlist.Inputs, bus => $"{{\"name\": {Quoted(bus.Name)}, \"width\": {bus.Width}}}", ",");
        WriteList(
            writer, "elements", netlist.Elements,
            element => $"[{Quoted(names[element.Cell])}, {string.Join(", ", element.Inputs)}]", ",");
        WriteList(
            writer, "outputs", netlist.Outputs,
            bus => $"{{\"name\": {Quoted(bus.Name)}, \"nets\": [{string.Join(", ", bus.Nets)}]}}", "");
        writer.Write("}\n");
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">A JSON document in this format.</param>
    /// <exception cref="InputException">It is not such JSON, or no circuit; the message gives the line.</exception>
    public static CircuitDocument Read(SourceText text) => new Reader(text).Read();

    static void WriteList<T>(TextWriter writer, string name, IReadOnlyCollection<T> items, Func<T, string> shown, string after)
    {
        string lines = string.Join(",\n", items.Select(item => $"    {shown(item)}"));
        writer.Write(items.Count == 0 ? $"  \"{name}\": []{after}\n" : $"  \"{name}\": [\n{lines}\n  ]{after}\n");
    }

    /// <summary>Cells with names of their own, should two have the same.</summary>
    static Dictionary<Cell, string> CellNames(Netlist netlist)
    {
        var names = new Dictionary<Cell, string>();
        foreach (Cell cell in netlist.Elements.Select(element => element.Cell).Distinct())
        {
            string free = cell.Name;
            for (int i = 2; names.ContainsValue(free); i++)
                free = $"{cell.Name}-{i}";
            names.Add(cell, free);
        }

        return names;
    }

    static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    /// <summary>Reads token by token, so that messages can give the position in the file.</summary>
    sealed class Reader(SourceText text)
    {
        readonly byte[] bytes = Encoding.UTF8.GetBytes(text.Content);
        readonly Dictionary<string, Cell> cells = new(StringComparer.Ordinal);
        readonly List<(string Name, int Width, long At)> inputs = [];
        readonly List<(string Name, int[] Nets, long At)> outputs = [];
        readonly List<(string Cell, int[] Nets, long At)> elements = [];
        readonly HashSet<string> seen = new(StringComparer.Ordinal);
        string? name;
        string source = "";
        bool isSigned;
        FloatFormat? format;
        MantissaOverflow overflow = MantissaOverflow.Renormalised;

        public CircuitDocument Read()
        {
            try
            {
                var reader = new Utf8JsonReader(bytes);
                Next(ref reader);
                ReadObject(ref reader, "the file", ReadProperty);
                if (reader.Read())
                    throw Wrong(reader.TokenStartIndex, "something follows the object");
            }
            // InvalidOperationException: text with half of a surrogate pair, which JSON can escape and UTF-16 cannot hold.
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                int line = e is JsonException { LineNumber: long number } ? (int)number + 1 : 1;
                throw text.Wrong(line, $"this is not valid JSON ({SourceText.Shown(e.Message.Split('.')[0])}); the file may be cut short");
            }

            foreach (string needed in (string[])["format", "cells", "inputs", "elements", "outputs"])
            {
                if (!seen.Contains(needed))
                    throw text.Wrong(1, $"the object has no '{needed}'");
            }

            return new CircuitDocument(Build()) { Name = name, Source = source, Format = format, Overflow = overflow };
        }

        Netlist Build()
        {
            if (inputs.Count == 0 || outputs.Count == 0)
                throw text.Wrong(1, "the circuit has no inputs or no outputs");
            var builder = new NetlistBuilder(name ?? "circuit");
            int count = Netlist.ConstantCount;
            foreach ((string input, int width, long at) in inputs)
            {
                if (width is < 1 or > NetlistBuilder.MaxBits)
                    throw Wrong(at, $"the input {SourceText.Shown(input)} has the width {width}; 1 to {NetlistBuilder.MaxBits} can be had");
                builder.Input(input, width);
                count += width;
            }

            foreach ((string used, int[] nets, long at) in elements)
            {
                if (!cells.TryGetValue(used, out Cell? cell))
                    throw Wrong(at, $"there is no cell '{SourceText.Shown(used)}' among the cells of the file");
                if (nets.Length != cell.Inputs.Count)
                    throw Wrong(at, $"{SourceText.Shown(used)} has {cell.Inputs.Count} inputs, and {nets.Length} nets are given");
                foreach (int net in nets)
                {
                    if (net < 0 || net >= count)
                    {
                        throw Wrong(
                            at,
                            $"the net {net} is read; those of elements before this one, of inputs and of constants are "
                            + $"0 to {count - 1}, and others would be loops or driven by nothing");
                    }
                }

                builder.Add(cell, nets);
                count += cell.Outputs.Count;
            }

            foreach ((string output, int[] nets, long at) in outputs)
            {
                if (nets.Length is < 1 or > NetlistBuilder.MaxBits)
                {
                    throw Wrong(
                        at, $"the output {SourceText.Shown(output)} has {nets.Length} nets; 1 to {NetlistBuilder.MaxBits} can be had");
                }

                if (nets.Any(net => net < 0 || net >= count))
                {
                    throw Wrong(
                        at, $"the output {SourceText.Shown(output)} has a net that nothing drives; there are the nets 0 to {count - 1}");
                }

                builder.Output(output, nets);
            }

            return builder.Build().WithSign(isSigned);
        }

        void ReadProperty(ref Utf8JsonReader reader, string property)
        {
            if (!seen.Add(property))
                throw Wrong(reader.TokenStartIndex, $"'{SourceText.Shown(property)}' is there twice");
            switch (property)
            {
                case "format":
                    if (Text(ref reader) is string given && given != Format)
                        throw Wrong(reader.TokenStartIndex, $"the format is '{SourceText.Shown(given)}'; {Format} is read");
                    break;
                case "name":
                    name = Text(ref reader);
                    break;
                case "source":
                    source = Text(ref reader);
                    break;
                case "signed":
                    isSigned = reader.TokenType is JsonTokenType.True or JsonTokenType.False
                        ? reader.GetBoolean()
                        : throw Wrong(reader.TokenStartIndex, "true or false is wanted here");
                    break;
                case "float":
                    ReadFloat(ref reader);
                    break;
                case "cells":
                    ReadList(ref reader, ReadCell);
                    break;
                case "inputs":
                    ReadList(ref reader, ReadInput);
                    break;
                case "elements":
                    ReadList(ref reader, ReadElement);
                    break;
                case "outputs":
                    ReadList(ref reader, ReadOutput);
                    break;
                case "network" or "numbers" or "layers" when seen.IsSubsetOf(OfAssignments):
                    throw new InputException(
                        $"'{text.Name}' is no circuit but an assignment of multipliers to layers, as 'dapprox assign' writes it; it is for "
                            + "--multiplier of a command with a network, such as 'dapprox evaluate', and for 'dapprox compare'");
                default:
                    throw Wrong(
                        reader.TokenStartIndex,
                        $"'{SourceText.Shown(property)}' is not known; "
                        + "format, name, source, signed, float, cells, inputs, elements and outputs are");
            }
        }

        void ReadFloat(ref Utf8JsonReader reader)
        {
            long at = reader.TokenStartIndex;
            int? exponent = null, fraction = null;
            ReadObject(ref reader, "float", (ref Utf8JsonReader inner, string property) =>
            {
                switch (property)
                {
                    case "exponentBits":
                        exponent = Number(ref inner);
                        break;
                    case "fractionBits":
                        fraction = Number(ref inner);
                        break;
                    case "overflow":
                        string given = Text(ref inner);
                        int place = Array.FindIndex(Overflows, known => known.Value == given);
                        if (place < 0)
                        {
                            throw Wrong(inner.TokenStartIndex,
                                $"overflow is '{SourceText.Shown(given)}'; it is one of {string.Join(", ", Overflows)}");
                        }

                        overflow = (MantissaOverflow)place;
                        break;
                    default:
                        throw Wrong(inner.TokenStartIndex,
                            $"float has no '{SourceText.Shown(property)}'; it has exponentBits, fractionBits and overflow");
                }
            });
            if (exponent is null || fraction is null)
                throw Wrong(at, "float says exponentBits and fractionBits");
            try
            {
                format = new FloatFormat(exponent.Value, fraction.Value);
            }
            catch (InputException e)
            {
                throw Wrong(at, e.Message);
            }
        }

        void ReadCell(ref Utf8JsonReader reader)
        {
            long at = reader.TokenStartIndex;
            string? cell = null;
            List<string> pins = [];
            List<(string Name, string Table)> tables = [];
            ReadObject(ref reader, "a cell", (ref Utf8JsonReader inner, string property) =>
            {
                if (property == "name")
                    cell = Text(ref inner);
                else if (property == "inputs")
                    ReadList(ref inner, (ref Utf8JsonReader item) => pins.Add(Text(ref item)));
                else if (property == "outputs")
                    ReadObject(ref inner, "outputs", (ref Utf8JsonReader item, string output) => tables.Add((output, Text(ref item))));
                else
                    throw Wrong(inner.TokenStartIndex, $"a cell has no '{SourceText.Shown(property)}'; it has name, inputs and outputs");
            });
            if (cell is null || pins.Count is < 1 or > 3 || tables.Count is < 1 or > 2)
                throw Wrong(at, "a cell has a name, one to three inputs and one or two outputs");
            int length = 1 << pins.Count;
            string? wrong = tables.Find(output => output.Table.Length != length || output.Table.Any(bit => bit is not ('0' or '1'))).Name;
            if (wrong is not null)
            {
                throw Wrong(
                    at, $"the truth table of {SourceText.Shown(cell)}.{SourceText.Shown(wrong)} has not {length} characters 0 or 1");
            }

            Cell? known = Cells.All.FirstOrDefault(known => known.Name == cell);
            bool same = known is not null && known.Inputs.Count == pins.Count
                && Enumerable.Range(0, known.Outputs.Count).Select(known.Table).SequenceEqual(tables.Select(output => output.Table));
            if (!cells.TryAdd(cell, same ? known! : new Cell(cell, pins, tables)))
                throw Wrong(at, $"the cell {SourceText.Shown(cell)} is there twice");
        }

        void ReadInput(ref Utf8JsonReader reader)
        {
            long at = reader.TokenStartIndex;
            string? input = null;
            int width = 0;
            ReadObject(ref reader, "an input", (ref Utf8JsonReader inner, string property) =>
            {
                if (property == "name")
                    input = Text(ref inner);
                else if (property == "width")
                    width = Number(ref inner);
                else
                    throw Wrong(inner.TokenStartIndex, $"an input has no '{SourceText.Shown(property)}'; it has name and width");
            });
            Bounded(inputs.Count, at);
            inputs.Add((input ?? throw Wrong(at, "an input has a name and a width"), width, at));
        }

        void ReadOutput(ref Utf8JsonReader reader)
        {
            long at = reader.TokenStartIndex;
            string? output = null;
            var nets = new List<int>();
            ReadObject(ref reader, "an output", (ref Utf8JsonReader inner, string property) =>
            {
                if (property == "name")
                    output = Text(ref inner);
                else if (property == "nets")
                    ReadList(ref inner, (ref Utf8JsonReader item) => nets.Add(Number(ref item)));
                else
                    throw Wrong(inner.TokenStartIndex, $"an output has no '{SourceText.Shown(property)}'; it has name and nets");
            });
            outputs.Add((output ?? throw Wrong(at, "an output has a name and nets"), [.. nets], at));
        }

        void ReadElement(ref Utf8JsonReader reader)
        {
            long at = reader.TokenStartIndex;
            string? cell = null;
            var nets = new List<int>(3);
            ReadList(ref reader, (ref Utf8JsonReader item) =>
            {
                if (cell is null)
                    cell = Text(ref item);
                else
                    nets.Add(Number(ref item));
            });
            Bounded(elements.Count, at);
            elements.Add((cell ?? throw Wrong(at, "an element is a list of a cell's name and nets"), [.. nets], at));
        }

        void Bounded(int count, long at)
        {
            if (count >= SourceText.MaxElements)
                throw text.TooManyElements(Line(at));
        }

        delegate void ReadNamed(ref Utf8JsonReader reader, string property);

        delegate void ReadItem(ref Utf8JsonReader reader);

        void ReadObject(ref Utf8JsonReader reader, string what, ReadNamed read)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Wrong(reader.TokenStartIndex, $"{what} is not an object");
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                string property = reader.GetString()!;
                Next(ref reader);
                read(ref reader, property);
            }
        }

        void ReadList(ref Utf8JsonReader reader, ReadItem read)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw Wrong(reader.TokenStartIndex, "a list is wanted here");
            while (Next(ref reader) != JsonTokenType.EndArray)
                read(ref reader);
        }

        string Text(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : throw Wrong(reader.TokenStartIndex, "a text is wanted here");

        int Number(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number)
            ? number
            : throw Wrong(reader.TokenStartIndex, "an integer is wanted here");

        static JsonTokenType Next(ref Utf8JsonReader reader)
        {
            reader.Read();
            return reader.TokenType;
        }

        InputException Wrong(long at, string reason) => text.Wrong(Line(at), reason);

        int Line(long at) => 1 + bytes.AsSpan(0, (int)at).Count((byte)'\n');
    }
}
