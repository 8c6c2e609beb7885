namespace Dapprox.Arithmetic;

/// <summary>
/// <c>ama5-flat</c>: one flat 24×24 array of AMA5 cells, which is what the text of "Defensive Approximation" describes
/// (its released code builds <see cref="AxFpm"/> instead): m = (A &amp; 1)·B + ((A &amp; ~1) · 2²⁴)·b₂₃.
/// </summary>
/// <remarks>
/// The hidden one makes b₂₃ = 1, so almost all of B is ignored: the product is about 2·A·2^(exponent of B). m stays
/// below 2⁴⁸, so the overflow convention never matters.
/// </remarks>
public sealed class Ama5Flat : MantissaMultiplier
{
    Ama5Flat()
        : base("ama5-flat", "one flat 24x24 array of AMA5 cells, as the paper's text has it",
            "Guesmi et al., ASPLOS 2021, section 4", MantissaOverflow.Released)
    {
    }

    /// <summary>The only instance.</summary>
    public static Ama5Flat Instance { get; } = new();

    /// <inheritdoc/>
    public override ulong MultiplyMantissas(uint activation, uint weight) =>
        (ulong)(activation & 1) * weight
        + ((ulong)(activation & ~1u) << 24) * (weight >> 23);
}
