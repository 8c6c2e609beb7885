using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// How the products of a sum are added: one after another, in the order of the weights, beginning with 0. An adder of few bits may add the
/// lowest ones; the bits above are added exactly, with its carry.
/// </summary>
public sealed record IntegerAccumulator
{
    /// <summary>The fewest bits of a sum.</summary>
    public const int MinBits = 8;

    /// <summary>The most bits of a sum; an unsigned one has at most one less.</summary>
    public const int MaxBits = 32;

    readonly int low, high;

    /// <summary>Describes an accumulator.</summary>
    /// <param name="bits">The bits of a sum: <see cref="MinBits"/> to <see cref="MaxBits"/>.</param>
    /// <param name="isSigned">Whether sums are in two's complement.</param>
    /// <param name="saturates">Whether a sum beyond the range becomes the end of the range; it wraps otherwise.</param>
    /// <param name="lower">What adds the lowest bits; null where all are added exactly.</param>
    /// <exception cref="InputException">The number of bits is out of range, or the adder has more.</exception>
    public IntegerAccumulator(int bits, bool isSigned = true, bool saturates = false, LowerAdder? lower = null)
    {
        int most = isSigned ? MaxBits : MaxBits - 1;
        if (bits < MinBits || bits > most)
        {
            throw new InputException(
                $"an accumulator of {bits} bits: {(isSigned ? "signed" : "unsigned")} sums have {MinBits} to {most}");
        }

        if (lower?.Bits > bits)
            throw new InputException($"the adder {lower} has {lower.Bits} bits, and the accumulator {bits}");
        (Bits, IsSigned, Saturates, Lower) = (bits, isSigned, saturates, lower);
        high = (int)((1L << (isSigned ? bits - 1 : bits)) - 1);
        low = isSigned ? -high - 1 : 0;
    }

    /// <summary>32 bits in two's complement, which wrap: what quantised layers have unless told otherwise.</summary>
    public static IntegerAccumulator Int32 { get; } = new(MaxBits);

    /// <summary>The bits of a sum.</summary>
    public int Bits { get; }

    /// <summary>Whether sums are in two's complement.</summary>
    public bool IsSigned { get; }

    /// <summary>Whether a sum beyond the range becomes the end of the range; it wraps otherwise.</summary>
    public bool Saturates { get; }

    /// <summary>What adds the lowest bits; null where all are added exactly.</summary>
    public LowerAdder? Lower { get; }

    /// <summary>Whether sums are those of integers modulo 2^<see cref="Bits"/>, so that the order of products does not matter.</summary>
    public bool IsModular => !Saturates && Lower is null;

    /// <summary>Adds a product to a sum.</summary>
    /// <param name="sum">A sum in the range.</param>
    /// <param name="product">A number in the range.</param>
    public int Add(int sum, int product)
    {
        long total = (long)sum + product;
        if (Lower is not null)
        {
            int mask = (1 << Lower.Bits) - 1, added = Lower[sum & mask, product & mask];
            total = (((long)sum >> Lower.Bits) + (product >> Lower.Bits) << Lower.Bits) + added;
        }

        return Saturates ? (int)Math.Clamp(total, low, high) : Wrap((int)total);
    }

    /// <summary>The sum that is left of a number after its bits above <see cref="Bits"/> are lost.</summary>
    public int Wrap(int total)
    {
        int lost = MaxBits - Bits;
        return IsSigned ? total << lost >> lost : total << lost >>> lost;
    }

    /// <summary>Refuses products that are no numbers of the accumulator.</summary>
    /// <exception cref="InputException">One is out of the range.</exception>
    internal void ThrowIfTooNarrow(string multiplier, ReadOnlySpan<int> products)
    {
        foreach (int product in products)
        {
            if (product < low || product > high)
                throw new InputException($"{multiplier} gives the product {product}; its accumulator holds {low} to {high}");
        }
    }

    /// <summary>Its name: <c>int16:saturate</c>, <c>int32:loa:8</c>.</summary>
    public override string ToString() =>
        $"{(IsSigned ? "int" : "uint")}{Bits}{(Saturates ? ":saturate" : "")}{(Lower is null ? "" : $":{Lower}")}";
}
