using System.Numerics;
using Dapprox.Circuits;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public class BlifReaderTests
{
    [Fact]
    public void Read_ModelsInModels_Multiply()
    {
        Netlist circuit = Texts.Read("""
            # of the kind of ArithsGen
            .model h_u_mul2
            .inputs a[0] a[1] \
              b[0] b[1]
            .outputs out[0] out[1] out[2] out[3]
            .names vdd
            1
            .names gnd
            .names a[0] a_0
            1 1
            .subckt and_gate _a=a_0 _b=b[0] _y0=out[0]
            .subckt and_gate _b=b[1] _a=a_0 _y0=p01
            .gate AND2X1 A=a[1] B=b[0] Y=p10
            .subckt and_gate _a=a[1] _b=b[1] _y0=p11
            .subckt ha a=p01 b=p10 y0=out[1] y1=c1
            .subckt fa a=p11 b=c1 cin=gnd y0=out[2] y1=out[3]
            .end

            .model fa
            .inputs a b cin
            .outputs y0 y1
            .names a b cin y0
            100 1
            010 1
            001 1
            111 1
            .names a b cin y1
            11- 1
            1-1 1
            -11 1
            .end
            .model ha
            .inputs a b
            .outputs y0 y1
            .names a b y0
            00 0
            11 0
            .subckt and_gate _a=a _b=b _y0=y1
            .end
            .model and_gate
            .inputs _a _b
            .outputs _y0
            .names _a _b _y0
            11 1
            .end
            """, ".blif");

        Texts.AssertComputes(circuit, (a, b) => a * b);
        Assert.Equal([("and", 4), ("fa", 1), ("ha", 1)], CircuitSummary.Of(circuit).Cells);
    }

    [Fact]
    public void Read_LookupTables_AreTheirFunctionsInFewCells()
    {
        var random = new Random(1);
        for (int inputs = 4; inputs <= 6; inputs++)
        {
            string names = string.Join(' ', Enumerable.Range(0, inputs).Select(input => $"x[{input}]"));
            bool[] any = [.. Enumerable.Range(0, 1 << inputs).Select(_ => random.Next(2) == 1)];
            Netlist circuit = Texts.Read(
                $".model m\n.inputs {names}\n.outputs any odd\n.names {names} any\n{Cover(index => any[index])}"
                    + $".names {names} odd\n{Cover(index => int.PopCount(index) % 2 == 1)}.end\n", ".blif");

            for (int index = 0; index < any.Length; index++)
            {
                // The first character of a line of the cover is the lowest bit.
                ulong value = (ulong)Enumerable.Range(0, inputs).Sum(input => (index >> (inputs - 1 - input) & 1) << input);
                Assert.Equal([any[index] ? 1UL : 0, (ulong)(int.PopCount(index) % 2)], circuit.Evaluate(value));
            }

            // A cell of three inputs, and one for each input more; of any function one for each eight lines and a tree over these.
            int cells = (1 << (inputs - 3)) + (1 << (inputs - 3)) - 1 + inputs - 2;
            Assert.InRange(circuit.Elements.Count, 1, cells);

            string Cover(Func<int, bool> isOne) => string.Concat(
                Enumerable.Range(0, 1 << inputs).Where(isOne).Select(index => $"{Convert.ToString(index, 2).PadLeft(inputs, '0')} 1\n"));
        }
    }

    [Fact]
    public void Read_WideCovers_AreSumsOfProducts()
    {
        Netlist circuit = Texts.Read("""
            .model m
            .inputs x[0] x[1] x[2] x[3] x[4]
            .outputs on off all none
            .names x[0] x[1] x[2] x[3] x[4] on
            1-0-1 1
            01--- 1
            .names x[0] x[1] x[2] x[3] x[4] off
            11111 0
            0---- 0
            .names x[0] x[1] x[2] x[3] x[4] all
            ----- 1
            .names x[0] x[1] x[2] x[3] x[4] none
            .end
            """, ".blif");

        for (ulong x = 0; x < 32; x++)
        {
            bool[] bit = [.. Enumerable.Range(0, 5).Select(i => (x >> i & 1) != 0)];
            Assert.Equal(
                [(bit[0] && !bit[2] && bit[4]) || (!bit[0] && bit[1]) ? 1UL : 0, BitOperations.PopCount(x) == 5 || !bit[0] ? 0UL : 1, 1, 0],
                circuit.Evaluate(x));
        }
    }
}
