using System.Buffers.Binary;

namespace Dapprox.Networks.Formats;

/// <summary>The little-endian format of real numbers in a file.</summary>
enum RealFormat
{
    /// <summary>binary32.</summary>
    Float32,

    /// <summary>binary64.</summary>
    Float64,

    /// <summary>binary16.</summary>
    Float16,

    /// <summary>bfloat16, the upper half of binary32.</summary>
    BFloat16,
}

/// <summary>Reads and writes numbers of a <see cref="RealFormat"/>.</summary>
static class RealFormats
{
    /// <summary>The size of a number in bytes.</summary>
    public static int Size(this RealFormat format) => format switch
    {
        RealFormat.Float32 => sizeof(float),
        RealFormat.Float64 => sizeof(double),
        _ => sizeof(ushort),
    };

    /// <summary>The number at the start of the bytes, rounded to binary32.</summary>
    public static float Read(this RealFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        RealFormat.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        RealFormat.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        RealFormat.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
    };

    /// <summary>Writes a number to the start of the bytes, rounded to nearest, ties to even.</summary>
    public static void Write(this RealFormat format, float number, Span<byte> bytes)
    {
        switch (format)
        {
            case RealFormat.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, number);
                break;
            case RealFormat.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
                break;
            case RealFormat.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)number);
                break;
            default:
                uint bits = BitConverter.SingleToUInt32Bits(number);
                // Half of the last place kept, and one less where that place is even, so that a tie stays below. A NaN keeps its sign and
                // is quiet: its payload could round to an infinity.
                bits = float.IsNaN(number) ? bits | 0x400000 : bits + 0x7FFF + ((bits >> 16) & 1);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(bits >> 16));
                break;
        }
    }
}
