using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DefensiveApproximation.Experiments.Audits;

namespace DefensiveApproximation.Experiments.Results;

/// <summary>
/// Results as JSON. The same run gives the same bytes but for what is under <c>run</c>; names are those of the records, shares are
/// fractions, a number that does not exist is left out.
/// </summary>
public static class ResultsJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // A point of a plot that there is none of is NaN.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The JSON text, with a line break at its end.</summary>
    /// <param name="results">The results.</param>
    public static string Write(RunResults results) => JsonSerializer.Serialize(results, Options) + "\n";

    /// <summary>Reads what <see cref="Write(RunResults)"/> wrote.</summary>
    /// <param name="json">The text.</param>
    public static RunResults Read(Stream json) =>
        JsonSerializer.Deserialize<RunResults>(json, Options) ?? throw new JsonException("There is nothing in it.");

    /// <summary>The results at <c>standard</c> scale that come with the program: of the data sets that it does not hold.</summary>
    public static RunResults? Shipped { get; } = Load();

    /// <summary>The audits at <c>standard</c> scale that come with the program.</summary>
    public static IReadOnlyList<AuditResult> ShippedAudits { get; } =
    [
        .. typeof(ResultsJson).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("audits/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using Stream stream = typeof(ResultsJson).Assembly.GetManifestResourceStream(name)!;
                return JsonSerializer.Deserialize<AuditResult>(stream, Options) ?? throw new JsonException($"There is nothing in {name}.");
            }),
    ];

    /// <summary>The JSON text of an audit, with a line break at its end.</summary>
    /// <param name="audit">The audit.</param>
    public static string Write(AuditResult audit) => JsonSerializer.Serialize(audit, Options) + "\n";

    static RunResults? Load()
    {
        using Stream? stream = typeof(ResultsJson).Assembly.GetManifestResourceStream("standard.json");
        return stream is null ? null : Read(stream);
    }
}
