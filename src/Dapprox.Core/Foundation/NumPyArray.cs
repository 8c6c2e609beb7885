using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Dapprox.Foundation;

/// <summary>
/// An array as numpy.save writes it (numpy.lib.format, versions 1 to 3): integers or floating-point numbers, in C order here whatever the
/// order of the file, the last index fastest.
/// </summary>
sealed partial class NumPyArray
{
    // A header of 64 KiB is the longest of version 1, and arrays of plain numbers need some hundred bytes.
    const int MaxHeader = 1 << 16;

    static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    readonly byte[] content;
    readonly bool isBigEndian;

    NumPyArray(byte[] content, string type, char kind, int size, bool isBigEndian, int[] shape) =>
        (this.content, Type, Kind, Size, this.isBigEndian, Shape) = (content, type, kind, size, isBigEndian, shape);

    /// <summary>The type of the numbers as NumPy writes it: <c>&lt;f4</c>.</summary>
    public string Type { get; }

    /// <summary>u for unsigned integers, i for signed ones, f for floating-point numbers.</summary>
    public char Kind { get; }

    /// <summary>The bytes of a number: 1, 2, 4 or 8.</summary>
    public int Size { get; }

    /// <summary>The lengths of the whole array, of whose first axis perhaps less was read.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How many numbers were read.</summary>
    public int Count => content.Length / Size;

    /// <summary>Whether the numbers are integers.</summary>
    public bool IsInteger => Kind is 'u' or 'i';

    /// <summary>The numbers as they are in memory; of unsigned bytes, the numbers themselves.</summary>
    public ReadOnlySpan<byte> Bytes => content;

    /// <summary>Reads an array.</summary>
    /// <param name="name">What the stream is called in messages, with quotation marks.</param>
    /// <param name="stream">The stream, from its beginning.</param>
    /// <param name="length">The number of bytes of the stream.</param>
    /// <param name="most">The maximum number of bytes of the array's numbers.</param>
    /// <param name="first">The maximum length of the first axis to read.</param>
    /// <exception cref="InputException">It is no such array, or a larger one.</exception>
    public static NumPyArray Read(string name, Stream stream, long length, long most, int first = int.MaxValue)
    {
        (string header, long start) = Header(name, stream);
        Match type = TypePattern().Match(header), order = OrderPattern().Match(header), lengths = ShapePattern().Match(header);
        if (!type.Success || !order.Success || !lengths.Success)
            throw Wrong(name, "has a header without the type, the order or the lengths of its array");
        (string typeName, char kind, int size) =
            (type.Groups["all"].Value, type.Groups["kind"].Value[0], type.Groups["bytes"].Value[0] - '0');
        if ((kind, size) is not ('u' or 'i', 1 or 2 or 4 or 8) and not ('f', 2 or 4 or 8) || type.Groups["bytes"].Length != 1)
            throw Wrong(name, $"has numbers of type {InputFile.OneLine(typeName, 20)}; integers (u1 to u8, i1 to i8) and floating-point "
                + "numbers (f2, f4, f8) are read");
        int[] shape = Lengths(name, lengths.Groups["lengths"].Value);
        // Beyond what any file holds, the product stops growing.
        Int128 bytes = shape.Aggregate((Int128)size, (product, one) => Int128.Min(product * one, long.MaxValue));
        if (bytes != length - start)
            throw Wrong(
                name, $"has an array of the shape {Shown(shape)} and {length - start} bytes for it, where {typeName} takes {bytes}");
        bool isByColumns = order.Groups["value"].Value == "True" && shape.Length > 1;
        // Of an array in C order the first part is the first images.
        if (!isByColumns && shape.Length > 0 && shape[0] > first)
            bytes = bytes / shape[0] * first;
        if (bytes > Math.Min(most, Array.MaxLength))
            throw Wrong(name, $"has an array of {bytes:N0} bytes; at most {Math.Min(most, Array.MaxLength):N0} are read");
        byte[] content = new byte[(int)bytes];
        stream.ReadExactly(content);
        return new NumPyArray(
            isByColumns ? ByRows(content, shape, size) : content, typeName, kind, size, type.Groups["order"].Value == ">", shape);
    }

