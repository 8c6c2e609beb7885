using Dapprox.Circuits;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public class CgpReaderTests
{
    [Fact]
    public void Read_TwoBitMultiplier_Multiplies()
    {
        // Inputs are 2 and 3 (a), 4 and 5 (b); the node 13 reads nothing that counts.
        Netlist circuit = Texts.Read(
            "{4,4,1,9,2,1,9}([6]2,4,2)([7]2,5,2)([8]3,4,2)([9]7,8,4)([10]7,8,2)([11]3,5,2)([12]11,10,4)\n"
            + "([13]12,0,8)([14]11,10,2)(6,9,12,14)\n",
            ".cgp");

        Texts.AssertComputes(circuit, (a, b) => a * b);
    }

    [Fact]
    public void Read_AllFunctions_AreThoseOfArithsGen()
    {
        Netlist circuit = Texts.Read(
            "{2,12,1,10,2,1,10}([4]2,3,0)([5]2,3,1)([6]2,3,2)([7]2,3,3)([8]2,3,4)([9]2,3,5)([10]2,3,6)"
            + "([11]2,3,7)([12]2,3,8)([13]2,3,9)(4,5,6,7,8,9,10,11,12,13,0,1)", ".cgp");

        foreach ((ulong a, ulong b) in ((ulong, ulong)[])[(0, 0), (0, 1), (1, 0), (1, 1)])
        {
            ulong[] bits = [a, 1 - a, a & b, a | b, a ^ b, 1 - (a & b), 1 - (a | b), 1 - (a ^ b), 1, 0, 0, 1];
            Assert.Equal(bits.Select((bit, i) => bit << i).Aggregate((x, y) => x | y), circuit.Evaluate(a, b)[0]);
        }
    }
}
