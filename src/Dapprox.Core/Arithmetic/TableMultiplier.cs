using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// A multiplier of integers of the same width as a table of all its products. It makes a multiplier of your own of any function:
/// <code>
/// var mine = new TableMultiplier("mine", 8, isSigned: true, (a, b) => a * (b &amp; ~3L));
/// IntegerMetrics error = IntegerMeasurement.AllPairs(mine, IntegerDistribution.Uniform);
/// TableFiles.Write(mine, "mine.npy");
/// </code>
/// </summary>
public sealed class TableMultiplier : IntegerMultiplier
{
    /// <summary>The largest width of operands: tables of wider ones would have more than 2²⁴ products.</summary>
    public const int MaxBits = 12;

    readonly uint[] products;

    /// <summary>Takes a table as a multiplier.</summary>
    /// <param name="name">Its name for a reader.</param>
    /// <param name="bits">The number of bits of the operands; 1 to <see cref="MaxBits"/>.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <param name="products">
    /// For each pair of operands the product, the second operand fastest: both from 0 up by their bits, so that with a sign −1 comes last.
    /// It has at most 32 bits, those of a negative one extended by its sign.
    /// </param>
    /// <exception cref="ArgumentException">There are not as many products as pairs.</exception>
    public TableMultiplier(string name, int bits, bool isSigned, uint[] products)
        : base(name, bits, bits, Width(products, isSigned, bits), isSigned)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        if (products.Length != 1 << (2 * bits))
            throw new ArgumentException($"There are {products.Length} products of {bits}-bit operands.", nameof(products));
        this.products = products;
    }

    /// <summary>Takes a function as a multiplier, and calls it for each pair of operands once.</summary>
    /// <param name="name">Its name for a reader.</param>
    /// <param name="bits">The number of bits of the operands; 1 to <see cref="MaxBits"/>.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    /// <param name="product">
    /// The product of two operands: from 0 to 2ⁿ − 1, or with a sign from −2ⁿ⁻¹ to 2ⁿ⁻¹ − 1. It need not be exact.
    /// </param>
    /// <exception cref="InputException">A product does not fit 32 bits, or is negative and the multiplier has no sign.</exception>
    public TableMultiplier(string name, int bits, bool isSigned, Func<long, long, long> product)
        : this(name, bits, isSigned, Products(name, bits, isSigned, product))
    {
    }

    /// <summary>The bits of one product.</summary>
    /// <param name="a">The bits of the first operand; those above its width are zero.</param>
    /// <param name="b">The bits of the second.</param>
    public ulong Product(ulong a, ulong b) => products[(int)(a << SecondWidth | b)] & ulong.MaxValue >> (64 - ProductWidth);

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<UInt128> products)
    {
        for (int i = 0; i < products.Length; i++)
            products[i] = Product(a[i], b[i]);
    }

    static uint[] Products(string name, int bits, bool isSigned, Func<long, long, long> product)
    {
        ArgumentNullException.ThrowIfNull(product);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        (long least, long most) = isSigned ? (int.MinValue, int.MaxValue) : (0L, uint.MaxValue);
        uint[] products = new uint[1 << (2 * bits)];
        for (int i = 0; i < products.Length; i++)
        {
            long a = Operand(i >> bits), b = Operand(i & ((1 << bits) - 1)), value = product(a, b);
            if (value < least || value > most)
            {
                throw new InputException(
                    $"the multiplier {name} gives {value} for {a} and {b}; products of {(isSigned ? "signed" : "unsigned")} numbers in a "
                        + $"table are from {least} to {most}");
            }

            products[i] = unchecked((uint)value);
        }

        return products;

        long Operand(int number) => isSigned ? (long)Signed((UInt128)number, bits) : number;
    }

    /// <summary>Twice the width of the operands, or what the widest product takes.</summary>
    static int Width(uint[] products, bool isSigned, int bits)
    {
        ArgumentNullException.ThrowIfNull(products);
        int needed = products.Max(product => !isSigned ? 32 - int.LeadingZeroCount((int)product)
            : 33 - int.LeadingZeroCount((int)product < 0 ? ~(int)product : (int)product));
        return Math.Max(2 * bits, needed);
    }
}
