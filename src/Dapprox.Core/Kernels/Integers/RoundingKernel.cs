using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>Rounds real numbers to those of a quantisation: <see cref="AffineQuantisation.Round"/>, in vectors.</summary>
public static class RoundingKernel
{
    /// <summary>Rounds numbers; effectively computes d[i] = format.Round(s[i]).</summary>
    /// <param name="format">The quantisation.</param>
    /// <param name="source">Any numbers.</param>
    /// <param name="destination">Receives as many; it may be the source.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Run(AffineQuantisation format, ReadOnlySpan<float> source, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length, nameof(destination));
        Vector512<float> scale = Vector512.Create(format.Scale);
        Vector512<float> low = Vector512.Create((float)(format.Format.Low - format.ZeroPoint));
        Vector512<float> high = Vector512.Create((float)(format.Format.High - format.ZeroPoint));
        int i = 0;
        for (; i <= source.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            Vector512<float> rounded = Vector512.Round(Vector512.Create(source[i..]) / scale);
            // A NaN is unequal to itself, and becomes the zero point.
            rounded = Vector512.ConditionalSelect(Vector512.Equals(rounded, rounded), rounded, Vector512<float>.Zero);
            // As an integer, −0 is 0.
            Vector512<int> steps = Vector512.ConvertToInt32(Vector512.Min(Vector512.Max(rounded, low), high));
            (Vector512.ConvertToSingle(steps) * scale).CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++)
            destination[i] = format.Round(source[i]);
    }
}
