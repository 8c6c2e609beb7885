using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>Multiply-accumulate units and systolic arrays, in Icarus and in Yosys.</summary>
public sealed class MacTests : IDisposable
{
    /// <summary>Adds the lowest four bits without carries.</summary>
    const string LowerPartOr =
        "module loa(input [19:0] sum, input [19:0] p, output [19:0] s);\n"
        + "  assign s = {sum[19:4] + p[19:4], sum[3:0] | p[3:0]};\nendmodule\n";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Against integers of C#: the exact multipliers multiply.
    [Theory]
    [InlineData("array:8:signed", SignHandling.SignMagnitude, 20, true)]
    [InlineData("array:8", SignHandling.SignMagnitude, 17, true)]
    [InlineData("dadda:8", SignHandling.Offset, 16, false)]
    [InlineData("array:1", SignHandling.SignMagnitude, 3, true)]
    public void Sum_OfExactProducts_IsThatOfIntegers(string description, SignHandling signs, int width, bool isSigned)
    {
        var unit = new MacUnit(CircuitDescription.Build(description), signs, width);
        int bits = unit.Multiplier.Inputs[0].Width;
        var random = new CounterRandom(3);
        for (int i = 0; i < 50; i++)
        {
            ulong[] a = Bits(i), b = Bits(i);
            UInt128 start = random.NextUInt64() >> (64 - width);

            Int128 expected = (Int128)start;
            for (int k = 0; k < i; k++)
                expected += Number(a[k], unit.Multiplier.IsSigned) * Number(b[k], isSigned);
            Assert.Equal((UInt128)expected & ((UInt128.One << width) - 1), unit.Sum(start, a, b));
        }

        ulong[] Bits(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextUInt64() >> (64 - bits))];

