using System.Buffers.Binary;
using System.Text.Json;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

/// <summary>
/// A safetensors file: named tensors and a few lines of text. The layout is the length of the header (64 bits,
/// little-endian), the header (JSON: for each name its dtype, shape and data_offsets; text under
/// <c>__metadata__</c>), then the numbers of all tensors without gaps, little-endian, the last index fastest.
/// </summary>
/// <remarks>
/// The dtypes F32, F64, F16 and BF16 are read, each converted to binary32 (F64 rounded to nearest, so a number
/// beyond the range becomes an infinity); F32 is written.
/// </remarks>
public sealed partial class Safetensors
{
    const string MetadataName = "__metadata__";

    Safetensors(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>The metadata text; empty if there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Writes the tensors to a file. Equal content gives equal bytes: names are in ordinal order.</summary>
    /// <param name="path">The file to write, replaced atomically.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">The metadata text.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Save(stream, tensors, metadata));

    /// <summary>Writes the tensors to a stream, which stays open.</summary>
    /// <param name="stream">The destination.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">The metadata text.</param>
    /// <exception cref="ArgumentException">A tensor has the name that the format reserves for metadata.</exception>
    public static void Save(
        Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.ContainsKey(MetadataName))
            throw new ArgumentException($"A tensor cannot be called {MetadataName}.", nameof(tensors));
        (string Name, Tensor Tensor)[] ordered = tensors
            .Select(pair => (pair.Key, pair.Value))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToArray();

        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        byte[] buffer = new byte[64 * 1024];
        foreach ((_, Tensor tensor) in ordered)
        {
            for (int start = 0; start < tensor.Data.Length; start += buffer.Length / sizeof(float))
            {
                int count = Math.Min(buffer.Length / sizeof(float), tensor.Data.Length - start);
                for (int i = 0; i < count; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(i * sizeof(float)), tensor.Data[start + i]);
                stream.Write(buffer, 0, count * sizeof(float));
            }
        }
    }

    static byte[] Header((string Name, Tensor Tensor)[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataName);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                long end = offset + tensor.Data.LongLength * sizeof(float);
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (int dimension in tensor.Shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the numbers begin aligned.
        while (stream.Length % sizeof(ulong) != 0)
            stream.WriteByte((byte)' ');
        return stream.ToArray();
    }
}
