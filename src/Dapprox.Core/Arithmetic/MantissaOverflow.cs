namespace Dapprox.Arithmetic;

/// <summary>
/// What a float multiplier does with a mantissa product whose leading one is not where its wires expect it, at bit 47.
/// An approximate 24×24 array can reach 2⁴⁸ and more, where an exact one cannot exceed (2²⁴ − 1)².
/// </summary>
public enum MantissaOverflow
{
    /// <summary>
    /// As in the code released by the authors of Ax-FPM: the fraction is taken under the leading one, wherever it is,
    /// and the exponent does not move; a product of 2⁴⁸ or more comes out halved.
    /// </summary>
    Released,

    /// <summary>
    /// 48 wires: the carry out of bit 47 is lost, the rest is normalised to its own leading one and the exponent falls
    /// with it; nothing left gives +0.
    /// </summary>
    Wrapped,

    /// <summary>The product is normalised to its leading one and the exponent moves with it, up or down.</summary>
    Renormalised,
}
