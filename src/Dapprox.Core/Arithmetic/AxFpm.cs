namespace Dapprox.Arithmetic;

/// <summary>
/// Ax-FPM, the multiplier of "Defensive Approximation" (Guesmi et al., ASPLOS 2021), as its authors released it: the
/// 24×24 mantissa array consists of 36 blocks of 4×4 AMA5 cells whose products are added exactly.
/// </summary>
/// <remarks>
/// <para>An AMA5 cell (approximation 5 of Gupta et al., "Low-Power Digital Signal Processing Using Approximate Adders",
/// IEEE TCAD 2013) passes its inputs through: Sum = B, Cout = A. With the partial-product bit on A and the running sum
/// on B, a 4×4 block gives P4(a, b) = a₀·b + 16·b₃·(a − a₀): only the lowest bit of <c>a</c> sees all of <c>b</c>, the
/// others see its highest bit, doubled in weight. Summed over all nibbles of A and B:</para>
/// <para>m = (A &amp; 0x111111)·B + (A &amp; 0xEEEEEE)·((B &amp; 0x888888) · 2), with 2⁴⁷ ≤ m &lt; 1.063·2⁴⁸.</para>
/// <para>It does not commute, and it enlarges: 1 × 1 = 2. Mantissas of 2⁴⁸ and more occur for 4.26 % of normalised
/// pairs; the three instances differ in what becomes of them. See <see cref="MantissaMultiplier"/> for the frame around
/// the array and all edge cases.</para>
/// </remarks>
public sealed class AxFpm : MantissaMultiplier
{
    /// <summary>The lowest bit of every nibble of A: it selects all of B.</summary>
    public const uint LowBits = 0x111111;

    /// <summary>The upper three bits of every nibble of A: they select the highest bit of each nibble of B.</summary>
    public const uint HighBits = 0xEEEEEE;

    /// <summary>The highest bit of every nibble of B.</summary>
    public const uint NibbleTops = 0x888888;

    AxFpm(string name, string summary, MantissaOverflow overflow)
        : base(name, summary, "Guesmi et al., ASPLOS 2021, and its released code", overflow)
    {
    }

    /// <summary><c>ax-fpm</c>: overflow as in the released code, the convention of the paper's numbers.</summary>
    public static AxFpm Released { get; } = new(
        "ax-fpm", "36 4x4 AMA5 blocks added exactly; a mantissa overflow halves the product (as released)",
        MantissaOverflow.Released);

    /// <summary><c>ax-fpm-wrapped</c>: 48 wires, the carry is lost.</summary>
    public static AxFpm Wrapped { get; } = new(
        "ax-fpm-wrapped", "the same array with 48 wires: the overflow carry is lost",
        MantissaOverflow.Wrapped);

    /// <summary><c>ax-fpm-renormalised</c>: the carry moves the exponent.</summary>
    public static AxFpm Renormalised { get; } = new(
        "ax-fpm-renormalised", "the same array; the overflow carry moves the exponent",
        MantissaOverflow.Renormalised);

    /// <inheritdoc/>
    public override ulong MultiplyMantissas(uint activation, uint weight) =>
        (ulong)(activation & LowBits) * weight
        + (ulong)(activation & HighBits) * ((weight & NibbleTops) << 1);
}
