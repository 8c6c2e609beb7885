using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Search;
using Xunit;

namespace Dapprox.Tests.Search;

public class DesignSpaceTests
{
    static readonly Cell[] Some = [Cells.FullAdder, Cells.Ama1, Cells.Ama5];

    [Theory]
    [InlineData("array:4", "columns", 6)]
    [InlineData("array:4", "rows", 3)]
    [InlineData("carry-save:4", "rows", 4)]
    [InlineData("blocks:8:block=4", "blocks", 4)]
    [InlineData("array:8:vertical=6", "columns", 9)]
    public void Places_AreThoseWhereTheCircuitHasAdders(string shape, string places, int count) =>
        Assert.Equal(count, new DesignSpace(shape, places, Some).Places);

    [Fact]
    public void Build_OfColumns_PutsEachCellIntoItsColumn()
    {
        var space = new DesignSpace("array:5", "columns", Some);
        byte[] genes = [2, 2, 1, 0, 2, 1, 1, 0];
        // Columns 1 to 8 of a 5-bit array have adders.
        Netlist expected = MultiplierCircuits.Array(5, (row, position) => Some[genes[row + position - 1]]);

        Netlist built = space.Build(genes);

        Assert.Equal("array:5:by-column=3xama5+ama1+fa+ama5+2xama1", space.Describe(genes));
        Assert.Equal(expected.Elements.Select(element => element.Cell), built.Elements.Select(element => element.Cell));
        Assert.Equal(space.Describe(genes), built.Name);
    }

    [Fact]
    public void Build_OfRowsAndBlocks_PutsEachCellIntoItsPlace()
    {
        var rows = new DesignSpace("array:4", "rows", Some);
        var blocks = new DesignSpace("blocks:4:block=2", "blocks", Some);

        Netlist byRow = rows.Build([1, 0, 2]), byBlock = blocks.Build([1, 0, 2, 0]);

        Netlist expectedRows = MultiplierCircuits.Array(4, (row, _) => Some[new[] { 1, 0, 2 }[row - 1]]);
        Netlist expectedBlocks = MultiplierCircuits.Blocks(4, 2, (i, j) => Some[new[] { 1, 0, 2, 0 }[2 * i + j]]);
        Assert.Equal(expectedRows.Elements.Select(element => element.Cell), byRow.Elements.Select(element => element.Cell));
        Assert.Equal(expectedBlocks.Elements.Select(element => element.Cell), byBlock.Elements.Select(element => element.Cell));
    }

    [Fact]
    public void Build_OfOneCell_IsTheCircuitOfThatCell()
    {
        var space = new DesignSpace("dadda:6", "columns", Some);

        Netlist built = space.Build([.. Enumerable.Repeat((byte)2, space.Places)]);

        Assert.Equal(
            CircuitDescription.Build("dadda:6:ama5").Elements.Select(element => element.Cell),
            built.Elements.Select(element => element.Cell));
    }

    [Theory]
    [InlineData("array:4:by-column=2xama5:ama1", "the list alone")]
    [InlineData("array:4:by-column=ama5:by-row=ama1", "two lists")]
    [InlineData("array:4:by-column=9999xama5", "integer from 1 to 4096")]
    [InlineData("array:4:by-column=", "unknown full adder")]
    [InlineData("array:4:by-column=2xama9", "unknown full adder")]
    [InlineData("array:4:by-block=ama5", "has no option by-block")]
    [InlineData("array:4:by-column=4000xama5+4000xama5", "at most 4096 places")]
    public void Description_WithAWrongList_IsRefusedWithItsReason(string description, string reason) =>
        Assert.Contains(
            reason, Assert.Throws<InputException>(() => CircuitDescription.Build(description)).Message, StringComparison.Ordinal);