        Int128 Number(ulong number, bool hasSign) => hasSign && number >> (bits - 1) != 0 ? (Int128)number - (1 << bits) : number;
    }

    // T(a, b) of an approximate circuit in place of the product: as the table of a quantised layer has it.
    [Theory]
    [InlineData("array:8:ama1:columns=6", SignHandling.SignMagnitude)]
    [InlineData("array:8:ama5:columns=6", SignHandling.Offset)]
    [InlineData("array:8:ama1:columns=6:signed", SignHandling.SignMagnitude)]
    [InlineData("array:8:ama2:columns=9", SignHandling.SignMagnitude)]
    public void Sum_OfOneProduct_IsThatOfAQuantisedLayer(string description, SignHandling signs)
    {
        Netlist circuit = CircuitDescription.Build(description);
        var unit = new MacUnit(circuit, signs);
        IntegerProducts products = Table(circuit, signs);
        foreach (int a in (int[])[0, 1, 77, 127, products.Activations.Low, products.Activations.High])
        {
            for (int b = products.Weights.Low; b <= products.Weights.High; b++)
            {
                (ulong activation, ulong weight) = SystolicLayerTests.Operands(unit, products, a, b);
                Assert.Equal(products[a, b], (int)(uint)unit.Sum(0, [activation], [weight]));
            }
        }

        static IntegerProducts Table(Netlist circuit, SignHandling signs) => IntegerProducts.Of(
            new IntegerCircuit(circuit), new IntegerFormat(8, circuit.IsSigned), IntegerFormat.Int8, signs);
    }

    [Theory]
    [InlineData("array:8:ama1:columns=6:signed", SignHandling.SignMagnitude, 32, 1)]
    [InlineData("array:8:ama5:columns=6", SignHandling.SignMagnitude, 17, 1)]
    [InlineData("array:4:ama1", SignHandling.SignMagnitude, 12, 3)]
    [InlineData("array:4:ama5", SignHandling.Offset, 8, 2)]
    [InlineData("booth:5:ama2:signed", SignHandling.SignMagnitude, 24, 4)]
    [InlineData("array:1", SignHandling.SignMagnitude, 3, 2)]
    public async Task Verilog_InIcarus_CompilesWithoutWarningsAndPasses(string description, SignHandling signs, int width, int size) =>
        await AssertPassesAsync(new MacUnit(CircuitDescription.Build(description), signs, width), size);

    [Fact]
    public async Task Verilog_WithAnAdder_Passes()
    {
        var unit = new MacUnit(CircuitDescription.Build("array:4:ama1"), default, Texts.Read(LowerPartOr, ".v"));

        // 3·3 = 9, and 9 or 2 in place of 9 + 2.
        Assert.Equal((UInt128)11, new MacUnit(CircuitDescription.Build("array:4"), default, unit.Adder!).Sum(2, [3], [3]));
        Assert.Equal((UInt128)9, new MacUnit(CircuitDescription.Build("array:4"), default, unit.Adder!).Sum(1, [3], [3]));
        await AssertPassesAsync(unit, size: 1);
        await AssertPassesAsync(unit, size: 2);
    }

    [Theory]
    [InlineData("array:4:signed", "int12:saturate")]
    [InlineData("array:4:ama1", "int16:loa:5")]
    [InlineData("array:4:ama1", "int12:saturate:eta:6")]
    public async Task Verilog_WithAnAccumulatorOfANetwork_HasItsSums(string description, string accumulator)
    {
        IntegerAccumulator definition = CircuitFiles.FindAccumulator(accumulator);
        var unit = new MacUnit(CircuitDescription.Build(description), default, AdderCircuit.Whole(definition));
        ulong[] a = [7, 15, 3, 9, 9, 14], b = [5, 11, 2, 7, 12, 1];

        int expected = 0;
        for (int k = 0; k < a.Length; k++)
            expected = definition.Add(expected, definition.Wrap((int)(uint)new MacUnit(unit.Multiplier).Sum(0, [a[k]], [b[k]])));
        Assert.Equal(expected, definition.Wrap((int)(uint)unit.Sum(0, a, b)));
        await AssertPassesAsync(unit, size: 2);
    }

    [Fact]
    public async Task TestBench_OfAnotherMultiplier_Fails()
    {
        Tool.Require("iverilog", "vvp");
        MacUnit bench = new(CircuitDescription.Build("array:4:ama1")), other = new(CircuitDescription.Build("array:4:ama2"));
        Write("mac.v", Text(other, size: 2).Replace("array_4_ama2", "array_4_ama1", StringComparison.Ordinal));
        Write("bench.v", TestBench(bench, size: 2));

        await Tool.RunAsync(folder.Path, "iverilog", "-o", "test", "mac.v", "bench.v");
        string printed = await Tool.RunAsync(folder.Path, "vvp", "test");

        Assert.Contains("FAILED ", printed, StringComparison.Ordinal);
        Assert.Contains("differs: row 1, column ", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("array:8:ama1:columns=6:signed", 1)]
    [InlineData("array:8:ama1:columns=6", 3)]
    public async Task Verilog_InYosys_HasTheRegistersOfAnArrayAndNoLatch(string description, int size)
    {
        Tool.Require("yosys");
        var unit = new MacUnit(CircuitDescription.Build(description));
        Write("mac.v", Text(unit, size));

        string printed = await Tool.RunAsync(
            folder.Path, "yosys", "-p",
            $"read_verilog mac.v; synth -flatten -top {VerilogMacWriter.ModuleName(unit, size)}; check -assert; stat");

        Assert.DoesNotContain("Warning", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("$_DLATCH", printed, StringComparison.Ordinal);
        // The sums; operands that wait at the edges and between units; whether there are some.
        int pairs = size * (size - 1), operands = 2 * 8 * (pairs + pairs / 2);
        Assert.Equal(size * size * 32 + operands + 2 * size - 2, Registers(printed));

        static int Registers(string printed) => printed[printed.LastIndexOf("=== ", StringComparison.Ordinal)..].Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length == 2 && words[0].Contains("DFF", StringComparison.Ordinal)).Sum(words => int.Parse(words[1]));
    }

    [Theory]
    [InlineData("array:8:signed", 15, "the accumulator has 15 bits; for products of 16 bits give 16 to 128")]
    [InlineData("array:8", 16, "the accumulator has 16 bits; for products of 16 bits and a sign give 17 to 128")]
    [InlineData("array:8", 129, "give 17 to 128")]
    public void Accumulator_OfAnotherWidth_IsRefused(string description, int width, string reason) => Assert.Contains(
        reason, Assert.Throws<InputException>(() => new MacUnit(CircuitDescription.Build(description), default, width)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Adder_ThatIsNone_IsRefused()
    {
        Netlist multiplier = CircuitDescription.Build("array:8");

        Assert.Contains(
            "an adder has two inputs of one width",
            Assert.Throws<InputException>(() => new MacUnit(multiplier, default, multiplier)).Message, StringComparison.Ordinal);
    }

    async Task AssertPassesAsync(MacUnit unit, int size)
    {
        Tool.Require("iverilog", "vvp");
        Write("bench.v", TestBench(unit, size));
        foreach (bool hierarchical in (bool[])[false, true])
        {
            Write("mac.v", Text(unit, size, hierarchical));

            Assert.Equal("", await Tool.RunAsync(folder.Path, "iverilog", "-Wall", "-o", "test", "mac.v", "bench.v"));
            Assert.Equal($"PASSED {4 * size * size} sums", (await Tool.RunAsync(folder.Path, "vvp", "test")).Trim());
        }
    }

    static string Text(MacUnit unit, int size, bool hierarchical = false)
    {
        using var writer = new StringWriter();
        VerilogMacWriter.Write(unit, size, hierarchical, writer);
        return writer.ToString();
    }

    static string TestBench(MacUnit unit, int size)
    {
        using var writer = new StringWriter();
        VerilogMacTestBench.Write(unit, size, seed: 5, writer);
        return writer.ToString();
    }

    void Write(string name, string text) => File.WriteAllText(folder.File(name), text);
}
