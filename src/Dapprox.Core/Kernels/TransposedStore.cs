using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Dapprox.Kernels;

/// <summary>Writes a matrix transposed: tiles have one row per position, images one row per channel.</summary>
static unsafe class TransposedStore
{
    const int Side = 4, ByteSide = 16;

    /// <summary>Effectively <c>destination[column · destinationStride + row] = source[row · sourceStride + column]</c>.</summary>
    /// <param name="source">The matrix's row 0 and column 0.</param>
    /// <param name="sourceStride">Distance from a row of the matrix to the next.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="destination">Receives the number of row 0 and column 0 here.</param>
    /// <param name="destinationStride">Distance from a column to the next.</param>
    public static void Run(float* source, int sourceStride, int rows, int columns, float* destination, int destinationStride)
    {
        int squareRows = rows - rows % Side, squareColumns = columns - columns % Side;
        for (int column = 0; column < squareColumns; column += Side)
        {
            for (int row = 0; row < squareRows; row += Side)
            {
                Square(
                    source + (nint)row * sourceStride + column, sourceStride,
                    destination + (nint)column * destinationStride + row, destinationStride);
            }
        }

        RunRest(source, sourceStride, rows, columns, squareRows, squareColumns, destination, destinationStride);
    }

    /// <inheritdoc cref="Run(float*, int, int, int, float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* source, int sourceStride, int rows, int columns, byte* destination, int destinationStride)
    {
        int squareRows = rows - rows % ByteSide, squareColumns = columns - columns % ByteSide;
        Vector128<byte>* one = stackalloc Vector128<byte>[ByteSide], other = stackalloc Vector128<byte>[ByteSide];
        for (int row = 0; row < squareRows; row += ByteSide)
        {
            for (int column = 0; column < squareColumns; column += ByteSide)
            {
                for (int i = 0; i < ByteSide; i++)
                    one[i] = Vector128.Load(source + (nint)(row + i) * sourceStride + column);
                // Each step halves the distance from a number to the next of its column, 16 at first; after four it is 1.
                Interleave(one, other);
                Interleave(other, one);
                Interleave(one, other);
                Interleave(other, one);
                for (int i = 0; i < ByteSide; i++)
                    one[i].Store(destination + (nint)(column + i) * destinationStride + row);
            }
        }

        RunRest(source, sourceStride, rows, columns, squareRows, squareColumns, destination, destinationStride);
    }

    /// <summary>What the squares leave at the right and at the bottom.</summary>
    static void RunRest<T>(
        T* source, int sourceStride, int rows, int columns, int squareRows, int squareColumns, T* destination, int destinationStride)
        where T : unmanaged
    {
        for (int column = 0; column < columns; column++)
        {
            for (int row = column < squareColumns ? squareRows : 0; row < rows; row++)
                destination[(nint)column * destinationStride + row] = source[(nint)row * sourceStride + column];
        }
    }

    /// <summary>The rows i and i + 8 become the rows 2i and 2i + 1, their numbers in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(Vector128<byte>* rows, Vector128<byte>* interleaved)
    {
        for (int i = 0; i < ByteSide / 2; i++)
        {
            interleaved[2 * i] = InterleaveLow(rows[i], rows[i + ByteSide / 2]);
            interleaved[2 * i + 1] = InterleaveHigh(rows[i], rows[i + ByteSide / 2]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Square(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        Vector128<float> a = Vector128.Load(source);
        Vector128<float> b = Vector128.Load(source + sourceStride);
        Vector128<float> c = Vector128.Load(source + 2 * sourceStride);
        Vector128<float> d = Vector128.Load(source + 3 * sourceStride);
        // a0 c0 a1 c1 and b0 d0 b1 d1 give a0 b0 c0 d0, the first column, and the second; the upper halves the others.
        Vector128<float> ac = InterleaveLow(a, c), bd = InterleaveLow(b, d);
        InterleaveLow(ac, bd).Store(destination);
        InterleaveHigh(ac, bd).Store(destination + destinationStride);
        ac = InterleaveHigh(a, c);
        bd = InterleaveHigh(b, d);
        InterleaveLow(ac, bd).Store(destination + 2 * destinationStride);
        InterleaveHigh(ac, bd).Store(destination + 3 * destinationStride);
    }

    // l0 r0 l1 r1; one instruction on x64 and Arm64, for which Vector128 has no name.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> InterleaveLow(Vector128<float> left, Vector128<float> right)
    {
        if (Sse.IsSupported)
            return Sse.UnpackLow(left, right);
        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.ZipLow(left, right)
            : Vector128.Create(left[0], right[0], left[1], right[1]);
    }

    // l2 r2 l3 r3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> InterleaveHigh(Vector128<float> left, Vector128<float> right)
    {
        if (Sse.IsSupported)
            return Sse.UnpackHigh(left, right);
        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.ZipHigh(left, right)
            : Vector128.Create(left[2], right[2], left[3], right[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> InterleaveLow(Vector128<byte> left, Vector128<byte> right)
    {
        if (Sse2.IsSupported)
            return Sse2.UnpackLow(left, right);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.ZipLow(left, right);
        return (Vector128.WidenLower(left) | Vector128.WidenLower(right) << 8).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> InterleaveHigh(Vector128<byte> left, Vector128<byte> right)
    {
        if (Sse2.IsSupported)
            return Sse2.UnpackHigh(left, right);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.ZipHigh(left, right);
        return (Vector128.WidenUpper(left) | Vector128.WidenUpper(right) << 8).AsByte();
    }
}
