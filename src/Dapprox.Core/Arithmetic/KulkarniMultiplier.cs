using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// <c>kulkarni:8</c>: the underdesigned multiplier (Kulkarni, Gupta, Ercegovac, "Trading Accuracy for Power with an Underdesigned
/// Multiplier Architecture", VLSI Design 2011). Operands are cut into digits of two bits, each pair of digits is multiplied by a 2 × 2
/// block, and the products of the blocks are added exactly. A block gives 3 · 3 = 7, which saves its fourth output.
/// </summary>
public sealed class KulkarniMultiplier : MagnitudeMultiplier
{
    const int DigitBits = 2;

    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands; it is even.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <exception cref="InputException">The width is odd or out of its range.</exception>
    public KulkarniMultiplier(int bits, bool isSigned = false)
        : base(
            $"kulkarni:{bits}{Sign(isSigned)}", bits, isSigned, "2x2 blocks with 3 x 3 = 7, added exactly",
            "Kulkarni, Gupta, Ercegovac, VLSI Design 2011")
    {
        if (bits % DigitBits != 0)
            throw new InputException($"the multiplier '{Name}': the number of bits is {bits}; it is even, as blocks have 2 x 2 bits");
    }

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b)
    {
        ulong sum = 0;
        for (int i = 0; i < FirstWidth; i += DigitBits)
        {
            for (int j = 0; j < FirstWidth; j += DigitBits)
                sum += Block(a >> i & 3, b >> j & 3) << (i + j);
        }

        return sum;
    }

    static ulong Block(ulong a, ulong b) => a == 3 && b == 3 ? 7 : a * b;
}
