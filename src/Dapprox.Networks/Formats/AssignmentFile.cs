using System.Text.Json;
using System.Text.Json.Nodes;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

/// <summary>Multipliers for layers, as they are written.</summary>
/// <param name="Parts">Multipliers, by name or as the paths of files, and their layers, in the order in which they are assigned.</param>
/// <param name="AreIntegers">Whether they multiply integers; null where nothing is said.</param>
public sealed record AssignedMultipliers(IReadOnlyList<(string Multiplier, string Layers)> Parts, bool? AreIntegers);

/// <summary>
/// Which multiplier is in which layer, as JSON: <c>{"numbers": "integers", "layers": [{"layer": "conv1", "multiplier": "drum:8:k=4"},
/// …]}</c>. What it multiplies, <c>integers</c> or <c>floats</c>, can be left out. A file of a circuit or a table is named relative to the
/// folder of this one.
/// </summary>
public static class AssignmentFile
{
    /// <summary>The end of its name.</summary>
    public const string Extension = ".json";

    // A network of ten thousand layers takes half of it.
    const long MaxBytes = 1 << 20;

    const string Layers = "layers", Layer = "layer", Multiplier = "multiplier";

    const string Numbers = "numbers", Integers = "integers", Floats = "floats";

    /// <summary>Reads multipliers and the layers that each is in; null for a file of something else, such as a circuit.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It is an assignment and damaged.</exception>
    public static AssignedMultipliers? TryRead(string path)
    {
        if (!path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || !File.Exists(path) || new FileInfo(path).Length > MaxBytes)
            return null;
        try
        {
            using JsonDocument document = InputFile.Read(path, stream => JsonDocument.Parse(stream));
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(Layers, out JsonElement layers) || layers.ValueKind != JsonValueKind.Array)
                return null;
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            (string, string)[] parts =
                [.. layers.EnumerateArray().Select(part => (Located(Text(part, Multiplier), folder), Text(part, Layer)))];
            if (parts.Length == 0)
                throw new InputException($"'{path}' assigns a multiplier to no layer");
            if (!document.RootElement.TryGetProperty(Numbers, out JsonElement numbers))
                return new(parts, null);
            return numbers.ValueKind == JsonValueKind.String && numbers.GetString() is Integers or Floats
                ? new(parts, numbers.GetString() == Integers)
                : throw new InputException($"'{path}' is damaged: its '{Numbers}' are '{Integers}' or '{Floats}'");
        }
        catch (JsonException)
        {
            return null;
        }

        string Text(JsonElement part, string name) =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out JsonElement value)
                && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                ? text
                : throw new InputException(
                    $"'{path}' is damaged: each of its {Layers} has a text '{Layer}' and a text '{Multiplier}'");
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="network">The name of the network, for a reader.</param>
    /// <param name="areIntegers">Whether the multipliers multiply integers; floats otherwise.</param>
    /// <param name="layers">The layers with their multipliers.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(string path, string network, bool areIntegers, IEnumerable<(string Layer, string Multiplier)> layers)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var content = new JsonObject
        {
            ["network"] = network,
            [Numbers] = areIntegers ? Integers : Floats,
            [Layers] = new JsonArray([.. layers.Select(part => new JsonObject
            {
                [Layer] = part.Layer,
                [Multiplier] = CircuitFiles.WithFiles(part.Multiplier, file => Path.GetRelativePath(folder, file)),
            })]),
        };
        AtomicFile.WriteText(path, content.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    /// <summary>The same with files beside the assignment, where they are.</summary>
    static string Located(string multiplier, string folder) =>
        CircuitFiles.WithFiles(multiplier, file => Path.Combine(folder, file) is string beside && File.Exists(beside) ? beside : file);
}
