namespace Dapprox.Arithmetic;

/// <summary>
/// A multiplier of integers, unsigned or in two's complement: that of a circuit, a table, or a definition. Numbers are given by their
/// bits, the lowest first; bits above a number's width are zero. For a multiplier of your own, <see cref="TableMultiplier"/> takes a
/// function of two numbers.
/// </summary>
/// <param name="name">Its name for a reader.</param>
/// <param name="firstWidth">The number of bits of operand a; 1 to 64.</param>
/// <param name="secondWidth">The number of bits of operand b; 1 to 64.</param>
/// <param name="productWidth">The number of bits of the product; 1 to 128.</param>
/// <param name="isSigned">Whether operands and product are in two's complement.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="source">Where it was published.</param>
public abstract class IntegerMultiplier(
    string name, int firstWidth, int secondWidth, int productWidth, bool isSigned, string summary = "", string source = "")
    : Multiplier(name, summary, source)
{
    /// <summary>What stands in a name between a multiplier and its accumulator.</summary>
    internal const char AccumulatorMark = '@';

    /// <inheritdoc/>
    public sealed override bool MultipliesIntegers => true;

    /// <summary>The number of bits of operand a.</summary>
    public int FirstWidth => firstWidth;

    /// <summary>The number of bits of operand b.</summary>
    public int SecondWidth => secondWidth;

    /// <summary>The number of bits of the product.</summary>
    public int ProductWidth => productWidth;

    /// <summary>Whether operands and product are in two's complement.</summary>
    public bool IsSigned => isSigned;

    /// <summary>How a layer adds its products.</summary>
    public IntegerAccumulator Accumulator { get; private set; } = IntegerAccumulator.Int32;

    /// <summary>The same multiplier with another accumulator: <c>exact-int8@int16:saturate</c>.</summary>
    /// <param name="accumulator">How a layer adds its products.</param>
    public IntegerMultiplier With(IntegerAccumulator accumulator)
    {
        var copy = (IntegerMultiplier)MemberwiseClone();
        copy.Accumulator = accumulator;
        copy.Name = $"{Name}{AccumulatorMark}{accumulator}";
        return copy;
    }

    /// <summary>Multiplies pairs of operands.</summary>
    /// <param name="a">The bits of the first operands.</param>
    /// <param name="b">The bits of as many second operands.</param>
    /// <param name="products">Receives the bits of as many products.</param>
    public abstract void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<UInt128> products);

    /// <summary>The number that some bits are, in 128 bits: those of a signed number are extended by its sign.</summary>
    /// <param name="bits">Its bits; those above its width are zero.</param>
    /// <param name="width">How many it has; 1 to 128.</param>
    internal UInt128 Extend(UInt128 bits, int width) => isSigned ? (UInt128)Signed(bits, width) : bits;

    /// <summary>The number that some bits are in two's complement.</summary>
    /// <param name="bits">Its bits.</param>
    /// <param name="width">How many it has; 1 to 128.</param>
    public static Int128 Signed(UInt128 bits, int width) => (Int128)(bits << (128 - width)) >> (128 - width);
}
