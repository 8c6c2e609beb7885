using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dapprox.Cli.Terminal;

/// <summary>Results as CSV (RFC 4180).</summary>
static class CsvText
{
    /// <summary>
    /// One line per object, below a line of titles. A property whose name ends in <c>nterval</c> has two columns, low and high; null is
    /// empty.
    /// </summary>
    /// <param name="rows">At least one object; all have the same properties.</param>
    public static string Of(IEnumerable<JsonObject> rows)
    {
        JsonObject[] objects = [.. rows];
        var csv = new StringBuilder();
        foreach (IEnumerable<string> line in objects.Select(row => row.SelectMany(Fields)).Prepend(objects[0].SelectMany(Titles)))
            csv.AppendJoin(',', line.Select(Quoted)).Append("\r\n");
        return csv.ToString();
    }

    static IEnumerable<string> Titles(KeyValuePair<string, JsonNode?> column) =>
        IsInterval(column.Key) ? [$"{column.Key}Low", $"{column.Key}High"] : [column.Key];

    static IEnumerable<string> Fields(KeyValuePair<string, JsonNode?> column) =>
        !IsInterval(column.Key) ? [Field(column.Value)]
        : column.Value is JsonArray ends ? ends.Select(Field)
        : ["", ""];

    static bool IsInterval(string column) => column.EndsWith("nterval", StringComparison.Ordinal);

    static string Field(JsonNode? value) => Convert.ToString(value?.GetValue<object>(), CultureInfo.InvariantCulture) ?? "";

    static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
