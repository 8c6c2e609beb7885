using System.Text;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public class MalformedCircuitTests
{
    [Theory]
    [InlineData("module m(input a, output y);\n  wire w;\n  assign w = y & a;\n  assign y = w;\nendmodule", 3, "w depends on itself")]
    [InlineData("module m(input a, output y);\n  wire w;\n  assign y = w & a;\nendmodule", 3, "w is read here, and nothing drives it")]
    [InlineData("module m(input a, output y, z);\n  assign y = a;\nendmodule", 1, "nothing drives the output z")]
    [InlineData("module m(input a, output y);\n  assign y = a;\n\n  not (y, a);\nendmodule", 4, "y is driven here and in line 2")]
    [InlineData("module m(input a, output y);\n  assign a = 1'b0;\n  assign y = a;\nendmodule", 2, "a is driven here, and is an input")]
    [InlineData("module m(input a, output y);\n  assign 1'b0 = a;\n  assign y = a;\nendmodule", 2, "'1'b0' is where a wire that is "
        + "assigned to is wanted")]
    [InlineData("module m(input [3:0] a, output y);\n  assign y = a[4];\nendmodule", 2, "a has no bit 4")]
    [InlineData("module m(input a, output y);\n  FROB u1(.A(a), .Y(y));\nendmodule", 2, "there is no module or cell 'FROB'")]
    [InlineData("module m(input a, output y);\n  INVX1 u1(.A(a), .Z(y));\nendmodule", 2, "INVX1 has no port 'Z'; it has A, Y")]
    [InlineData("module m(input a, output y);\n  INVX1 u1(a, y);\nendmodule", 2, "connect them by name")]
    [InlineData("module m(input a, output y);\n  AND2X1 u1(.A(a), .Y(y));\nendmodule", 2, "nothing is connected to the input B")]
    [InlineData("module m(input a, output y);\n  AND2X1 u1(.A(a), .A(a), .B(a), .Y(y));\nendmodule", 2, "A of AND2X1 is connected twice")]
    [InlineData("module s(input [1:0] x, output z);\n  assign z = x[0];\nendmodule\nmodule m(input a, output y);\n  s u(.x(a), "
        + ".z(y));\nendmodule", 5, "1 bits are connected to x of s, which has 2")]
    [InlineData("module m(input a, output y);\n  m u(.a(a), .y(y));\nendmodule", 1, "contain themselves")]
    [InlineData("module m(input a, output y);\n  s u(.a(a), .y(y));\nendmodule\nmodule s(input a, output y);\n  s u(.a(a), "
        + ".y(y));\nendmodule", 5, "the module s contains itself")]
    [InlineData("module m(input a, output y);\n  assign y = a;\nendmodule\nmodule k(input a, output y);\n  assign y = "
        + "a;\nendmodule", 4, "no module uses m nor k")]
    [InlineData("module m(input a, output y);\n  assign y = a;\n", 3, "the file ends inside the module m, which begins in line 1; it may "
        + "be cut short")]
    [InlineData("module m(input a, output y);\n  assign y = (a &", 2, "the file ends where a wire, a constant or a parenthesis is wanted")]
    [InlineData("module m(input a, output y);\n  /* assign y = a;\nendmodule", 2, "the comment that begins here has no end")]
    [InlineData("module m(input a, output y);\n  initial y = a;\nendmodule", 2, "'initial' is not structural Verilog")]
    [InlineData("module m(input a, output y);\n  assign y = b;\nendmodule", 2, "'b' is not declared")]
    [InlineData("module m(input a, output y);\n  assign y = a @ a;\nendmodule", 2, "'@' is where ';' is wanted")]
    [InlineData("module m(input a, output y);\n  assign y = 1'bx;\nendmodule", 2, "1'bx is read here, and nothing drives it")]
    [InlineData("module m(input a, output y);\n  assign y = 2'b0x;\nendmodule", 2, "is not a constant of zeros and ones")]
    [InlineData("module m(input a, output y);\n  assign y = 1'b2;\nendmodule", 2, "is not a constant of zeros and ones")]
    [InlineData("module m(input a, output y);\n  wire [999999999:0] w;\n  assign y = a;\nendmodule", 2, "more than 2097152 wires")]
    [InlineData("module m(input [128:0] a, output y);\n  assign y = a[0];\nendmodule", 1, "has 129 bits; at most 128")]
    [InlineData("module m(input a, output y);\n  assign y = {999999999{a}};\nendmodule", 2, "bits together")]
    [InlineData("module m(a, y);\n  input a;\n  assign y = a;\nendmodule", 3, "'y' is not declared")]
    [InlineData("", 1, "there is no module")]
    [InlineData("PK\u0003\u0004\u0000", 1, "is where 'module' is wanted")]
    public void Read_Verilog_NamesLineAndReason(string text, int line, string reason) => AssertRefused(text, ".v", line, reason);

    [Theory]
    [InlineData(".model m\n.inputs a\n.outputs y\n.names w y\n1 1\n.names y w\n1 1\n.end", 6, "depends on itself")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.names w y\n1 1\n.end", 4, "w is read here, and nothing drives it")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.names a y\n1 1\n.names a y\n0 1\n.end", 6, "y is driven here and in line 4")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.names a y\n11 1\n.end", 5, "no line for 1 inputs")]
    [InlineData(".model m\n.inputs a b\n.outputs y\n.names a b y\n11 1\n00 0\n.end", 6, "some lines of a .names give 0 and others 1")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.latch a y re c 0\n.end", 4, ".latch has a memory")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.subckt frob A=a Y=y\n.end", 4, "there is no module or cell 'frob'")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.subckt m a=a y=y\n.end", 4, "the module m contains itself")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.names a y\n1 1\n", 5, "the file ends before .end")]
    [InlineData(".model m\n.inputs a[0] a[2]\n.outputs y\n.names a[0] y\n1 1\n.end", 2, "the bits of a are not 0 to 1")]
    [InlineData(".model m\n.inputs a\n.outputs y\n.frob\n.end", 4, ".frob is not read")]
    [InlineData(".inputs a", 1, "stands outside a model")]
    [InlineData("", 1, "there is no .model")]
    public void Read_Blif_NamesLineAndReason(string text, int line, string reason) => AssertRefused(text, ".blif", line, reason);

    [Theory]
    [InlineData("{4,1,1,1,2,1,1}([6]2,7,2)(6)", 1, "the id 7 is read before it is driven")]
    [InlineData("{4,1,1,1,2,1,1}\n([6]2,3,12)(6)", 2, "the function 12; 0 to 9 are known")]
    [InlineData("{4,1,1,2,2,1,1}([6]2,3,2)([6]2,4,2)(6)", 1, "the id 6 is there twice")]
    [InlineData("{4,1,1,2,2,1,1}([6]2,3,2)(6)", 1, "there are 1 nodes; the header says 1 rows of 2")]
    [InlineData("{4,2,1,1,2,1,1}([6]2,3,2)(6)", 1, "1 outputs are listed; the header says 2")]
    [InlineData("{3,1,1,1,2,1,1}([5]2,3,2)(5)", 1, "there are 3 input bits")]
    [InlineData("{4,1,1,1,2,1,1}(2,3,2)(6)", 1, "a node has no id")]
    [InlineData("{4,1,1,1,2,1,1}([6]2,3,2)(6", 1, "the file ends where ')' is wanted; it may be cut short")]
    [InlineData("{4,1", 1, "the file ends where '}' is wanted")]
    [InlineData("{4,1,1,1,3,1,1}([6]2,3,2)(6)", 1, "nodes of 3 inputs and 1 outputs")]
    public void Read_Cgp_NamesLineAndReason(string text, int line, string reason) => AssertRefused(text, ".cgp", line, reason);

    [Theory]
    [InlineData("[\"and\", 2, 3]", "[\"and\", 2, 9]", 9, "the net 9 is read")]
    [InlineData("[\"and\", 2, 3]", "[\"and\", 2]", 9, "and has 2 inputs, and 1 nets are given")]
    [InlineData("[\"and\", 2, 3]", "[\"frob\", 2, 3]", 9, "there is no cell 'frob'")]
    [InlineData("[\"and\", 2, 3]", "[\"and\", 2, 3.5]", 9, "an integer is wanted here")]
    [InlineData("\"width\": 1", "\"width\": 129", 7, "the width 129")]
    [InlineData("\"nets\": [4]", "\"nets\": [5]", 11, "a net that nothing drives")]
    [InlineData("\"0001\"", "\"001\"", 5, "has not 4 characters 0 or 1")]
    [InlineData("dapprox-circuit-1", "dapprox-circuit-9", 2, "the format is 'dapprox-circuit-9'")]
    [InlineData("\"name\": \"m\"", "\"nome\": \"m\"", 3, "'nome' is not known")]
    [InlineData("\"name\": \"m\"", "\"float\": {\"exponentBits\": 9, \"fractionBits\": 3}", 3, "9 exponent bits")]
    [InlineData("\"name\": \"m\"", "\"float\": {\"exponentBits\": 8, \"fractionBits\": 3, \"overflow\": "
        + "\"frob\"}", 3, "overflow is 'frob'; it is one of released, wrapped, renormalised")]
    [InlineData("\"nets\": [4]}\n  ]\n}", "\"nets\": [4", 11, "this is not valid JSON")]
    public void Read_Json_NamesLineAndReason(string part, string instead, int line, string reason)
    {
        const string Whole = "{\n  \"format\": \"dapprox-circuit-1\",\n  \"name\": \"m\",\n  \"cells\": [\n    {\"name\": \"and\", "
            + "\"inputs\": [\"A\", \"B\"], \"outputs\": {\"Y\": \"0001\"}}\n  ],\n  \"inputs\": [{\"name\": \"a\", \"width\": 1}, "
            + "{\"name\": \"b\", \"width\": 1}],\n  \"elements\": [\n    [\"and\", 2, 3]\n  ],\n  \"outputs\": [{\"name\": \"p\", "
            + "\"nets\": [4]}\n  ]\n}";
        Assert.Equal(1UL, Texts.Read(Whole, ".json").Evaluate(1, 1)[0]);

        AssertRefused(Whole.Replace(part, instead, StringComparison.Ordinal), ".json", line, reason);
    }

    [Fact]
    public void Read_EveryPrefixOfAFile_IsRefusedInOneLine()
    {
        Netlist circuit = CircuitDescription.Build("blocks:4:ama1:block=2");
        (string, bool)[] kinds = [(".v", false), (".v", true), (".blif", false), (".json", false), (".cgp", false)];
        foreach ((string extension, bool hierarchical) in kinds)
        {
            string whole = Texts.Of(circuit, extension, hierarchical).TrimEnd();
            for (int length = 0; length < whole.Length; length += 7)
            {
                // A file of several modules can end between two of them.
                if (hierarchical && whole[..length].TrimEnd().EndsWith("endmodule", StringComparison.Ordinal))
                    continue;
                InputException refusal = Assert.Throws<InputException>(() => Texts.Read(whole[..length], extension));
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }
    }

    [Fact]
    public void Read_DeepParentheses_AreRefusedAndNotAStackOverflow()
    {
        string deep = new('(', 1_000_000);

        AssertRefused($"module m(input a, output y);\n  assign y = {deep}a;\nendmodule", ".v", 2, "nested more than");
        AssertRefused($"module m(input a, output y);\n  assign y = {new string('{', 1_000_000)}a;\nendmodule", ".v", 2, "nested more than");
        AssertRefused(
            $"module m(input a, output y);\n  assign y = {string.Concat(Enumerable.Repeat("a?a:", 500_000))}a;\nendmodule", ".v", 2,
            "nested more than");
        Assert.Equal(
            1UL, Texts.Read($"module m(input a, output y);\n  assign y = {new string('~', 1_000_000)}a;\nendmodule", ".v").Evaluate(1)[0]);
    }

    [Fact]
    public void Read_ALongChainOfGates_IsNoDeepRecursion()
    {
        var text = new StringBuilder("module m(input a, output y);\n  wire [90000:0] w;\n");
        for (int i = 0; i < 90_000; i++)
            text.Append($"  not (w[{i + 1}], w[{i}]);\n");
        text.Append("  assign w[0] = a;\n  assign y = w[90000];\nendmodule\n");

        Assert.Equal(90_000, Texts.Read(text.ToString(), ".v").Elements.Count);
    }

    [Fact]
    public void Read_ModulesThatDoubleThirtyTimes_AreRefused()
    {
        var text = new StringBuilder("module m0(input [3:0] a, output [3:0] y);\n  assign y = ~a;\nendmodule\n");
        for (int i = 1; i <= 30; i++)
            text.Append(
                $"module m{i}(input [3:0] a, output [3:0] y);\n  wire [3:0] w;\n  m{i - 1} u1(a, w);\n  m{i - 1} u2(w, y);\nendmodule\n");

        InputException refusal = Assert.Throws<InputException>(() => Texts.Read(text.ToString(), ".v"));

        Assert.Contains("more than 100000 cells", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AThousandModulesInEachOther_AreRefused()
    {
        var text = new StringBuilder("module m0(input [3:0] a, output [3:0] y);\n  assign y = a;\nendmodule\n");
        for (int i = 1; i <= 1000; i++)
            text.Append($"module m{i}(input [3:0] a, output [3:0] y);\n  m{i - 1} u(a, y);\nendmodule\n");

        InputException refusal = Assert.Throws<InputException>(() => Texts.Read(text.ToString(), ".v"));

        Assert.Contains("nested more than 64 deep", refusal.Message, StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public void Read_ShortTextThatAsksForManyBits_IsRefused()
    {
        var text = new StringBuilder("module m(input [63:0] a, output y);\n  wire [63999:0] w;\n");
        for (int i = 0; i < 1000; i++)
            text.Append("  assign w = {1000{{a}}};\n");
        text.Append("  assign y = a[0];\nendmodule\n");

        InputException refusal = Assert.Throws<InputException>(() => Texts.Read(text.ToString(), ".v"));

        Assert.Contains("bits together", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AGiganticFile_IsRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("big.v");
        using (FileStream stream = File.Create(path))
            stream.SetLength(1L << 36);

        InputException refusal = Assert.Throws<InputException>(() => CircuitFiles.Load(path));

        Assert.Contains("circuit files have at most 16000000", refusal.Message, StringComparison.Ordinal);
    }

    static void AssertRefused(string text, string extension, int line, string reason)
    {
        InputException refusal = Assert.Throws<InputException>(() => Texts.Read(text, extension));

        Assert.StartsWith($"'given{extension}', line {line}: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
