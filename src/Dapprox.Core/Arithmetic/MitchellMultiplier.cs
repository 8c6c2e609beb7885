using System.Numerics;

namespace Dapprox.Arithmetic;

/// <summary>
/// <c>mitchell:8</c>: Mitchell's logarithmic multiplier ("Computer Multiplication and Division Using Binary Logarithms", IRE Transactions
/// on Electronic Computers 11(4), 1962). It adds logarithms, and takes log₂(1 + x) as x on the way there and back.
/// </summary>
/// <remarks>
/// With a = 2^ka · (1 + xa) and b = 2^kb · (1 + xb) the product is 2^(ka + kb) · (1 + xa + xb), or where the fractions carry
/// 2^(ka + kb + 1) · (xa + xb). It is an integer, and never above a·b; at most a ninth is missing, where xa = xb = 1/2.
/// </remarks>
public sealed class MitchellMultiplier : MagnitudeMultiplier
{
    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <exception cref="Foundation.InputException">The width is out of its range.</exception>
    public MitchellMultiplier(int bits, bool isSigned = false)
        : base(
            $"mitchell:{bits}{Sign(isSigned)}", bits, isSigned, "adds logarithms, with log2(1 + x) taken as x",
            "Mitchell, IRE Trans. EC 11(4), 1962")
    {
    }

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b)
    {
        if (a == 0 || b == 0)
            return 0;

        int ka = BitOperations.Log2(a), kb = BitOperations.Log2(b);
        // In units of 2^−(ka + kb): 1, and xa + xb.
        ulong one = 1UL << (ka + kb), fractions = ((a - (1UL << ka)) << kb) + ((b - (1UL << kb)) << ka);
        return fractions < one ? one + fractions : 2 * fractions;
    }
}
