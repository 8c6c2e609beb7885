using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class LowerPartOrTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(4, 7)]
    [InlineData(4, 8)]
    [InlineData(6, 5)]
    [InlineData(8, 8)]
    public void Multiply_IsTheArrayOfGates(int bits, int columns)
    {
        Netlist circuit = Circuit(bits, columns);

        IntegerProducts.AssertAll(new LowerPartOrMultiplier(bits, columns), (a, b) => (long)circuit.Evaluate((ulong)a, (ulong)b)[0]);
    }

    /// <summary>
    /// Column by column, so that the order of the rows does not matter: a low one is whether it has ones, a high one how many it has, and
    /// the highest low one carries for each one but the first.
    /// </summary>
    [Theory]
    [InlineData(5, 4)]
    [InlineData(8, 6)]
    [InlineData(8, 11)]
    public void Multiply_CountsTheOnesOfEachColumn(int bits, int columns) => IntegerProducts.AssertAll(
        new LowerPartOrMultiplier(bits, columns), (a, b) => Enumerable.Range(0, 2 * bits).Sum(column =>
        {
            long ones = Enumerable.Range(0, column + 1).Count(row => (a >> row & 1) != 0 && (b >> (column - row) & 1) != 0);
            long carries = column == columns - 1 ? Math.Max(0, ones - 1) : 0;
            return (column < columns ? Math.Min(1, ones) << column : ones << column) + (carries << (column + 1));
        }));

    /// <summary>An OR gate in each low column, a full adder in each high one, and an AND gate between them.</summary>
    static Netlist Circuit(int bits, int columns)
    {
        var builder = new NetlistBuilder("loa");
        int[] a = builder.Input("a", bits), b = builder.Input("b", bits), sum = new int[2 * bits];
        for (int row = 0; row < bits; row++)
        {
            int[] added = new int[2 * bits];
            for (int bit = 0; bit < bits; bit++)
                added[row + bit] = builder.Gate(Cells.And, a[row], b[bit]);
            int carry = columns == 0 ? Netlist.Zero : builder.Gate(Cells.And, sum[columns - 1], added[columns - 1]);
            for (int column = 0; column < columns; column++)
                sum[column] = builder.Gate(Cells.Or, sum[column], added[column]);
            for (int column = columns; column < sum.Length; column++)
                (sum[column], carry) = builder.AddBits(Cells.FullAdder, added[column], sum[column], carry);
        }

        builder.Output("p", sum);
        return builder.Build();
    }
}
