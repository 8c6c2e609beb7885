using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Tables of all products as files: one row for each first operand, one column for each second, both from the least operand up. NumPy
/// arrays (<c>.npy</c>), numbers of two bytes, or for more than eight bits four, the lowest first (<c>.bin</c>), and texts with commas
/// (<c>.csv</c>) or white space (<c>.txt</c>) between numbers.
/// </summary>
public static class TableFiles
{
    // An array of the widest operands and numbers, with its header.
    const long MaxBytes = (8L << (2 * TableMultiplier.MaxBits)) + 65_536;

    /// <summary>The endings of their names.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".bin", ".csv", ".txt"];

    /// <summary>Whether a path is meant as that of a table, by its ending.</summary>
    public static bool IsTable(string path) =>
        Extensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file; the ending of its name is one of <see cref="Extensions"/>.</param>
    /// <param name="isSigned">
    /// Whether its numbers are in two's complement, and the first row is that of the most negative operand; null where nothing is said.
    /// </param>
    /// <exception cref="InputException">It is no such table, or does not say whether it is signed.</exception>
    public static TableMultiplier Read(string path, bool? isSigned) => InputFile.Read(path, stream =>
    {
        if (stream.Length > MaxBytes)
        {
            throw new InputException(
                $"'{path}' has {stream.Length} bytes; tables of {TableMultiplier.MaxBits}-bit operands have at most {MaxBytes}");
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => OfArray(path, content, isSigned),
            ".bin" => OfBytes(path, content, isSigned),
            _ => OfText(path, content, isSigned),
        };
    });

    /// <summary>Writes all products of a multiplier.</summary>
    /// <param name="multiplier">A multiplier of operands of the same width, at most <see cref="TableMultiplier.MaxBits"/> bits.</param>
    /// <param name="path">The file; the ending of its name is one of <see cref="Extensions"/>.</param>
    /// <exception cref="InputException">The multiplier is too wide for a table, or the file cannot be written.</exception>
    public static void Write(IntegerMultiplier multiplier, string path)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        int bits = multiplier.FirstWidth;
        if (bits != multiplier.SecondWidth || bits > TableMultiplier.MaxBits || multiplier.ProductWidth > 32)
        {
            throw new InputException(
                $"{multiplier.Name} multiplies {bits} by {multiplier.SecondWidth} bits to {multiplier.ProductWidth}; a table has operands "
                    + $"of the same width, at most {TableMultiplier.MaxBits} bits, and products of at most 32");
        }

