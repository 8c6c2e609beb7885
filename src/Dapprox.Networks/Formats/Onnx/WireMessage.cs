using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// A protobuf message as its fields, in the order of the file (protobuf.dev/programming-guides/encoding). What is not changed keeps its
/// bytes, whether the schema knows it or not.
/// </summary>
sealed class WireMessage
{
    /// <summary>The kinds of fields, which say how long one is.</summary>
    public const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    /// <summary>A tag is a field's number and, in so many of its lowest bits, its kind.</summary>
    public const int KindBits = 3;

    readonly List<Field> fields = [];
    bool hasOtherFields;

    /// <summary>Finds the fields.</summary>
    /// <param name="bytes">The message; kept, not copied.</param>
    /// <exception cref="InputException">The bytes are no message.</exception>
    public WireMessage(ReadOnlyMemory<byte> bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int start = at;
            ulong tag = ReadVarint(bytes.Span, ref at);
            int kind = (int)tag & ((1 << KindBits) - 1), content = at;
            long length = sizeof(ulong);
            switch (kind)
            {
                case Varint:
                    ReadVarint(bytes.Span, ref at);
                    length = at - content;
                    break;
                case Fixed32:
                    length = sizeof(uint);
                    break;
                case Delimited:
                    length = (long)Math.Min(ReadVarint(bytes.Span, ref at), int.MaxValue);
                    content = at;
                    break;
                case not Fixed64:
                    throw new InputException($"a field of it is of kind {kind}; ONNX files have the kinds 0, 1, 2 and 5");
            }

            if (content + length > bytes.Length)
                throw Short();
            at = content + (int)length;
            fields.Add(new Field((int)(tag >> KindBits), bytes[start..at], bytes[content..at]));
        }
    }

    bool IsChanged => hasOtherFields || fields.Any(one => one.IsChanged);

    /// <summary>The number of bytes.</summary>
    public long Length => fields.Sum(one => one.Length);

    /// <summary>The fields of a number, in order; the list does not change with the message.</summary>
    /// <param name="number">The field's number in the schema.</param>
    public IReadOnlyList<Field> Of(int number) => [.. fields.Where(field => field.Number == number)];

    /// <summary>Adds a field of bytes, a text or a message.</summary>
    /// <param name="number">The field's number in the schema.</param>
    /// <param name="content">Its bytes; kept, not copied.</param>
    /// <param name="behind">The field that it follows; null for the last one.</param>
    public void Add(int number, ReadOnlyMemory<byte> content, Field? behind = null)
    {
        fields.Insert(behind is null ? fields.Count : fields.IndexOf(behind) + 1, new Field(number, content));
        hasOtherFields = true;
    }

    /// <summary>Replaces a field by one of bytes, a text or a message.</summary>
    /// <param name="field">A field of this message.</param>
    /// <param name="content">Its bytes; kept, not copied.</param>
    public void Replace(Field field, ReadOnlyMemory<byte> content)
    {
        Add(field.Number, content, field);
        Remove(field);
    }

    /// <summary>Removes a field.</summary>
    /// <param name="field">A field of this message.</param>
    public void Remove(Field field)
    {
        fields.Remove(field);
        hasOtherFields = true;
    }

    /// <summary>Writes the message.</summary>
    /// <param name="stream">The destination, which stays open.</param>
    public void WriteTo(Stream stream)
    {
        foreach (Field field in fields)
            field.WriteTo(stream);
    }

    static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (at == bytes.Length || shift > 63)
                throw Short();
            byte next = bytes[at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }
    }

    static byte[] Header(int number, long length)
    {
        var bytes = new List<byte>();
        foreach (ulong part in (ulong[])[(ulong)number << KindBits | Delimited, (ulong)length])
        {
            ulong rest = part;
            for (; rest >= 0x80; rest >>= 7)
                bytes.Add((byte)(rest | 0x80));
            bytes.Add((byte)rest);
        }

        return [.. bytes];
    }

    static InputException Short() => new("a field of it is cut short");

    /// <summary>A field of a message.</summary>
    /// <param name="number">Its number in the schema.</param>
    /// <param name="bytes">All its bytes.</param>
    /// <param name="content">Its bytes without tag and length.</param>
    public sealed class Field(int number, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> content)
    {
        WireMessage? message;

        /// <summary>A field of bytes, a text or a message.</summary>
        public Field(int number, ReadOnlyMemory<byte> content)
            : this(number, (byte[])[.. Header(number, content.Length), .. content.Span], content)
        {
        }

        /// <summary>Its number in the schema.</summary>
        public int Number => number;

        /// <summary>Whether something in its message was changed.</summary>
        public bool IsChanged => message is { IsChanged: true };

        /// <summary>The number of its bytes.</summary>
        public long Length => IsChanged ? Header(number, message!.Length).Length + message.Length : bytes.Length;

        /// <summary>Its content as a message, whose changes are written.</summary>
        public WireMessage Message => message ??= new WireMessage(content);

        /// <summary>Writes the field.</summary>
        public void WriteTo(Stream stream)
        {
            if (!IsChanged)
            {
                stream.Write(bytes.Span);
                return;
            }

            stream.Write(Header(number, message!.Length));
            message.WriteTo(stream);
        }
    }
}
