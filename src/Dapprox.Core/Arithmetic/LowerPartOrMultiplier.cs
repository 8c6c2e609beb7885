namespace Dapprox.Arithmetic;

/// <summary>
/// <c>loa:8:columns=8</c>: an array whose rows are added by lower-part OR adders (Mahdiani, Ahmadi, Fakhraie, Lucas, "Bio-Inspired
/// Imprecise Computational Blocks", IEEE TCAS-I 57(4), 2010). Row i holds b · 2^i where bit i of a is set, and is added to the rows above
/// it.
/// </summary>
/// <remarks>
/// In the columns below <see cref="Columns"/> an adder gives the OR of its operands. Columns above are added exactly, with the AND of the
/// highest ORed column as the carry into them. The order of the rows does not matter: each column only counts its ones. The circuit
/// <c>array:8:loa:columns=8</c> has the same ORs without that carry.
/// </remarks>
public sealed class LowerPartOrMultiplier : MagnitudeMultiplier
{
    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands.</param>
    /// <param name="columns">How many columns are ORed, the lowest ones: 0 to 2 · <paramref name="bits"/>.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <exception cref="Foundation.InputException">A number is out of its range.</exception>
    public LowerPartOrMultiplier(int bits, int columns, bool isSigned = false)
        : base(
            $"loa:{bits}:columns={columns}{Sign(isSigned)}", bits, isSigned,
            "rows of an array added by lower-part OR adders: ORs in the lowest columns, the AND of the last of them as carry",
            "Mahdiani et al., IEEE TCAS-I 57(4), 2010")
    {
        Check("columns", columns, 0, 2 * bits);
        Columns = columns;
    }

    /// <summary>How many columns are ORed.</summary>
    public int Columns { get; }

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b)
    {
        ulong sum = 0;
        for (int row = 0; row < FirstWidth; row++)
            sum = Add(sum, (a >> row & 1) * b << row);
        return sum;
    }

    ulong Add(ulong x, ulong y)
    {
        ulong low = (1UL << Columns) - 1, highestOfLow = low ^ low >> 1;
        ulong carry = (x & y & highestOfLow) << 1;
        return (x & ~low) + (y & ~low) + carry + ((x | y) & low);
    }
}
