using System.Numerics;

namespace Dapprox.Arithmetic;

/// <summary>
/// <c>drum:8:k=6</c>: DRUM (Hashemi, Bahar, Reda, "DRUM: A Dynamic Range Unbiased Multiplier for Approximate Applications", ICCAD 2015).
/// Of each operand the k bits from its leading one on are multiplied exactly, and the product is shifted back into place.
/// </summary>
/// <remarks>
/// The lowest of the k bits is set wherever bits below it are cut. It stands for the mean of what is cut, so that errors of both signs
/// occur equally often. Operands below 2ᵏ are exact.
/// </remarks>
public sealed class DrumMultiplier : MagnitudeMultiplier
{
    /// <summary>
    /// The smallest k, which is also the smallest in the paper. With k = 2 a signed product could need a bit more: (−2ⁿ⁻¹)² would become
    /// 9 · 2²ⁿ⁻⁴.
    /// </summary>
    public const int MinK = 3;

    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands, at least <see cref="MinK"/>.</param>
    /// <param name="k">How many bits of each operand are multiplied: <see cref="MinK"/> to <paramref name="bits"/>.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <exception cref="Foundation.InputException">A number is out of its range.</exception>
    public DrumMultiplier(int bits, int k, bool isSigned = false)
        : base(
            $"drum:{bits}:k={k}{Sign(isSigned)}", bits, isSigned,
            "DRUM: the k bits from the leading one on, the last of them set where others are cut", "Hashemi, Bahar, Reda, ICCAD 2015")
    {
        Check("the number of bits", bits, MinK, MaxBits);
        Check("k", k, MinK, bits);
        K = k;
    }

    /// <summary>How many bits of each operand are multiplied.</summary>
    public int K { get; }

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b) => Leading(a) * Leading(b);

    /// <summary>The operand as it is multiplied, in its place.</summary>
    ulong Leading(ulong operand)
    {
        int cut = BitOperations.Log2(operand) - (K - 1);
        return cut <= 0 ? operand : (operand >> cut | 1) << cut;
    }
}
