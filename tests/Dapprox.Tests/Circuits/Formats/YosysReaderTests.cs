using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>What is no structural netlist, read through Yosys.</summary>
public sealed class YosysReaderTests : IDisposable
{
    const string Product = "module top(input signed [5:0] a, input signed [5:0] b, output reg signed [11:0] p);\n"
        + "  always @(*) p = a * b;\nendmodule\n";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// DRUM (Hashemi, Bahar, Reda, ICCAD 2015): the leading k bits of each operand, the lowest of them set where bits are cut.
    /// </summary>
    [FactOf(Tier.Ci)]
    public void Drum_WrittenAsBehaviour_IsItsDefinition()
    {
        Netlist circuit = Read(".sv", """
            module drum #(parameter int N = 8, K = 4) (input logic [N-1:0] a, b, output logic [2*N-1:0] p);
              function automatic logic [3:0] lead(input logic [N-1:0] x);
                lead = 0;
                for (int i = 0; i < N; i++) if (x[i]) lead = i;
              endfunction
              logic [3:0] sa, sb;
              logic [K-1:0] ta, tb;
              always_comb begin
                sa = lead(a) >= K ? lead(a) - K + 1 : 0;
                sb = lead(b) >= K ? lead(b) - K + 1 : 0;
                ta = (a >> sa) | (sa != 0);
                tb = (b >> sb) | (sb != 0);
                p = (ta * tb) << (sa + sb);
              end
            endmodule
            """);

        Texts.AssertComputes(circuit, new DrumMultiplier(8, k: 4).Multiply);
    }

    /// <summary>
    /// Mitchell, IRE Trans. Electronic Computers EC-11(4), 1962: logarithms, whose fractions are the bits after the leading one.
    /// </summary>
    [FactOf(Tier.Ci)]
    public void Mitchell_WrittenAsBehaviour_IsItsDefinition()
    {
        Netlist circuit = Read(".v", """
            module mitchell(input [7:0] a, b, output reg [15:0] p);
              integer i;
              reg [2:0] ka, kb;
              reg [6:0] xa, xb;
              reg [10:0] sum;
              always @* begin
                ka = 0; kb = 0;
                for (i = 0; i < 8; i = i + 1) begin
                  if (a[i]) ka = i;
                  if (b[i]) kb = i;
                end
                xa = a << (7 - ka);
                xb = b << (7 - kb);
                sum = {1'b0, ka, xa} + {1'b0, kb, xb};
                p = a == 0 || b == 0 ? 0 : ({17'b1, sum[6:0]} << sum[10:7]) >> 7;
              end
            endmodule
            """);

        Texts.AssertComputes(circuit, new MitchellMultiplier(8).Multiply);
    }

    /// <summary>A lower-part OR adder (Mahdiani et al., IEEE TCAS-I 2010) that adds the rows of an array.</summary>
    [FactOf(Tier.Ci)]
    public void LowerPartOrAdder_WrittenAsBehaviour_IsItsDefinition()
    {
        Netlist circuit = Read(".v", """
            module loa #(parameter LOW = 5) (input [5:0] a, b, output [11:0] p);
              wire [11:0] sum [0:6];
              assign sum[0] = 0;
              genvar i;
              generate for (i = 0; i < 6; i = i + 1) begin : row
                wire [11:0] x = sum[i], y = b[i] ? a << i : 0;
                assign sum[i+1] = {x[11:LOW] + y[11:LOW] + (x[LOW-1] & y[LOW-1]), x[LOW-1:0] | y[LOW-1:0]};
              end endgenerate
              assign p = sum[6];
            endmodule
            """);

        Texts.AssertComputes(circuit, new LowerPartOrMultiplier(6, columns: 5).Multiply);
    }

    [FactOf(Tier.Ci)]
    public void Truncated_WithParametersAndVectors_IsItsDefinition()
    {
        Netlist circuit = Read(".v", """
            module truncated #(parameter N = 7, parameter T = 4) (input [N-1:0] a, input [N-1:0] b, output [2*N-1:0] p);
              localparam W = 2 * N;
              wire [W-1:0] full = a * b;
              assign p = {full[W-1:T], {T{1'b0}}};
            endmodule
            """);

        Texts.AssertComputes(circuit, (a, b) => a * b >> 4 << 4);
    }

    [FactOf(Tier.Ci)]
    public async Task OtherFormats_AreTheCircuitThatYosysWrote()
    {
        string source = Write("source.v", Product);
        CircuitDocument given = CircuitFiles.Read(source);
        Assert.Equal(("Yosys", true, "top"), (given.ReadBy, given.Circuit.IsSigned, given.Circuit.Name));
        await Tool.RunAsync(folder.Path, "yosys", "-q", "-p", "read_verilog -sv source.v; proc; techmap; opt; write_rtlil a.il; "
            + "write_json a.json; aigmap; write_aiger -symbols a.aag; write_aiger b.aig; write_blif -icells a.blif");

        foreach (string file in (string[])["a.il", "a.json", "a.aag", "b.aig"])
        {
            Netlist read = CircuitFiles.Read(Path.Combine(folder.Path, file)).Circuit;

            Texts.AssertSameFunction(given.Circuit, read);
        }

        Tool.Require("yosys-abc");
        await Tool.RunAsync(folder.Path, "yosys-abc", "-c", "read_aiger a.aag; write_bench a.bench");
        Texts.AssertSameFunction(given.Circuit, CircuitFiles.Read(Path.Combine(folder.Path, "a.bench")).Circuit);
    }

