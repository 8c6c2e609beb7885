using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit cost</c>: energy, delay and area of a circuit.</summary>
static class CircuitCostCommand
{
    const long DefaultSamples = 1 << 15, MaxSamples = 1_000_000_000;

    const int DefaultImages = 32;

    public static Command Create()
    {
        var circuit = new Argument<string?>("CIRCUIT")
        {
            Description = "What to price: a multiplier's name ('dapprox multipliers'), which is the whole float multiplier, or a "
                + "circuit: a description such as array:24:ama5, or a file; or all circuit files of a folder. [default: the multipliers of "
                + "the paper's tables 7 and 9]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var relative = new Option<string?>("--relative-to")
        {
            HelpName = "CIRCUIT",
            Description = "Compare with this one, whole or bare like CIRCUIT. [default: for a multiplier's name exact, for a circuit that "
                + "multiplies n-bit numbers the exact array:n]",
        };
        Option<CellLibrary> library = CellsListCommand.CellLibraryOption();
        Option<LibertyLibrary?> liberty = Values.Option<LibertyLibrary?>(
            "--liberty", "FILE",
            "Also map the circuit to this standard-cell library (Liberty, .lib or .lib.gz) with Yosys and ABC, which have to be installed, "
                + "and price the result.",
            LibertyLibrary.Load);
        Option<FigureFile?> against = Values.Option<FigureFile?>(
            "--against", "FILE.csv",
            "With a folder: the rank correlation (Spearman's ρ) of each price with each column of this table, whose first column has the "
                + "names of the files without their endings.",
            FigureFile.Load);
        var signs = new SignOptions();
        Option<Choice<FloatParts>> parts = Values.Choice<FloatParts>(
            "--float",
            "Price the circuit alone, or a whole floating-point multiplier around it: hidden ones, sign, exponent adders and normalising "
                + "multiplexers, without or with rounding to nearest even. A multiplier's name is whole unless this is given, and then "
                + "stands for its mantissa multiplier.",
            new("none", FloatParts.None), new("truncate", FloatParts.Truncating), new("round", FloatParts.Rounding));
        Option<IntegerDistribution> distribution = CircuitMetricsCommand.Distribution(
            "How random operands are distributed; those of --float are numbers uniform in [−1, 1]", IntegerDistribution.Normalised);
        var hazards = new Option<bool>("--hazards")
        {
            Description = "Also count glitches: transitions before the nets settle, with a unit delay for every cell.",
        };
        Option<long> samples = Values.Option(
            "--samples", "N", "The number of consecutive operands; with --model, --dataset or --images, per layer.",
            text => Values.ParseInteger("--samples", text, 1, MaxSamples));
        samples.DefaultValueFactory = _ => DefaultSamples;
        var imageOptions = new ImageOptions();
        Option<int> first = Values.Integer(
            "--first", "With --model, --dataset or --images: how many images of the test split.", min: 2, otherwise: DefaultImages);
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "cost",
            "Estimate the hardware cost of a multiplier or a circuit: energy, delay, area; on a network's activations, energy per image.",
            "A circuit is priced in its normal form: constants, buffers and what no output needs are gone, repeated functions are "
                + "shared, and adders and other cells of the library are found again in gates, so that the price does not depend on how "
                + "a file spells the circuit. A circuit with approximate adders is also priced as drawn, every cell as its publication "
                + "has it: AMA5 is two buffers there, and wires in the normal form. Energy: for every cell, the number of each input "
                + "transition between consecutive operands, times the library's energy of that transition. Without --hazards the "
                + "activity is zero-delay; --hazards adds glitches, with a unit delay for every cell; real hardware is usually between "
                + "the two. Wires are excluded, and every output has the load of its characterisation. Leakage: the power at rest times "
                + "the delay. Delay: the longest path through the cells' delays, false paths included. The normalising multiplexers "
                + "shift a product by one bit; the shifter for smaller products, which approximate cells can give, is not priced. exact "
                + "is binary32 with the exact array, and rounds; bfloat16 has an 8-bit Booth multiplier; bfloat16-nearest also rounds "
                + "both operands, from binary32; ax-fpm, ax-fpm-wrapped and ax-fpm-renormalised have the blocks of AMA5. With --liberty: "
                + "area and leakage of the mapped cells, the delay of ABC's timing analysis, and as energy ½CV² of the input pins that a "
                + "net drives for each of its changes; no glitches, wires, nor what switches inside cells. Random operands are "
                + "independent. With --model, --dataset or --images the activations are those of the network with this multiplier in all "
                + "layers, in the order of weight-stationary hardware: a multiplier keeps a randomly drawn weight for the activations of "
                + "all positions, image after image. The energy of an image is that of its products, leakage included; sums and memory "
                + "are excluded. The tables have the energy without and with glitches: table 9 is for mantissa multipliers alone "
                + "(--float none), table 7 for float multipliers (exact: round; others: truncate). With --json: library, samples, seed, "
                + "hazards, circuit and relativeTo {circuit, energy, leakageEnergy, totalEnergy (fJ a product), leakagePower (nW), delay "
                + "(ps), area (µm²), transistors, elements, asDrawn {the same} or null, mapped {energy, leakagePower, delay, area, "
                + "cells} or null}, ratios {energy (total), delay, area, asDrawn, mapped}; with a folder circuits [{file, the same, or "
                + "error}], correlations [{price, column, spearman, circuits}]; with a network layers [{name, products, zeroActivations, "
                + "energyPerProduct, energy (fJ an image), relative}], energy, relative; without a circuit tables [{table, name, "
                + "circuit, paperEnergy, paperDelay, and normal and asDrawn {energy, energyWithHazards, delay, cost, costWithHazards}}].")
        {
            circuit, relative, library, liberty, against, parts, distribution, hazards, samples,
        };
        foreach (Option option in (Option[])[.. signs.All, .. imageOptions.All, first, seed, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            var setting = new CostSetting(
                parse.GetValue(library)!, parse.GetValue(liberty), parse.GetValue(distribution)!, parse.GetValue(samples),
                parse.GetValue(seed), parse.GetValue(hazards));
            string? given = parse.GetValue(circuit);
            Option[] aboutOne = [relative, parts, .. signs.All, .. imageOptions.All, first];
            JsonObject result;
            if (given is null)
            {
                ThrowIfGiven(
                    [.. aboutOne, liberty, against, distribution, hazards],
                    "about a circuit, and none is given; give one, for example array:24:ama5");
                result = CostTables.Run(setting, parse.GetValue(json), cancellation);
            }
            else if (Directory.Exists(given))
            {
                ThrowIfGiven(aboutOne, $"about one circuit, and '{given}' is a folder; leave it out");
                result = CostOfFolder.Run(setting, given, parse.GetValue(against), parse.GetValue(json), cancellation);
            }
            else
            {
                ThrowIfGiven([against], $"about the circuits of a folder, and '{given}' is none; give a folder");
                FloatParts? around = parse.GetResult(parts) is { Implicit: false } ? parse.GetValue(parts).Value : null;
                bool isWhole = around is null && IsName(given);
                Netlist own = Signed(Bare(given));
                PricedDesign priced = Design(given, own);
                string? other = parse.GetValue(relative) ?? (isWhole ? ExactMultiplier.Rounded.Name : ExactArray(own));
                PricedDesign? reference = other is null ? null : Design(other, Signed(Bare(other)));
                result = imageOptions.Naming.All(option => parse.GetResult(option) is null)
                    ? Random(setting, priced, reference, parse.GetValue(json), cancellation)
                    : OnNetwork(setting, priced, reference, parse.GetValue(json), cancellation);

                PricedDesign Design(string one, Netlist bare)
                {
                    FloatParts rest = around ?? FloatParts.None;
                    string title = isWhole ? one : rest == FloatParts.None ? bare.Name : $"float {bare.Name}";
                    return new PricedDesign(one, title, CostMeasurement.IsHandDrawn(bare), form => isWhole
                        ? new CostMeasurement(CircuitFiles.FindMultiplier(one), setting.Library, form, setting.Hazards)
                        : new CostMeasurement(bare, setting.Library, rest, form, setting.Hazards));
                }
            }

            if (parse.GetValue(json))
                Output.PrintJson(result);
            return Task.CompletedTask;

            // How a circuit's numbers are meant decides what it is compared with.
            Netlist Signed(Netlist bare) => bare.WithSign(signs.Read(parse) ?? bare.IsSigned);

            void ThrowIfGiven(IEnumerable<Option> options, string why)
            {
                if (options.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is Option option)
                    throw new InputException($"{option.Name} is {why}");
            }

            JsonObject OnNetwork(
                CostSetting setting, PricedDesign priced, PricedDesign? reference, bool quiet, CancellationToken cancellation)
            {
                (Network exact, Dataset images) = imageOptions.Load(parse, Split.Test);
                return CostOnNetwork.Run(setting, exact, images.First(parse.GetValue(first)), priced, reference, quiet, cancellation);
            }
        });
        return command;
    }

