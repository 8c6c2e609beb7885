using System.Numerics;
using System.Runtime.InteropServices;
using DefensiveApproximation.Arithmetic;

namespace DefensiveApproximation.Kernels;

/// <summary>
/// How a fast path wants its operands: changed so that plain products give the multiplier's, and for Ax-FPM split into
/// two parts. Done once while packing, so that it costs nothing per product.
/// </summary>
abstract class OperandFormat
{
    /// <summary>The operands as they are: <c>exact</c>.</summary>
    public static OperandFormat Plain { get; } = new PlainFormat();

    /// <summary>Without the low 16 bits: <c>bfloat16</c>.</summary>
    public static OperandFormat Bfloat16 { get; } = new Bfloat16Format();

    /// <summary>A without its lowest bit, B as twice its power of two: their exact product is <c>ama5-flat</c>'s.</summary>
    public static OperandFormat FlatAma5 { get; } = new FlatAma5Format();

    /// <summary>A as high and low part, B as itself and its nibble tops doubled: Ax-FPM.</summary>
    public static OperandFormat AxFpm { get; } = new AxFpmFormat();

    /// <summary>Whether operands come in two parts.</summary>
    public virtual bool Split => false;

    /// <summary>The bit pattern of the smallest magnitude that does not count as zero.</summary>
    public virtual uint Smallest => 1;

    /// <summary>The bit pattern of 10⁻³⁶ rounded to binary32, the smallest number not below 10⁻³⁶.</summary>
    protected const uint FlushBits = 0x03AA_2425;

    /// <summary>Packs activations into one or two planes.</summary>
    /// <param name="source">The activations.</param>
    /// <param name="first">The first parts; as long as <paramref name="source"/>.</param>
    /// <param name="second">The second parts where operands are split, otherwise empty.</param>
    public void PackActivations<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TElement : unmanaged =>
        Pack(source, first, second, weights: false);

    /// <summary>Packs weights into one or two planes.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="first">The first parts; as long as <paramref name="source"/>.</param>
    /// <param name="second">The second parts where operands are split, otherwise empty.</param>
    public void PackWeights<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second)
        where TElement : unmanaged =>
        Pack(source, first, second, weights: true);

    protected abstract Vector<float> Activation(Vector<float> value, out Vector<float> second);

    protected abstract Vector<float> Weight(Vector<float> value, out Vector<float> second);

    void Pack<TElement>(ReadOnlySpan<float> source, Span<TElement> first, Span<TElement> second, bool weights)
        where TElement : unmanaged
    {
        int width = Vector<float>.Count;
        Span<float> block = stackalloc float[width];
        for (int i = 0; i < source.Length; i += width)
        {
            int count = Math.Min(width, source.Length - i);
            scoped ReadOnlySpan<float> values = source.Slice(i, count);
            if (count < width)
            {
                block.Clear();
                values.CopyTo(block);
                values = block;
            }

            Vector<float> one = weights
                ? Weight(new Vector<float>(values), out Vector<float> two)
                : Activation(new Vector<float>(values), out two);
            Store(one, first.Slice(i, count));
            if (Split)
                Store(two, second.Slice(i, count));
        }
    }

    static void Store<TElement>(Vector<float> values, Span<TElement> destination)
        where TElement : unmanaged
    {
        if (typeof(TElement) == typeof(float))
        {
            Span<float> singles = MemoryMarshal.Cast<TElement, float>(destination);
            if (singles.Length == Vector<float>.Count)
            {
                values.CopyTo(singles);
                return;
            }

            for (int i = 0; i < singles.Length; i++)
                singles[i] = values[i];
            return;
        }

        Span<double> doubles = MemoryMarshal.Cast<TElement, double>(destination);
        if (doubles.Length == Vector<float>.Count)
        {
            Vector.Widen(values, out Vector<double> low, out Vector<double> high);
            low.CopyTo(doubles);
            high.CopyTo(doubles[Vector<double>.Count..]);
            return;
        }

        for (int i = 0; i < doubles.Length; i++)
            doubles[i] = values[i];
    }

    /// <summary>The operands with those that count as zero set to zero.</summary>
    static Vector<uint> Flush(Vector<float> value)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(value);
        Vector<uint> size = bits & new Vector<uint>(~Binary32.SignMask);
        return bits & Vector.GreaterThanOrEqual(size, new Vector<uint>(FlushBits));
    }

    sealed class PlainFormat : OperandFormat
    {
        protected override Vector<float> Activation(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return value;
        }

        protected override Vector<float> Weight(Vector<float> value, out Vector<float> second) => Activation(value, out second);
    }

    sealed class Bfloat16Format : OperandFormat
    {
        protected override Vector<float> Activation(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return Vector.AsVectorSingle(Vector.AsVectorUInt32(value) & new Vector<uint>(0xFFFF_0000));
        }

        protected override Vector<float> Weight(Vector<float> value, out Vector<float> second) => Activation(value, out second);
    }

    sealed class FlatAma5Format : OperandFormat
    {
        public override uint Smallest => FlushBits;

        // m = (A & 1)·B + (A & ~1)·2²⁴ keeps 24 bits under its leading one, bit 47: A & ~1, since (A & 1)·B < 2²⁴.
        protected override Vector<float> Activation(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return Vector.AsVectorSingle(Flush(value) & new Vector<uint>(~1u));
        }

        protected override Vector<float> Weight(Vector<float> value, out Vector<float> second)
        {
            second = default;
            return 2f * Vector.AsVectorSingle(Flush(value) & new Vector<uint>(~Binary32.FractionMask));
        }
    }

    sealed class AxFpmFormat : OperandFormat
    {
        // The sign, the exponent and with it the hidden one, which is the highest bit of the highest nibble.
        const uint Kept = ~Binary32.FractionMask;

        public override bool Split => true;

        public override uint Smallest => FlushBits;

        protected override Vector<float> Activation(Vector<float> value, out Vector<float> second)
        {
            Vector<uint> bits = Flush(value);
            Vector<float> high = Vector.AsVectorSingle(bits & new Vector<uint>(Kept | Arithmetic.AxFpm.HighBits));
            second = Vector.AsVectorSingle(bits) - high;
            return high;
        }

        protected override Vector<float> Weight(Vector<float> value, out Vector<float> second)
        {
            Vector<uint> bits = Flush(value);
            second = 2f * Vector.AsVectorSingle(bits & new Vector<uint>(Kept | Arithmetic.AxFpm.NibbleTops));
            return Vector.AsVectorSingle(bits);
        }
    }
}
