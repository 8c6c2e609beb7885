using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class KulkarniTests
{
    /// <summary>The gates of the paper's block, and larger multipliers of four smaller ones whose products are added exactly.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Multiply_IsTheCircuitOfBlocks(int bits)
    {
        Netlist circuit = Circuit(bits);

        IntegerProducts.AssertAll(new KulkarniMultiplier(bits), (a, b) => (long)circuit.Evaluate((ulong)a, (ulong)b)[0]);
    }

    /// <summary>Each pair of digits that are 3 misses 2, in its place.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    public void Multiply_MissesTwoForEachPairOfThrees(int bits)
    {
        IntegerProducts.AssertAll(new KulkarniMultiplier(bits), (a, b) => a * b - 2 * Threes(a) * Threes(b));

        static long Threes(long operand) =>
            Enumerable.Range(0, 16).Where(digit => (operand >> 2 * digit & 3) == 3).Sum(digit => 1L << 2 * digit);
    }

    [Fact]
    public void Create_OfAnOddWidth_IsRefused() => Assert.Contains(
        "'kulkarni:7': the number of bits is 7; it is even",
        Assert.Throws<InputException>(() => new KulkarniMultiplier(7)).Message, StringComparison.Ordinal);

    static Netlist Circuit(int bits)
    {
        var builder = new NetlistBuilder("kulkarni");
        int[] a = builder.Input("a", bits), b = builder.Input("b", bits);
        builder.Output("p", bits == 2 ? Block(builder, a, b) : Blocks(builder, a, b));
        return builder.Build();
    }

    static int[] Block(NetlistBuilder builder, int[] a, int[] b) =>
    [
        builder.Gate(Cells.And, a[0], b[0]),
        builder.Gate(Cells.Or, builder.Gate(Cells.And, a[1], b[0]), builder.Gate(Cells.And, a[0], b[1])),
        builder.Gate(Cells.And, a[1], b[1]),
        Netlist.Zero,
    ];

    static int[] Blocks(NetlistBuilder builder, int[] a, int[] b)
    {
        int half = a.Length / 2;
        Netlist smaller = Circuit(half);
        int[] sum = [.. Product(a[..half], b[..half]), .. Product(a[half..], b[half..])];
        foreach (int[] mixed in (int[][])[Product(a[..half], b[half..]), Product(a[half..], b[..half])])
        {
            int carry = Netlist.Zero;
            for (int bit = half; bit < sum.Length; bit++)
            {
                int added = bit - half < mixed.Length ? mixed[bit - half] : Netlist.Zero;
                (sum[bit], carry) = builder.AddBits(Cells.FullAdder, added, sum[bit], carry);
            }
        }

        return sum;

        int[] Product(int[] x, int[] y) => builder.Instantiate(smaller, x, y)[0];
    }
}
