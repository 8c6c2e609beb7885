using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// A multiplier of integers of one width that is defined for unsigned numbers. With a sign it is sign-magnitude: operands are in two's
/// complement, their absolute values are multiplied, and the product is negated where the signs differ. Products have twice the width.
/// </summary>
public abstract class MagnitudeMultiplier : IntegerMultiplier
{
    /// <summary>The smallest width of operands.</summary>
    public const int MinBits = 2;

    /// <summary>The largest width of operands.</summary>
    public const int MaxBits = 16;

    /// <summary>The word that makes a multiplier signed, at the end of its name.</summary>
    public const string SignWord = "sign-magnitude";

    /// <summary>Creates it.</summary>
    /// <param name="name">The name on the command line.</param>
    /// <param name="bits">n, the number of bits of the operands; <see cref="MinBits"/> to <see cref="MaxBits"/>.</param>
    /// <param name="isSigned">Whether operands and product are in two's complement.</param>
    /// <param name="summary">What it computes, in one line.</param>
    /// <param name="source">Where it was published.</param>
    /// <exception cref="InputException">The width is out of its range.</exception>
    protected MagnitudeMultiplier(string name, int bits, bool isSigned, string summary, string source)
        : base(name, bits, bits, 2 * bits, isSigned, summary, source) => Check("the number of bits", bits, MinBits, MaxBits);

    /// <summary>The product of two magnitudes, as this hardware would give it.</summary>
    /// <param name="a">The first operand: 0 to 2ⁿ − 1, or with a sign 0 to 2ⁿ⁻¹.</param>
    /// <param name="b">The second, likewise.</param>
    /// <returns>The product, below 2²ⁿ, or with a sign below 2²ⁿ⁻¹.</returns>
    public abstract ulong Multiply(ulong a, ulong b);

    /// <inheritdoc/>
    public sealed override void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<UInt128> products)
    {
        for (int i = 0; i < products.Length; i++)
        {
            bool isNegativeA = IsNegative(a[i]), isNegativeB = IsNegative(b[i]);
            ulong product = Multiply(isNegativeA ? Negated(a[i], FirstWidth) : a[i], isNegativeB ? Negated(b[i], FirstWidth) : b[i]);
            products[i] = isNegativeA != isNegativeB ? Negated(product, ProductWidth) : product;
        }
    }

    /// <summary>The end of a name: the word for a sign, or nothing.</summary>
    /// <param name="isSigned">Whether there is a sign.</param>
    protected static string Sign(bool isSigned) => isSigned ? $":{SignWord}" : "";

    /// <summary>Refuses a parameter that is out of its range.</summary>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="value">The number that was given.</param>
    /// <param name="least">The smallest legal number.</param>
    /// <param name="most">The largest.</param>
    /// <exception cref="InputException">It is out of its range.</exception>
    protected void Check(string what, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new InputException($"the multiplier '{Name}': {what} is {value}; it is an integer from {least} to {most}");
    }

    bool IsNegative(ulong bits) => IsSigned && bits >> (FirstWidth - 1) != 0;

    static ulong Negated(ulong bits, int width) => (0 - bits) & ulong.MaxValue >> (64 - width);
}
