using System.Runtime.Intrinsics;

namespace Dapprox.Kernels;

/// <summary>
/// Sums in binary64 that are bit-identical on every processor: eight partial sums of every eighth number, added in order.
/// </summary>
static class OrderedSum
{
    /// <summary>Σ x.</summary>
    public static double Of(ReadOnlySpan<float> numbers)
    {
        Vector512<double> sums = Vector512<double>.Zero;
        int i = 0;
        for (; i <= numbers.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            sums += Widen(numbers[i..]);
        double rest = 0;
        foreach (float number in numbers[i..])
            rest += number;
        return Total(sums) + rest;
    }

    /// <summary>Σ x·y, each product exact.</summary>
    /// <param name="left">Any numbers.</param>
    /// <param name="right">As many numbers.</param>
    public static double OfProducts(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector512<double> sums = Vector512<double>.Zero;
        int i = 0;
        for (; i <= left.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            sums += Widen(left[i..]) * Widen(right[i..]);
        double rest = 0;
        for (; i < left.Length; i++)
            rest += (double)left[i] * right[i];
        return Total(sums) + rest;
    }

    // A Vector512 has eight lanes on every processor; narrower ones compute it in parts.
    static Vector512<double> Widen(ReadOnlySpan<float> numbers)
    {
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Create(numbers));
        return Vector512.Create(low, high);
    }

    static double Total(Vector512<double> sums)
    {
        double total = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            total += sums[lane];
        return total;
    }
}
