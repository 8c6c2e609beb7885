namespace Dapprox.Tests.References;

/// <summary>
/// The mantissa arrays of AMA5 cells, literally: every cell of the array is evaluated, row after row. The cell is
/// approximation 5 of Gupta et al., IEEE TCAD 2013: Sum = B, Cout = A; the carry input is not connected.
/// </summary>
static class Ama5Cells
{
    static readonly byte[] Blocks = Enumerable.Range(0, 256).Select(i => (byte)Array(i >> 4, i & 15, 4)).ToArray();

    /// <summary>
    /// An N×N array multiplier. Row 0 is the partial products a₀·b; in each following row i, the cell in column j adds
    /// the partial product aᵢ·bⱼ (its input A) to the running sum's bit of the same weight (its input B).
    /// </summary>
    public static UInt128 Array(int a, int b, int bits)
    {
        Span<bool> running = stackalloc bool[bits + 1];
        UInt128 product = 0;
        for (int j = 0; j < bits; j++)
            running[j] = Bit(a, 0) && Bit(b, j);
        running[bits] = false;
        SetLowest(0, running[0], ref product);

        Span<bool> sums = stackalloc bool[bits];
        for (int i = 1; i < bits; i++)
        {
            bool carry = false;
            for (int j = 0; j < bits; j++)
                (sums[j], carry) = Cell(Bit(a, i) && Bit(b, j), running[j + 1], carry);
            sums.CopyTo(running);
            running[bits] = carry;
            SetLowest(i, running[0], ref product);
        }

        for (int j = 1; j <= bits; j++)
            SetLowest(bits - 1 + j, running[j], ref product);
        return product;
    }

    /// <summary>The released 24×24 multiplier: 36 4×4 arrays of cells, their products added exactly.</summary>
    public static ulong ThirtySixBlocks(uint a, uint b)
    {
        ulong sum = 0;
        for (int i = 0; i < 24; i += 4)
        {
            for (int j = 0; j < 24; j += 4)
                sum += (ulong)Blocks[(int)(((a >> i) & 15) << 4 | ((b >> j) & 15))] << (i + j);
        }

        return sum;
    }

    static (bool Sum, bool Carry) Cell(bool a, bool b, bool carry)
    {
        _ = carry;
        return (b, a);
    }

    static bool Bit(int value, int place) => ((value >> place) & 1) != 0;

    static void SetLowest(int place, bool bit, ref UInt128 product) => product |= (bit ? UInt128.One : UInt128.Zero) << place;
}
