using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>
/// How a path packs its operands: changed so that plain products give the multiplier's, and for Ax-FPM split. Packing happens
/// once per operand, so it costs nothing per product.
/// </summary>
abstract class OperandFormat
{
    /// <summary>The operands as they are: <c>exact</c>.</summary>
    public static OperandFormat Plain { get; } = new OperandFormat<PlainOperands, PlainOperands>(split: false, smallest: 1);

    /// <summary>Without the low 16 bits: <c>bfloat16</c>.</summary>
    public static OperandFormat Bfloat16 { get; } = new OperandFormat<Bfloat16Operands, Bfloat16Operands>(split: false, smallest: 1);

    /// <summary>Rounded to a multiple of the lowest of the upper 16 bits: <c>bfloat16-nearest</c>.</summary>
    public static OperandFormat Bfloat16Nearest { get; } =
        new OperandFormat<Bfloat16NearestOperands, Bfloat16NearestOperands>(split: false, smallest: 1);

    /// <summary>A without its lowest bit, B as twice its power of two: their exact product is <c>ama5-flat</c>'s.</summary>
    public static OperandFormat FlatAma5 { get; } =
        new OperandFormat<FlatAma5Activations, FlatAma5Weights>(split: false, MantissaMultiplier.FlushBits);

    /// <summary>A as its high and low part, B with its split operand, the nibble tops doubled: Ax-FPM.</summary>
    public static OperandFormat AxFpm { get; } =
        new OperandFormat<AxFpmActivations, AxFpmWeights>(split: true, MantissaMultiplier.FlushBits);

    /// <summary>Whether operands are split, so that each is packed as two numbers.</summary>
    public abstract bool Split { get; }

    /// <summary>The bit pattern of the smallest magnitude that does not count as zero.</summary>
    public abstract uint Smallest { get; }

    /// <summary>Packs activations into one or two planes of binary32 or binary64 numbers.</summary>
    /// <param name="source">Any activations, as many as each plane has room for.</param>
    /// <param name="first">Receives the activations, or their high parts where operands are split.</param>
    /// <param name="second">Receives the low parts where operands are split; otherwise empty.</param>
    public abstract void PackActivations<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TElement : unmanaged;

    /// <summary>Packs weights into one or two planes of binary32 or binary64 numbers.</summary>
    /// <param name="source">Any weights, as many as each plane has room for.</param>
    /// <param name="first">Receives the weights.</param>
    /// <param name="second">Receives their split operands where operands are split; otherwise empty.</param>
    public abstract void PackWeights<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TElement : unmanaged;

    /// <summary>The operands with those that count as zero set to zero.</summary>
    static Vector<uint> Flush(Vector<float> value)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(value);
        // Without the sign, bit patterns are ordered as magnitudes are; the comparison gives a mask of all ones or zeros.
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
            // Ties to even: adding 0x7FFF, or 0x8000 where the last kept bit is 1, carries into it exactly when it must be rounded up.
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
            // Without its fraction B is a power of two.
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
            // Exact: the low bits alone, normalised by the subtraction.
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

/// <summary>Changes a vector of operands: returns the first plane's, gives the second plane's.</summary>
interface IOperandTransform
{
    static abstract Vector<float> Transform(Vector<float> value, out Vector<float> second);
}

/// <summary>A format with two transforms as type arguments, so that the loop over the operands is compiled with them inlined.</summary>
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
        int vectorised = source.Length - source.Length % width;
        for (int i = 0; i < vectorised; i += width)
        {
            Vector<float> one = TTransform.Transform(new Vector<float>(source[i..]), out Vector<float> two);
            Store(one, first[i..]);
            if (Split)
                Store(two, second[i..]);
        }

        if (vectorised == source.Length)
            return;
        // The rest as one more vector, filled up with zeros, which no format turns into an infinity.
        Span<float> rest = stackalloc float[width];
        Span<TElement> restFirst = stackalloc TElement[width], restSecond = stackalloc TElement[width];
        rest.Clear();
        source[vectorised..].CopyTo(rest);
        Store(TTransform.Transform(new Vector<float>(rest), out Vector<float> last), restFirst);
        restFirst[..(source.Length - vectorised)].CopyTo(first[vectorised..]);
        if (!Split)
            return;
        Store(last, restSecond);
        restSecond[..(source.Length - vectorised)].CopyTo(second[vectorised..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TElement>(Vector<float> values, Span<TElement> destination)
        where TElement : unmanaged
    {
        // A constant for the compiler, which drops the other branch.
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
