using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Dapprox.Circuits;
using Dapprox.Hardware;
using Dapprox.Networks.Formats;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Cli;

public sealed class CostCommandTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("dapprox-tests-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task CellsList_Json_HasEveryCell()
    {
        DapproxRun run = await DapproxRun.RunAsync("cells", "list", "--json");

        JsonElement[] cells = [.. run.Json.GetProperty("cells").EnumerateArray()];
        Assert.Equal(Cells.All.Select(cell => cell.Name), cells.Select(cell => cell.GetProperty("name").GetString()));
        Assert.Equal("01101001", cells[0].GetProperty("outputs").GetProperty("Sum").GetString());
        Assert.Equal(24, cells[0].GetProperty("published").GetProperty("transistors").GetInt32());
    }

    [Fact]
    public async Task Cost_OfAnAma5Array_IsBelowTheExactArraysOfTheSameWidth()
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", "array:8:ama5", "--samples", "4096", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("array:8", run.Json.GetProperty("relativeTo").GetProperty("circuit").GetString());
        // Wires, but for some partial products; as drawn, two buffers an adder.
        JsonElement ratios = run.Json.GetProperty("ratios"), drawn = ratios.GetProperty("asDrawn");
        Assert.InRange(ratios.GetProperty("energy").GetDouble(), 0.01, 0.1);
        Assert.InRange(ratios.GetProperty("delay").GetDouble(), 0.01, 0.1);
        Assert.InRange(drawn.GetProperty("energy").GetDouble(), 0.3, 0.9);
        Assert.InRange(drawn.GetProperty("delay").GetDouble(), 0.05, 0.4);
        double total = run.Json.GetProperty("circuit").GetProperty("energy").GetDouble() + run.Json.GetProperty("circuit").GetProperty(
            "leakageEnergy").GetDouble();
        Assert.Equal(total, run.Json.GetProperty("circuit").GetProperty("totalEnergy").GetDouble(), 9);
    }

    [Fact]
    public async Task Cost_WithoutACircuit_PricesThePapersTables()
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", "--samples", "512", "--json");

        JsonElement[] rows = [.. run.Json.GetProperty("tables").EnumerateArray()];
        Assert.Equal([9, 9, 9, 9, 7, 7, 7, 7], rows.Select(row => row.GetProperty("table").GetInt32()));
        Assert.Equal(0.395, rows[1].GetProperty("paperEnergy").GetDouble());
        // Cheaper than exact with hazards or without; the blocks' exact adders cost more than the flat array has at all.
        Assert.All(
            rows.Where(row => row.GetProperty("name").GetString()![..2] == "Ax"),
            row => Assert.InRange(row.GetProperty("asDrawn").GetProperty("energyWithHazards").GetDouble(), 0.05, 1));
        Assert.All(
            (string[])["normal", "asDrawn"],
            form => Assert.True(
                rows[2].GetProperty(form).GetProperty("energy").GetDouble() > rows[1].GetProperty(form).GetProperty("energy").GetDouble()));
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("exact-uint8", "array:8")]
    [InlineData("exact-int8", "array:8:signed")]
    public async Task Cost_OfAnExactMultiplierOfIntegers_IsThatOfTheArray(string name, string array)
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", name, "--distribution", "uniform", "--json");
        DapproxRun expected = await DapproxRun.RunAsync("circuit", "cost", array, "--distribution", "uniform", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(expected.Output, run.Output);
    }

    [FactOf(Tier.Ci)]
    public async Task Cost_OfAnAssignment_SaysWhatItIs()
    {
        string file = Path.Combine(folder, "a.json");
        AssignmentFile.Write(file, "lenet5-digits", areIntegers: true, [("conv1", "drum:8:k=4")]);
        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", file);

        run.AssertRefused("is no circuit but an assignment of multipliers to layers");
    }

    [FactOf(Tier.Ci)]
    public async Task Cost_OfANetwork_IsTheSumOfItsLayers()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "circuit", "cost", "array:8:ama1", "--dataset", "digits", "--samples", "1000", "--first", "4", "--json");

        JsonElement[] layers = [.. run.Json.GetProperty("layers").EnumerateArray()];
        Assert.Equal(["conv1", "conv2", "linear1", "linear2"], layers.Select(layer => layer.GetProperty("name").GetString()));
        Assert.Equal(run.Json.GetProperty("energy").GetDouble(), layers.Sum(layer => layer.GetProperty("energy").GetDouble()), 1e-3);
        Assert.All(layers, layer => Assert.InRange(layer.GetProperty("relative").GetDouble(), 0.3, 1.2));
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("exact", 1.0, 1.0)]
    [InlineData("ax-fpm", 0.391, 0.479, 0.783, 0.403)]
    [InlineData("ax-fpm-renormalised", 0.394, 0.531, 0.784, 0.465)]
    [InlineData("ax-fpm-wrapped", 0.393, 0.528, 0.783, 0.468)]
    [InlineData("ama5-flat", 0.034, 0.081, 0.607, 0.113)]
    [InlineData("BFLOAT16", 0.142, 0.215)]
    public async Task Cost_OfAMultipliersName_IsThatOfTheWholeFloat(
        string name, double energy, double delay, double? drawnEnergy = null, double? drawnDelay = null)
    {
        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", name, "--json");

        // As in the paper's table 7, which prices the circuits.
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(name, run.Json.GetProperty("circuit").GetProperty("circuit").GetString());
        Assert.Equal("exact", run.Json.GetProperty("relativeTo").GetProperty("circuit").GetString());
        JsonElement ratios = run.Json.GetProperty("ratios"), drawn = ratios.GetProperty("asDrawn");
        Assert.Equal(energy, ratios.GetProperty("energy").GetDouble(), 0.005);
        Assert.Equal(delay, ratios.GetProperty("delay").GetDouble(), 0.005);
        Assert.Equal(drawnEnergy is null, drawn.ValueKind == JsonValueKind.Null);
        if (drawnEnergy is not null)
        {
            Assert.Equal(drawnEnergy.Value, drawn.GetProperty("energy").GetDouble(), 0.005);
            Assert.Equal(drawnDelay!.Value, drawn.GetProperty("delay").GetDouble(), 0.005);
        }
    }

    [FactOf(Tier.Ci)]
    public async Task Cost_WithALibertyLibrary_IsTheSameForEveryFormat()
    {
        Circuits.Formats.Tool.Require("yosys");
        string library = Path.Combine(DataFolder.Reference, "sky130", "sky130hd_tt.lib.gz");
        var prices = new List<string>();
        foreach (string extension in (string[])["v", "blif", "cgp", "json"])
        {
            string file = Path.Combine(folder, "booth." + extension);
            await DapproxRun.RunAsync("circuit", "export", "booth:8", "--output", file);

            DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", file, "--liberty", library, "--samples", "512", "--json");

            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            prices.Add(run.Json.GetProperty("circuit").GetProperty("mapped").GetRawText());
            JsonElement ratios = run.Json.GetProperty("ratios").GetProperty("mapped");
            Assert.InRange(ratios.GetProperty("area").GetDouble(), 0.8, 1.1);
            Assert.InRange(ratios.GetProperty("delay").GetDouble(), 0.5, 0.9);
        }

        Assert.Single(prices.Distinct());
    }

    [FactOf(Tier.Ci)]
    public async Task Cost_OfAFolder_CorrelatesWithATable()
    {
        string[] circuits = ["array:8", "array:8:vertical=4", "array:8:vertical=8", "array:8:vertical=11"];
        for (int i = 0; i < circuits.Length; i++)
            await DapproxRun.RunAsync("circuit", "export", circuits[i], "--output", Path.Combine(folder, $"c{i}.blif"));
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.v"), "module", TestContext.Current.CancellationToken);
        string table = Path.Combine(folder, "figures.csv");
        await File.WriteAllTextAsync(
            table, "name,power,note\nc0,0.4,7\nc1,0.3,\nc2,0.2,\"0,5\"\nc3,0.1,8\nc9,0.0,not here\n",
            TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", folder, "--against", table, "--samples", "512", "--json");
        DapproxRun text = await DapproxRun.RunAsync("circuit", "cost", folder, "--against", table, "--samples", "512");

        Assert.Equal(0, run.ExitCode);
        JsonElement[] correlations = [.. run.Json.GetProperty("correlations").EnumerateArray()];
        Assert.Equal(
            [("energy", "power", 1.0, 4), ("delay", "power", 1.0, 4), ("area", "power", 1.0, 4)],
            correlations.Where(one => one.GetProperty("column").GetString() == "power").Select(one => (
                one.GetProperty("price").GetString()!, one.GetProperty("column").GetString()!,
                Math.Round(one.GetProperty("spearman").GetDouble(), 9), one.GetProperty("circuits").GetInt32())));
        Assert.Contains("broken", run.Json.GetProperty("circuits")[0].GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Contains("Spearman's ρ over 4 circuits", text.Output, StringComparison.Ordinal);
        Assert.Contains("note: broken.v is left out", text.Error, StringComparison.Ordinal);
        Assert.Contains("note: the column note has no number for 2 of these circuits", text.Error, StringComparison.Ordinal);
        Assert.Contains("note: a correlation over fewer than 6 circuits says little", text.Error, StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public async Task Cost_OfAFolder_HasDrawnCellsAsDrawnAndNamesWithEndings()
    {
        await DapproxRun.RunAsync("circuit", "export", "array:8:ama5", "--output", Path.Combine(folder, "wires.json"));
        string table = Path.Combine(folder, "figures.csv"), other = Path.Combine(folder, "other.csv");
        await File.WriteAllTextAsync(table, "name,power\nwires.json,0.4\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(other, "name,power\nfoo,0.4\n", TestContext.Current.CancellationToken);

        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", folder, "--against", table, "--samples", "512", "--json");
        DapproxRun none = await DapproxRun.RunAsync("circuit", "cost", folder, "--against", other, "--samples", "512");

        JsonElement circuit = run.Json.GetProperty("circuits")[0];
        Assert.True(circuit.GetProperty("asDrawn").GetProperty("energy").GetDouble() > 5 * circuit.GetProperty("energy").GetDouble());
        Assert.Equal(
            ["energy", "delay", "area", "energy as drawn", "delay as drawn", "area as drawn"],
            run.Json.GetProperty("correlations").EnumerateArray().Select(one => one.GetProperty("price").GetString()));
        none.AssertRefused("is in the table of --against: its first column has foo, and the circuits are wires.json");
    }

    [Fact]
    public async Task Cost_OfANameAsAMantissaMultiplier_IsThatOfItsCircuit()
    {
        DapproxRun named = await DapproxRun.RunAsync(
            "circuit", "cost", "bfloat16", "--float", "none", "--relative-to", "exact", "--samples", "512", "--json");
        DapproxRun built = await DapproxRun.RunAsync(
            "circuit", "cost", "booth:8", "--relative-to", "array:24", "--samples", "512", "--json");

        Assert.Equal(built.Json.GetProperty("circuit").GetRawText(), named.Json.GetProperty("circuit").GetRawText());
        Assert.Equal(built.Json.GetProperty("ratios").GetRawText(), named.Json.GetProperty("ratios").GetRawText());
    }

    [Fact]
    public async Task Cost_OfAFile_IsThatOfItsCircuit()
    {
        string file = Path.Combine(folder, "a8.v");
        await DapproxRun.RunAsync("circuit", "export", "array:8", "--output", file);

        DapproxRun run = await DapproxRun.RunAsync("circuit", "cost", file, "--float", "truncate", "--samples", "512", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("float array:8", run.Json.GetProperty("relativeTo").GetProperty("circuit").GetString());
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("")]
    [InlineData("ax-fpm-renormalised")]
    [InlineData("bfloat16 --dataset digits --first 4")]
    public async Task Cost_InATerminal_FitsItsColumns(string arguments)
    {
        Terminal.SkipWhereThereIsNone();

        Terminal.Screen screen = await new Terminal().RunAsync(
            ["circuit", "cost", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--samples", "512"]);

        Assert.True(screen.ExitCode == 0, screen.Text);
        Assert.DoesNotContain('…', screen.Text);
        Assert.All(screen.Lines, line => Assert.InRange(line.Length, 0, 80));
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("circuit cost exact-fused", "exact-fused rounds only after it has added")]
    [InlineData("circuit cost aray:8", "aray")]
    [InlineData("circuit cost --float round", "--float is about a circuit, and none is given")]
    [InlineData("circuit cost array:8 --samples 0", "--samples is '0'; give an integer from 1")]
    [InlineData("circuit cost array:8 --library no-such-file", "there is no file 'no-such-file'")]
    [InlineData("circuit cost array:8 --liberty no-such-file", "there is no file 'no-such-file'")]
    [InlineData("circuit cost array:8 --against no-such-file", "there is no file 'no-such-file'")]
    [InlineData("circuit cost /usr --signed", "--signed is about one circuit, and '/usr' is a folder; leave it out")]
    [InlineData("circuit cost /usr", "there is no circuit in the folder '/usr'")]
    [InlineData("circuit cost array:32 --float round", "array:32 is no mantissa multiplier")]
    [InlineData("circuit cost array:8 --dataset digits --first 1", "--first is '1'; give an integer from 2")]
    [InlineData("cells", "'dapprox cells' needs a command: list, characterise")]
    [InlineData("cells characterise", "--model-card")]
    [InlineData("cells characterise --model-card no-such-file", "there is no file 'no-such-file'")]
    [InlineData("cells characterise --model-card x --cells ama6", "unknown cell 'ama6': did you mean 'ama1'?")]
    public async Task Run_WrongInput_SaysSoInOneLineAndFails(string arguments, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(arguments.Split(' '));

        run.AssertRefused(message);
    }

    [Fact]
    public async Task Characterise_ModelsThatAreNone_FailsInOneLineAndWritesNothing()
    {
        SkipWithoutNgspice();
        string card = Path.Combine(folder, "card.pm"), library = Path.Combine(folder, "library.json");
        await File.WriteAllTextAsync(card, ".model n nmos level=54 vth0=nonsense\n.model p pmos level=54\n");

        DapproxRun run = await DapproxRun.RunAsync("cells", "characterise", "--model-card", card, "--cells", "not", "--output", library);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ngspice could not simulate not: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(library));
    }

    [Fact]
    public async Task Characterise_WithTheShippedLibrarysTransistors_GivesItsNumbers()
    {
        SkipWithoutNgspice();
        string reference = DataFolder.Reference;
        string library = Path.Combine(folder, "library.json");

        DapproxRun run = await DapproxRun.RunAsync(
            "cells", "characterise", "--model-card", Path.Combine(reference, "ptm45", "45nm_HP.pm"), "--cells", "not,nand", "--output",
            library);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        CellLibrary made = CellLibraryFiles.Load(library), shipped = CellLibrary.Shipped;
        Assert.Equal(2, made.Cells.Count);
        foreach (CharacterisedCell cell in made.Cells)
        {
            CharacterisedCell known = shipped.Find(cell.Cell);
            // Another version of ngspice chooses other steps in time.
            Assert.Equal(known.MeanEnergy, cell.MeanEnergy, 0.03 * known.MeanEnergy);
            Assert.Equal(known.WorstDelay, cell.WorstDelay, 0.5);
        }
    }

    static void SkipWithoutNgspice()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("ngspice", "--version") { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            Assert.Skip("ngspice is not installed.");
        }
    }
}
