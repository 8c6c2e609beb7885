using System.Numerics;
using System.Runtime.InteropServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>
/// The smallest and largest exponent field of many operands, of those that count: that are not zero, or are not flushed.
/// Infinities and NaN have the largest field there is.
/// </summary>
/// <param name="Lowest">The smallest exponent field; 255 where nothing counts.</param>
/// <param name="Highest">The largest exponent field; 0 where nothing counts.</param>
readonly record struct OperandRange(int Lowest, int Highest)
{
    /// <summary>Whether no operand counts, so that every product is zero.</summary>
    public bool IsZero => Lowest > Highest;

    /// <summary>The smallest range that contains several.</summary>
    /// <param name="ranges">Any number of ranges; of none, the result is zero.</param>
    public static OperandRange Of(ReadOnlySpan<OperandRange> ranges)
    {
        (int lowest, int highest) = (Binary32.SpecialExponent, 0);
        foreach (OperandRange range in ranges)
            (lowest, highest) = (Math.Min(lowest, range.Lowest), Math.Max(highest, range.Highest));
        return new OperandRange(lowest, highest);
    }

    /// <summary>The range of all <paramref name="operands"/>.</summary>
    /// <param name="operands">Any numbers, special ones included.</param>
    /// <param name="smallest">The smallest magnitude that counts, as a bit pattern: 1 for everything but zero.</param>
    public static OperandRange Of(ReadOnlySpan<float> operands, uint smallest)
    {
        // As unsigned numbers, bit patterns without the sign are ordered like magnitudes.
        ReadOnlySpan<Vector<uint>> vectors = MemoryMarshal.Cast<float, Vector<uint>>(operands);
        var magnitude = new Vector<uint>(~Binary32.SignMask);
        var threshold = new Vector<uint>(smallest);
        Vector<uint> low = Vector<uint>.AllBitsSet;
        Vector<uint> high = Vector<uint>.Zero;
        foreach (Vector<uint> bits in vectors)
        {
            Vector<uint> size = bits & magnitude;
            high = Vector.Max(high, size);
            // What does not count becomes the largest number, which no minimum takes.
            low = Vector.Min(low, Vector.ConditionalSelect(
                Vector.GreaterThanOrEqual(size, threshold), size, Vector<uint>.AllBitsSet));
        }

        uint lowest = uint.MaxValue, highest = 0;
        for (int i = 0; i < Vector<uint>.Count; i++)
        {
            lowest = Math.Min(lowest, low[i]);
            highest = Math.Max(highest, high[i]);
        }

        foreach (float operand in operands[(vectors.Length * Vector<uint>.Count)..])
        {
            uint size = BitConverter.SingleToUInt32Bits(operand) & ~Binary32.SignMask;
            highest = Math.Max(highest, size);
            if (size >= smallest)
                lowest = Math.Min(lowest, size);
        }

        return highest < smallest
            ? new OperandRange(Binary32.SpecialExponent, 0)
            : new OperandRange(Binary32.ExponentField(lowest), Binary32.ExponentField(highest));
    }
}
