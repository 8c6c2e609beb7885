using System.Text;
using Dapprox.Circuits;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public class VerilogReaderTests
{
    [Fact]
    public void Read_LibraryCellsWithExpressionsAtTheirPins_Multiplies()
    {
        // Of the kind of EvoApproxLib: an array of carry-save cells by the library's names.
        const int Bits = 4;
        var text = new StringBuilder(
            "/* a comment\n of two lines */\n// MAE = 0\nmodule mul4u ( A, B, O );\n  input [3:0] A;\n  input [3:0] B;\n  output [7:0] "
                + "O;\n");
        var body = new StringBuilder();
        string[] sums = [.. Enumerable.Range(0, Bits).Select(j => $"(A[0] & B[{j}])"), "1'b0"],
            carries = [.. Enumerable.Repeat("1'b0", Bits)];
        var wires = new List<string>();
        body.Append("  assign O[0] = (A[0] & B[0]);\n");
        for (int i = 1; i < Bits; i++)
        {
            string[] next = [.. sums], kept = [.. carries];
            for (int j = 0; j < Bits; j++)
            {
                wires.Add($"S_{i}_{j}");
                wires.Add($"C_{i}_{j}");
                body.Append(
                    $"  PDKGENFAX1 U{i}{j} (.A({sums[j + 1]}), .B({carries[j]}), .C((A[{i}] & B[{j}])), .YS(S_{i}_{j}), "
                        + $".YC(C_{i}_{j}));\n");
                (next[j], kept[j]) = ($"S_{i}_{j}", $"C_{i}_{j}");
            }

            next[Bits] = "1'b0";
            (sums, carries) = (next, kept);
            body.Append($"  assign O[{i}] = {sums[0]};\n");
        }

        string carry = "1'b0";
        for (int j = 0; j < Bits; j++)
        {
            wires.Add($"C_4_{j}");
            body.Append($"  PDKGENFAX1 U4{j} (.A({sums[j + 1]}), .B({carries[j]}), .C({carry}), .YS(O[{Bits + j}]), .YC(C_4_{j}));\n");
            carry = $"C_4_{j}";
        }

        text.Append($"  wire {string.Join(',', wires)};\n\n").Append(body).Append("endmodule\n");

        Netlist circuit = Texts.Read(text.ToString(), ".v");

        Texts.AssertComputes(circuit, (a, b) => a * b);
        Assert.Contains(("fa", 16), CircuitSummary.Of(circuit).Cells);
    }

    [Fact]
    public void Read_NamesOutOfAReplacementGoneWrong_AreTheCellsOfTheCCode()
    {
        // Of the kind of EvoApprox8b: a vector of wires, and modules for only some of the names.
        Netlist circuit = Texts.Read("""
            module add2(A, B, O);
              input [1:0] A;
              input [1:0] B;
              output [2:0] O;
              wire [2031:0] N;
              assign N[0] = A[0];
              assign N[2] = A[1];
              assign N[4] = B[0];
              assign N[6] = B[1];
              XPDKGENOR2X1 n10(.A(N[0]), .B(N[4]), .Y(N[10]));
              NPDKGEPDKGENNAND2X1 n12(.A(N[0]), .B(N[4]), .Y(N[12]));
              PDKGENINVX1 n14(.A(N[12]), .Y(N[14]));
              XNPDKGENOR2X1 n16(.A(N[2]), .B(N[6]), .Y(N[16]));
              PDKGENINVX1 n18(.A(N[16]), .Y(N[18]));
              XPDKGENOR2X1 n20(.A(N[18]), .B(N[14]), .Y(N[20]));
              PDKGEPDKGENNAND2X1 n22(.A(N[2]), .B(N[6]), .Y(N[22]));
              PDKGENMUX2X1 n24(.A(N[22]), .B(N[14]), .S(N[18]), .Y(N[24]));
              assign O[0] = N[10];
              assign O[1] = N[20];
              assign O[2] = N[24];
            endmodule

            /* mod */
            module PDKGEPDKGENNAND2X1(input A, input B, output Y );
                 assign Y = A & B;
            endmodule
            /* mod */
            module PDKGENXOR2X1(input A, input B, output Y );
                 assign Y = A ^ B;
            endmodule
            """, ".v");

        Texts.AssertComputes(circuit, (a, b) => a + b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_ModulesWithConnectionsByOrderOrName_Multiply(bool ordered)
    {
        // Of the kind of ArithsGen: a module for each gate, the circuit last.
        string Use(string module, string instance, params (string Port, string Wire)[] pins) =>
            $"  {module} {module}_{instance}({string.Join(", ", pins.Select(pin => ordered ? pin.Wire : $".{pin.Port}({pin.Wire})"))});\n";
        string text = """
            module xor_gate(input a, input b, output out);
              assign out = a ^ b;
            endmodule

            module and_gate(input a, input b, output out);
              assign out = a & b;
            endmodule

            module ha(input [0:0] a, input [0:0] b, output [0:0] ha_xor0, output [0:0] ha_and0);
              xor_gate xor_gate_ha_xor0(.a(a[0]), .b(b[0]), .out(ha_xor0));
              and_gate and_gate_ha_and0(.a(a[0]), .b(b[0]), .out(ha_and0));
            endmodule

            module h_u_mul2(input [1:0] a, input [1:0] b, output [3:0] h_u_mul2_out);
              wire [0:0] p00, p01, p10, p11;
              wire s1, c1, s2, c2;

            """
            + Use("and_gate", "0", ("a", "a[0]"), ("b", "b[0]"), ("out", "p00")) + Use(
                "and_gate", "1", ("a", "a[0]"), ("b", "b[1]"), ("out", "p01"))
            + Use("and_gate", "2", ("a", "a[1]"), ("b", "b[0]"), ("out", "p10")) + Use(
                "and_gate", "3", ("a", "a[1]"), ("b", "b[1]"), ("out", "p11"))
            + Use("ha", "1", ("a", "p01"), ("b", "p10"), ("ha_xor0", "s1"), ("ha_and0", "c1"))
            + Use("ha", "2", ("a", "p11"), ("b", "c1"), ("ha_xor0", "s2"), ("ha_and0", "c2"))
            + "  assign h_u_mul2_out[0] = p00[0];\n  assign h_u_mul2_out[3:1] = {c2, s2, s1};\nendmodule";

        Netlist circuit = Texts.Read(text, ".v");

        Texts.AssertComputes(circuit, (a, b) => a * b);
        Assert.Equal([("and", 4), ("ha", 2)], CircuitSummary.Of(circuit).Cells);
    }

    [Theory]
    [InlineData("a & b | a ^ b", 0b1111_1100)]
    [InlineData("~a & ~(b | 1'b0)", 0b0000_0011)]
    [InlineData("a ~^ b", 0b1100_0011)]
    [InlineData("a ^ b & c", 0b0111_1000)]
    [InlineData("a | b & c", 0b1111_1000)]
    [InlineData("c ? a : b", 0b1110_0100)]
    [InlineData("!(a && b) || c", 0b1011_1111)]
    [InlineData("a ? b : c ? 1'b1 : 1'h0", 0b1100_1010)]
    public void Read_Expressions_BindAsInVerilog(string expression, int table)
    {
        // Bit 4a + 2b + c of the table is the value.
        Netlist circuit = Texts.Read($"module m(input a, b, c, output y);\n  assign y = {expression};\nendmodule\n", ".v");

        for (int i = 0; i < 8; i++)
            Assert.Equal((ulong)(table >> i & 1), circuit.Evaluate((ulong)i >> 2, (ulong)i >> 1, (ulong)i)[0]);
    }

    [Fact]
    public void Read_VectorsPartsAndConcatenations_TakeTheRightBits()
    {
        Netlist circuit = Texts.Read("""
            `timescale 1ns/1ps
            (* top *) module m(x, up, y);
              input wire [4:1] x;
              input [0:3] up;
              output [11:0] y;
              wire [11:0] y;
              wire [3:0] inverted = ~x, \strange[name] ;
              assign \strange[name] = {up[0], up[1:3]}, y[3:0] = {inverted[0], inverted[3:1]};
              assign y[11:4] = {{2{x[4:3]}}, 4'b0110 ^ \strange[name] };
            endmodule
            """, ".v");

        for (ulong x = 0; x < 16; x++)
        {
            for (ulong up = 0; up < 16; up++)
            {
                ulong inverted = x ^ 15;
                ulong low = (inverted >> 1) | ((inverted & 1) << 3), top = x >> 2;
                Assert.Equal(top << 10 | top << 8 | (up ^ 6) << 4 | low, circuit.Evaluate(x, up)[0]);
            }
        }
    }

    [Fact]
    public void Read_GatePrimitives_TakeManyInputsAndNoName()
    {
        Netlist circuit = Texts.Read("""
            module m(input [3:0] x, output [2:0] y);
              nand (y[0], x[0], x[1], x[2], x[3]);
              xor g1(y[1], x[0], x[1], x[2]), g2(y[2], x[3], x[0]);
            endmodule
            """, ".v");

        for (ulong x = 0; x < 16; x++)
            Assert.Equal((x == 15 ? 0UL : 1) | ((x ^ x >> 1 ^ x >> 2) & 1) << 1 | ((x ^ x >> 3) & 1) << 2, circuit.Evaluate(x)[0]);
    }

    [Fact]
    public void Read_InvertedGates_AreOneGate()
    {
        Netlist circuit = Texts.Read(
            "module m(input a, b, output y, z);\n  assign y = ~(a & b);\n  assign z = ~(a ^ b);\nendmodule\n", ".v");

        Assert.Equal([("nand", 1), ("xnor", 1)], CircuitSummary.Of(circuit).Cells);
    }
}
