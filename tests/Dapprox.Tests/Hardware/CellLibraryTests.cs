using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class CellLibraryTests
{
    // Another simulation of other drawings of the same cells with the same transistors, whose inputs were driven by gates:
    // energies and worst delays over those of the exact adder. What is drawn and driven otherwise moves them by this much.
    const double OtherDrawing = 0.07;

    [Fact]
    public void Shipped_HasEveryCellWithItsTruthTables()
    {
        foreach (Cell cell in Cells.All)
        {
            CharacterisedCell found = CellLibrary.Shipped.Find(cell);

            Assert.Equal((cell.Name, cell.Inputs.Count), (found.Cell.Name, found.Cell.Inputs.Count));
            Assert.Equal(cell.Tables, found.Cell.Tables);
            Assert.True(found.Transistors >= 2 && found.Area > 0 && found.MeanEnergy > 0 && found.WorstDelay is > 0 and < 100);
            Assert.All(found.Leakage, leakage => Assert.InRange(leakage, 0.001, 50));
        }
    }

    [Theory]
    [InlineData("ama1", 0.796, 0.952)]
    [InlineData("ama2", 0.633, 0.769)]
    [InlineData("ama3", 0.580, 0.673)]
    [InlineData("ama4", 0.689, 0.614)]
    [InlineData("ama5", 0.543, 0.209)]
    public void Shipped_MirrorAdders_CostWhatAnotherSimulationFound(string name, double energy, double delay)
    {
        CharacterisedCell exact = CellLibrary.Shipped.Find(Cells.FullAdder), cell = CellLibrary.Shipped.Find(Cells.FindAdder(name));

        Assert.InRange(cell.MeanEnergy / exact.MeanEnergy, energy - OtherDrawing, energy + OtherDrawing);
        Assert.InRange(cell.WorstDelay / exact.WorstDelay, delay - OtherDrawing, delay + OtherDrawing);
    }

    [Fact]
    public void Shipped_ExactAdder_CostsWhatAnotherSimulationFound()
    {
        CharacterisedCell exact = CellLibrary.Shipped.Find(Cells.FullAdder);

        Assert.InRange(exact.MeanEnergy / 2.563, 0.98, 1.02);
        Assert.InRange(exact.WorstDelay / 64.3, 0.98, 1.02);
    }

    [Fact]
    public void Shipped_CellsWithPublishedAreas_HaveTheirRatios()
    {
        double exact = CellLibrary.Shipped.Find(Cells.FullAdder).Area;

        Assert.Equal(13.54 / 40.66, CellLibrary.Shipped.Find(Cells.Ama5).Area / exact, 3);
        Assert.Equal(8, CellLibrary.Shipped.Find(Cells.Ama5).Transistors);
        Assert.Equal(28, CellLibrary.Shipped.Find(Cells.FullAdder).Transistors);
    }

    [Fact]
    public void ToJson_ReadBack_IsTheSameText()
    {
        string json = CellLibrary.Shipped.ToJson();

        Assert.Equal(json, CellLibrary.Parse(json, "again").ToJson());
        Assert.Equal(File.ReadAllText(Repository.Path("src/Dapprox.Core/Hardware/ptm45.json")), json);
    }

    const string Inverter = """
        {
          "name": "n", "technology": "t", "conditions": "c", "areaRule": "r",
          "cells": [ { "name": "not", "inputs": ["A"], "outputs": {"Y": "10"}, "energy": [[0, 1], [2, 0]], "leakage": [1, 2],
            "delay": {"Y": {"A": 3}}, "area": 1, "transistors": 2, "source": "s" } ]
        }
        """;

    [Theory]
    [InlineData("\"name\": \"n\",", "", "'x.json': name is missing")]
    [InlineData("\"source\": \"s\"", "\"source\": 1", "cells[0].source is not a text")]
    [InlineData("[2, 0]", "[2, 1]", "cells[0].energy[1][1] is not 0")]
    [InlineData("[2, 0]", "[2]", "cells[0].energy[1] is not an array of 2 numbers")]
    [InlineData("[2, 0]", "[1e999, 0]", "cells[0].energy[1][0] is not a finite number")]
    [InlineData("[1, 2]", "[1, 2, 3]", "cells[0].leakage is not an array of 2 numbers")]
    [InlineData("{\"A\": 3}", "{}", "cells[0].delay.Y.A is missing; the output depends on this input")]
    [InlineData("{\"A\": 3}", "{\"A\": -3}", "cells[0].delay.Y.A is below 0")]
    [InlineData("\"10\"", "\"11\"", "cells[0].delay.Y.A is given, and the output does not depend on this input")]
    [InlineData("\"10\"", "\"1\"", "cells[0] is not a cell: The truth table of not.Y is '1'")]
    [InlineData("[\"A\"]", "[\"A\", \"B\", \"C\", \"D\"]", "cells[0] is not a cell: A cell has one to three inputs")]
    [InlineData("\"transistors\": 2", "\"transistors\": 2.5", "cells[0].transistors is not an integer from 0 to 1000000")]
    [InlineData("\"area\": 1,", "\"area\": 1 1", "'x.json', line 4: not JSON")]
    public void Parse_WrongLibrary_SaysWhereAndWhy(string part, string instead, string message)
    {
        Assert.Contains(part, Inverter, StringComparison.Ordinal);

        InputException error = Assert.Throws<InputException>(
            () => CellLibrary.Parse(Inverter.Replace(part, instead, StringComparison.Ordinal), "x.json"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("")]
    [InlineData("{\"cells\": []}")]
    public void Parse_SomethingElse_IsRefused(string json) => Assert.Throws<InputException>(() => CellLibrary.Parse(json, "x.json"));

    [Fact]
    public void Parse_CellTwice_IsRefused()
    {
        int start = Inverter.IndexOf("{ \"name\": \"not\"", StringComparison.Ordinal), end = Inverter.LastIndexOf(']');
        string cell = Inverter[start..end];

        InputException error = Assert.Throws<InputException>(() => CellLibrary.Parse(Inverter.Insert(start, cell + ","), "x.json"));

        Assert.Contains("cells names not twice", error.Message, StringComparison.Ordinal);
    }
}
