using System.Buffers.Binary;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>A tensor whose numbers are known when a model is read: real numbers, or integers, as in shapes.</summary>
/// <param name="Shape">The dimensions.</param>
/// <param name="Reals">The numbers if they are real; otherwise null.</param>
/// <param name="Integers">The numbers if they are integers, otherwise null; <see cref="Batch"/> stands for the number of images, and the
/// numbers from it on for its multiples (<see cref="ImagesIn"/>).</param>
sealed record OnnxTensor(int[] Shape, float[]? Reals, long[]? Integers)
{
    /// <summary>Stands for the unknown number of images.</summary>
    public const long Batch = long.MinValue;

    // Data types, indexed by their numbers in the format.
    internal const int Float = 1, UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, Bool = 9, Half = 10, Double = 11,
        UInt32 = 12, UInt64 = 13, BFloat16 = 16, UInt4 = 21, Int4 = 22;

    const int External = 1;

    const long MaxMultiple = 1L << 32;

    static readonly string[] DataTypes =
    [
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32",
        "uint64", "complex64",
        "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1",
    ];

    /// <summary>The range of integers of 4 or 8 bits; null for other numbers.</summary>
    public IntegerFormat? Format { get; init; }

    /// <summary>The number of elements.</summary>
    public int Count => (int)Tensor.Count(Shape);

    /// <summary>A one-dimensional tensor of integers.</summary>
    public static OnnxTensor List(params long[] numbers) => new([numbers.Length], null, numbers);

    /// <summary>What stands for a multiple of the number of images.</summary>
    /// <param name="multiple">At least 1.</param>
    public static long Images(long multiple) => multiple is >= 1 and <= MaxMultiple
        ? Batch + multiple - 1
        : throw new InputException($"it computes with {multiple} times the number of images");

    /// <summary>The multiple of the number of images that a number stands for; 0 for any other number.</summary>
    public static long ImagesIn(long number) => number < Batch + MaxMultiple ? number - Batch + 1 : 0;

    /// <summary>The name of a data type, in a message.</summary>
    /// <param name="type">Its number in the format.</param>
    public static string NameOf(long type) => type >= 0 && type < DataTypes.Length ? DataTypes[type] : $"the data type {type}";

    /// <summary>Reads a tensor.</summary>
    /// <param name="tensor">The tensor in the file.</param>
    /// <param name="folder">The folder of external data files.</param>
    /// <exception cref="InputException">Its numbers are missing or of an unsupported type.</exception>
    public static OnnxTensor Read(TensorProto tensor, string folder)
    {
        int count = CountOf(tensor), size = SizeOf(tensor);
        int[] shape = [.. tensor.Dims.Select(dimension => (int)dimension)];
        int given = tensor.DataType switch
        {
            Float => tensor.FloatData.Count,
            Double => tensor.DoubleData.Count,
            Int64 => tensor.Int64Data.Count,
            UInt32 or UInt64 => tensor.Uint64Data.Count,
            _ => tensor.Int32Data.Count,
        };
        ReadOnlyMemory<byte> raw = IsExternal(tensor) ? ReadExternal(tensor, folder) : tensor.RawData.Memory;
        bool isRaw = IsExternal(tensor) || !tensor.RawData.IsEmpty;
        long found = isRaw ? raw.Length : given, wanted = isRaw || IsPacked(tensor) ? BytesOf(tensor) : count;
        if (found != wanted)
            throw new InputException(
                $"the tensor '{tensor.Name}' of the shape [{string.Join(", ", shape)}] has {found} {(isRaw ? "bytes" : "numbers")} and "
                    + $"should have {wanted}");
        if (RealFormatOf(tensor.DataType) is RealFormat format)
        {
            float[] reals = new float[count];
            ReadOnlySpan<byte> bytes = raw.Span;
            for (int i = 0; i < reals.Length; i++)
                reals[i] = isRaw ? format.Read(bytes[(i * size)..]) : GivenReal(tensor, i);
            // Read once, so that a large network is not in memory twice.
            tensor.RawData = Google.Protobuf.ByteString.Empty;
            return new OnnxTensor(shape, reals, null);
        }

        long[] integers = new long[count];
        for (int i = 0; i < integers.Length; i++)
        {
            if (IsPacked(tensor))
            {
                // Two in a byte, the lower half first.
                int half = (isRaw ? raw.Span[i / 2] : tensor.Int32Data[i / 2]) >> (i % 2 * 4) & 0xF;
                integers[i] = tensor.DataType == Int4 ? (half ^ 8) - 8 : half;
                continue;
            }

            integers[i] = isRaw ? RawInteger(raw.Span[(i * size)..], tensor.DataType) : tensor.DataType switch
            {
                Int64 => tensor.Int64Data[i],
                UInt32 or UInt64 => Signed(tensor.Uint64Data[i]),
                _ => tensor.Int32Data[i],
            };
            // As the end of a slice, the smallest numbers say "to the start": so does the next one that stands for no images.
            integers[i] = Math.Max(integers[i], Batch + MaxMultiple);
        }

        return new OnnxTensor(shape, null, integers) { Format = IntegerFormatOf(tensor.DataType) };
    }

