using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class CircuitCostTests
{
    /// <summary>An inverter and an and gate with numbers that are easy to add.</summary>
    static readonly CellLibrary Library = new("toy", "", "", "", [
        new CharacterisedCell
        {
            Cell = Cells.Not, Energy = [0, 2, 3, 0], Leakage = [10, 20], Delays = [5], Area = 1, Transistors = 2, Source = "",
        },
        new CharacterisedCell
        {
            Cell = Cells.And, Energy = [0, 1, 10, 100, 1, 0, 1, 1000, 1, 1, 0, 1, 1, 1, 1, 0], Leakage = [1, 2, 4, 8], Delays = [7, 9],
            Area = 4, Transistors = 6, Source = "",
        },
    ]);

    /// <summary>y = a′ · b.</summary>
    static Netlist AndNot()
    {
        var builder = new NetlistBuilder("a' b");
        int a = builder.Input("a", 1)[0], b = builder.Input("b", 1)[0];
        builder.Output("y", [builder.Gate(Cells.And, builder.Gate(Cells.Not, a), b)]);
        return builder.Build();
    }

    [Fact]
    public void Of_SmallCircuit_IsTheSumByHand()
    {
        var activity = new SwitchingActivity(AndNot());
        // (a, b): (1, 0), (0, 1), (0, 1), (1, 1). The and gate sees 00, 11, 11, 01; the inverter 1, 0, 0, 1.
        activity.Add([[1, 0, 0, 1], [0, 1, 1, 1]], 4);

        CircuitCost cost = CircuitCost.Of(activity, Library);

        // Inverter 1→0: 3, 0→1: 2. And gate 00→11: 100, 11→01: 1.
        Assert.Equal((3 + 2 + 100 + 1) / 3.0, cost.Energy, 12);
        // After each change the inverter sees 0, 0, 1, the and gate 11, 11, 01.
        Assert.Equal((10 + 10 + 20 + 8 + 8 + 2) / 3.0, cost.LeakagePower, 12);
        // From a through both.
        Assert.Equal(5 + 7, cost.Delay);
        Assert.Equal(cost.LeakagePower * 12e-6, cost.LeakageEnergy, 12);
        Assert.Equal(cost.Energy + cost.LeakageEnergy, cost.TotalEnergy);
        Assert.Equal((5, 8L, 3L), (cost.Area, cost.Transistors, cost.Transitions));
    }

    [Fact]
    public void LongestPath_FromConstants_IsNone()
    {
        var builder = new NetlistBuilder("constant");
        int a = builder.Input("a", 1)[0];
        int one = builder.Gate(Cells.Not, builder.Gate(Cells.Not, builder.Gate(Cells.Not, Netlist.Zero)));
        builder.Output("y", [builder.Gate(Cells.And, one, a)]);
        builder.Output("z", [Netlist.One]);

        Assert.Equal(9, CircuitCost.LongestPath(builder.Build(), Library));
    }

    [Fact]
    public void LongestPath_OfInputsNobodyReads_IsZero()
    {
        var builder = new NetlistBuilder("constant");
        builder.Input("a", 1);
        builder.Output("y", [Netlist.One]);

        Assert.Equal(0, CircuitCost.LongestPath(builder.Build(), Library));
    }

    [Fact]
    public void LongestPath_OfAnAma5Array_GoesDownTheSums()
    {
        CellLibrary library = CellLibrary.Shipped;
        double and = library.Find(Cells.And).WorstDelay, sum = library.Find(Cells.Ama5).Delay(0, 1)!.Value;

        // Row 1's partial product leaves as a carry; the sum of row 0 passes the cells of 7 rows.
        Assert.Equal(and + 7 * sum, CircuitCost.LongestPath(CircuitDescription.Build("array:8:ama5"), library), 9);
    }

    [Fact]
    public void Of_UnknownCell_IsRefused()
    {
        var activity = new SwitchingActivity(CircuitDescription.Build("array:2"));
        activity.Add([[0, 1], [2, 3]], 2);

        InputException error = Assert.Throws<InputException>(() => CircuitCost.Of(activity, Library));

        Assert.Contains(
            "the cell library toy has no cell fa with the truth tables 01101001/00010111; it has not, and", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Find_CellOfAnotherNameWithTheSameFunction_IsFound()
    {
        Assert.Same(Library.Cells[1], Library.Find(new Cell("imported", ["x", "y"], ("z", "0001"))));
        // The name alone is not enough.
        Assert.Throws<InputException>(() => Library.Find(new Cell("and", ["x", "y"], ("z", "0111"))));
    }

    [Fact]
    public void OnRandomOperands_SameSeed_SameCost()
    {
        var measurement = new CostMeasurement(CircuitDescription.Build("array:8:ama3"), CellLibrary.Shipped);
        CircuitCost one = measurement.OnRandomOperands(IntegerDistribution.Uniform, 1000, seed: 3);

        Assert.Equal(1024, one.Transitions);
        Assert.Equal(one.Energy, measurement.OnRandomOperands(IntegerDistribution.Uniform, 1000, seed: 3).Energy);
        Assert.NotEqual(one.Energy, measurement.OnRandomOperands(IntegerDistribution.Uniform, 1000, seed: 4).Energy);
        Assert.NotEqual(
            one.Energy, measurement.OnRandomOperands(IntegerDistribution.Normalised, 1000, seed: 3).Energy);
    }

    [Fact]
    public void Hazards_InAnExactArray_CostMoreThanInOneOfBuffers()
    {
        double Extra(string circuit) => Energy(circuit, hazards: true) / Energy(circuit, hazards: false);
        double Energy(string circuit, bool hazards) =>
            new CostMeasurement(CircuitDescription.Build(circuit), CellLibrary.Shipped, form: CircuitForm.AsDrawn, hazards: hazards)
                .OnRandomOperands(IntegerDistribution.Normalised, 512, 1).Energy;

        // Buffers pass on what changes, but let different partial products change at different times.
        Assert.InRange(Extra("array:8:ama5"), 0.9, 1.5);
        Assert.True(Extra("array:8") > 1.5);
    }
}
