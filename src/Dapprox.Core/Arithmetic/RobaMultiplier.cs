using System.Numerics;

namespace Dapprox.Arithmetic;

/// <summary>
/// <c>roba:8</c>: the rounding-based approximate multiplier RoBA (Zendegani, Kamal, Bahadori, Afzali-Kusha, Pedram, IEEE Transactions on
/// VLSI Systems 25(2), 2017). With operands rounded to the nearest powers of two, A and B, it takes A·b + B·a − A·B; (A − a)·(B − b) is
/// missing.
/// </summary>
/// <remarks>
/// An operand in the middle between two powers is rounded up, but 3 is rounded to 2. Signed it is the paper's S-RoBA, whose negation is
/// exact. The error is at most a ninth, where both operands are in the middle.
/// </remarks>
public sealed class RobaMultiplier : MagnitudeMultiplier
{
    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <exception cref="Foundation.InputException">The width is out of its range.</exception>
    public RobaMultiplier(int bits, bool isSigned = false)
        : base(
            $"roba:{bits}{Sign(isSigned)}", bits, isSigned,
            "RoBA: A·b + B·a − A·B, where A and B are the operands a and b rounded to powers of two",
            "Zendegani et al., IEEE TVLSI 25(2), 2017")
    {
    }

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b)
    {
        ulong roundedA = Rounded(a), roundedB = Rounded(b);
        return roundedA * b + roundedB * a - roundedA * roundedB;
    }

    static ulong Rounded(ulong operand)
    {
        if (operand is 0 or 3)
            return operand & 2;

        ulong below = 1UL << BitOperations.Log2(operand);
        return 2 * operand >= 3 * below ? 2 * below : below;
    }
}
