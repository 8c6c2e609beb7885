using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Results;

namespace Dapprox.Experiments.Reports;

/// <summary>
/// Results as JSON. The same run gives the same bytes but for what is under <c>run</c>; names are those of the records, rates are
/// fractions, and a number that does not exist is left out.
/// </summary>
public static class ResultsJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new Points() },
    };

    /// <summary>Results as JSON, with a line break at the end.</summary>
    /// <param name="results">The results of a run.</param>
    public static string Write(RunResults results) => JsonSerializer.Serialize(results, Options) + "\n";

    /// <summary>Reads what <see cref="Write(RunResults)"/> wrote.</summary>
    /// <param name="json">The text in UTF-8.</param>
    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static RunResults Read(Stream json) =>
        JsonSerializer.Deserialize<RunResults>(json, Options) ?? throw new JsonException("There is nothing in it.");

    /// <summary>The results at <c>standard</c> scale that are included with the release.</summary>
    public static RunResults Shipped { get; } = Load();

    /// <summary>The audits included with the release, those at <c>standard</c> scale first.</summary>
    public static IReadOnlyList<AuditResult> ShippedAudits { get; } =
    [
        .. typeof(ResultsJson).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("audits/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using Stream stream = typeof(ResultsJson).Assembly.GetManifestResourceStream(name)!;
                return JsonSerializer.Deserialize<AuditResult>(stream, Options) ?? throw new JsonException($"There is nothing in {name}.");
            })
            .OrderBy(audit => audit.Scale != AuditScale.Standard.Name),
    ];

    /// <summary>The result of an audit as JSON, with a line break at the end.</summary>
    /// <param name="audit">The result of an audit.</param>
    public static string Write(AuditResult audit) => JsonSerializer.Serialize(audit, Options) + "\n";

    static RunResults Load()
    {
        using Stream stream = typeof(ResultsJson).Assembly.GetManifestResourceStream("standard.json")
            ?? throw new InvalidOperationException("The resource standard.json is missing.");
        return Read(stream);
    }

    /// <summary>The points of plots, in one line; null stands for NaN.</summary>
    sealed class Points : JsonConverter<IReadOnlyList<double>>
    {
        public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var points = new List<double>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                points.Add(reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble());
            return points;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options) =>
            writer.WriteRawValue(
            $"[{string.Join(',', value.Select(point => double.IsFinite(point) ? point.ToString(CultureInfo.InvariantCulture) : "null"))}]");
    }
}
