using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Reports;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox datasheet</c>: the data sheet of multipliers of integers, as an HTML page.</summary>
static class DatasheetCommand
{
    const string DefaultFile = "datasheet.html";

    /// <summary>The accuracies of a network: with each multiplier, and exact.</summary>
    sealed record Accuracies(string Network, Proportion Exact, IReadOnlyList<Proportion> Rates);

    public static Command Create()
    {
        Argument<string[]> multipliers = new("MULTIPLIER,…")
        {
            Description = $"Multipliers of integers: {MultiplierList.Given}; or {MultiplierList.Evolved} for all evolved ones of "
                + $"{MultiplierList.EvolvedBits} bits.",
            Arity = ArgumentArity.OneOrMore,
        };
        var variant = new VariantOptions();
        Option<int?> first = SharedOptions.First("With a network, classify this many images at most, after those skipped.");
        Option<LibertyLibrary?> liberty = EvolveCommand.Liberty();
        Option<string> output = Values.Option("--out", "FILE", "The HTML file to write.", Page);
        output.DefaultValueFactory = _ => DefaultFile;
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "datasheet", "Write a data sheet of multipliers of integers: errors, prices, accuracy, and pictures of the errors.",
            "The HTML file needs no other file and no network connection. It has a table; error, and with a network accuracy, against "
                + "energy, with the Pareto front; and for each multiplier a map of its errors, of up to "
                + $"{ErrorMapFigure.MaxBits} bits with a cell for every pair of operands. Errors are those of 'dapprox circuit metrics' "
                + "over uniform operands, of more than 24 bits together of a sample. Prices are those of 'dapprox circuit cost "
                + "--distribution uniform', relative to the exact array, and with --liberty the area after technology mapping; a "
                + "multiplier that is known by what it computes has none. A network is quantised by --quantise, or was quantised before; "
                + "without an option about a network there is none. The same options give the same bytes. With --json: file, network "
                + "and exactAccuracy (or null), rows, an array of "
                + $"{{bits [a, b], signed, accuracy, interval [low, high] (or null), {EvolvedTable.JsonHelp}}}.")
        {
            multipliers, output,
        };
        variant.AddTo(command);
        foreach (Option option in (Option[])[first, liberty, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            string[] words = parse.GetValue(multipliers)!;
            // An argument with any number of words also accepts mistyped options.
            if (words.FirstOrDefault(word => word.StartsWith('-')) is string mistyped)
                throw Names.Unknown("option", mistyped, command.Options.Select(option => option.Name));
            IReadOnlyList<MultiplierChoice> choices = MultiplierList.Parse(MultiplierList.WithEvolved(words));
            if (choices.FirstOrDefault(choice => choice.IsAssignment) is MultiplierChoice assigned)
                throw new InputException($"{assigned.Given} is an assignment; give multipliers");
            string file = parse.GetValue(output)!;
            AtomicFile.Probe(file);

            IntegerMultiplier[] measured = [.. choices.Select(choice => variant.Integers(parse, choice))];
            string[] names = [.. choices.Select(choice => choice.Given)];
            Accuracies? accuracies = variant.IsGiven(parse) || parse.GetValue(first) is not null ? Classify() : null;
            EvolvedRow[] rows = EvolvedTable.Measure(
                [.. names.Zip(measured)], isPriced: true, parse.GetValue(liberty), cancellation);
            var sheet = new DataSheet(
                [
                    .. rows.Select((row, i) => new DataSheetRow(
                        row.Name, MultiplierList.Short(names, i), measured[i], row.Metrics, row.Cost, row.MappedArea, accuracies?.Rates[i],
                        Source(row.Name, measured[i]))),
                ],
                parse.GetValue(liberty)?.Name, accuracies?.Network, accuracies?.Exact);
            AtomicFile.WriteText(file, sheet.Html());
            if (parse.GetValue(json))
                Output.PrintJson(Json(file, sheet, rows));
            else
                Print(file, sheet);
            return Task.CompletedTask;

            Accuracies Classify()
            {
                (Network network, Dataset images) = variant.Load(parse, parse.GetValue(first));
                foreach (MultiplierChoice choice in choices)
                    variant.Fitting(parse, choice, network);
                VariantOptions.Preparation preparation = variant.Prepare(parse, network, images);
                Func<Multiplier, Network> on = variant.On(parse, network, preparation, cancellation);
                Proportion[] rates = ProgressBar.While("classifying", (measured.Length + 1.0) * images.Count, progress =>
                    Array.ConvertAll((IntegerMultiplier[])[ExactIntegerMultiplier.Int8, .. measured], multiplier =>
                    {
                        var found = Evaluation.Of(on(multiplier), images, batch => progress(batch.Batch), cancellation);
                        return new Proportion(found.Correct, found.Count);
                    }));
                return new Accuracies(variant.Heading(parse, network, images, preparation), rates[0], rates[1..]);
            }
        });
        return command;
    }

    static string Page(string text) => text.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
        ? text
        : throw new InputException($"--out is '{text}'; give a file that ends in .html");

    /// <summary>Where a multiplier is from: its publication, or what its file says.</summary>
    static string? Source(string given, IntegerMultiplier multiplier) =>
        multiplier is IntegerCircuit ? CircuitFiles.Open(CircuitFiles.Parted(given)?.Multiplier ?? given).Source
            : multiplier.Source is { Length: > 0 } source ? source : null;

    static JsonObject Json(string file, DataSheet sheet, EvolvedRow[] rows) => new()
    {
        ["file"] = file,
        ["network"] = sheet.Network,
        ["exactAccuracy"] = sheet.Exact?.Value,
        ["rows"] = new JsonArray([.. sheet.Rows.Zip(rows, (one, row) =>
        {
            JsonObject json = row.Json();
            json["bits"] = new JsonArray(one.Multiplier.FirstWidth, one.Multiplier.SecondWidth);
            json["signed"] = one.Multiplier.IsSigned;
            json["accuracy"] = one.Accuracy?.Value;
            json["interval"] = one.Accuracy is null ? null : Output.Interval(one.Accuracy);
            return json;
        })]),
    };

    static void Print(string file, DataSheet sheet)
    {
        if (sheet.Network is not null)
            Output.Print($"{sheet.Network}; exact products: {Output.Rate(sheet.Exact!)}");
        string[] names = [.. sheet.Rows.Select(row => row.Name)];
        Output.PrintTable(
            [
                "name", ">ep", ">mae", ">mred", ">energy", ">area", .. sheet.Cells is null ? (string[])[] : [">mapped"],
                .. sheet.Network is null ? (string[])[] : [">accuracy"],
            ],
            sheet.Rows.Select((row, i) => (string[])
            [
                MultiplierList.Short(names, i), Short(row.Metrics.ErrorProbability.Value), Short(row.Metrics.MeanAbsoluteError.Value),
                Short(row.Metrics.MeanRelativeError.Value), Fixed(row.Cost?.Energy, "F3"), Fixed(row.Cost?.Area, "F3"),
                .. sheet.Cells is null ? (string[])[] : [Fixed(row.MappedArea, "F1")],
                .. sheet.Network is null ? (string[])[] : [Output.Rate(row.Accuracy!)],
            ]));
        Output.PrintFields(MultiplierList.Key(names));
        Output.Print($"{file}: data sheet of {names.Length} {(names.Length == 1 ? "multiplier" : "multipliers")}; costs are relative to "
            + "the exact array");

        static string Short(double number) => number.ToString("G3", CultureInfo.InvariantCulture);
        static string Fixed(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
    }
}
