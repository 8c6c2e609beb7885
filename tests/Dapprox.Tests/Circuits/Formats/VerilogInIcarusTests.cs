using System.Text;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>Verilog means to our reader what it means to Icarus.</summary>
public sealed class VerilogInIcarusTests : IDisposable
{
    /// <summary>Modules of the kinds that designers and their tools write.</summary>
    public static TheoryData<string> Modules { get; } =
    [
        """
        // Parameters and expressions in ranges.
        module m #(parameter N = 4, parameter [7:0] T = 8'd2) (input [N-1:0] a, input [(1 << 2) - 1:0] b, output [2*N-1:0] p);
          localparam W = 2 * N, LOW = W / 4 - 1;
          wire [W-1:0] x = {a, b};
          assign p[LOW:0] = {LOW + 1{1'b0}};
          assign p[W-1:LOW+1] = x[W-1:LOW+1] ^ T;
        endmodule
        """,
        """
        // Sums of different widths, carries into what is assigned.
        module m(a, b, p);
          input [5:0] a;
          input [3:0] b;
          output [7:0] p;
          assign p = a + b + 1'b1 - {2'b0, b[1:0]};
        endmodule
        """,
        """
        // Operands with a sign.
        module m(input signed [4:0] a, input signed [3:0] b, output signed [8:0] p, output less, above, mixed);
          assign p = a - b;
          assign less = a < b;
          assign above = a >= -3;
          assign mixed = a < $unsigned(b);
        endmodule
        """,
        """
        // A block without a clock, with if, case and parts.
        module m(input [2:0] a, input [3:0] b, output reg [6:0] p, output reg odd);
          reg [3:0] t;
          always @(a or b) begin : named
            t = b;
            p = 0;
            case (a[1:0])
              2'd0: p[3:0] = t;
              1, 2: begin
                t = t + a;
                p[6:3] = t;
              end
              default: if (b > 4) p = {a, t}; else p = ~p;
            endcase
            odd = ^p;
          end
        endmodule
        """,
        """
        // A case with all its labels has no need of a default.
        module m(input [1:0] s, input [3:0] a, output reg y);
          always @* case (s) 2'b00: y = a[0]; 2'b01: y = a[1]; 2'b10: y = a[2]; 2'b11: y = a[3]; endcase
        endmodule
        """,
        """
        `timescale 1ns / 1ps
        `default_nettype wire
        // Implicit wires, supplies, delays, wide constants.
        module m(input a, b, output [2:0] p);
          supply0 ground;
          supply1 [1:0] power;
          wire late;
          and #0.1 g1(t, a, b);
          xor #(0.1, 0.2) g2(u, t, power[1]);
          assign #0.05 late = u | ground;
          assign v = late & (1697'h3 == 2'b11);
          assign p = {v, t, 1'b1};
        endmodule
        """,
        """
        // Modules in modules, an open output, the same wire twice, parts with +: and -:.
        module half(input x, y, output s, c);
          assign {c, s} = x + y;
        endmodule
        module m(input [3:0] a, output [3:0] p);
          half one(.x(a[0]), .y(a[0]), .s(), .c(p[0]));
          half two(a[1], a[2], p[1], p[2]);
          wire [7:0] x = {a, ~a};
          assign p[3] = &x[6 -: 2] | ~|x[1 +: 3];
        endmodule
        """,
        """
        // A bit that is inverted where it stands several times, and not where it stands otherwise.
        module m(input a, b, output reg [3:0] p, output q);
          reg t;
          assign q = ~{2{a & b}} == 2'b11;
          always @* begin t = a | b; p = {~{2{t}}, t, !t}; end
        endmodule
        """,
        """
        // Indices that go up.
        module m(input [0:3] a, input [7:4] b, output [0:4] p);
          assign p = {a[0:1], 3'b0} + b[6:5] - a[3];
        endmodule
        """,
        """
        // Shifts by constants, also out of the value, with sign and without.
        module m(input [5:0] x, input [3:0] b, output [9:0] p, q, output signed [7:0] r, s);
          wire signed [5:0] a = x;
          assign p = a << 3;
          assign q = b << 2 >> 1;
          assign r = a >>> 2;
          assign s = (a >>> 9) ^ (b >> 20);
        endmodule
        """,
    ];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(Modules))]
    public async Task Module_ComputesWhatIcarusComputes(string text) => await AssertSameAsync(text);

    [FactOf(Tier.Ci)]
    public async Task RandomExpressions_HaveTheWidthsAndSignsOfTheStandard()
    {
        Tool.Require("iverilog", "vvp");
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var ports = new StringBuilder("input [5:0] a, input [3:0] x, input [2:0] c, input [6:0] z");
            var assigns = new StringBuilder();
            for (int i = 0; i < 40; i++)
            {
                ports.Append($", output [{random.Next(1, 20)}:0] y{i}");
                assigns.Append($"  assign y{i} = {Expression(random, 4)};\n");
            }

            await AssertSameAsync($"module m({ports});\n  wire signed [3:0] b = x;\n  wire signed [6:0] d = z;\n{assigns}endmodule\n");
        }
    }

    [Fact]
    public void WhatNoOutputNeeds_MayReadWhatNothingDrives()
    {
        const string Text = """
            module m(input a, output y);
              wire nothing, dead, deader;
              and g1(dead, nothing, a);
              assign deader = dead | 1'bx;
              assign y = ~a;
            endmodule
            """;

        CircuitDocument document = CircuitFormat.Of(".v")!.Read!(new SourceText("given.v", Text), "given");

        Assert.Equal(((UInt128)1, (UInt128)0), (document.Circuit.Evaluate(0)[0], document.Circuit.Evaluate(1)[0]));
        Assert.Single(document.Circuit.Elements);
        Assert.StartsWith("3 cells or assignments read wires that nothing drives", document.Note, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Texts.Read(Text.Replace("~a", "~deader", StringComparison.Ordinal), ".v"));
    }

    [Theory]
    [InlineData("assign y = a * a;", "'*' of what is no integer constant has no gates of its own")]
    [InlineData("assign y = a << a;", "a shift by what is no integer constant has no gates of its own")]
    [InlineData("reg r; always @(posedge a) r = a; assign y = r;", "the block has a clock")]
    [InlineData("reg r; always @* if (a) r = 1; assign y = r;", "r depends on itself")]
    [InlineData("reg r; always @* r <= a; assign y = r;", "'<=' assigns at a clock")]
    [InlineData("reg r; always @* for (r = 0; r; r = r) ; assign y = r;", "'for' in an always block is not read")]
    [InlineData("reg [3:0] r [1:0]; assign y = a;", "r is an array of registers")]
    [InlineData("localparam N = a; wire [N:0] w; assign y = a;", "where an integer constant is wanted")]
    [InlineData("localparam N = 2 ** 5000; assign y = a;", "more than 4096 bits")]
    [InlineData("localparam N = 1 / (2 - 2); assign y = a;", "divided by zero")]
    [InlineData("wire [2147483647:-2147483647] w; assign y = a;", "more than 2097152 wires")]
    [InlineData("assign y = {a, 1};", "the constant 1 has no width")]
    [InlineData("assign y = {0{a}};", "bits are repeated 0 times")]
    [InlineData("assign y = a[1 +: 0];", "a part of 0 bits")]
    public void WhatIsNotRead_IsRefusedWithItsReason(string items, string reason)
    {
        InputException refusal = Assert.Throws<InputException>(() => Texts.Read($"module m(input a, output y);\n{items}\nendmodule", ".v"));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    async Task AssertSameAsync(string text)
    {
        Tool.Require("iverilog", "vvp");
        Netlist circuit = Texts.Read(text, ".v");
        File.WriteAllText(folder.File("circuit.v"), text + "\n");
        using (StreamWriter writer = File.CreateText(folder.File("bench.v")))
            VerilogTestBench.Write(circuit, seed: 5, writer);

        await Tool.RunAsync(folder.Path, "iverilog", "-gstrict-expr-width", "-s", "test_bench", "-o", "test", "circuit.v", "bench.v");
        string printed = await Tool.RunAsync(folder.Path, "vvp", "test");

        Assert.True(printed.StartsWith("PASSED ", StringComparison.Ordinal), printed[..Math.Min(printed.Length, 2000)] + text);
    }

    /// <summary>An expression over the wires <c>a</c> to <c>d</c>.</summary>
    static string Expression(Random random, int depth)
    {
        string[] leaves = ["a", "b", "c", "d", "a[4:1]", "d[2]", "5", "-3", "4'd9", "3'sb101", "8'hf0", "'h3", "2'b1_0"];
        if (depth == 0)
            return leaves[random.Next(leaves.Length)];
        string first = Expression(random, depth - 1), second = Expression(random, random.Next(depth));
        switch (random.Next(9))
        {
            case 0:
                return $"({first} ? {second} : {Expression(random, random.Next(depth))})";
            case 1:
                return $"{Any("~", "-", "!", "&", "|", "^", "~&", "~|", "~^")}({first})";
            case 2:
                return $"(({first}) {Any("<<", ">>", ">>>", "<<<")} {random.Next(12)})";
            case 3:
                return $"{Any("$signed", "$unsigned")}({first})";
            case 4:
                // A constant has a width between braces.
                return $"{{2{{a, {Any("$signed", "$unsigned")}({first})}}}}";
            case 5:
                return $"(({first}) {Any("==", "!=", "<", "<=", ">", ">=", "&&", "||")} ({second}))";
            default:
                return $"({first} {Any("+", "-", "&", "|", "^", "~^", "+", "-")} {second})";
        }

        string Any(params string[] of) => of[random.Next(of.Length)];
    }
}
