using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>
/// A multiply-accumulate unit: <c>sum ← sum + T(a, b)</c> with T the products of a circuit, a the activation and b the weight. Sums wrap
/// at their width, as those of a quantised layer do at 32 bits (<see cref="Quantisation"/>).
/// </summary>
/// <remarks>
/// Numbers are given by their bits. Those of a signed multiplier are in two's complement. Around an unsigned one with
/// <see cref="SignHandling.SignMagnitude"/> the weight and the sum are in two's complement, the multiplier takes |b|, and the product is
/// negated where b &lt; 0. With <see cref="SignHandling.Offset"/> all numbers are unsigned.
/// </remarks>
public sealed class MacUnit
{
    /// <summary>The bits of an accumulator unless told otherwise, as in a quantised layer.</summary>
    public const int DefaultWidth = 32;

    readonly IntegerCircuit products;

    /// <summary>A unit that adds exactly.</summary>
    /// <param name="multiplier">The circuit of T: two inputs, the activation first, and one output.</param>
    /// <param name="signs">How signed weights enter it if it is unsigned.</param>
    /// <param name="width">The bits of the sum: at least those of a product, and at most <see cref="NetlistBuilder.MaxBits"/>.</param>
    /// <exception cref="InputException">The circuit is no multiplier, or the width is out of range.</exception>
    public MacUnit(Netlist multiplier, SignHandling signs = default, int width = DefaultWidth)
    {
        products = new IntegerCircuit(multiplier);
        Negates = !multiplier.IsSigned && signs == SignHandling.SignMagnitude;
        Width = width;
        int least = products.ProductWidth + (Negates ? 1 : 0);
        if (width < least || width > NetlistBuilder.MaxBits)
        {
            throw new InputException(
                $"the accumulator has {width} bits; for products of {products.ProductWidth} bits{(Negates ? " and a sign" : "")} give "
                    + $"{least} to {NetlistBuilder.MaxBits}");
        }
    }

    /// <summary>A unit with an adder of your own.</summary>
    /// <param name="multiplier">The circuit of T: two inputs, the activation first, and one output.</param>
    /// <param name="signs">How signed weights enter it if it is unsigned.</param>
    /// <param name="adder">
    /// The circuit of the adder: two inputs as wide as the sum, the sum and then the product, and one output of as many bits, or one
    /// more, the carry, which is dropped. The inputs have at most 64 bits.
    /// </param>
    /// <exception cref="InputException">A circuit is no multiplier or no adder, or the adder is too narrow for the products.</exception>
    public MacUnit(Netlist multiplier, SignHandling signs, Netlist adder)
        : this(multiplier, signs, CheckedAdder(adder).Inputs[0].Width)
    {
        Adder = adder;
    }

    /// <summary>The circuit of T.</summary>
    public Netlist Multiplier => products.Circuit;

    /// <summary>The circuit of the adder; null for exact sums.</summary>
    public Netlist? Adder { get; }

    /// <summary>The bits of the sum.</summary>
    public int Width { get; }

    /// <summary>Whether products are those of absolute values, negated where the weight is negative.</summary>
    public bool Negates { get; }

    /// <summary>Whether weights and sums are in two's complement.</summary>
    public bool IsSigned => Negates || Multiplier.IsSigned;

    /// <summary>What the sum is after some products, one after another.</summary>
    /// <param name="start">The bits of the sum before.</param>
    /// <param name="a">The bits of the activations.</param>
    /// <param name="b">The bits of as many weights.</param>
    public UInt128 Sum(UInt128 start, ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        ulong negative = Negates ? 1UL << (products.SecondWidth - 1) : 0;
        ulong[] sizes = new ulong[b.Length];
        for (int k = 0; k < b.Length; k++)
            sizes[k] = (b[k] & negative) == 0 ? b[k] : (ulong)-(long)b[k] & ulong.MaxValue >> (64 - products.SecondWidth);
        var terms = new UInt128[b.Length];
        products.Multiply(a, sizes, terms);

        UInt128 mask = UInt128.MaxValue >> (128 - Width), sum = start & mask;
        for (int k = 0; k < terms.Length; k++)
        {
            UInt128 term = products.Extend(terms[k], products.ProductWidth);
            sum = Added(sum, ((b[k] & negative) == 0 ? term : 0 - term) & mask) & mask;
        }

        return sum;
    }

    UInt128 Added(UInt128 sum, UInt128 term) => Adder is null ? sum + term : Adder.Evaluate((ulong)sum, (ulong)term)[0];

    static Netlist CheckedAdder(Netlist adder)
    {
        AdderCircuit.ThrowIfNoAdder(adder);
        adder.ThrowIfInputsAreWide();
        return adder;
    }
}
