using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>
/// How a fast path wants its operands: changed so that plain products give the multiplier's, and for Ax-FPM split into
/// two parts. Done once while packing, so that it costs nothing per product.
/// </summary>
abstract class OperandFormat
{
    /// <summary>The operands as they are: <c>exact</c>.</summary>
    public static OperandFormat Plain { get; } = new OperandFormat<PlainOperands, PlainOperands>(split: false, smallest: 1);

    /// <summary>Without the low 16 bits: <c>bfloat16</c>.</summary>
    public static OperandFormat Bfloat16 { get; } = new OperandFormat<Bfloat16Operands, Bfloat16Operands>(split: false, smallest: 1);

    /// <summary>Rounded to a multiple of the lowest of the upper 16 bits: <c>bfloat16-nearest</c>.</summary>
    public static OperandFormat Bfloat16Nearest { get; } = new OperandFormat<Bfloat16NearestOperands, Bfloat16NearestOperands>(split: false, smallest: 1);

    /// <summary>A without its lowest bit, B as twice its power of two: their exact product is <c>ama5-flat</c>'s.</summary>
    public static OperandFormat FlatAma5 { get; } = new OperandFormat<FlatAma5Activations, FlatAma5Weights>(split: false, MantissaMultiplier.FlushBits);

    /// <summary>A as high and low part, B as itself and its nibble tops doubled: Ax-FPM.</summary>
    public static OperandFormat AxFpm { get; } = new OperandFormat<AxFpmActivations, AxFpmWeights>(split: true, MantissaMultiplier.FlushBits);

    /// <summary>Whether operands come in two parts.</summary>
    public abstract bool Split { get; }

    /// <summary>The bit pattern of the smallest magnitude that does not count as zero.</summary>
    public abstract uint Smallest { get; }

    /// <summary>Packs activations into one or two planes of binary32 or binary64 numbers.</summary>
    /// <param name="source">The activations.</param>
    /// <param name="first">The first parts; as long as <paramref name="source"/>.</param>
    /// <param name="second">The second parts where operands are split, otherwise empty.</param>
    public abstract void PackActivations<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TElement : unmanaged;

    /// <summary>Packs weights into one or two planes of binary32 or binary64 numbers.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="first">The first parts; as long as <paramref name="source"/>.</param>
    /// <param name="second">The second parts where operands are split, otherwise empty.</param>
    public abstract void PackWeights<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TElement : unmanaged;

    /// <summary>The operands with those that count as zero set to zero.</summary>
    static Vector<uint> Flush(Vector<float> value)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(value);
        Vector<uint> size = bits & new Vector<uint>(~Binary32.SignMask);
        return bits & Vector.GreaterThanOrEqual(size, new Vector<uint>(MantissaMultiplier.FlushBits));
    }

    readonly struct PlainOperands : IOperandTransform
    {
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return value;
        }
    }

    readonly struct Bfloat16Operands : IOperandTransform
    {
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return Vector.AsVectorSingle(Vector.AsVectorUInt32(value) & new Vector<uint>(0xFFFF_0000));
        }
    }

    readonly struct Bfloat16NearestOperands : IOperandTransform
    {
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            second = default;
            Vector<uint> bits = Vector.AsVectorUInt32(value);
            // Just under half of the last place, and half where the number below is odd, carries into it if it has to be rounded up.
            Vector<uint> rounded = bits + new Vector<uint>(0x7FFF) + (Vector.ShiftRightLogical(bits, 16) & Vector<uint>.One);
            return Vector.AsVectorSingle(rounded & new Vector<uint>(0xFFFF_0000));
        }
    }

    readonly struct FlatAma5Activations : IOperandTransform
    {
        // m = (A & 1)·B + (A & ~1)·2²⁴ keeps 24 bits under its leading one, bit 47: A & ~1, since (A & 1)·B < 2²⁴.
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return Vector.AsVectorSingle(Flush(value) & new Vector<uint>(~1u));
        }
    }

    readonly struct FlatAma5Weights : IOperandTransform
    {
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return 2f * Vector.AsVectorSingle(Flush(value) & new Vector<uint>(~Binary32.FractionMask));
        }
    }

    // Masks keep the sign, the exponent and with it the hidden one, which is the highest bit of the highest nibble.
    readonly struct AxFpmActivations : IOperandTransform
    {
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            Vector<uint> bits = Flush(value);
            Vector<float> high = Vector.AsVectorSingle(bits & new Vector<uint>(~Binary32.FractionMask | Arithmetic.AxFpm.HighBits));
            second = Vector.AsVectorSingle(bits) - high;
            return high;
        }
    }

    readonly struct AxFpmWeights : IOperandTransform
    {
        public static Vector<float> Transform(Vector<float> value, out Vector<float> second)
        {
            Vector<uint> bits = Flush(value);
            second = 2f * Vector.AsVectorSingle(bits & new Vector<uint>(~Binary32.FractionMask | Arithmetic.AxFpm.NibbleTops));
            return Vector.AsVectorSingle(bits);
        }
    }
}

/// <summary>Changes operands; returns the first part.</summary>
interface IOperandTransform
{
    static abstract Vector<float> Transform(Vector<float> value, out Vector<float> second);
}

/// <summary>A format made of two transforms, so that the loop over the operands is compiled with them inside.</summary>
sealed class OperandFormat<TActivations, TWeights>(bool split, uint smallest) : OperandFormat
    where TActivations : IOperandTransform
    where TWeights : IOperandTransform
{
    public override bool Split { get; } = split;

    public override uint Smallest { get; } = smallest;

    public override void PackActivations<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second) =>
        Pack<TActivations, TElement>(source, first, second);

    public override void PackWeights<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second) =>
        Pack<TWeights, TElement>(source, first, second);

    void Pack<TTransform, TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TTransform : IOperandTransform
        where TElement : unmanaged
    {
        int width = Vector<float>.Count;
        first = first[..source.Length];
        int whole = source.Length - source.Length % width;
        for (int i = 0; i < whole; i += width)
        {
            Vector<float> one = TTransform.Transform(new Vector<float>(source[i..]), out Vector<float> two);
            Store(one, first[i..]);
            if (Split)
                Store(two, second[i..]);
        }

        if (whole == source.Length)
            return;
        Span<float> rest = stackalloc float[width];
        Span<TElement> restFirst = stackalloc TElement[width], restSecond = stackalloc TElement[width];
        rest.Clear();
        source[whole..].CopyTo(rest);
        Store(TTransform.Transform(new Vector<float>(rest), out Vector<float> last), restFirst);
        restFirst[..(source.Length - whole)].CopyTo(first[whole..]);
        if (!Split)
            return;
        Store(last, restSecond);
        restSecond[..(source.Length - whole)].CopyTo(second[whole..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TElement>(Vector<float> values, Span<TElement> destination)
        where TElement : unmanaged
    {
        if (typeof(TElement) == typeof(float))
        {
            values.CopyTo(MemoryMarshal.Cast<TElement, float>(destination));
            return;
        }

        Span<double> doubles = MemoryMarshal.Cast<TElement, double>(destination);
        Vector.Widen(values, out Vector<double> low, out Vector<double> high);
        low.CopyTo(doubles);
        high.CopyTo(doubles[Vector<double>.Count..]);
    }
}
