using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class MultiplierCircuitsTests
{
    [Theory]
    [InlineData("array")]
    [InlineData("carry-save")]
    [InlineData("wallace")]
    [InlineData("dadda")]
    [InlineData("booth")]
    public void ExactCells_MultiplyExactly_AllPairsOfSmallWidths(string kind)
    {
        for (int bits = 1; bits <= 8; bits++)
            AssertMultiplies(CircuitDescription.Build($"{kind}:{bits}"), bits);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(6, 2)]
    [InlineData(6, 3)]
    [InlineData(8, 4)]
    [InlineData(8, 8)]
    public void ExactBlocks_MultiplyExactly(int bits, int block) =>
        AssertMultiplies(CircuitDescription.Build($"blocks:{bits}:block={block}"), bits);

    [Theory]
    [InlineData("array", 24)]
    [InlineData("array", 32)]
    [InlineData("carry-save", 24)]
    [InlineData("wallace", 31)]
    [InlineData("dadda", 24)]
    [InlineData("dadda", 32)]
    [InlineData("booth", 24)]
    [InlineData("booth", 32)]
    [InlineData("blocks", 24)]
    [InlineData("blocks", 32)]
    [InlineData("array", 64)]
    [InlineData("carry-save", 33)]
    [InlineData("wallace", 64)]
    [InlineData("dadda", 48)]
    [InlineData("booth", 64)]
    [InlineData("blocks", 64)]
    public void ExactCells_MultiplyExactly_RandomPairsOfLargeWidths(string kind, int bits)
    {
        ulong[] a = [ulong.MaxValue >> (64 - bits), .. RandomCircuits.Numbers(20_000, bits, 1)],
            b = [ulong.MaxValue >> (64 - bits), .. RandomCircuits.Numbers(20_000, bits, 2)];

        UInt128[] products = BitSlicedSimulator.Of(CircuitDescription.Build($"{kind}:{bits}")).Evaluate(a, b)[0];

        for (int i = 0; i < a.Length; i++)
            Assert.Equal((UInt128)a[i] * b[i], products[i]);
    }

    [Fact]
    public void FourByFourBlockOfAma5_FollowsItsFormula()
    {
        Netlist block = CircuitDescription.Build("array:4:ama5");
        for (ulong a = 0; a < 16; a++)
        {
            for (ulong b = 0; b < 16; b++)
                Assert.Equal((a & 1) * b + 16 * (b >> 3) * (a - (a & 1)), block.Evaluate(a, b)[0]);
        }
    }

    [Fact]
    public void AxFpmAndTheFlatArray_RebuiltFromCells_EqualTheirFormulas()
    {
        ulong[] a = [.. RandomCircuits.Numbers(100_000, 23, 3).Select(number => number | 1 << 23), .. Corners()];
        ulong[] b = [.. RandomCircuits.Numbers(100_000, 23, 4).Select(number => number | 1 << 23), .. Corners().Reverse()];

        UInt128[] blocks = BitSlicedSimulator.Of(CircuitDescription.Build("ax-fpm")).Evaluate(a, b)[0];
        UInt128[] flat = BitSlicedSimulator.Of(CircuitDescription.Build("ama5-flat")).Evaluate(a, b)[0];

        for (int i = 0; i < a.Length; i++)
        {
            Assert.Equal(AxFpm.Released.MultiplyMantissas((uint)a[i], (uint)b[i]), blocks[i]);
            Assert.Equal(Ama5Flat.Instance.MultiplyMantissas((uint)a[i], (uint)b[i]), flat[i]);
        }

        // All ones, and single ones under the hidden one.
        static IEnumerable<ulong> Corners() => [(1 << 24) - 1, 1 << 23, .. Enumerable.Range(0, 23).Select(bit => 1UL << 23 | 1UL << bit)];
    }

    /// <summary>Exhaustive figures for 4×4 arrays of one cell: MRED over nonzero products, NMED, share above.</summary>
    [Theory]
    [InlineData("ama1", 1.224, 0.190, 0.359)]
    [InlineData("ama2", 4.94, 0.321, 0.934)]
    [InlineData("ama3", 3.89, 0.306, 0.934)]
    [InlineData("ama4", 0.615, 0.103, 0.422)]
    [InlineData("ama5", 0.612, 0.124, 0.438)]
    public void FourByFourArrays_ErrAsMeasuredElsewhere(string cell, double mred, double nmed, double above)
    {
        Netlist array = CircuitDescription.Build($"array:4:{cell}");
        double relative = 0, absolute = 0;
        int nonzero = 0, larger = 0;
        for (ulong a = 0; a < 16; a++)
        {
            for (ulong b = 0; b < 16; b++)
            {
                double error = (double)array.Evaluate(a, b)[0] - a * b;
                absolute += Math.Abs(error);
                larger += error > 0 ? 1 : 0;
                if (a * b == 0)
                    continue;
                nonzero++;
                relative += Math.Abs(error) / (a * b);
            }
        }

        Assert.Equal(mred, relative / nonzero, 0.006);
        Assert.Equal(nmed, absolute / 256 / 225, 0.0006);
        Assert.Equal(above, larger / 256.0, 0.0006);
    }

    // Truncation leaves out exactly the partial products of low columns.
    [Theory]
    [InlineData("array")]
    [InlineData("carry-save")]
    [InlineData("wallace")]
    [InlineData("dadda")]
    public void BrokenArrays_AddThePartialProductsThatAreLeft(string kind)
    {
        foreach ((int vertical, int horizontal) in (ReadOnlySpan<(int, int)>)[(4, 0), (0, 2), (5, 1), (9, 3)])
        {
            Netlist broken = CircuitDescription.Build($"{kind}:6:vertical={vertical}:horizontal={horizontal}");
            for (ulong a = 0; a < 64; a++)
            {
                for (ulong b = 0; b < 64; b++)
                {
                    ulong expected = 0;
                    for (int row = horizontal; row < 6; row++)
                    {
                        for (int position = Math.Max(0, vertical - row); position < 6; position++)
                            expected += (a >> row & 1) * (b >> position & 1) << (row + position);
                    }

                    Assert.Equal(expected, broken.Evaluate(a, b)[0]);
                }
            }
        }
    }

    [Fact]
    public void ACellOfChoice_IsAtEveryPosition()
    {
        Netlist array = MultiplierCircuits.Array(5, (row, position) => Cells.Adders[(row * 5 + position) % Cells.Adders.Count]);

        Assert.Equal(
            from row in Enumerable.Range(1, 4)
            from position in Enumerable
                .Range(0, 5)
            select Cells.Adders[(row * 5 + position) % Cells.Adders.Count],
            array.Elements.Select(element => element.Cell).Where(cell => cell.IsAdder));
        Assert.Equal(25, array.Elements.Count(element => element.Cell == Cells.And));
    }

    [Fact]
    public void Description_SaysWhichCellsAreWhere()
    {
        Netlist array = CircuitDescription.Build("array:8:ama1:columns=6:rows=3");

        // Rows 1 and 2 have five and four positions below column 6.
        Assert.Equal(9, array.Elements.Count(element => element.Cell == Cells.Ama1));
        Assert.Equal(56 - 9, array.Elements.Count(element => element.Cell == Cells.FullAdder));
        Assert.Equal(17, CircuitDescription.Build("blocks:8:ama5:width=17").Outputs[0].Width);
        Assert.Equal(4, CircuitDescription.Build("blocks:8:ama5").Instances.Count);
    }

    [Theory]
    [InlineData("array", "KIND:BITS")]
    [InlineData("tree:8", "kind of circuit")]
    [InlineData("array:0", "1 to 64")]
    [InlineData("array:65", "1 to 64")]
    [InlineData("array:8:ama7", "full adder")]
    [InlineData("array:8:colums=3", "columns")]
    [InlineData("array:8:columns=x", "integer")]
    [InlineData("array:8:columns=3:columns=4", "twice")]
    [InlineData("wallace:8:rows=3", "no option rows")]
    [InlineData("blocks:9:block=4", "blocks of 4")]
    [InlineData("blocks:8:block=0", "1 to")]
    public void Description_RefusesWhatItDoesNotKnow(string given, string says) =>
        Assert.Contains(says, Assert.Throws<InputException>(() => CircuitDescription.Build(given)).Message);

    static void AssertMultiplies(Netlist circuit, int bits)
    {
        ulong count = 1UL << bits;
        for (ulong a = 0; a < count; a++)
        {
            for (ulong b = 0; b < count; b++)
                Assert.Equal(a * b, circuit.Evaluate(a, b)[0]);
        }
    }
}
