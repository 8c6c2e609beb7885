using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// What an integer multiplier gives for every pair of an activation and a weight of a layer. Numbers are counted from the least one of
/// their format: the code of q is q − low.
/// </summary>
/// <remarks>
/// A number that the multiplier has among its operands enters it as it is. A signed one enters an unsigned multiplier as
/// <see cref="SignHandling"/> says. An unsigned one enters a signed multiplier of as many bits shifted by half of their number, and its
/// zero point with it: T(q_a, q_w) stands for (q_a + <see cref="ActivationShift"/>)·(q_w + <see cref="WeightShift"/>).
/// </remarks>
public sealed class IntegerProducts
{
    static readonly ConditionalWeakTable<
        IntegerMultiplier, ConcurrentDictionary<(IntegerFormat, IntegerFormat, SignHandling), IntegerProducts>> Known = [];

    readonly int[] table;
    readonly IntegerMultiplier multiplier;
    readonly bool byMagnitude;

    IntegerProducts(IntegerMultiplier multiplier, IntegerFormat activations, IntegerFormat weights, SignHandling signs)
    {
        this.multiplier = multiplier;
        Activations = activations;
        Weights = weights;
        byMagnitude = !multiplier.IsSigned && signs == SignHandling.SignMagnitude;
        ActivationShift = Shift(multiplier, multiplier.FirstWidth, activations, byMagnitude);
        WeightShift = Shift(multiplier, multiplier.SecondWidth, weights, byMagnitude);
        table = new int[activations.Count * weights.Count];
        ulong[] a = new ulong[table.Length], b = new ulong[table.Length];
        for (int code = 0; code < table.Length; code++)
            (a[code], b[code]) = Operands(activations.Low + code / weights.Count, weights.Low + code % weights.Count);

        var products = new UInt128[table.Length];
        multiplier.Multiply(a, b, products);
        for (int code = 0; code < table.Length; code++)
        {
            var product = (Int128)multiplier.Extend(products[code], multiplier.ProductWidth);
            if (product < int.MinValue || product > int.MaxValue)
                throw new InputException($"{multiplier.Name} gives the product {product}; accumulators have 32 bits");
            bool isNegated = byMagnitude && activations.Low + code / weights.Count < 0 != weights.Low + code % weights.Count < 0;
            table[code] = isNegated ? unchecked(-(int)product) : (int)product;
        }

        multiplier.Accumulator.ThrowIfTooNarrow(multiplier.Name, table);
    }

    /// <summary>The format of activations.</summary>
    public IntegerFormat Activations { get; }

    /// <summary>The format of weights.</summary>
    public IntegerFormat Weights { get; }

    /// <summary>What is added to an activation before it is multiplied; its zero point moves with it.</summary>
    public int ActivationShift { get; }

    /// <summary>What is added to a weight before it is multiplied; its zero point moves with it.</summary>
    public int WeightShift { get; }

    /// <summary>How they are added.</summary>
    public IntegerAccumulator Accumulator => multiplier.Accumulator;

    /// <summary>All products: that of the codes a and w has the index <c>a · (number of weights) + w</c>.</summary>
    public ReadOnlySpan<int> Table => table;

    /// <summary>The product of an activation and a weight of the formats, unshifted.</summary>
    public int this[int activation, int weight] =>
        table[(activation - Activations.Low) * Weights.Count + (weight - Weights.Low)];

    /// <summary>The bits that the multiplier takes for an activation and a weight of the formats.</summary>
    public (ulong A, ulong B) Operands(int activation, int weight)
    {
        (activation, weight) = byMagnitude
            ? (Math.Abs(activation), Math.Abs(weight))
            : (activation + ActivationShift, weight + WeightShift);
        return (Bits(activation, multiplier.FirstWidth), Bits(weight, multiplier.SecondWidth));

        static ulong Bits(int number, int width) => (ulong)number & ulong.MaxValue >> (64 - width);
    }

    /// <summary>The products of a multiplier for two formats; computed once.</summary>
    /// <param name="multiplier">The multiplier; activations are its first operand.</param>
    /// <param name="activations">The format of activations.</param>
    /// <param name="weights">The format of weights.</param>
    /// <param name="signs">How signed numbers enter it where it is unsigned.</param>
    /// <exception cref="InputException">The multiplier has too few bits for a format, or products of more than 32 bits.</exception>
    public static IntegerProducts Of(
        IntegerMultiplier multiplier, IntegerFormat activations, IntegerFormat weights, SignHandling signs = default) =>
        Known.GetValue(multiplier, _ => []).GetOrAdd(
            (activations, weights, signs), key => new IntegerProducts(multiplier, key.Item1, key.Item2, key.Item3));

    /// <summary>The products of a multiplier for the formats of a layer; computed once.</summary>
    /// <param name="multiplier">The multiplier; activations are its first operand.</param>
    /// <param name="quantisation">The formats.</param>
    /// <exception cref="InputException">The multiplier has too few bits for a format, or products of more than 32 bits.</exception>
    public static IntegerProducts Of(IntegerMultiplier multiplier, Quantisation quantisation)
    {
        ArgumentNullException.ThrowIfNull(quantisation);
        return Of(multiplier, quantisation.Activations.Format, quantisation.Weights[0].Format, quantisation.Signs);
    }

    static int Shift(IntegerMultiplier multiplier, int width, IntegerFormat format, bool byMagnitude)
    {
        if (width < format.Bits)
        {
            throw new InputException(
                $"{multiplier.Name} multiplies operands of {width} bits, and the network has {format}; quantise it to at most {width} "
                    + "bits");
        }

        return format.IsSigned == multiplier.IsSigned || byMagnitude ? 0
            : format.IsSigned ? -format.Low
            : width > format.Bits ? 0 : -(1 << (width - 1));
    }
}
