using System.Numerics;

namespace Dapprox.Arithmetic;

/// <summary>
/// <c>iterative-log:8:corrections=1</c>: the iterative logarithmic multiplier (Babić, Avramović, Bulić, "An Iterative Logarithmic
/// Multiplier", Microprocessors and Microsystems 35(1), 2011). With a = 2^ka + ra and b = 2^kb + rb it takes
/// 2^(ka + kb) + ra · 2^kb + rb · 2^ka; the missing ra · rb is computed in the same way by the first correction, and so on.
/// </summary>
/// <remarks>
/// Products are never above a·b. With c corrections less than 4^−(c + 1) of them is missing, and nothing where an operand has at most
/// c + 1 ones. Unlike <see cref="MitchellMultiplier"/> it treats fractions that carry like others.
/// </remarks>
public sealed class IterativeLogMultiplier : MagnitudeMultiplier
{
    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands.</param>
    /// <param name="corrections">The number of corrections: 0 to <paramref name="bits"/> − 1, where the product is exact.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <exception cref="Foundation.InputException">A number is out of its range.</exception>
    public IterativeLogMultiplier(int bits, int corrections, bool isSigned = false)
        : base(
            $"iterative-log:{bits}:corrections={corrections}{Sign(isSigned)}", bits, isSigned,
            "a logarithmic product, and corrections by the same product of what is left of the operands",
            "Babić, Avramović, Bulić, Microprocessors and Microsystems 35(1), 2011")
    {
        Check("corrections", corrections, 0, bits - 1);
        Corrections = corrections;
    }

    /// <summary>The number of corrections.</summary>
    public int Corrections { get; }

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b)
    {
        ulong product = 0;
        for (int step = 0; step <= Corrections && a != 0 && b != 0; step++)
        {
            int ka = BitOperations.Log2(a), kb = BitOperations.Log2(b);
            ulong ra = a - (1UL << ka), rb = b - (1UL << kb);
            product += (1UL << (ka + kb)) + (ra << kb) + (rb << ka);
            (a, b) = (ra, rb);
        }

        return product;
    }
}
