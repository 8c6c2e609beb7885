using Dapprox.Circuits;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class CellsTests
{
    /// <summary>How many of the eight sums and carries are wrong, as the cells' publications count them.</summary>
    [Theory]
    [InlineData("fa", 0, 0)]
    [InlineData("ama1", 2, 1)]
    [InlineData("ama2", 2, 0)]
    [InlineData("ama3", 3, 1)]
    [InlineData("ama4", 3, 2)]
    [InlineData("ama5", 4, 2)]
    [InlineData("axa1", 4, 4)]
    [InlineData("axa2", 4, 0)]
    [InlineData("axa3", 2, 0)]
    [InlineData("inxa1", 0, 2)]
    [InlineData("inxa2", 2, 0)]
    [InlineData("inxa3", 2, 0)]
    [InlineData("tcaa", 2, 0)]
    [InlineData("tsaa", 0, 2)]
    public void Adders_AreWrongAsOftenAsPublished(string name, int sums, int carries)
    {
        Cell cell = Cells.FindAdder(name);

        Assert.Equal(sums, Wrong(cell, 0, (a, b, c) => (a ^ b ^ c) != 0));
        Assert.Equal(carries, Wrong(cell, 1, (a, b, c) => a + b + c > 1));
    }

    /// <summary>The truth tables against the logic, written as C#.</summary>
    [Fact]
    public void Adders_FollowTheirLogic()
    {
        Check("ama1", (a, b, c) => !a && !b && c || a && b && c, (a, b, c) => b || a && c);
        Check("ama2", (a, b, c) => !Majority(a, b, c), Majority);
        Check("ama3", (a, b, c) => !(b || a && c), (a, b, c) => b || a && c);
        Check("ama4", (a, b, c) => c && (!a || b), (a, _, _) => a);
        Check("ama5", (_, b, _) => b, (a, _, _) => a);
        Check("axa1", (_, _, c) => c, (a, b, c) => !((a ^ b) && c || !a && !b));
        Check("axa2", (a, b, _) => !(a ^ b), Majority);
        Check("axa3", (a, b, c) => !(a ^ b) && c, Majority);
        Check("inxa1", (a, b, c) => a ^ b ^ c, (_, _, c) => c);
        Check("inxa2", (a, b, c) => (a ^ b) || c, Majority);
        Check("inxa3", (a, b, c) => !Majority(a, b, c), Majority);
        Check("tcaa", (a, b, c) => !Majority(a, b, c), Majority);
        Check("tsaa", (a, b, c) => a ^ b ^ c, (a, b, c) => !(a ^ b ^ c));
        Check("loa", (a, b, _) => a || b, (_, _, _) => false);

        static bool Majority(bool a, bool b, bool c) => a && b || a && c || b && c;

        static void Check(string name, Func<bool, bool, bool, bool> sum, Func<bool, bool, bool, bool> carry)
        {
            Cell cell = Cells.FindAdder(name);
            for (int index = 0; index < 8; index++)
            {
                (bool a, bool b, bool c) = ((index & 4) != 0, (index & 2) != 0, (index & 1) != 0);
                Assert.True(
                    cell.Evaluate(0, index) == sum(a, b, c) && cell.Evaluate(1, index) == carry(a, b, c), $"{name} at {a}, {b}, {c}");
            }
        }
    }

    [Fact]
    public void Gates_FollowTheirLogic()
    {
        Check(Cells.And, (a, b) => a && b);
        Check(Cells.Or, (a, b) => a || b);
        Check(Cells.Xor, (a, b) => a ^ b);
        Check(Cells.Nand, (a, b) => !(a && b));
        Check(Cells.Nor, (a, b) => !(a || b));
        Check(Cells.Xnor, (a, b) => a == b);
        Check(Cells.AndNot, (a, b) => a && !b);
        Check(Cells.OrNot, (a, b) => a || !b);
        Assert.Equal("01", Cells.Buffer.Table(0));
        Assert.Equal("10", Cells.Not.Table(0));
        Assert.All(Enumerable.Range(0, 8), index =>
            Assert.Equal((index & ((index & 1) != 0 ? 2 : 4)) != 0, Cells.Multiplexer.Evaluate(0, index)));
        Assert.Equal(("0110", "0001"), (Cells.HalfAdder.Table(0), Cells.HalfAdder.Table(1)));

        static void Check(Cell gate, Func<bool, bool, bool> logic) =>
            Assert.All(Enumerable.Range(0, 4), index => Assert.Equal(logic((index & 2) != 0, (index & 1) != 0), gate.Evaluate(0, index)));
    }

    [Fact]
    public void Names_AreUnique_AndFound()
    {
        Assert.Equal(Cells.All.Count, Cells.All.Select(cell => cell.Name).Distinct().Count());
        Assert.Same(Cells.Ama3, Cells.FindAdder("AMA3"));
        Assert.Contains("ama5", Assert.Throws<InputException>(() => Cells.FindAdder("ama6")).Message);
    }

    [Fact]
    public void Constructor_RefusesWhatIsNoCell()
    {
        Assert.Throws<ArgumentException>(() => new Cell("none", [], ("Y", "0")));
        Assert.Throws<ArgumentException>(() => new Cell("four", ["A", "B", "C", "D"], ("Y", "0000000000000000")));
        Assert.Throws<ArgumentException>(() => new Cell("short", ["A", "B"], ("Y", "011")));
        Assert.Throws<ArgumentException>(() => new Cell("letters", ["A"], ("Y", "0x")));
        Assert.Throws<ArgumentException>(() => new Cell("silent", ["A"]));
    }

    static int Wrong(Cell cell, int output, Func<int, int, int, bool> exact) =>
        Enumerable.Range(0, 8).Count(index => cell.Evaluate(output, index) != exact(index >> 2, index >> 1 & 1, index & 1));
}