    [Fact]
    public void Errors_OfFloats_AreThoseOfTheMultiplier()
    {
        const int Samples = 3000;
        Netlist circuit = CircuitDescription.Build("array:24:ama5:columns=45");
        DesignMeasurement measurement = DesignMeasurement.OfFloats(OperandDistribution.Uniform01, 24, Samples, seed: 9);

        DesignErrors errors = measurement.Errors(circuit);

        // Up to one block the sample is that of the measurement of multipliers.
        ErrorMetrics expected = ErrorMeasurement.Sample(
            new CircuitMultiplier(circuit), OperandDistribution.Uniform01, Samples, seed: 9,
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.MeanRelativeError.Value, errors.Mred, 1e-12);
        Assert.Equal(expected.NormalisedMeanError.Value, errors.Nmed, 1e-12);
        Assert.Equal(expected.ShareAbove.Value, errors.ShareAbove);
    }

    [Fact]
    public void Transistors_OfTheExactArray_AreTheWhole()
    {
        DesignMeasurement measurement = DesignMeasurement.OfIntegers(IntegerDistribution.Uniform, 6, isSigned: false, 100, seed: 1);

        Assert.Equal(1, DesignFigures.Transistors.Of(new Design(CircuitDescription.Build("array:6"), measurement)));
        Assert.Equal(8.0 / 24, DesignFigures.Transistors.Of(new Design(CircuitDescription.Build("array:6:ama5"), measurement)), 1e-12);
        Assert.Throws<InputException>(
            () => DesignFigures.Transistors.Of(new Design(CircuitDescription.Build("array:6:tcaa"), measurement)));
    }

    [Fact]
    public void Cost_IsRelativeToTheExactArray()
    {
        DesignMeasurement measurement = DesignMeasurement.OfIntegers(
            IntegerDistribution.Uniform, 6, isSigned: false, 100, seed: 1, Prices(), CircuitForm.AsDrawn);

        DesignCost exact = measurement.Cost(CircuitDescription.Build("array:6")),
            approximate = measurement.Cost(CircuitDescription.Build("array:6:ama5"));

        Assert.Equal(new DesignCost(1, 1, 1), exact);
        // 36 gates of area 1 and 30 adders of 10 or 4.
        Assert.Equal((36 + 30 * 4) / (36 + 30 * 10.0), approximate.Area, 1e-12);
        Assert.InRange(approximate.Energy, 0.2, 0.8);
        Assert.InRange(approximate.Delay, 0.05, 0.8);
    }

    [Fact]
    public void SignedSpace_IsRelativeToTheSignedArray()
    {
        var space = new DesignSpace("array:5:signed", "columns", [Cells.FullAdder, Cells.Ama5]);
        DesignMeasurement measurement =
            DesignMeasurement.OfIntegers(IntegerDistribution.Uniform, space.Bits, space.IsSigned, 1024, seed: 1);
        Netlist exact = space.Build(new byte[space.Places]);

        Assert.True(exact.IsSigned);
        Assert.Equal(new DesignCost(1, 1, 1), measurement.Cost(exact));
        Assert.Equal(0, measurement.Errors(exact).Mred);
    }

    static CellLibrary Prices()
    {
        return new CellLibrary("prices", "", "", "", [Priced(Cells.And, 1), Priced(Cells.FullAdder, 10), Priced(Cells.Ama5, 4)]);

        // As many fJ a change, and ps from each input on which an output depends, as the area.
        static CharacterisedCell Priced(Cell cell, double price)
        {
            int states = 1 << cell.Inputs.Count;
            bool Depends(int output, int input) => Enumerable.Range(0, states).Any(index =>
                cell.Evaluate(output, index) != cell.Evaluate(output, index ^ (1 << (cell.Inputs.Count - 1 - input))));
            return new CharacterisedCell
            {
                Cell = cell,
                Energy = [.. Enumerable.Range(0, states * states).Select(change => change / states == change % states ? 0 : price)],
                Leakage = new double[states],
                Delays = [
                    .. from output in Enumerable.Range(0, cell.Outputs.Count) from input in Enumerable.Range(
                        0, cell.Inputs.Count) select Depends(output, input) ? price : (double?)null],
                Area = price,
                Transistors = 1,
                Source = "",
            };
        }
    }
}
