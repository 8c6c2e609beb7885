using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>What adds the lowest bits of a sum and a product: a table of all its sums.</summary>
public class LowerAdder
{
    /// <summary>The most bits, of which a table of all pairs has 2²⁴ sums.</summary>
    public const int MaxBits = 12;

    readonly ushort[] sums;

    /// <summary>Tabulates an adder.</summary>
    /// <param name="name">Its name for a reader.</param>
    /// <param name="bits">The bits of an operand; 1 to <see cref="MaxBits"/>.</param>
    /// <param name="sums">By the sum's bits and then the product's: the bits of the new sum, and above them the carry, 0 or 1.</param>
    /// <exception cref="InputException">The number of bits is out of range, or a sum has more bits.</exception>
    public LowerAdder(string name, int bits, ushort[] sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        if (bits is < 1 or > MaxBits)
            throw new InputException($"the adder {name} has {bits} bits; one of the lowest bits of a sum has 1 to {MaxBits}");
        if (sums.Length != 1 << 2 * bits)
            throw new ArgumentException($"{sums.Length} sums of {bits} bits.", nameof(sums));
        (Name, Bits, this.sums) = (name, bits, sums);
    }

    /// <summary>Its name for a reader.</summary>
    public string Name { get; }

    /// <summary>The bits of an operand.</summary>
    public int Bits { get; }

    /// <summary>The new sum of <see cref="Bits"/> bits, and above them the carry.</summary>
    /// <param name="sum">The lowest bits of the sum before.</param>
    /// <param name="product">Those of the product.</param>
    public int this[int sum, int product] => sums[sum << Bits | product];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