    /// <summary>Whether a multiplier has that name.</summary>
    static bool IsName(string given) =>
        Multipliers.All.Any(multiplier => string.Equals(multiplier.Name, given, StringComparison.OrdinalIgnoreCase));

    /// <summary>A circuit, or the mantissa multiplier of a multiplier that has a name.</summary>
    static Netlist Bare(string given) =>
        IsName(given) ? FloatMultiplierCircuits.Mantissas(Multipliers.Find(given)) : CircuitFiles.Load(given, Output.NoteFact);

    /// <summary>The exact array of the same width; null if the circuit does not have the inputs and outputs of a multiplier.</summary>
    static string? ExactArray(Netlist circuit) =>
        circuit.Inputs.Count == 2 && circuit.Inputs[0].Width == circuit.Inputs[1].Width
            && circuit.Inputs[0].Width <= MultiplierCircuits.MaxBits
        && circuit.Outputs.Count == 1 && circuit.Outputs[0].Width - 2 * circuit.Inputs[0].Width is 0 or 1
            ? $"array:{circuit.Inputs[0].Width}{(circuit.IsSigned ? ":signed" : "")}"
            : null;

    /// <summary>Prices a circuit on random operands.</summary>
    static JsonObject Random(CostSetting setting, PricedDesign priced, PricedDesign? reference, bool quiet, CancellationToken cancellation)
    {
        // Cells that nobody drew have no price of their own.
        CircuitForm[] forms = priced.IsHandDrawn ? [CircuitForm.Normal, CircuitForm.AsDrawn] : [CircuitForm.Normal];
        PricedDesign[] designs = reference is null ? [priced] : [priced, reference];
        (CircuitCost[][] costs, MappedCost?[] mapped) = ProgressBar.While("pricing", forms.Length * designs.Length, progress => (
            Array.ConvertAll(forms, form => Array.ConvertAll(designs, design => setting.Price(design, form, progress, cancellation))),
            Array.ConvertAll(designs, design => setting.Map(design, cancellation))));
        if (!quiet)
        {
            Output.Print(reference is null ? priced.Title : $"{priced.Title}, relative to {reference.Title}");
            Output.Print($"{costs[0][0].Transitions:N0} random changes of operands, {setting}");
            Print(costs[0]);
            if (priced.IsHandDrawn)
            {
                Output.Print("As drawn, every cell as its publication has it:");
                Print(costs[1]);
            }

            if (setting.Mapped is LibertyLibrary library)
            {
                Output.Print($"Mapped to {library.Name} by Yosys and ABC, {library.Voltage} V:");
                Print([.. mapped.OfType<MappedCost>()]);
            }
        }

        JsonObject json = setting.Json();
        json["circuit"] = Json(0);
        json["relativeTo"] = reference is null ? null : Json(1);
        if (reference is not null)
        {
            JsonObject ratios = CostSetting.Ratios(costs[0][0], costs[0][1]);
            ratios["asDrawn"] = priced.IsHandDrawn ? CostSetting.Ratios(costs[1][0], costs[1][1]) : null;
            ratios["mapped"] = mapped is [MappedCost own, MappedCost other] ? CostSetting.Ratios(own, other) : null;
            json["ratios"] = ratios;
        }
        else
        {
            json["ratios"] = null;
        }

        return json;

        JsonObject Json(int design)
        {
            JsonObject one = CostSetting.Json(designs[design].Title, costs[0][design]);
            one["asDrawn"] = priced.IsHandDrawn ? CostSetting.Json(designs[design].Title, costs[1][design]) : null;
            one["mapped"] = CostSetting.Json(mapped[design]);
            return one;
        }
    }

