using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>Rounds real numbers to those of a quantisation, in vectors.</summary>
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
        var steps = new Steps(format);
        int i = 0;
        for (; i <= source.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            (Vector512.ConvertToSingle(steps.Of(Vector512.Create(source[i..]))) * steps.Scale).CopyTo(destination[i..]);
        for (; i < source.Length; i++)
            destination[i] = format.Round(source[i]);
    }

    /// <summary>Codes numbers; effectively computes c[i] = format.Quantise(s[i]) − low.</summary>
    /// <param name="format">The quantisation.</param>
    /// <param name="source">Any numbers.</param>
    /// <param name="codes">Receives as many.</param>
    internal static unsafe void Code(AffineQuantisation format, ReadOnlySpan<float> source, byte* codes)
    {
        var steps = new Steps(format);
        Vector512<int> shift = Vector512.Create(format.ZeroPoint - format.Format.Low);
        int i = 0;
        for (; i <= source.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            Vector512<uint> numbers = (steps.Of(Vector512.Create(source[i..])) + shift).AsUInt32();
            Vector256<ushort> shorts = Vector256.Narrow(numbers.GetLower(), numbers.GetUpper());
            Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(codes + i);
        }

        for (; i < source.Length; i++)
            codes[i] = (byte)(format.Quantise(source[i]) - format.Format.Low);
    }

    /// <summary>The steps of a quantisation between its zero point and a number: q − z.</summary>
    readonly struct Steps(AffineQuantisation format)
    {
        readonly Vector512<float> low = Vector512.Create((float)(format.Format.Low - format.ZeroPoint));
        readonly Vector512<float> high = Vector512.Create((float)(format.Format.High - format.ZeroPoint));

        public Vector512<float> Scale { get; } = Vector512.Create(format.Scale);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<int> Of(Vector512<float> numbers)
        {
            Vector512<float> rounded = Vector512.Round(numbers / Scale);
            // A NaN is unequal to itself, and becomes the zero point.
            rounded = Vector512.ConditionalSelect(Vector512.Equals(rounded, rounded), rounded, Vector512<float>.Zero);
            return Vector512.ConvertToInt32(Vector512.Min(Vector512.Max(rounded, low), high));
        }
    }
}
