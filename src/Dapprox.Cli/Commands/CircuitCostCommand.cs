using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Units;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit cost</c>: energy, delay and area of a circuit.</summary>
static class CircuitCostCommand
{
    const long DefaultSamples = 1 << 15, MaxSamples = 1_000_000_000;

    const int DefaultImages = 32;

    const double FemtojoulesPerNanojoule = 1e6;

    public static Command Create()
    {
        var circuit = new Argument<string?>("CIRCUIT")
        {
            Description = "What to price: a multiplier's name ('dapprox multipliers'), which is the whole float multiplier, or a "
                + "circuit: a description such as array:24:ama5, or a file. [default: the multipliers of the paper's tables 7 and 9]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var relative = new Option<string?>("--relative-to")
        {
            HelpName = "CIRCUIT",
            Description = "Compare with this one, whole or bare like CIRCUIT. [default: for a multiplier's name exact, for a circuit that "
                + "multiplies n-bit numbers the exact array:n]",
        };
        Option<CellLibrary> library = CellsListCommand.CellLibraryOption();
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
            "Energy: for every element, the number of each input transition between consecutive operands, times the library's energy "
                + "of that transition. Without --hazards the activity is zero-delay; --hazards adds glitches, with a unit delay for "
                + "every cell; real hardware is usually between the two. Wires are excluded, and every output has the load of its "
                + "characterisation. Leakage: the power at rest times the delay. Delay: the longest path through the cells' delays, "
                + "false paths included. Every element counts, including unused ones. The normalising multiplexers shift a product by "
                + "one bit; the shifter for smaller products, which approximate cells can give, is not priced. exact "
                + "is binary32 with the exact array, and rounds; bfloat16 has an 8-bit Booth multiplier; "
                + "bfloat16-nearest also rounds both operands, from binary32; ax-fpm, ax-fpm-wrapped and ax-fpm-renormalised have the "
                + "blocks of AMA5. "
                + "Random operands are independent. With --model, --dataset or --images the activations are those of the network with this "
                + "multiplier in all layers, in the order of weight-stationary hardware: a multiplier keeps a randomly drawn weight for "
                + "the activations of all positions, image after image. The energy of an image is that of its products, leakage "
                + "included; sums and memory are excluded. "
                + "The tables have the energy without and with glitches: table 9 is for mantissa multipliers alone (--float none), table "
                + "7 for float multipliers (exact: round; others: truncate). "
                + "With --json: library, samples, seed, hazards, circuit and relativeTo {circuit, energy, leakageEnergy, totalEnergy (fJ a "
                + "product), leakagePower (nW), delay (ps), area (µm²), transistors, elements}, ratios {energy (total), delay, area}; "
                + "with a network layers [{name, products, zeroActivations, energyPerProduct, energy (fJ an image), relative}], energy, "
                + "relative; "
                + "without a circuit tables [{table, name, circuit, energy, energyWithHazards, delay, paperEnergy, paperDelay, cost, "
                + "costWithHazards}].")
        {
            circuit, relative, library, parts, distribution, hazards, samples,
        };
        foreach (Option option in (Option[])[.. imageOptions.All, first, seed, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            var setting = new CostSetting(parse.GetValue(library)!, parse.GetValue(samples), parse.GetValue(seed), parse.GetValue(hazards));
            string? given = parse.GetValue(circuit);
            Option? about = ((Option[])[relative, parts, distribution, hazards, .. imageOptions.All, first]).FirstOrDefault(
                option => parse.GetResult(option) is { Implicit: false });
            JsonObject result;
            if (given is null)
            {
                if (about is not null)
                    throw new InputException($"{about.Name} is about a circuit, and none is given; give one, for example array:24:ama5");
                result = Tables(setting, parse.GetValue(json), cancellation);
            }
            else
            {
                FloatParts? around = parse.GetResult(parts) is { Implicit: false } ? parse.GetValue(parts).Value : null;
                bool isWhole = around is null && IsName(given);
                Priced priced = Measurement(given);
                string? other = parse.GetValue(relative) ?? (isWhole ? ExactMultiplier.Rounded.Name : ExactArray(Bare(given)));
                Priced? reference = other is null ? null : Measurement(other);
                result = imageOptions.Naming.All(option => parse.GetResult(option) is null)
                    ? Random(setting, parse.GetValue(distribution)!, priced, reference, parse.GetValue(json), cancellation)
                    : OnNetwork(setting, priced, reference, parse.GetValue(json), cancellation);

                Priced Measurement(string one) => isWhole
                    ? new(one, one, new CostMeasurement(CircuitFiles.FindMultiplier(one), setting.Hazards))
                    : Priced.Of(one, new CostMeasurement(Bare(one), around ?? FloatParts.None, setting.Hazards));
            }

            if (parse.GetValue(json))
                Output.PrintJson(result);
            return Task.CompletedTask;

            JsonObject OnNetwork(CostSetting setting, Priced priced, Priced? reference, bool quiet, CancellationToken cancellation)
            {
                (Network exact, Dataset images) = imageOptions.Load(parse, Split.Test);
                return Inference(setting, exact, images.First(parse.GetValue(first)), priced, reference, quiet, cancellation);
            }
        });
        return command;
    }

