namespace Dapprox.Kernels;

/// <summary>
/// The operands for which a fast path equals the definition: all finite, with exponent fields of operands up to a maximum and
/// the exponent field of every result, ea + eb − 126, within limits.
/// </summary>
/// <param name="LowestResult">The smallest exponent field of a result.</param>
/// <param name="HighestResult">The largest exponent field of a result.</param>
/// <param name="HighestWeight">The largest exponent field of a weight; 253 where packing doubles weights.</param>
readonly record struct SafeRange(int LowestResult, int HighestResult, int HighestWeight)
{
    /// <summary>The largest exponent field of an activation.</summary>
    public int HighestActivation { get; init; } = 254;

    /// <summary>All finite operands.</summary>
    public static SafeRange Finite { get; } = new(int.MinValue, int.MaxValue, 254);

    /// <summary>Whether all products of these operands are safe.</summary>
    public bool Covers(OperandRange activations, OperandRange weights)
    {
        // Weights count even where all activations are zero: one that packing doubles to infinity would give NaN.
        // Infinities and NaN have the exponent field 255, above every limit.
        if (activations.Highest > HighestActivation || weights.Highest > HighestWeight)
            return false;
        if (activations.IsZero || weights.IsZero)
            return true;
        return activations.Lowest + weights.Lowest - 126 >= LowestResult
            && activations.Highest + weights.Highest - 126 <= HighestResult;
    }
}
