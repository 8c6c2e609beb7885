using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DefensiveApproximation.Circuits;

/// <summary>
/// Turns 512 numbers of 32 bits into 32 slices of 512 bits, one for each place of a bit, and back: in each of 16 lanes a
/// matrix of 32 by 32 bits is transposed. (Warren, Hacker's Delight, 2nd edition, section 7-3.)
/// </summary>
/// <remarks>
/// Number 16r + l stands in lane l of row r; its bit in a slice is bit r of lane l. Transposing twice gives back the numbers.
/// </remarks>
static class BitTranspose
{
    /// <summary>How many rows, and how many slices, there are.</summary>
    public const int Rows = 32;

    /// <summary>From numbers to slices.</summary>
    /// <param name="rows">32 rows, which become slices; from <paramref name="bits"/> on they are undefined.</param>
    /// <param name="bits">The numbers are below 2^bits; 1 to 32.</param>
    public static void ToSlices(ref Vector512<uint> rows, int bits)
    {
        Exchange(ref rows, 16, 0x0000_FFFF, Rows);
        Exchange(ref rows, 8, 0x00FF_00FF, Blocks(bits, 16));
        Exchange(ref rows, 4, 0x0F0F_0F0F, Blocks(bits, 8));
        Exchange(ref rows, 2, 0x3333_3333, Blocks(bits, 4));
        Exchange(ref rows, 1, 0x5555_5555, Blocks(bits, 2));
    }

    /// <summary>From slices to numbers.</summary>
    /// <param name="slices">32 slices, zero from <paramref name="bits"/> on; they become rows of numbers.</param>
    /// <param name="bits">How many slices count; 1 to 32.</param>
    public static void ToNumbers(ref Vector512<uint> slices, int bits)
    {
        Exchange(ref slices, 1, 0x5555_5555, Blocks(bits, 2));
        Exchange(ref slices, 2, 0x3333_3333, Blocks(bits, 4));
        Exchange(ref slices, 4, 0x0F0F_0F0F, Blocks(bits, 8));
        Exchange(ref slices, 8, 0x00FF_00FF, Blocks(bits, 16));
        Exchange(ref slices, 16, 0x0000_FFFF, Rows);
    }

    /// <summary>The rows that are looked at: those of all blocks of that size in which there are bits that count.</summary>
    static int Blocks(int bits, int size) => (bits + size - 1) / size * size;

    /// <summary>In each block of 2·distance rows: the high bits of the upper half change places with the low ones of the lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Exchange(ref Vector512<uint> rows, [ConstantExpected] int distance, uint low, int end)
    {
        Vector512<uint> mask = Vector512.Create(low);
        for (int block = 0; block < end; block += 2 * distance)
        {
            for (int row = block; row < block + distance; row++)
            {
                ref Vector512<uint> first = ref Unsafe.Add(ref rows, row);
                ref Vector512<uint> second = ref Unsafe.Add(ref rows, row + distance);
                Vector512<uint> one = first, two = second;
                Vector512<uint> change = ((one >>> distance) ^ two) & mask;
                second = two ^ change;
                first = one ^ (change << distance);
            }
        }
    }
}
