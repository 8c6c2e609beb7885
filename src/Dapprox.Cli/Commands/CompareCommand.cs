using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Networks;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox compare</c>: several multipliers in one network, side by side.</summary>
static class CompareCommand
{
    /// <summary>How many images are attacked unless told otherwise.</summary>
    public const int DefaultAttacked = 100;

    public static Command Create()
    {
        Argument<string[]> multipliers = new("MULTIPLIER,…")
        {
            Description = $"What to compare: {MultiplierList.Given}.",
            Arity = ArgumentArity.OneOrMore,
        };
        var variant = new VariantOptions();
        Option<int?> first = SharedOptions.First(
            $"Classify this many images at most, after those skipped; with --epsilon these are attacked, too, or {DefaultAttacked} if "
                + "nothing is said.");
        Option<Epsilon?> epsilon = SharedOptions.RobustAt("Also measure robust accuracy at this L∞ distance.");
        Option<CellLibrary> library = CellsListCommand.CellLibraryOption();
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> csv = new("--csv") { HelpName = "FILE", Description = "Also write all columns as CSV (RFC 4180)." };
        Option<string?> plot = Values.Option<string?>(
            "--plot", "FILE", "Also draw accuracy against energy, with the Pareto front: a file that ends in .png or .svg.", PlotFile);
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "compare", "Compare multipliers in one network: accuracy, error, energy, delay, area and robust accuracy.",
            "One row per multiplier. Accuracy: with its 95 % interval (Wilson). MRED: the mean of |ŷ − y| / |y| over operands uniform in "
                + "[−1, 1], of integers over all pairs whose product is not 0; mean relative error: the mean of (ŷ − y) / y over the "
                + "same, of floats only. "
            + $"Energy: of all products of an image, on the activations that {Comparison.PricedImages} images have in the network with "
            + "this multiplier; layers that --layers leaves out are exact and priced as such; sums and memory are excluded. Relative: "
            + "to the network with exact multipliers everywhere. "
            + "Delay and area: of a multiplier of integers its circuit; of floats the whole: mantissa multiplier, exponent adders, sign, "
            + "normalising multiplexers, and "
            + "rounding in exact and bfloat16-nearest. exact is binary32 with an exact array, bfloat16 has an 8-bit Booth multiplier. The "
            + "cost model is that of 'dapprox circuit cost', without glitches; operands in [−1, 1] are priced there. "
            + "Robust accuracy: the fraction of the attacked images that are classified correctly after PGD (40 steps) and after APGD-T "
            + "(100 iterations, 9 targets), with straight-through gradients (BPDA); it is an upper bound, and 'dapprox audit' looks "
            + "closer. "
            + "With --json: network, dataset, split, count, layers, accumulate, library, seed, epsilon, attacked, units, notes, rows "
            + "[{multiplier, accuracy, correct, interval [low, high], mred, meanRelativeError, energyPerImage, energyPerProduct, "
            + "relativeEnergy, delay, relativeDelay, area, relativeArea, robustAccuracy, robustInterval, reason (why there is no cost), "
            + "seconds}]; null where there is no value; a row whose network gives a NaN or an infinity among its logits also has nonFinite "
            + "{count, layer}: the images, and the first layer that gives one; with --calibrate also calibrationImages, their number, and "
            + "with --quantise quantisation "
            + $"{QuantiseOptions.Fields}. "
            + "--csv has the same columns, without nonFinite.")
        {
            multipliers,
        };
        variant.AddTo(command);
        foreach (Option option in (Option[])[first, epsilon, library, seed, csv, plot, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            string[] words = parse.GetValue(multipliers)!;
            // An argument with any number of words also accepts mistyped options.
            if (words.FirstOrDefault(word => word.StartsWith('-')) is string mistyped)
                throw Names.Unknown("option", mistyped, command.Options.Select(option => option.Name));
            IReadOnlyList<MultiplierChoice> compared = MultiplierList.Parse(words);
            foreach (string? file in (string?[])[parse.GetValue(csv), parse.GetValue(plot)])
            {
                if (file is not null)
                    AtomicFile.Probe(file);
            }

            (Network network, Dataset whole) = variant.Load(parse);
            Dataset images = whole.First(parse.GetValue(first) ?? whole.Count);
            Multiplier[] multiplied = [.. compared.Select(item => variant.Find(parse, item, network))];
            VariantOptions.Preparation preparation = variant.Prepare(parse, network, whole);
            Epsilon? budget = parse.GetValue(epsilon);
            var comparison = new Comparison(
                variant.Exact(parse, network), variant.On(parse, network, preparation, cancellation), images)
            {
                Activations = whole,
                Library = parse.GetValue(library)!,
                Epsilon = budget?.Value,
                AttackedImages = parse.GetValue(first) ?? DefaultAttacked,
                Seed = parse.GetValue(seed),
            };
            double seconds = ProgressBar.While("trying", multiplied.Length, progress => multiplied.Sum(item =>
            {
                cancellation.ThrowIfCancellationRequested();
                double estimate = comparison.Estimate(item);
                progress(1);
                return estimate;
            }));
            ComparisonRow[] rows = ProgressBar.While("comparing", seconds, progress =>
                Array.ConvertAll(multiplied, item => comparison.Measure(item, progress, cancellation)));

            var table = new ComparisonTable([.. compared.Select(item => item.Given)], rows, budget);
            if (parse.GetValue(csv) is string csvFile)
                AtomicFile.WriteText(csvFile, table.Csv());
            if (parse.GetValue(plot) is string figure)
                table.WritePlot(figure, $"{network.Name} on {images.Name}, {images.Count} images");
            string[] warnings = Warnings(network.Name, compared, rows);
            string? leftOut = budget is null ? null : Robustness.LeftOut(network.Classes);
            foreach (string warning in warnings)
                Output.Note($"warning: {warning}");
            if (leftOut is not null)
                Output.NoteFact(leftOut);
            if (parse.GetValue(json))
            {
                JsonObject result = variant.Json(parse, network, images);
                result["library"] = comparison.Library.Name;
                result["seed"] = comparison.Seed;
                result["epsilon"] = budget?.Value;
                result["attacked"] = comparison.Attacked;
                result["units"] = new JsonObject
                {
                    ["energyPerImage"] = "pJ",
                    ["energyPerProduct"] = "pJ",
                    ["delay"] = "ps",
                    ["area"] = "µm²",
                    ["seconds"] = "s"
                };
                result["notes"] = new JsonArray(
                [
                    .. Output.MantissaNotes(multiplied).Concat(LogitNotes.End(network)).Concat(warnings)
                        .Concat(leftOut is null ? [] : [leftOut]).Select(note => JsonValue.Create(note)),
                ]);
                result["rows"] = table.Json();
                variant.AddTo(result, parse, preparation, multiplied);
                Output.PrintJson(result);
                return Task.CompletedTask;
            }

            Output.Print(variant.Heading(parse, network, images, preparation));
            table.Print();
            Output.NoteMantissas(multiplied);
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>
    /// Sentences about the logits: for each multiplier with which some are not finite or all are the same, and for the first with which
    /// they saturate, since that is the network's doing.
    /// </summary>
    static string[] Warnings(
        string network, IReadOnlyList<MultiplierChoice> compared, IReadOnlyList<ComparisonRow> rows)
    {
        return
        [
            .. Sentences(row => row.Accuracy.Logits!.NonFiniteWarning),
            .. Sentences(row => row.Accuracy.Logits!.SameScores),
            .. Sentences(row => row.Accuracy.Logits!.Saturation).Take(1),
        ];

        IEnumerable<string> Sentences(Func<ComparisonRow, string?> warning) => compared.Zip(rows)
            .Select(one => warning(one.Second) is string text ? $"{network} with {one.First.Given} {text}" : null).OfType<string>();
    }

    static string PlotFile(string text) => ComparisonTable.IsPlot(text)
        ? text
        : throw new InputException($"--plot is '{text}'; give a file that ends in .png or .svg");
}