    [FactOf(Tier.Ci)]
    public async Task NetlistOfForeignCells_WithTheirLibrary_IsRead()
    {
        Tool.Require("yosys");
        string library = Path.Combine(folder.Path, "cells.lib");
        await Tool.RunAsync(
            folder.Path, "bash", "-c", $"zcat '{Path.Combine(DataFolder.Reference, "sky130", "sky130hd_tt.lib.gz")}' > cells.lib");
        Write("source.v", Product);
        await Tool.RunAsync(
            folder.Path, "yosys", "-q", "-p",
            "read_verilog source.v; synth -flatten; abc -liberty cells.lib; clean; write_verilog mapped.v");
        string mapped = Path.Combine(folder.Path, "mapped.v");

        InputException without = Assert.Throws<InputException>(() => CircuitFiles.Read(mapped));
        Netlist read = CircuitFiles.Read(mapped, new ReadingHelp(Top: "top", Cells: library)).Circuit;

        Assert.Contains("sky130_fd_sc_hd__", without.Message, StringComparison.Ordinal);
        Texts.AssertSameFunction(CircuitFiles.Read(Path.Combine(folder.Path, "source.v")).Circuit, read);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(
        "module top(input c, input [3:0] a, output reg [3:0] q); always @(posedge c) q <= a; endmodule", "q[0] is a register or a latch")]
    [InlineData("module top(input a, output y); wire w = y & a; assign y = w; endmodule", "depends on itself")]
    [InlineData("module top(input a, output reg y); wire w; always @* y = w & a; endmodule", "has no driver")]
    [InlineData("module top(input a, output reg y); always @* y = a; frob f(.a(a)); endmodule", "frob")]
    [InlineData("module top(input a, output reg y; always", "syntax error")]
    [InlineData("module top(input a, output reg y); always @* y = a; endmodule module other(input a, output reg y); always @* y = a; "
        + "endmodule", "no module uses top nor other; choose one with 'dapprox circuit import FILE --top NAME'")]
    [InlineData(
        "module top(input [0:3] a, output [3:0] y); assign y = a * a; endmodule", "a of top is declared from its highest bit on")]
    [InlineData("module top(input [128:0] a, output reg y); always @* y = ^a; endmodule", "a of top has 129 bits; at most 128 are read")]
    public void WhatIsNoCircuit_IsRefusedWithItsReason(string text, string reason)
    {
        Tool.Require("yosys");
        string file = Write("wrong.v", text);

        InputException error = Assert.Throws<InputException>(() => CircuitFiles.Read(file));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("a0 a1 b0 b1", "y0 y1", "a:2 b:2", "y:2")]
    [InlineData("a_1_ a_0_ b_0_ b_1_", "y", "a:2 b:2", "y:1")]
    [InlineData("IN1_0_ IN1_1_ IN2_0_ IN2_1_", "OUT_0 OUT_1", "IN1:2 IN2:2", "OUT:2")]
    [InlineData("a1 a2 b1 b2", "y", "a1:1 a2:1 b1:1 b2:1", "y:1")]
    [InlineData("a b", "y", "a:1 b:1", "y:1")]
    public void NumberedBits_AreBuses(string inputs, string outputs, string grouped, string groupedOutputs)
    {
        string names = string.Concat(outputs.Split(' ').Select(name => $".names {inputs.Split(' ')[0]} {name}\n1 1\n"));

        Netlist circuit = CircuitFiles.Read(Write("bits.blif", $".model m\n.inputs {inputs}\n.outputs {outputs}\n{names}.end\n")).Circuit;

        Assert.Equal(grouped, string.Join(' ', circuit.Inputs.Select(bus => $"{bus.Name}:{bus.Width}")));
        Assert.Equal(groupedOutputs, string.Join(' ', circuit.Outputs.Select(bus => $"{bus.Name}:{bus.Width}")));
    }

    [FactOf(Tier.Ci)]
    public void Top_ChoosesTheModule()
    {
        Tool.Require("yosys");
        string file = Write("two.v", "module one(input a, output y); assign y = a; endmodule module two(input b, output z); assign z = ~b; "
            + "endmodule");

        Netlist circuit = CircuitFiles.Read(file, new ReadingHelp(Top: "two")).Circuit;

        Assert.Equal(("two", "b"), (circuit.Name, circuit.Inputs[0].Name));
        Assert.Contains(
            "there is no module 'three' in it; it has one, two",
            Assert.Throws<InputException>(() => CircuitFiles.Read(file, new ReadingHelp(Top: "three"))).Message, StringComparison.Ordinal);
    }

