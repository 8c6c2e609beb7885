namespace Dapprox.Arithmetic;

/// <summary>How signed numbers enter an unsigned multiplier.</summary>
public enum SignHandling
{
    /// <summary>Their absolute values are multiplied, and the product is negated where the signs differ.</summary>
    SignMagnitude,

    /// <summary>
    /// The least number is subtracted from them, which moves their zero point: the multiplier sees numbers from 0 up, and the sum is
    /// corrected exactly.
    /// </summary>
    Offset,
}