    /// <summary>The range of a data type of integers of 4 or 8 bits; null for other data types.</summary>
    /// <param name="type">Its number in the format.</param>
    public static IntegerFormat? IntegerFormatOf(long type) => type switch
    {
        UInt8 => IntegerFormat.UInt8,
        Int8 => IntegerFormat.Int8,
        UInt4 => new IntegerFormat(4, IsSigned: false),
        Int4 => new IntegerFormat(4, IsSigned: true),
        _ => null,
    };

    /// <summary>The format of a data type of real numbers; null for other data types.</summary>
    /// <param name="type">Its number in the format.</param>
    public static RealFormat? RealFormatOf(int type) => type switch
    {
        Float => RealFormat.Float32,
        Half => RealFormat.Float16,
        BFloat16 => RealFormat.BFloat16,
        Double => RealFormat.Float64,
        _ => null,
    };

    /// <summary>Whether the numbers are in another file.</summary>
    public static bool IsExternal(TensorProto tensor) => tensor.DataLocation == External;

    /// <summary>The number of elements that the dimensions claim.</summary>
    static int CountOf(TensorProto tensor)
    {
        long count = 1;
        foreach (long dimension in tensor.Dims)
        {
            count = dimension is >= 0 and <= int.MaxValue && count * Math.Max(1, dimension) <= Array.MaxLength
                ? count * dimension
                : throw new InputException(
                    $"the tensor '{tensor.Name}' has the shape [{string.Join(", ", tensor.Dims)}]; dimensions are at least 0, and their "
                        + $"product at most {Array.MaxLength}");
        }

        return (int)count;
    }

    /// <summary>The size of an element in bytes.</summary>
    static int SizeOf(TensorProto tensor) => RealFormatOf(tensor.DataType)?.Size() ?? tensor.DataType switch
    {
        Int64 or UInt64 => sizeof(long),
        Int32 or UInt32 => sizeof(int),
        Int16 or UInt16 => sizeof(short),
        UInt8 or Int8 or Bool or UInt4 or Int4 => 1,
        _ => throw new InputException(
            $"the tensor '{tensor.Name}' is of {NameOf(tensor.DataType)}; read are float, float16, bfloat16, double, bool, and integers of "
                + "4 and of 8 to 64 bits"),
    };

    // The largest of uint64 say "to the end", as the largest of int64 do.
    static long Signed(ulong number) => (long)Math.Min(number, long.MaxValue);

    static bool IsPacked(TensorProto tensor) => tensor.DataType is UInt4 or Int4;

    /// <summary>The number of bytes of all elements.</summary>
    static long BytesOf(TensorProto tensor) => IsPacked(tensor) ? (CountOf(tensor) + 1L) / 2 : (long)CountOf(tensor) * SizeOf(tensor);

    static float GivenReal(TensorProto tensor, int i) => tensor.DataType switch
    {
        Float => tensor.FloatData[i],
        Double => (float)tensor.DoubleData[i],
        Half => (float)BitConverter.UInt16BitsToHalf((ushort)tensor.Int32Data[i]),
        _ => BitConverter.UInt32BitsToSingle((uint)(ushort)tensor.Int32Data[i] << 16),
    };

    static long RawInteger(ReadOnlySpan<byte> bytes, int type) => type switch
    {
        Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        UInt64 => Signed(BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        Int8 => (sbyte)bytes[0],
        _ => bytes[0],
    };

    /// <summary>The bytes of a tensor in another file, which has to be in the model's folder or below.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="InputException">The bytes are not there, or the data type is an unsupported one.</exception>
    public static ReadOnlyMemory<byte> ReadExternal(TensorProto tensor, string folder)
    {
        long length = BytesOf(tensor);
        string? Entry(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;
        string location = Entry("location") ?? "";
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        root = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        if (length > Array.MaxLength)
            throw new InputException($"the tensor '{tensor.Name}' has {length} bytes; at most {Array.MaxLength} are read");
        if (location.Length == 0 || Path.IsPathRooted(location) || location.Contains('\0')
            || !Path.GetFullPath(Path.Combine(root, location)).StartsWith(root, StringComparison.Ordinal))
            throw new InputException(
                $"the data of the tensor '{tensor.Name}' are said to be in '{location}'; they have to be in a file in the model's folder");
        string file = Path.GetFullPath(Path.Combine(root, location));
        for (string? at = file; at is not null && at.Length > root.Length; at = Path.GetDirectoryName(at))
        {
            if (new FileInfo(at).LinkTarget is not null)
                throw new InputException(
                    $"the data of the tensor '{tensor.Name}' are in '{location}', which leads through a link; copy the file that it leads "
                        + "to into the model's folder");
        }

        long offset = long.TryParse(Entry("offset") ?? "0", out long start) ? start : -1;
        return InputFile.Read(file, stream =>
        {
            if (offset < 0 || offset > stream.Length - length)
                throw new InputException(
                    $"the data of the tensor '{tensor.Name}' are said to be {length} bytes from {Entry("offset") ?? "0"} on in "
                        + $"'{location}', which has {stream.Length} bytes");
            byte[] bytes = new byte[length];
            stream.Position = offset;
            stream.ReadExactly(bytes);
            return bytes;
        });
    }
}
