using System.Globalization;
using System.Text;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>What other programs make of exported circuits.</summary>
public sealed class ToolTests : IDisposable
{
    const string Proved = "proof finished - no model found: SUCCESS";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Ci)]
    [InlineData("array:4:ama1")]
    [InlineData("blocks:8:ama5:width=17")]
    [InlineData("booth:8")]
    [InlineData("blocks:24:ama5:width=49")]
    [InlineData("dadda:32")]
    [InlineData("dadda:64")]
    public async Task Verilog_InIcarus_CompilesWithoutWarningsAndPasses(string description)
    {
        Tool.Require("iverilog", "vvp");
        Netlist circuit = CircuitDescription.Build(description);
        WriteTestBench(circuit);
        foreach (bool hierarchical in (bool[])[false, true])
        {
            Write("circuit.v", Texts.Of(circuit, ".v", hierarchical));

            Assert.Equal("", await Tool.RunAsync(folder.Path, "iverilog", "-Wall", "-o", "test", "circuit.v", "bench.v"));
            Assert.StartsWith("PASSED ", await Tool.RunAsync(folder.Path, "vvp", "test"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verilog_OfAnyNetlist_PassesInIcarus()
    {
        Tool.Require("iverilog", "vvp");
        for (int i = 0; i < 8; i++)
        {
            // Every seed another one; the generator of the other tests, here without shrinking.
            Netlist circuit = RandomNetlists.Build((ulong)i, operands: false);
            WriteTestBench(circuit);
            Write("circuit.v", Texts.Of(circuit, ".v", hierarchical: i % 2 == 0));

            await Tool.RunAsync(folder.Path, "iverilog", "-Wall", "-o", "test", "circuit.v", "bench.v");
            Assert.StartsWith("PASSED ", await Tool.RunAsync(folder.Path, "vvp", "test"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TestBench_OfAnotherCircuit_Fails()
    {
        Tool.Require("iverilog", "vvp");
        WriteTestBench(CircuitDescription.Build("array:4:ama1"));
        Write(
            "circuit.v",
            Texts.Of(CircuitDescription.Build("array:4:ama2"), ".v").Replace("array_4_ama2", "array_4_ama1", StringComparison.Ordinal));

        await Tool.RunAsync(folder.Path, "iverilog", "-o", "test", "circuit.v", "bench.v");
        string printed = await Tool.RunAsync(folder.Path, "vvp", "test");

        Assert.Contains("FAILED ", printed, StringComparison.Ordinal);
        Assert.Contains("differs: in0=", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("array:4:ama1")]
    [InlineData("blocks:24:ama5:width=49")]
    [InlineData("dadda:32")]
    [InlineData("array:4:signed")]
    [InlineData("array:32:signed")]
    [InlineData("booth:48")]
    [InlineData("array:64:signed")]
    [InlineData("blocks:8:ama5:sign-magnitude")]
    public async Task C_Compiled_ComputesTheSame(string description)
    {
        Tool.Require("gcc");
        Netlist circuit = CircuitDescription.Build(description);
        ulong[][] inputs = CircuitComparison.Inputs([circuit.Inputs[0].Width, circuit.Inputs[1].Width], 500, seed: 3);
        var checks = new StringBuilder();
        for (int i = 0; i < inputs[0].Length; i++)
            checks.Append(
                CultureInfo.InvariantCulture,
                $"  if ({VerilogWriter.ModuleName(circuit)}({Number(inputs[0][i], circuit.Inputs[0])}, "
                    + $"{Number(inputs[1][i], circuit.Inputs[1])}) != "
                    + $"{Number(circuit.Evaluate(inputs[0][i], inputs[1][i])[0], circuit.Outputs[0])}) return 1;\n");

        string Number(UInt128 bits, Bus bus)
        {
            UInt128 number = circuit.IsSigned ? (UInt128)((Int128)(bits << (128 - bus.Width)) >> (128 - bus.Width)) : bits;
            string type = (circuit.IsSigned ? "" : "unsigned ") + "__int128";
            return $"({type})((unsigned __int128)UINT64_C({(ulong)(number >> 64)}) << 64 | UINT64_C({(ulong)number}))";
        }

        Write("circuit.c", $"{Texts.Of(circuit, ".c")}\nint main(void)\n{{\n{checks}  return 0;\n}}\n");

        Assert.Equal("", await Tool.RunAsync(folder.Path, "gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-o", "test", "circuit.c"));
        Assert.Equal("", await Tool.RunAsync(folder.Path, Path.Combine(folder.Path, "test")));
    }

    [Theory]
    [InlineData("array:8:ama1", 0)]
    [InlineData("blocks:8:ama5:width=17", 1)]
    public async Task Dot_InGraphviz_IsAGraph(string description, int clusters)
    {
        Tool.Require("dot");
        Write("circuit.dot", Texts.Of(CircuitDescription.Build(description), ".dot"));

        string drawn = await Tool.RunAsync(folder.Path, "dot", "-Tplain", "circuit.dot");

        Assert.StartsWith("graph ", drawn, StringComparison.Ordinal);
        Assert.Equal(clusters == 1, File.ReadAllText(folder.File("circuit.dot")).Contains("cluster_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("array:8:ama1")]
    [InlineData("blocks:8:ama5:width=17")]
    public async Task Exports_InYosys_AreProvedEqual(string description)
    {
        Tool.Require("yosys");
        Netlist circuit = CircuitDescription.Build(description);
        string name = VerilogWriter.ModuleName(circuit);
        Write("flat.v", Texts.Of(circuit, ".v"));
        Write("hierarchical.v", Texts.Of(circuit, ".v", hierarchical: true));
        Write("flat.blif", Texts.Of(circuit, ".blif"));

        string first = $"read_verilog flat.v; rename {name} gold";
        await Prove($"read_verilog hierarchical.v; hierarchy -top {name}; flatten; rename {name} gate; {first}");
        // A reader of BLIF makes the bits of a bus ports of their own, unless it is told that they belong together.
        await Prove($"{first}; read_blif -wideports flat.blif; rename {name} gate");

        async Task Prove(string read) => Assert.Contains(Proved, await Yosys(read), StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public async Task ExportsOfAxFpm_InYosys_AreProvedEqualWireByWire()
    {
        Tool.Require("yosys");
        Netlist circuit = CircuitDescription.Build("blocks:24:ama5:width=49");
        string name = VerilogWriter.ModuleName(circuit);
        Write("flat.v", Texts.Of(circuit, ".v"));
        Write("flat.blif", Texts.Of(circuit, ".blif"));

        // Too hard for the solver as a whole, but the wires have the same names in both.
        string printed = await Tool.RunAsync(
            folder.Path, "yosys", "-p",
            $"read_verilog flat.v; rename {name} gold; read_blif -wideports flat.blif; rename {name} gate; proc; opt_clean; equiv_make "
                + "gold gate equiv; hierarchy -top equiv; equiv_simple; equiv_status -assert");

        Assert.Contains("Equivalence successfully proven!", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("array:5", "a * b")]
    [InlineData("wallace:5", "a * b")]
    [InlineData("booth:5", "a * b")]
    [InlineData("blocks:6:fa:block=3", "a * b")]
    public async Task ExactMultipliers_InYosys_AreProvedEqualToTheProduct(string description, string formula)
    {
        Tool.Require("yosys");
        Netlist circuit = CircuitDescription.Build(description);

        Assert.Contains(Proved, await ProveFormula(circuit, formula), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("array:8:ama5", 8)]
    [InlineData("array:24:ama5", 24)]
    public async Task FlatAma5_InYosys_IsProvedEqualToItsFormula(string description, int bits)
    {
        Tool.Require("yosys");

        Assert.Contains(Proved, await ProveFormula(CircuitDescription.Build(description), FlatArray(0, 0, bits)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blocks:8:ama5:width=17", 8)]
    public async Task Blocks_InYosys_AreProvedEqualToTheSumOfTheirFormulas(string description, int bits)
    {
        Tool.Require("yosys");
        string[] terms = [.. from i in Enumerable.Range(0, bits / 4) from j in Enumerable.Range(0, bits / 4)
            let block = FlatArray(4 * i, 4 * j, 4)
            select $"({{{2 * bits}'d0, ({block})}} << {4 * (i + j)})"];

        Assert.Contains(
            Proved, await ProveFormula(CircuitDescription.Build(description), string.Join(" + ", terms)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApproximateMultiplier_InYosys_IsNotProvedEqualToTheProduct()
    {
        Tool.Require("yosys");

        Assert.Contains(
            "model found: FAIL", await ProveFormula(CircuitDescription.Build("array:5:ama1"), "a * b"), StringComparison.Ordinal);
    }

    /// <summary>
    /// The product of an array of AMA5 cells, a₀·b + 2ⁿ·(a − a₀)·bₙ₋₁, of n bits of a and of b from one on (see
    /// Dapprox.Arithmetic.Ama5Flat).
    /// </summary>
    static string FlatArray(int a, int b, int bits) =>
        $"(a[{a}] ? {{{bits}'d0, b[{b + bits - 1}:{b}]}} : {2 * bits}'d0) + (b[{b + bits - 1}] ? {{a[{a + bits - 1}:{a + 1}], 1'b0, "
            + $"{bits}'d0}} : {2 * bits}'d0)";

    async Task<string> ProveFormula(Netlist circuit, string formula)
    {
        int bits = circuit.Inputs[0].Width, width = circuit.Outputs[0].Width;
        Write("circuit.v", Texts.Of(circuit, ".v"));
        Write(
            "formula.v",
            $"module gate(input [{bits - 1}:0] a, input [{bits - 1}:0] b, output [{width - 1}:0] p);\n  assign p = "
                + $"{formula};\nendmodule\n");
        return await Yosys($"read_verilog circuit.v; rename {VerilogWriter.ModuleName(circuit)} gold; read_verilog formula.v");
    }

    /// <summary>Compares the modules gold and gate.</summary>
    Task<string> Yosys(string read) =>
        Tool.RunAsync(folder.Path, "yosys", "-p", $"{read}; proc; opt; miter -equiv -flatten gold gate miter; sat -prove trigger 0 miter");

    void WriteTestBench(Netlist circuit)
    {
        using var writer = new StringWriter();
        VerilogTestBench.Write(circuit, seed: 5, writer);
        Write("bench.v", writer.ToString());
    }

    void Write(string name, string text) => File.WriteAllText(folder.File(name), text);
}