        long[] products = Products(multiplier);
        int bytes = multiplier.ProductWidth <= 16 ? 2 : 4;
        AtomicFile.Write(path, stream =>
        {
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".npy":
                    NumPyArray.WriteHeader(stream, $"<{(multiplier.IsSigned ? 'i' : 'u')}{bytes}", 1 << bits, 1 << bits);
                    WriteNumbers(stream, products, bytes);
                    break;
                case ".bin":
                    WriteNumbers(stream, products, bits <= 8 && bytes == 2 ? 2 : 4);
                    break;
                default:
                    string between = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? "," : " ";
                    using (var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" })
                    {
                        foreach (long[] row in products.Chunk(1 << bits))
                            writer.WriteLine(string.Join(between, row));
                    }

                    break;
            }
        });
    }

    /// <summary>All products in the order of a file.</summary>
    static long[] Products(IntegerMultiplier multiplier)
    {
        int bits = multiplier.FirstWidth, count = 1 << bits;
        ulong least = multiplier.IsSigned ? 1UL << (bits - 1) : 0;
        ulong[] a = new ulong[count], b = new ulong[count];
        var row = new UInt128[count];
        for (int i = 0; i < count; i++)
            b[i] = (ulong)i ^ least;
        long[] products = new long[count * count];
        for (int i = 0; i < count; i++)
        {
            Array.Fill(a, (ulong)i ^ least);
            multiplier.Multiply(a, b, row);
            for (int j = 0; j < count; j++)
                products[i * count + j] = (long)multiplier.Extend(row[j], multiplier.ProductWidth);
        }

        return products;
    }

    static void WriteNumbers(Stream stream, long[] numbers, int bytes)
    {
        byte[] content = new byte[numbers.Length * bytes];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (bytes == 2)
                BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(2 * i), unchecked((ushort)numbers[i]));
            else
                BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4 * i), unchecked((uint)numbers[i]));
        }

        stream.Write(content);
    }

    static TableMultiplier OfArray(string path, byte[] content, bool? isSigned)
    {
        NumPyArray array = NumPyArray.Read($"'{path}'", new MemoryStream(content), content.Length, MaxBytes);
        if (!array.IsInteger)
        {
            throw Wrong(path, $"has numbers of type {array.Type}; integers are read: u1, u2, u4, u8, i1, i2, i4 and i8. In NumPy: "
                + "table.astype(numpy.uint16)");
        }

        bool typeIsSigned = array.Kind == 'i';
        if (!typeIsSigned && isSigned == true)
            throw Wrong(path, $"has unsigned numbers ({array.Type}), and --signed is given; leave it out, or save signed ones");
        if (typeIsSigned && isSigned is null)
        {
            throw Wrong(path, $"has signed numbers ({array.Type}), which unsigned products may be kept in; say --signed if the first row "
                + "is that of the most negative operand, or --unsigned");
        }

        return array.Shape is [int rows, int columns] && rows == columns
            ? OfNumbers(path, array.Count, isSigned ?? false, array.Integer)
            : throw Wrong(
                path, $"has an array of the shape {NumPyArray.Shown(array.Shape)}; a table has as many rows as columns, a power of two");
    }

    static TableMultiplier OfBytes(string path, byte[] content, bool? isSigned)
    {
        // Tables of at most eight bits have at most 131,072 bytes in twos, those of more at least 1,048,576 in fours.
        int bytes = content.Length <= 2 << 16 ? 2 : 4;
        bool signed = isSigned ?? false;
        return OfNumbers(path, content.Length / bytes * bytes == content.Length ? content.Length / bytes : 0, signed, i =>
        {
            ReadOnlySpan<byte> number = content.AsSpan(i * bytes, bytes);
            return (bytes, signed) switch
            {
                (2, true) => BinaryPrimitives.ReadInt16LittleEndian(number),
                (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(number),
                (_, true) => BinaryPrimitives.ReadInt32LittleEndian(number),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(number),
            };
        });
    }

    static TableMultiplier OfText(string path, byte[] content, bool? isSigned)
    {
        string[] words = Encoding.UTF8.GetString(content).Split(
            [',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        long[] numbers = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!long.TryParse(words[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]))
                throw Wrong(path, $"has '{SourceText.Shown(words[i])}' among its numbers; integers are read");
        }

        if (isSigned is null && numbers.Any(number => number < 0))
            throw Wrong(path, "has negative products; say --signed if the first row is that of the most negative operand");
        return OfNumbers(path, numbers.Length, isSigned ?? false, i => numbers[i]);
    }

    static TableMultiplier OfNumbers(string path, int count, bool isSigned, Func<int, long> number)
    {
        int bits = Enumerable.Range(1, TableMultiplier.MaxBits).FirstOrDefault(bits => 1 << (2 * bits) == count);
        if (bits == 0)
        {
            throw Wrong(path, $"has {count} products; a table of n-bit operands has 4ⁿ, from 4 to {1 << (2 * TableMultiplier.MaxBits)}, so "
                + "65,536 for 8 bits");
        }

        // In a file the least operand comes first, here the one whose bits are zero.
        int least = isSigned ? 1 << (bits - 1) : 0;
        uint[] products = new uint[count];
        for (int i = 0; i < count; i++)
        {
            long value = number(i);
            if (isSigned ? value is < int.MinValue or > int.MaxValue : value is < 0 or > uint.MaxValue)
                throw Wrong(path, $"has the product {value}; {(isSigned ? "signed" : "unsigned")} ones have at most 32 bits");
            products[((i >> bits) ^ least) << bits | ((i & ((1 << bits) - 1)) ^ least)] = unchecked((uint)value);
        }

        return new TableMultiplier(Path.GetFileNameWithoutExtension(path), bits, isSigned, products);
    }

    static InputException Wrong(string path, string what) => new($"'{path}' {what}");
}