    static void Print(CircuitCost[] costs) => Print(
        costs,
        ("switching energy, fJ", "F1", cost => cost.Energy), ("leakage energy, fJ", "F1", cost => cost.LeakageEnergy),
        ("energy, fJ a product", "F1", cost => cost.TotalEnergy), ("delay, ps", "F1", cost => cost.Delay),
        ("area, µm²", "F1", cost => cost.Area), ("transistors", "N0", cost => cost.Transistors),
        ("cells", "N0", cost => cost.Circuit.Elements.Count));

    static void Print(MappedCost[] costs) => Print(
        costs,
        ("switching energy, fJ", "F1", cost => cost.Energy), ("leakage, nW", "F3", cost => cost.LeakagePower),
        ("delay, ps", "F1", cost => cost.Delay), ("area, µm²", "F1", cost => cost.Area), ("cells", "N0", cost => cost.Cells));

    static void Print<T>(T[] costs, params (string Name, string Format, Func<T, double> Of)[] figures)
    {
        Output.PrintTable(costs.Length == 1 ? ["", ">cost"] : ["", ">cost", ">relative to", ">ratio"], figures.Select(figure =>
        {
            string[] numbers = [.. costs.Select(cost => figure.Of(cost).ToString(figure.Format, CultureInfo.InvariantCulture))];
            return costs is [T own, T other]
                ? (string[])[figure.Name, .. numbers, figure.Of(other) > 0 ? $"{figure.Of(own) / figure.Of(other):F3}" : "–"]
                : [figure.Name, .. numbers];
        }));
    }

}