    /// <summary>Whether a multiplier has that name.</summary>
    static bool IsName(string given) =>
        Multipliers.All.Any(multiplier => string.Equals(multiplier.Name, given, StringComparison.OrdinalIgnoreCase));

    /// <summary>A circuit, or the mantissa multiplier of a multiplier that has a name.</summary>
    static Netlist Bare(string given) =>
        IsName(given) ? FloatMultiplierCircuits.Mantissas(Multipliers.Find(given)) : CircuitFiles.Load(given);

    /// <summary>The exact array of the same width; null if the circuit does not have the inputs and outputs of a multiplier.</summary>
    static string? ExactArray(Netlist circuit) =>
        circuit.Inputs.Count == 2 && circuit.Inputs[0].Width == circuit.Inputs[1].Width
            && circuit.Inputs[0].Width <= MultiplierCircuits.MaxBits
        && circuit.Outputs.Count == 1 && circuit.Outputs[0].Width - 2 * circuit.Inputs[0].Width is 0 or 1
            ? $"array:{circuit.Inputs[0].Width}{(circuit.IsSigned ? ":signed" : "")}"
            : null;

    static JsonObject Random(
        CostSetting setting, IntegerDistribution distribution, Priced priced, Priced? reference, bool quiet, CancellationToken cancellation)
    {
        (CircuitCost cost, CircuitCost? other) = ProgressBar.While("pricing", reference is null ? 1 : 2, progress => (
            priced.Measurement.OnRandomOperands(setting.Library, distribution, setting.Samples, setting.Seed, progress, cancellation),
            reference?.Measurement.OnRandomOperands(setting.Library, distribution, setting.Samples, setting.Seed, progress, cancellation)));
        if (!quiet)
            Print(setting, priced, cost, reference, other);
        JsonObject json = setting.Json();
        json["circuit"] = Json(priced.Title, cost);
        json["relativeTo"] = other is null ? null : Json(reference!.Title, other);
        json["ratios"] = other is null ? null : new JsonObject
        {
            ["energy"] = Output.Number(cost.TotalEnergy / other.TotalEnergy),
            ["delay"] = Output.Number(cost.Delay / other.Delay),
            ["area"] = Output.Number(cost.Area / other.Area),
        };
        return json;
    }

    static void Print(CostSetting setting, Priced priced, CircuitCost cost, Priced? reference, CircuitCost? other)
    {
        Output.Print(reference is null ? priced.Title : $"{priced.Title}, relative to {reference.Title}");
        Output.Print($"{cost.Transitions:N0} random changes of operands, {setting}");
        Output.PrintTable(other is null ? ["", ">cost"] : ["", ">cost", ">relative to", ">ratio"],
        [
            Row("switching energy, fJ", "F1", cost => cost.Energy),
            Row("leakage energy, fJ", "F1", cost => cost.LeakageEnergy),
            Row("energy, fJ a product", "F1", cost => cost.TotalEnergy),
            Row("delay, ps", "F1", cost => cost.Delay),
            Row("area, µm²", "F1", cost => cost.Area),
            Row("transistors", "N0", cost => cost.Transistors),
            Row("cells", "N0", cost => cost.Circuit.Elements.Count),
        ]);

        string[] Row(string name, string format, Func<CircuitCost, double> of)
        {
            return other is null
                ? [name, Text(of(cost))]
                : [name, Text(of(cost)), Text(of(other)), of(other) > 0 ? $"{of(cost) / of(other):F3}" : "–"];

            string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        }
    }