    /// <summary>Writes what precedes the numbers of an array in C order.</summary>
    /// <param name="stream">The stream, at its beginning; the numbers follow.</param>
    /// <param name="type">The type of the numbers: <c>&lt;f4</c>.</param>
    /// <param name="shape">The lengths of the array.</param>
    public static void WriteHeader(Stream stream, string type, params ReadOnlySpan<int> shape)
    {
        string lengths = string.Join(", ", shape.ToArray());
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({lengths}{(shape.Length == 1 ? "," : "")}), }}";
        // The numbers begin at a multiple of 64 bytes, as NumPy has it.
        const int Before = 10, Alignment = 64;
        int length = (Before + text.Length + Alignment) / Alignment * Alignment - Before;
        byte[] header = [.. Magic, 1, 0, 0, 0, .. Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n")];
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(Before - 2), (ushort)length);
        stream.Write(header);
    }

    /// <summary>Writes numbers of the type <c>&lt;f4</c>.</summary>
    /// <param name="stream">The stream, behind the header or earlier numbers.</param>
    /// <param name="numbers">The next numbers in C order.</param>
    public static void WriteNumbers(Stream stream, ReadOnlySpan<float> numbers)
    {
        byte[] bytes = new byte[sizeof(float) * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), numbers[i]);
        stream.Write(bytes);
    }

    /// <summary>A shape in words: <c>60000×28×28</c>.</summary>
    public static string Shown(IReadOnlyList<int> shape) => shape.Count == 0 ? "()" : string.Join('×', shape);

    /// <summary>An integer; those of unsigned 64 bits from 2⁶³ on become negative.</summary>
    /// <param name="i">Its index in C order.</param>
    public long Integer(int i)
    {
        ReadOnlySpan<byte> number = content.AsSpan(i * Size, Size);
        long value = 0;
        for (int k = 0; k < Size; k++)
            value = value << 8 | number[isBigEndian ? k : Size - 1 - k];
        int above = 64 - 8 * Size;
        return Kind == 'i' ? value << above >> above : value;
    }

    /// <summary>A floating-point number.</summary>
    /// <param name="i">Its index in C order.</param>
    public double Real(int i)
    {
        ReadOnlySpan<byte> number = content.AsSpan(i * Size, Size);
        return (Size, isBigEndian) switch
        {
            (2, false) => (double)BinaryPrimitives.ReadHalfLittleEndian(number),
            (2, true) => (double)BinaryPrimitives.ReadHalfBigEndian(number),
            (4, false) => BinaryPrimitives.ReadSingleLittleEndian(number),
            (4, true) => BinaryPrimitives.ReadSingleBigEndian(number),
            (_, false) => BinaryPrimitives.ReadDoubleLittleEndian(number),
            _ => BinaryPrimitives.ReadDoubleBigEndian(number),
        };
    }

    static (string Header, long Length) Header(string name, Stream stream)
    {
        byte[] start = new byte[12];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan(0, 6).SequenceEqual(Magic))
            throw Wrong(name, "does not begin as NumPy arrays do");
        // Version 1 has a length of two bytes, and the last two of the start belong to the text.
        bool isShort = start[6] == 1;
        uint length = isShort
            ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length is < 2 or > MaxHeader)
            throw Wrong(name, $"has a header of {length} bytes; from 2 to {MaxHeader} are read");
        byte[] text = new byte[length];
        int begun = isShort ? 2 : 0;
        start.AsSpan(12 - begun).CopyTo(text);
        if (stream.ReadAtLeast(text.AsSpan(begun), text.Length - begun, throwOnEndOfStream: false) < text.Length - begun)
            throw Wrong(name, "ends inside its header");
        return (Encoding.Latin1.GetString(text), 12 - begun + length);
    }

    static int[] Lengths(string name, string text)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int[] lengths = new int[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!int.TryParse(words[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]))
                throw Wrong(
                    name, $"has the length '{InputFile.OneLine(words[i], 20)}' in its shape; lengths are integers up to {int.MaxValue}");
        }

        const int MaxAxes = 8;
        return lengths.Length <= MaxAxes
            ? lengths
            : throw Wrong(name, $"has an array of {lengths.Length} axes; at most {MaxAxes} are read");
    }

    /// <summary>The numbers in C order, of a file in which the first index is fastest.</summary>
    static byte[] ByRows(byte[] columns, int[] shape, int size)
    {
        byte[] rows = new byte[columns.Length];
        int[] index = new int[shape.Length], steps = new int[shape.Length];
        for (int axis = 0, step = size; axis < shape.Length; step *= shape[axis++])
            steps[axis] = step;
        int from = 0;
        for (int to = 0; to < rows.Length; to += size)
        {
            columns.AsSpan(from, size).CopyTo(rows.AsSpan(to));
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++index[axis] < shape[axis])
                    break;
                from -= steps[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return rows;
    }

    static InputException Wrong(string name, string what) => new($"{name} {what}");

    [GeneratedRegex(@"'descr'\s*:\s*'(?<all>(?<order>[<>|=]?)(?<kind>[a-zA-Z])(?<bytes>\d+))'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(?<value>True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\((?<lengths>[^()]*)\)")]
    private static partial Regex ShapePattern();
}
