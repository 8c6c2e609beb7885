using System.Text.Json;
using System.Text.Json.Serialization;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>The state of a search as JSON that only this program writes: whatever is missing, null or unknown in it is damage.</summary>
static class StateJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads a file; null where it is damaged. The serializer lets null into arrays.</summary>
    /// <param name="maxBytes">A longer file is not one that was written here.</param>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static T? TryRead<T>(string path, long maxBytes)
        where T : class => InputFile.Read(path, stream =>
        {
            try
            {
                return stream.Length > maxBytes ? null : JsonSerializer.Deserialize<T>(stream, Options);
            }
            catch (JsonException)
            {
                return null;
            }
        });

    /// <summary>Writes a file, in one step: a reader never meets half of it.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Write<T>(string path, T content) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Options));
}