    /// <summary>A generic, an instance, and a product whose lowest four bits are cut off.</summary>
    [FactOf(Tier.Ci)]
    public void Vhdl_IsReadThroughGhdl()
    {
        Tool.Require("yosys", "ghdl");
        string file = Write("cut.vhd", """
            library ieee;
            use ieee.std_logic_1164.all;
            use ieee.numeric_std.all;
            entity product is
              generic (N : natural := 4);
              port (x, y : in unsigned(N - 1 downto 0); z : out unsigned(2 * N - 1 downto 0));
            end entity;
            architecture rtl of product is begin z <= x * y; end architecture;

            library ieee;
            use ieee.std_logic_1164.all;
            use ieee.numeric_std.all;
            entity cut is
              port (a, b : in unsigned(5 downto 0); p : out unsigned(11 downto 0));
            end entity;
            architecture rtl of cut is
              signal whole : unsigned(11 downto 0);
            begin
              one : entity work.product generic map (N => 6) port map (x => a, y => b, z => whole);
              p <= whole(11 downto 4) & "0000";
            end architecture;
            """);

        CircuitDocument document = CircuitFiles.Read(file);

        Assert.Equal("GHDL and Yosys", document.ReadBy);
        Texts.AssertComputes(document.Circuit, (a, b) => a * b & ~15UL);
        Texts.AssertComputes(CircuitFiles.Read(file, new ReadingHelp(Top: "product")).Circuit, (a, b) => a * b);
        InputException error = Assert.Throws<InputException>(() => CircuitFiles.Read(Write("bad.vhd", "entity x is port (a : in bit\n")));
        Assert.Contains("GHDL finds no circuit in it: bad.vhd:", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An escaped identifier is no command of the script.</summary>
    [FactOf(Tier.Ci)]
    public void NameOfAModule_IsNotRun()
    {
        Tool.Require("yosys");
        string made = folder.File("made"), file = Write("name.sv", $"module \\m;!echo>{made} (input a, output logic y); "
            + "always_comb y = a; endmodule");

        InputException inside = Assert.Throws<InputException>(() => CircuitFiles.Read(file));
        InputException given = Assert.Throws<InputException>(() => CircuitFiles.Read(file, new ReadingHelp(Top: $"m;!echo>{made}")));

        Assert.All([inside, given], error => Assert.Contains("has a name of other letters", error.Message, StringComparison.Ordinal));
        Assert.False(File.Exists(made));
    }

    [FactOf(Tier.Ci)]
    public void Range_ThatBeginsAtOne_IsABus()
    {
        Netlist circuit = Read(".sv", "module m(input [4:1] a, output logic [4:1] p); always_comb p = a + 1; endmodule");

        Assert.Equal(8UL, circuit.Evaluate(7)[0]);
    }

    [Theory]
    [InlineData("a, b", null)]
    [InlineData("IN1, IN2", null)]
    [InlineData("b, A", "operand a is the input b and operand b the input A, in the order of the file")]
    [InlineData("op2, op1", "operand a is the input op2 and operand b the input op1, in the order of the file")]
    public void OperandsInTheOtherOrder_AreNoted(string inputs, string? note)
    {
        string file = Write("order.v", $"module m(input [1:0] {inputs}, output [3:0] p);\n  assign p = {{{inputs}}};\nendmodule");
        var notes = new List<string>();

        CircuitFiles.Load(file, notes.Add);

        Assert.Equal(note is null ? [] : [note + "; 'dapprox circuit import FILE --ports' changes it"], notes);
    }

    [Fact]
    public void Renamed_PutsTheOperandsInOrder()
    {
        Netlist circuit = CircuitDescription.Build("array:3:ama5");

        Netlist renamed = CircuitPorts.Renamed(circuit, [("x", "b"), ("y", "a"), ("z", "p")]);

        Assert.Equal(["x", "y", "z"], renamed.Inputs.Concat(renamed.Outputs).Select(bus => bus.Name));
        Assert.Equal(circuit.Evaluate(5, 3), renamed.Evaluate(3, 5));
        Assert.Contains(
            "the circuit has an input or output 'p' too",
            Assert.Throws<InputException>(() => CircuitPorts.Renamed(circuit, [("x", "a"), ("y", "b")])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no input or output 'q'; it has a, b, p",
            Assert.Throws<InputException>(() => CircuitPorts.Renamed(circuit, [("x", "q")])).Message, StringComparison.Ordinal);
    }

    Netlist Read(string extension, string text)
    {
        Tool.Require("yosys");
        return CircuitFiles.Read(Write("circuit" + extension, text)).Circuit;
    }

    string Write(string name, string text)
    {
        string file = Path.Combine(folder.Path, name);
        File.WriteAllText(file, text);
        return file;
    }
}
