using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <remarks>
/// As JSON: <c>name</c>, <c>technology</c>, <c>conditions</c>, <c>areaRule</c> and <c>cells</c>, of each <c>name</c>,
/// <c>inputs</c>, <c>outputs</c> (an object: the truth table of each output, as <see cref="Cell"/> takes it), <c>energy</c>
/// (fJ, a row for each value of the inputs before the change, in it a number for each after), <c>leakage</c> (nW, for each value of
/// the inputs), <c>delay</c> (ps, an object for each output with a number for each input it depends on), <c>area</c> (µm²),
/// <c>transistors</c> and <c>source</c>.
/// </remarks>
public sealed partial class CellLibrary
{
    const int LongestText = 1 << 24, MaxCells = 10_000, MaxTransistors = 1_000_000;

    /// <summary>Reads a library.</summary>
    /// <param name="json">A JSON document as <see cref="ToJson"/> writes it.</param>
    /// <param name="source">What to call it in messages: its file.</param>
    /// <exception cref="InputException">It is not a library; the message says where and why.</exception>
    public static CellLibrary Parse(string json, string source)
    {
        if (json.Length > LongestText)
            throw new InputException($"'{source}' has {json.Length} characters; a cell library has at most {LongestText}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return new Reader(source).Library(document.RootElement);
        }
        // InvalidOperationException: a name or text with an unpaired surrogate, which JSON can escape and UTF-16 cannot represent.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string line = e is JsonException { LineNumber: long number } ? $", line {number + 1}" : "";
            throw new InputException(
                $"'{source}'{line}: not JSON; give a cell library as 'dapprox cells characterise' writes it", e);
        }
    }

    /// <summary>The library as JSON; <see cref="Parse"/> reads it back to the same numbers.</summary>
    public string ToJson()
    {
        var text = new StringBuilder("{\n");
        (string, string)[] texts = [("name", Name), ("technology", Technology), ("conditions", Conditions), ("areaRule", AreaRule)];
        foreach ((string name, string value) in texts)
            text.Append($"  {Quote(name)}: {Quote(value)},\n");
        return text.Append("  \"cells\": [\n").AppendJoin(",\n", Cells.Select(Json)).Append("\n  ]\n}\n").ToString();
    }

    // A row of the energies on a line of its own can be read; a writer of the platform's gives every number a line.
    static string Json(CharacterisedCell cell)
    {
        Cell its = cell.Cell;
        string outputs = string.Join(", ", its.Outputs.Select((output, i) => $"{Quote(output)}: {Quote(its.Table(i))}"));
        string delay = string.Join(", ", its.Outputs.Select((output, i) => $"{Quote(output)}: {{{string.Join(", ", its.Inputs
            .Select((input, j) => (Input: input, Delay: cell.Delay(i, j))).Where(arc => arc.Delay is not null)
            .Select(arc => $"{Quote(arc.Input)}: {Number(arc.Delay!.Value)}"))}}}"));
        string energy = string.Join(
            ",\n", cell.Energy.Chunk(cell.States).Select(row => $"        [{string.Join(", ", row.Select(Number))}]"));
        return $$"""
                {
                  "name": {{Quote(its.Name)}},
                  "inputs": [{{string.Join(", ", its.Inputs.Select(Quote))}}],
                  "outputs": {{{outputs}}},
                  "energy": [
            {{energy}}
                  ],
                  "leakage": [{{string.Join(", ", cell.Leakage.Select(Number))}}],
                  "delay": {{{delay}}},
                  "area": {{Number(cell.Area)}},
                  "transistors": {{cell.Transistors}},
                  "source": {{Quote(cell.Source)}}
                }
            """.ReplaceLineEndings("\n");
    }

    static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    static string Number(double number) => JsonSerializer.Serialize(number);

    /// <summary>Reads the parts of a library, and says which part is wrong.</summary>
    sealed class Reader(string source)
    {
        public CellLibrary Library(JsonElement root)
        {
            JsonElement cells = Member(root, "", "cells", JsonValueKind.Array);
            if (cells.GetArrayLength() is 0 or > MaxCells)
                throw Wrong("cells", $"has {cells.GetArrayLength()} elements; a library has 1 to {MaxCells} cells");
            CharacterisedCell[] all = [.. cells.EnumerateArray().Select((cell, i) => CellOf(cell, $"cells[{i}]"))];
            if (all.GroupBy(cell => cell.Cell.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw Wrong("cells", $"names {twice.Key} twice; leave one out");
            return new CellLibrary(
                Text(root, "", "name"), Text(root, "", "technology"), Text(root, "", "conditions"), Text(root, "", "areaRule"), all);
        }

        CharacterisedCell CellOf(JsonElement element, string path)
        {
            string[] inputs = [.. Member(element, path, "inputs", JsonValueKind.Array).EnumerateArray()
                .Select((input, i) => Text(input, $"{path}.inputs[{i}]"))];
            JsonElement outputs = Member(element, path, "outputs", JsonValueKind.Object);
            Cell cell;
            try
            {
                cell = new Cell(Text(element, path, "name"), inputs,
                    [.. outputs.EnumerateObject().Select(output => (output.Name, Text(output.Value, $"{path}.outputs.{output.Name}")))]);
            }
            catch (ArgumentException e)
            {
                throw Wrong(path, $"is not a cell: {e.Message}");
            }

            int states = 1 << inputs.Length;
            return new CharacterisedCell
            {
                Cell = cell,
                Energy = Energy(element, path, states),
                Leakage = Numbers(Member(element, path, "leakage", JsonValueKind.Array), $"{path}.leakage", states),
                Delays = Delays(Member(element, path, "delay", JsonValueKind.Object), $"{path}.delay", cell),
                Area = AtLeastZero(Member(element, path, "area", JsonValueKind.Number), $"{path}.area"),
                Transistors = Member(element, path, "transistors", JsonValueKind.Number).TryGetInt32(out int transistors)
                    && transistors is >= 0 and <= MaxTransistors
                    ? transistors
                    : throw Wrong($"{path}.transistors", $"is not an integer from 0 to {MaxTransistors}"),
                Source = Text(element, path, "source"),
            };
        }

        double[] Energy(JsonElement element, string path, int states)
        {
            JsonElement rows = Member(element, path, "energy", JsonValueKind.Array);
            if (rows.GetArrayLength() != states)
                throw Wrong($"{path}.energy", $"has {rows.GetArrayLength()} rows; a cell with {states} values of its inputs has {states}");
            double[] energy = [.. rows.EnumerateArray().SelectMany((row, i) => Numbers(row, $"{path}.energy[{i}]", states))];
            for (int state = 0; state < states; state++)
            {
                if (energy[state * states + state] != 0)
                    throw Wrong($"{path}.energy[{state}][{state}]", "is not 0; where nothing changes no energy is taken");
            }

            return energy;
        }

        double?[] Delays(JsonElement element, string path, Cell cell)
        {
            int inputs = cell.Inputs.Count;
            double?[] delays = new double?[cell.Outputs.Count * inputs];
            for (int output = 0; output < cell.Outputs.Count; output++)
            {
                JsonElement arcs = Member(element, path, cell.Outputs[output], JsonValueKind.Object);
                for (int input = 0; input < inputs; input++)
                {
                    string arc = $"{path}.{cell.Outputs[output]}.{cell.Inputs[input]}";
                    bool given = arcs.TryGetProperty(cell.Inputs[input], out JsonElement delay);
                    bool depends = DependsOn(cell, output, inputs - 1 - input);
                    if (given != depends)
                    {
                        throw Wrong(
                            arc,
                            depends
                                ? "is missing; the output depends on this input"
                                : "is given, and the output does not depend on this input");
                    }

                    if (given)
                        delays[output * inputs + input] = AtLeastZero(delay, arc);
                }
            }

            return delays;
        }

        static bool DependsOn(Cell cell, int output, int bit) =>
            Enumerable.Range(0, 1 << cell.Inputs.Count)
                .Any(index => cell.Evaluate(output, index) != cell.Evaluate(output, index ^ (1 << bit)));

        double[] Numbers(JsonElement element, string path, int count)
        {
            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != count)
                throw Wrong(path, $"is not an array of {count} numbers");
            return [.. element.EnumerateArray().Select((number, i) => Finite(number, $"{path}[{i}]"))];
        }

        double AtLeastZero(JsonElement element, string path) =>
            Finite(element, path) is >= 0 and double number ? number : throw Wrong(path, "is below 0");

        double Finite(JsonElement element, string path) =>
            element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) && double.IsFinite(number) ? number
                : throw Wrong(path, "is not a finite number");

        string Text(JsonElement element, string path, string name) =>
            Text(Member(element, path, name, JsonValueKind.String), Join(path, name));

        string Text(JsonElement element, string path) =>
            element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(path, "is not a text");

        JsonElement Member(JsonElement element, string path, string name, JsonValueKind kind)
        {
            string member = Join(path, name);
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out JsonElement value))
                throw Wrong(member, "is missing");
            string wanted = kind switch
            {
                JsonValueKind.Array => "an array",
                JsonValueKind.Object => "an object",
                JsonValueKind.String => "a text",
                _ => "a number",
            };
            return value.ValueKind == kind ? value : throw Wrong(member, $"is not {wanted}");
        }

        static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

        InputException Wrong(string path, string what) =>
            new($"'{source}': {path} {what}; give a cell library as 'dapprox cells characterise' writes it");
    }
}
