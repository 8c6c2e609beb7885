using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>
/// Writes results as JSON: <c>run</c>, <c>results</c> and <c>timings</c>. Under <c>results</c> the same options give the same
/// bytes, whatever the number of threads; names are those of the records, shares are fractions, a number that does not exist is null.
/// </summary>
public static class ResultsJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new FiniteNumbers() },
    };

    /// <summary>The JSON text of a run, with a line break at its end.</summary>
    /// <param name="reproduction">What was found.</param>
    /// <param name="run">What it was run with.</param>
    public static string Write(Reproduction reproduction, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(reproduction);
        return JsonSerializer.Serialize(new { run, results = reproduction.Result, timings = reproduction.Timings }, Options) + "\n";
    }

    /// <summary>The JSON text of one record alone.</summary>
    /// <param name="result">The record.</param>
    public static string Write<T>(T result) => JsonSerializer.Serialize(result, Options);

    /// <summary>JSON has neither NaN nor infinity.</summary>
    sealed class FiniteNumbers : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
