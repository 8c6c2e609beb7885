using CsCheck;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

public class RoundTripTests
{
    [Theory]
    [InlineData(".v", false)]
    [InlineData(".v", true)]
    [InlineData(".blif", false)]
    [InlineData(".json", false)]
    public void WriteThenRead_AnyNetlist_IsTheSameFunction(string extension, bool hierarchical) => RandomNetlists.Any.Sample(
        netlist => Texts.AssertSameFunction(netlist, Texts.Read(Texts.Of(netlist, extension, hierarchical), extension)), iter: 150);

    [Fact]
    public void WriteThenRead_AsCgp_IsTheSameFunction() => RandomNetlists.Operands.Sample(
        netlist => Texts.AssertSameFunction(netlist, Texts.Read(Texts.Of(netlist, ".cgp"), ".cgp")), iter: 150);

    [Theory]
    [InlineData("array:8:ama1")]
    [InlineData("blocks:8:ama5:width=17")]
    [InlineData("booth:7")]
    [InlineData("array:6:axa1:vertical=4")]
    [InlineData("array:1")]
    public void WriteThenRead_Multipliers_AreEqualForAllOperands(string description)
    {
        Netlist circuit = CircuitDescription.Build(description);
        (string, bool)[] kinds = [(".v", false), (".v", true), (".blif", false), (".json", false), (".cgp", false)];
        foreach ((string extension, bool hierarchical) in kinds)
        {
            Netlist read = Texts.Read(Texts.Of(circuit, extension, hierarchical), extension);

            CircuitComparison comparison = CircuitComparison.Run(
                [.. circuit.Inputs.Select(bus => bus.Width)], BitSlicedSimulator.Of(circuit).Evaluate, BitSlicedSimulator.Of(read).Evaluate,
                samples: 1, seed: 1);

            Assert.True(comparison.Exhaustive);
            Assert.Null(comparison.Difference);
        }
    }

    [Theory]
    [InlineData(".v")]
    [InlineData(".json")]
    public void WriteThenRead_WithCells_FindsTheCellsAgain(string extension)
    {
        Netlist circuit = CircuitDescription.Build("blocks:8:ama5:block=4:columns=8");

        Netlist read = Texts.Read(Texts.Of(circuit, extension, hierarchical: extension == ".v"), extension);

        Assert.Equal(CircuitSummary.Of(circuit).Cells, CircuitSummary.Of(read).Cells);
        Assert.All(read.Elements, element => Assert.Contains(element.Cell, Cells.All));
    }

    [Fact]
    public void WriteThenRead_HierarchicalVerilog_KeepsTheBlocks()
    {
        Netlist circuit = CircuitDescription.Build("blocks:8:ama5:block=4");

        Netlist read = Texts.Read(Texts.Of(circuit, ".v", hierarchical: true), ".v");

        Assert.Equal(4, read.Instances.Count);
        Assert.All(read.Instances, instance => Assert.Equal(28, instance.Definition.Elements.Count));
    }

    [Fact]
    public void Json_WithFloatData_KeepsThem()
    {
        var document = new CircuitDocument(CircuitDescription.Build("array:8:ama5"))
        {
            Name = "mine \"x\"",
            Source = "nowhere, 2026",
            Format = new(5, 7),
            Overflow = Dapprox.Arithmetic.MantissaOverflow.Released,
        };
        using var writer = new StringWriter();
        CircuitJson.Write(document, writer);

        CircuitDocument read = CircuitJson.Read(new SourceText("x.json", writer.ToString()));

        Assert.Equal(
            (document.Name, document.Source, document.Format, document.Overflow), (read.Name, read.Source, read.Format, read.Overflow));
        CircuitMultiplier multiplier = read.Multiplier("other");
        Assert.Equal("mine \"x\"", multiplier.Name);
        Assert.Equal(5, multiplier.Format.ExponentBits);
    }
}
