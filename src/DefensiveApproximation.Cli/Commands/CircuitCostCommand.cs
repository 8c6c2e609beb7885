using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DefensiveApproximation.Circuits;
using DefensiveApproximation.Experiments;
using DefensiveApproximation.Hardware;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Formats;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox circuit cost</c>: energy, delay and area of a circuit.</summary>
static class CircuitCostCommand
{
    const long DefaultSamples = 1 << 15, MostSamples = 1_000_000_000;

    const int DefaultImages = 32;

    const double FemtojoulesPerNanojoule = 1e6;

    public static Command Create()
    {
        var circuit = new Argument<string?>("CIRCUIT")
        {
            Description = $"The circuit: {CircuitConversion.Given}. [default: the multipliers of the paper's tables 7 and 9]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var relative = new Option<string?>("--relative-to")
        {
            HelpName = "CIRCUIT",
            Description = "Compare with this circuit. [default: for a multiplier of n-bit numbers the exact array:n]",
        };
        Option<CellLibrary> library = CellsListCommand.CellLibraryOption();
        Option<Choice<FloatParts>> parts = Values.Choice<FloatParts>(
            "--float", "Price a whole floating-point multiplier around the circuit: hidden ones, sign, exponent adders and normalising multiplexers, without or with rounding to nearest even.",
            new("none", FloatParts.None), new("truncate", FloatParts.Truncating), new("round", FloatParts.Rounding));
        Option<IntegerLaw> law = CircuitMetricsCommand.Distribution("How random operands are distributed; those of --float are numbers uniform in [−1, 1]", IntegerLaw.Normalised);
        var hazards = new Option<bool>("--hazards")
        {
            Description = "Count changes too that are undone before the nets settle, with one unit of time for every cell.",
        };
        Option<long> samples = Values.Option(
            "--samples", "N", "How many operands follow another; with --model, --dataset or --images in each layer.",
            text => Values.WholeNumber("--samples", text, 1, MostSamples));
        samples.DefaultValueFactory = _ => DefaultSamples;
        var subjects = new ImageOptions();
        Option<int> first = Values.Integer("--first", "With --model, --dataset or --images: how many images of the test split.", least: 2, otherwise: DefaultImages);
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "cost", "Price a circuit in hardware: energy, delay, area; or, on a network's activations, the energy of an image.",
            "Energy: for every element, how often its inputs change from one value to another between consecutive operands, times the library's energy of that change; each element is taken when its inputs have settled; --hazards counts what happens before, too, with one unit of time for every cell; real hardware is between the two as a rule. Wires are not in it, and every output has the load it was measured with. Leakage: the power at rest times the delay. Delay: the longest path through the cells' delays, false paths not taken out. Every element counts, also one that no output needs. "
            + "Random operands: each independent of the one before. With --model, --dataset or --images: the activations are those of the network with this circuit in all layers, in the order of weight-stationary hardware (a multiplier keeps a weight while the activations of all positions, then of the next image, go by); which weights, is drawn. The energy of an image is that of its products, leakage included; sums and memory are not in it. "
            + "The tables have the energy without and with hazards: 9 is of mantissa multipliers alone (--float none), 7 of float multipliers (exact: round; others: truncate). "
            + "With --json: library, samples, seed, hazards, circuit and relativeTo {circuit, energy, leakageEnergy, totalEnergy (fJ a product), leakagePower (nW), delay (ps), area (µm²), transistors, elements}, ratios {energy (total), delay, area}; with a network layers [{name, products, zeroActivations, energyPerProduct, energy (fJ an image), relative}], energy, relative; without a circuit tables [{table, name, circuit, energy, energyWithHazards, delay, paperEnergy, paperDelay, cost, costWithHazards}].")
        {
            circuit, relative, library, parts, law, hazards, samples,
        };
        foreach (Option option in (Option[])[.. subjects.All, first, seed, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            var setting = new CostSetting(parse.GetValue(library)!, parse.GetValue(samples), parse.GetValue(seed), parse.GetValue(hazards));
            string? given = parse.GetValue(circuit);
            Option? about = ((Option[])[relative, parts, law, hazards, .. subjects.All, first]).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false });
            JsonObject result;
            if (given is null)
            {
                if (about is not null)
                    throw new InputException($"{about.Name} is about a circuit, and none is given; give one, for example array:24:ama5");
                result = Tables(setting, parse.GetValue(json), cancellation);
            }
            else
            {
                Netlist netlist = CircuitFiles.Load(given);
                CostMeasurement subject = Measurement(netlist);
                string? other = parse.GetValue(relative) ?? ExactArray(netlist);
                CostMeasurement? reference = other is null ? null : Measurement(CircuitFiles.Load(other));
                result = subjects.Naming.All(option => parse.GetResult(option) is null)
                    ? Random(setting, parse.GetValue(law)!, subject, reference, parse.GetValue(json), cancellation)
                    : OnNetwork(setting, (given, subject), reference is null ? null : (other!, reference), parse.GetValue(json), cancellation);
            }

            if (parse.GetValue(json))
                Output.PrintJson(result);
            return Task.CompletedTask;

            CostMeasurement Measurement(Netlist circuit) => new(circuit, parse.GetValue(parts).Value, parse.GetValue(hazards));

            JsonObject OnNetwork(CostSetting setting, (string, CostMeasurement) subject, (string, CostMeasurement)? reference, bool quiet, CancellationToken cancellation)
            {
                (Network exact, Dataset images) = subjects.Load(parse, Split.Test);
                return Inference(setting, exact, images.First(parse.GetValue(first)), subject, reference, quiet, cancellation);
            }
        });
        return command;
    }

    /// <summary>The exact array of the same width as a multiplier; null where the circuit has other inputs or outputs than one.</summary>
    static string? ExactArray(Netlist circuit) =>
        circuit.Inputs.Count == 2 && circuit.Inputs[0].Width == circuit.Inputs[1].Width && circuit.Inputs[0].Width <= MultiplierCircuits.MostBits
        && circuit.Outputs.Count == 1 && circuit.Outputs[0].Width - 2 * circuit.Inputs[0].Width is 0 or 1
            ? $"array:{circuit.Inputs[0].Width}"
            : null;

    static JsonObject Random(CostSetting setting, IntegerLaw law, CostMeasurement subject, CostMeasurement? reference, bool quiet, CancellationToken cancellation)
    {
        CircuitCost cost = subject.OnRandomOperands(setting.Library, law, setting.Samples, setting.Seed, cancellation);
        CircuitCost? other = reference?.OnRandomOperands(setting.Library, law, setting.Samples, setting.Seed, cancellation);
        if (!quiet)
            Print(setting, cost, other);
        JsonObject json = setting.Json();
        json["circuit"] = Json(cost);
        json["relativeTo"] = other is null ? null : Json(other);
        json["ratios"] = other is null ? null : new JsonObject
        {
            ["energy"] = Output.Number(cost.TotalEnergy / other.TotalEnergy),
            ["delay"] = Output.Number(cost.Delay / other.Delay),
            ["area"] = Output.Number(cost.Area / other.Area),
        };
        return json;
    }

    static void Print(CostSetting setting, CircuitCost cost, CircuitCost? other)
    {
        Console.WriteLine($"{cost.Circuit}: {cost.Transitions:N0} random changes of operands, {setting}");
        Table table = other is null ? Output.Table("", "cost") : Output.Table("", "cost", other.Circuit.Name, "ratio");
        foreach (TableColumn column in table.Columns.Skip(1))
            column.RightAligned();
        Row("energy that switches, fJ", "F1", cost => cost.Energy);
        Row("energy that leaks, fJ", "F1", cost => cost.LeakageEnergy);
        Row("energy, fJ a product", "F1", cost => cost.TotalEnergy);
        Row("delay, ps", "F1", cost => cost.Delay);
        Row("area, µm²", "F1", cost => cost.Area);
        Row("transistors", "N0", cost => cost.Transistors);
        Row("cells", "N0", cost => cost.Circuit.Elements.Count);
        Output.Results.Write(table);

        void Row(string name, string format, Func<CircuitCost, double> of)
        {
            string[] cells = other is null
                ? [name, Text(of(cost))]
                : [name, Text(of(cost)), Text(of(other)), of(other) > 0 ? $"{of(cost) / of(other):F3}" : "–"];
            table.AddRow(cells);

            string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        }
    }

    static JsonObject Tables(CostSetting setting, bool quiet, CancellationToken cancellation)
    {
        IReadOnlyList<HardwareRow> rows = Output.WithProgress("pricing", HardwareTables.Count, progress =>
            HardwareTables.Measure(setting.Library, setting.Samples, setting.Seed, () => progress(1), cancellation));
        if (!quiet)
        {
            foreach (IGrouping<int, HardwareRow> group in rows.GroupBy(row => row.Table))
            {
                Console.WriteLine($"table {group.Key}, {(group.Key == 9 ? "mantissa multipliers" : "float multipliers")}, relative to the exact one ({setting.Library.Name}, {group.First().Cost.Transitions:N0} changes of operands)");
                Table table = Output.Table("multiplier", "circuit", "energy", "with hazards", "paper's", "delay", "paper's", "area", "fJ", "with hazards", "ps");
                foreach (TableColumn column in table.Columns.Skip(2))
                    column.RightAligned();
                foreach (HardwareRow row in group)
                {
                    table.AddRow(row.Name, row.Description, $"{row.Energy:F3}", $"{row.EnergyWithHazards:F3}", $"{row.PaperEnergy:0.###}", $"{row.Delay:F3}", $"{row.PaperDelay:0.###}",
                        $"{row.Cost.Area / group.First().Cost.Area:F3}", $"{row.Cost.TotalEnergy:F0}", $"{row.WithHazards.TotalEnergy:F0}", $"{row.Cost.Delay:F1}");
                }

                Output.Results.Write(table);
            }
        }

        JsonObject json = setting.Json();
        // The tables have both.
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
            ["cost"] = Json(row.Cost),
            ["costWithHazards"] = Json(row.WithHazards),
        })]);
        return json;
    }

    static JsonObject Inference(
        CostSetting setting, Network exact, Dataset images, (string Given, CostMeasurement Measurement) subject, (string Given, CostMeasurement Measurement)? reference,
        bool quiet, CancellationToken cancellation)
    {
        Tensor batch = images.Images(0, images.Count);
        (IReadOnlyList<LayerCost> layers, IReadOnlyList<LayerCost>? others) = Output.WithProgress(
            "pricing", exact.Layers.Count * (reference is null ? 1 : 2), progress =>
            {
                IReadOnlyList<LayerCost> own = Price(subject, () => progress(1));
                return (own, reference is { } other ? Price(other, () => progress(1)) : null);
            });
        double energy = layers.Sum(layer => layer.Energy), otherEnergy = others?.Sum(layer => layer.Energy) ?? double.NaN;
        if (!quiet)
        {
            Console.WriteLine($"{subject.Given} in {exact.Name}, {images.Count} images of {images.Name} (test), {setting.Samples:N0} products of each layer, {setting}");
            Table table = Output.Table("layer", "products", "zero activations", "fJ a product", "nJ an image", "share", $"relative to {reference?.Given ?? "–"}");
            foreach (TableColumn column in table.Columns.Skip(1))
                column.RightAligned();
            for (int i = 0; i < layers.Count; i++)
            {
                LayerCost layer = layers[i];
                Row(layer.Layer, layer.Products, Output.Percent(layer.ZeroActivations), $"{layer.Product.TotalEnergy:F1}", layer.Energy, layer.Energy / others?[i].Energy);
            }

            Row("all", layers.Sum(layer => layer.Products), "", "", energy, energy / otherEnergy);
            Output.Results.Write(table);

            void Row(string name, long products, string zeros, string product, double nanojoules, double? ratio) => table.AddRow(
                name, $"{products:N0}", zeros, product, $"{nanojoules / FemtojoulesPerNanojoule:F3}", Output.Percent(nanojoules / energy), ratio > 0 ? $"{ratio:F3}" : "–");
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

        IReadOnlyList<LayerCost> Price((string Given, CostMeasurement Measurement) circuit, Action progress) => NetworkCost.Of(
            exact.With(CircuitFiles.FindMultiplier(circuit.Given)), batch, circuit.Measurement, setting.Library, setting.Samples, setting.Seed, progress, cancellation);
    }

    static JsonObject Json(CircuitCost cost) => new()
    {
        ["circuit"] = cost.Circuit.Name,
        ["energy"] = cost.Energy,
        ["leakageEnergy"] = cost.LeakageEnergy,
        ["totalEnergy"] = cost.TotalEnergy,
        ["leakagePower"] = cost.LeakagePower,
        ["delay"] = cost.Delay,
        ["area"] = cost.Area,
        ["transistors"] = cost.Transistors,
        ["elements"] = cost.Circuit.Elements.Count,
    };

    /// <summary>What is the same for everything that one run prices.</summary>
    sealed record CostSetting(CellLibrary Library, long Samples, ulong Seed, bool Hazards)
    {
        /// <summary>In words, for the line above a table.</summary>
        public override string ToString() => $"seed {Seed}, library {Library.Name}, {(Hazards ? "with" : "without")} hazards";

        public JsonObject Json() => new() { ["library"] = Library.Name, ["samples"] = Samples, ["seed"] = Seed, ["hazards"] = Hazards };
    }
}
