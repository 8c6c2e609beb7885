using System.Text;
using CsCheck;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class LibertyLibraryTests
{
    const string Small = """
        /* two cells */
        library ("tiny") {
            capacitive_load_unit(10.0, "ff");
            leakage_power_unit : "10pW";
            nom_voltage : 1.5;
            cell ("inv") {
                area : 3.5;
                leakage_power () { value : 2; when : "A"; }
                leakage_power () { value : 4; when : "!A"; }
                pg_pin ("VDD") { pg_type : "primary_power"; }
                pin ("A") { direction : "input"; capacitance : 0.25; }
                pin ("Y") { direction : "output"; function : "(!A)";
                    timing () { cell_rise ("t") { index_1("1, 2"); values("1, 2", \
                        "3, 4"); } }
                }
            }
            cell ("maj") {
                area : 7
                cell_leakage_power : 1.5;
                pin (A) { direction : input; capacitance : 1; } pin (B) { direction : input; } pin (C) { direction : input; }
                pin (Y) { direction : output; function : "(A B) + C*(A + B)"; }
            }
        }
        """;

    [Fact]
    public void Parse_ASmallLibrary_HasItsNumbers()
    {
        LibertyLibrary library = LibertyLibrary.Parse(Small, "tiny.lib");

        Assert.Equal(("tiny", 1.5, 2), (library.Name, library.Voltage, library.Cells.Count));
        LibertyCell inverter = library.Cells["inv"];
        // The mean of the states in tenths of a nanowatt; capacitances in tens of femtofarads.
        Assert.Equal((3.5, 0.03), (inverter.Area, Math.Round(inverter.Leakage, 12)));
        Assert.Equal(
            [("A", false, 2.5), ("Y", true, 0)],
            inverter.Pins.Select(pin => (pin.Name, pin.IsOutput, Math.Round(pin.Capacitance, 9))));
        Assert.Equal(0.015, library.Cells["maj"].Leakage, 12);
    }

    [Theory]
    [InlineData("(A B) + C*(A + B)", 0b11101000)]
    [InlineData("A & B | !C", 0b11010101)]
    [InlineData("A ^ B ^ C", 0b10010110)]
    [InlineData("!A & B' | A C", 0b10100011)]
    [InlineData("(A ^ B)'", 0b11000011)]
    [InlineData("!!A", 0b11110000)]
    [InlineData("1", 0b11111111)]
    public void Function_IsItsTruthTable(string text, int table)
    {
        var builder = new NetlistBuilder("function");
        int[] pins = builder.Input("pins", 3);
        builder.Output("y", [LibertyFunction.Add(text, builder, name => pins["CBA".IndexOf(name, StringComparison.Ordinal)])]);
        Netlist circuit = builder.Build();

        Assert.Equal(table, Enumerable.Range(0, 8).Sum(index => (int)circuit.Evaluate((ulong)index)[0] << index));
    }

    [Theory]
    [InlineData("", "ends where")]
    [InlineData("cell (x) { }", "it begins with 'cell', and not with 'library'")]
    [InlineData("library (x) { }", "it has no cells")]
    [InlineData("library (x) { cell (y) { area : 1; } }", "it has no voltage")]
    [InlineData("library (x) {\n  cell (y) {\n    area 1; } }", "line 3: an attribute or a group is expected")]
    [InlineData("library (x) { cell (y) { area : 1;", "ends where '}' is expected; give a whole Liberty file")]
    [InlineData("library (x) { nom_voltage : 1; capacitive_load_unit(1, mm); cell (y) { } }", "the unit of capacitance is '1, mm'")]
    [InlineData("library (x) { leakage_power_unit : nothing; cell (y) { } }", "stands where a number is expected")]
    public void Parse_WhatIsNoLibrary_SaysWhy(string text, string reason) => Assert.Contains(
        reason, Assert.Throws<InputException>(() => LibertyLibrary.Parse(text, "x.lib")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(A")]
    [InlineData("A +")]
    [InlineData("A ) B")]
    [InlineData("A $ B")]
    public void Function_ThatIsNone_SaysWhere(string text)
    {
        var builder = new NetlistBuilder("function");
        int net = builder.Input("a", 1)[0];

        Assert.Contains(
            "is not understood at letter", Assert.Throws<InputException>(() => LibertyFunction.Add(text, builder, _ => net)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DamagedText_IsRefusedOrRead() =>
        Gen.Select(Gen.Int[0, Small.Length - 1], Gen.Char['\0', 'z'], Gen.Int[0, 2]).Array[1, 4].Sample(changes =>
        {
            var text = new StringBuilder(Small);
            foreach ((int at, char letter, int kind) in changes.Where(change => change.Item1 < text.Length))
                _ = kind == 0 ? text.Remove(at, 1) : kind == 1 ? text.Insert(at, letter) : text.Replace(text[at], letter, at, 1);
            try
            {
                LibertyLibrary.Parse(text.ToString(), "damaged.lib");
            }
            catch (InputException)
            {
                // It says why.
            }
        }, iter: 3000);

    [FactOf(Tier.Ci)]
    public void Load_Sky130_HasItsCells()
    {
        LibertyLibrary library = LibertyLibrary.Load(Path.Combine(DataFolder.Reference, "sky130", "sky130hd_tt.lib.gz"));

        Assert.Equal(("sky130_fd_sc_hd__tt_025C_1v80", 1.8), (library.Name, library.Voltage));
        LibertyCell nand = library.Cells["sky130_fd_sc_hd__nand2_1"];
        Assert.Equal((3.7536, 0.00211796), (nand.Area, Math.Round(nand.Leakage, 9)));
        Assert.Equal(2.315, nand.Pins.Single(pin => pin.Name == "A").Capacitance, 9);
        Assert.Equal("(!A) | (!B)", nand.Pins.Single(pin => pin.IsOutput).Function);
    }
}