    static JsonObject Tables(CostSetting setting, bool quiet, CancellationToken cancellation)
    {
        IReadOnlyList<HardwareRow> rows = ProgressBar.While("pricing", HardwareTables.Count, progress =>
            HardwareTables.Measure(setting.Library, setting.Samples, setting.Seed, () => progress(1), cancellation));
        if (!quiet)
        {
            foreach (IGrouping<int, HardwareRow> group in rows.GroupBy(row => row.Table))
            {
                Output.Print(
                    $"Table {group.Key} of the paper, {(group.Key == 9 ? "mantissa multipliers" : "float multipliers")}, relative to the "
                        + "exact one");
                Output.PrintTable(["circuit", ">energy", ">with glitches", ">paper", ">delay", ">paper", ">area", ">fJ", ">ps"], group
                    .Select(row => (string[])
                [
                    row.Description, $"{row.Energy:F3}", $"{row.EnergyWithHazards:F3}", $"{row.PaperEnergy:0.###}", $"{row.Delay:F3}",
                    $"{row.PaperDelay:0.###}",
                    $"{row.Cost.Area / group.First().Cost.Area:F3}", $"{row.Cost.TotalEnergy:F0}", $"{row.Cost.Delay:F0}",
                ]));
                Output.PrintFields(group.Select(row => (row.Description, row.Name)));
                Console.WriteLine();
            }

            Output.Print(
                $"{rows[0].Cost.Transitions:N0} changes of operands, seed {setting.Seed}, library {setting.Library.Name}; fJ and ps "
                    + "without glitches");
        }

        JsonObject json = setting.Json();
        // The tables have both, without and with glitches.
        json.Remove("hazards");
        json["tables"] = new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["table"] = row.Table,
            ["name"] = row.Name,
            ["circuit"] = row.Description,
            ["energy"] = row.Energy,
            ["energyWithHazards"] = row.EnergyWithHazards,
            ["delay"] = row.Delay,
            ["paperEnergy"] = row.PaperEnergy,
            ["paperDelay"] = row.PaperDelay,
            ["cost"] = Json(row.Cost.Circuit.Name, row.Cost),
            ["costWithHazards"] = Json(row.WithHazards.Circuit.Name, row.WithHazards),
        })]);
        return json;
    }

    static JsonObject Inference(
        CostSetting setting, Network exact, Dataset images, Priced priced, Priced? reference, bool quiet, CancellationToken cancellation)
    {
        Tensor batch = images.Images(0, images.Count);
        (IReadOnlyList<LayerCost> layers, IReadOnlyList<LayerCost>? others) = ProgressBar.While(
            "pricing", exact.Layers.Count * (reference is null ? 1 : 2), progress =>
            {
                IReadOnlyList<LayerCost> own = Price(priced, () => progress(1));
                return (own, reference is null ? null : Price(reference, () => progress(1)));
            });
        double energy = layers.Sum(layer => layer.Energy), otherEnergy = others?.Sum(layer => layer.Energy) ?? double.NaN;
        if (!quiet)
        {
            Output.Print(
                $"{priced.Given} in {exact.Name}, {images.Count} images of {images.Name} "
                    + $"(test){(reference is null ? "" : $", relative to {reference.Given}")}");
            Output.Print($"{setting.Samples:N0} products of each layer, {setting}");
            Output.PrintTable(["layer", ">products", ">zeros", ">fJ a product", ">nJ an image", ">share", ">relative"],
            [
                .. layers.Select(
                    (layer, i) =>
                        Row(
                            layer.Layer, layer.Products, Output.Percent(layer.ZeroActivations), $"{layer.Product.TotalEnergy:F1}",
                            layer.Energy, layer.Energy / others?[i].Energy)),
                Row("all", layers.Sum(layer => layer.Products), "", "", energy, energy / otherEnergy),
            ]);

            string[] Row(string name, long products, string zeros, string product, double nanojoules, double? ratio) =>
                [name, $"{products:N0}", zeros, product, $"{nanojoules / FemtojoulesPerNanojoule:F3}", Output.Percent(nanojoules / energy),
                    ratio > 0 ? $"{ratio:F3}" : "–"];
        }

        JsonObject json = setting.Json();
        json["layers"] = new JsonArray([.. layers.Select((layer, i) => new JsonObject
        {
            ["name"] = layer.Layer,
            ["products"] = layer.Products,
            ["zeroActivations"] = layer.ZeroActivations,
            ["energyPerProduct"] = layer.Product.TotalEnergy,
            ["energy"] = layer.Energy,
            ["relative"] = Output.Number(layer.Energy / others?[i].Energy),
        })]);
        json["energy"] = energy;
        json["relative"] = Output.Number(energy / otherEnergy);
        return json;

        IReadOnlyList<LayerCost> Price(Priced circuit, Action progress) => NetworkCost.Of(
            exact.With(CircuitFiles.FindMultiplier(circuit.Given)), batch, _ =>
                circuit.Measurement, setting.Library, setting.Samples, setting.Seed, progress, cancellation);
    }

    static JsonObject Json(string title, CircuitCost cost) => new()
    {
        ["circuit"] = title,
        ["energy"] = cost.Energy,
        ["leakageEnergy"] = cost.LeakageEnergy,
        ["totalEnergy"] = cost.TotalEnergy,
        ["leakagePower"] = cost.LeakagePower,
        ["delay"] = cost.Delay,
        ["area"] = cost.Area,
        ["transistors"] = cost.Transistors,
        ["elements"] = cost.Circuit.Elements.Count,
    };

    /// <summary>A priced design: its name as given, its title in results, and its hardware.</summary>
    sealed record Priced(string Given, string Title, CostMeasurement Measurement)
    {
        /// <summary>A circuit, with its name as title.</summary>
        public static Priced Of(string given, CostMeasurement measurement) => new(given, measurement.Circuit.Name, measurement);
    }

    /// <summary>The common settings of everything that one run prices.</summary>
    sealed record CostSetting(CellLibrary Library, long Samples, ulong Seed, bool Hazards)
    {
        /// <summary>The text of the line above a table.</summary>
        public override string ToString() => $"seed {Seed}, library {Library.Name}, {(Hazards ? "with" : "without")} glitches";

        public JsonObject Json() => new() { ["library"] = Library.Name, ["samples"] = Samples, ["seed"] = Seed, ["hazards"] = Hazards };
    }
}
