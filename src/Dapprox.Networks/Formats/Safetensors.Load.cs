using System.Buffers.Binary;
using System.Text.Json;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

public sealed partial class Safetensors
{
    // The limit defined by the format.
    const long LongestHeader = 100_000_000;

    // Limits a name or other text of the file in a message.
    const int LongestPart = 60;

    // The size of the read buffer in bytes, a multiple of every element size.
    const int BufferLength = 64 * 1024;

    /// <summary>One tensor as the header describes it; <c>Begin</c> and <c>End</c> count bytes from the end of the header.</summary>
    readonly record struct Entry(string Name, RealFormat Format, int[] Shape, int Count, long Begin, long End);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file does not exist or is not a complete safetensors file.</exception>
    public static Safetensors Load(string path) => InputFile.Read(path, stream => Load(stream, $"'{path}'"));

    /// <summary>Reads from the current position of the stream to its end.</summary>
    /// <param name="stream">A seekable stream, since every claimed length is checked against the actual one.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <exception cref="InputException">The content is not a complete safetensors file.</exception>
    public static Safetensors Load(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long length = stream.Length - stream.Position;
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (length < prefix.Length)
            throw new InputException(
                $"{name} is not a safetensors file: it has {length} bytes, and the length of the header alone takes 8");
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        length -= prefix.Length;
        if (headerLength > LongestHeader)
            throw new InputException(
                $"{name} is not a safetensors file: its header would have {headerLength} bytes, and {LongestHeader} is the limit");
        if (headerLength > (ulong)length)
            throw new InputException($"{name} is cut short: its header has {headerLength} bytes, and {length} follow; get the file again");
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        length -= header.Length;

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        List<Entry> entries = Parse(header, name, metadata);
        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        CheckPlaces(entries, length, name);

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        byte[] buffer = new byte[BufferLength];
        foreach (Entry entry in entries)
            tensors.Add(entry.Name, new Tensor(ReadNumbers(stream, entry, buffer), entry.Shape));
        return new Safetensors(tensors, metadata);
    }

    static List<Entry> Parse(byte[] header, string name, Dictionary<string, string> metadata)
    {
        var entries = new List<Entry>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InputException($"{name} is not a safetensors file: its header is not a JSON object");
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name != MetadataName)
                    entries.Add(ParseEntry(property, name));
                else if (property.Value.ValueKind == JsonValueKind.Object
                    && property.Value.EnumerateObject().All(line => line.Value.ValueKind == JsonValueKind.String))
                {
                    foreach (JsonProperty line in property.Value.EnumerateObject())
                        metadata.Add(line.Name, line.Value.GetString()!);
                }
                else
                    throw new InputException($"{name}: {MetadataName} has to hold text by name");
            }
        }
        // InvalidOperationException: a name or text with an unpaired surrogate, which JSON can escape and UTF-16 cannot represent.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException($"{name} is not a safetensors file: its header is not valid JSON "
                + $"({InputFile.OneLine(e.Message.TrimEnd('.'))})", e);
        }

        return entries;
    }

    static Entry ParseEntry(JsonProperty property, string name)
    {
        string tensor = OneLine(property.Name);
        JsonElement value = property.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty(
                "data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
            throw new InputException($"{name}: tensor '{tensor}' needs a dtype, a shape and two data_offsets");

        RealFormat format = dtype.GetString() switch
        {
            "F64" => RealFormat.Float64,
            "F32" => RealFormat.Float32,
            "F16" => RealFormat.Float16,
            "BF16" => RealFormat.BFloat16,
            string other =>
                throw new InputException($"{name}: tensor '{tensor}' has the dtype {OneLine(other)}; F32, F64, F16 and BF16 can be read"),
            null => throw new InputException($"{name}: tensor '{tensor}' has no dtype"),
        };
        var dimensions = new List<int>();
        long count = 1;
        foreach (JsonElement element in shape.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out int dimension) || dimension < 0)
                throw new InputException($"{name}: tensor '{tensor}' has the shape {OneLine(shape.GetRawText())}; dimensions are "
                    + $"integers from 0 to {int.MaxValue}");
            dimensions.Add(dimension);
            count *= dimension;
            if (count > Array.MaxLength)
                throw new InputException($"{name}: tensor '{tensor}' has the shape {OneLine(shape.GetRawText())}; at most "
                    + $"{Array.MaxLength} numbers can be held");
        }

        if (!Offset(offsets[0], out long begin) || !Offset(offsets[1], out long end) || begin > end)
            throw new InputException($"{name}: tensor '{tensor}' has the data_offsets {OneLine(offsets.GetRawText())}; they are two "
                + "integers from 0 on, in ascending order");
        if (end - begin != count * format.Size())
            throw new InputException($"{name}: tensor '{tensor}' of shape {OneLine(shape.GetRawText())} and dtype {dtype.GetString()} "
                + $"needs {count * format.Size()} bytes, and its data_offsets give it {end - begin}");
        return new Entry(property.Name, format, dimensions.ToArray(), (int)count, begin, end);
    }

    static bool Offset(JsonElement element, out long offset)
    {
        offset = -1;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out offset) && offset >= 0;
    }

    /// <summary>
    /// Checks that the tensors fill the data without gaps or overlaps, as the format requires; <paramref name="entries"/> are in
    /// order of their offsets.
    /// </summary>
    static void CheckPlaces(List<Entry> entries, long length, string name)
    {
        long position = 0;
        foreach (Entry entry in entries)
        {
            if (entry.End > length)
                throw new InputException($"{name} is cut short: tensor '{OneLine(entry.Name)}' ends at byte {entry.End} of the data, and "
                    + $"{length} bytes are there; get the file again");
            if (entry.Begin != position)
                throw new InputException($"{name}: tensor '{OneLine(entry.Name)}' begins at byte {entry.Begin} of the data, and the one "
                    + $"before it ends at {position}; tensors may neither overlap nor leave gaps");
            position = entry.End;
        }

        if (position != length)
            throw new InputException($"{name}: {length - position} bytes follow the last tensor; the file is damaged");
    }

    static float[] ReadNumbers(Stream stream, Entry entry, byte[] buffer)
    {
        float[] numbers = new float[entry.Count];
        int size = entry.Format.Size(), perBuffer = buffer.Length / size;
        for (int start = 0; start < numbers.Length; start += perBuffer)
        {
            Span<float> part = numbers.AsSpan(start, Math.Min(perBuffer, numbers.Length - start));
            Span<byte> bytes = buffer.AsSpan(0, part.Length * size);
            stream.ReadExactly(bytes);
            for (int i = 0; i < part.Length; i++)
                part[i] = entry.Format.Read(bytes[(i * size)..]);
        }

        return numbers;
    }

    static string OneLine(string text) => InputFile.OneLine(text, LongestPart);
}
