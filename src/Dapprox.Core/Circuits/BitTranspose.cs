using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dapprox.Circuits;

/// <summary>
/// Turns 512 numbers of 32 bits into 32 slices of 512 bits, one for each bit position, and back: in each of 16 lanes a
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
    public static void ToSlices(Span<Vector512<uint>> rows, int bits)
    {
        ref Vector512<uint> first = ref rows[..Rows][0];
        for (int row = 0; row < 8; row++)
            ExchangeFar(ref Unsafe.Add(ref first, row));
        for (int row = 0; row < bits; row += 8)
            ExchangeNear(ref Unsafe.Add(ref first, row));
    }

    /// <summary>From slices to numbers.</summary>
    /// <param name="slices">32 slices, zero from <paramref name="bits"/> on; they become rows of numbers.</param>
    /// <param name="bits">How many slices count; 1 to 32.</param>
    public static void ToNumbers(Span<Vector512<uint>> slices, int bits)
    {
        ref Vector512<uint> first = ref slices[..Rows][0];
        for (int row = 0; row < bits; row += 8)
            ExchangeNear(ref Unsafe.Add(ref first, row));
        for (int row = 0; row < 8; row++)
            ExchangeFar(ref Unsafe.Add(ref first, row));
    }

    /// <summary>Swaps halves and quarters of the matrix: in four rows, 8 apart.</summary>
    static void ExchangeFar(ref Vector512<uint> first)
    {
        ref Vector512<uint> second = ref Unsafe.Add(ref first, 8);
        ref Vector512<uint> third = ref Unsafe.Add(ref first, 16), fourth = ref Unsafe.Add(ref first, 24);
        Vector512<uint> a = first, b = second, c = third, d = fourth;
        Exchange(ref a, ref c, 16, 0x0000_FFFF);
        Exchange(ref b, ref d, 16, 0x0000_FFFF);
        Exchange(ref a, ref b, 8, 0x00FF_00FF);
        Exchange(ref c, ref d, 8, 0x00FF_00FF);
        (first, second, third, fourth) = (a, b, c, d);
    }

    /// <summary>Swaps eighths, sixteenths and single rows: in eight rows.</summary>
    static void ExchangeNear(ref Vector512<uint> first)
    {
        Vector512<uint> a = first, b = Unsafe.Add(ref first, 1), c = Unsafe.Add(ref first, 2), d = Unsafe.Add(ref first, 3);
        Vector512<uint> e = Unsafe.Add(ref first, 4), f = Unsafe.Add(ref first, 5);
        Vector512<uint> g = Unsafe.Add(ref first, 6), h = Unsafe.Add(ref first, 7);
        Exchange(ref a, ref e, 4, 0x0F0F_0F0F);
        Exchange(ref b, ref f, 4, 0x0F0F_0F0F);
        Exchange(ref c, ref g, 4, 0x0F0F_0F0F);
        Exchange(ref d, ref h, 4, 0x0F0F_0F0F);
        Exchange(ref a, ref c, 2, 0x3333_3333);
        Exchange(ref b, ref d, 2, 0x3333_3333);
        Exchange(ref e, ref g, 2, 0x3333_3333);
        Exchange(ref f, ref h, 2, 0x3333_3333);
        Exchange(ref a, ref b, 1, 0x5555_5555);
        Exchange(ref c, ref d, 1, 0x5555_5555);
        Exchange(ref e, ref f, 1, 0x5555_5555);
        Exchange(ref g, ref h, 1, 0x5555_5555);
        (first, Unsafe.Add(ref first, 1), Unsafe.Add(ref first, 2), Unsafe.Add(ref first, 3)) = (a, b, c, d);
        (Unsafe.Add(ref first, 4), Unsafe.Add(ref first, 5), Unsafe.Add(ref first, 6), Unsafe.Add(ref first, 7)) = (e, f, g, h);
    }

    /// <summary>Swaps the high bits of one row with the low bits of the other, as many as the rows are apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Exchange(ref Vector512<uint> one, ref Vector512<uint> other, [ConstantExpected] int distance, uint low)
    {
        Vector512<uint> mask = Vector512.Create(low);
        (one, other) = (
            Vector512.ConditionalSelect(mask, one, other << distance),
            Vector512.ConditionalSelect(mask, one >>> distance, other));
    }
}
