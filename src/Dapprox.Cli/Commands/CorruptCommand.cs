using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Corruptions;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox corrupt</c>: accuracy on corrupted images, for several multipliers side by side.</summary>
static class CorruptCommand
{
    public static Command Create()
    {
        var variant = new VariantOptions();
        Option<IReadOnlyList<MultiplierChoice>?> multipliers = MultiplierList.Option();
        Option<int?> first = SharedOptions.First("Corrupt and classify this many images at most, after those skipped.");
        Option<Corruption[]> only = Values.List(
            "--only", "NAME,…",
            $"These corruptions only: {string.Join(", ", Corruption.All.Select(corruption => corruption.Name))}. [default: all; saturate "
                + "for colour images]",
            Corruption.Find);
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> csv = new("--csv")
        {
            HelpName = "FILE",
            Description = "Also write one line for each multiplier, corruption and severity as CSV (RFC 4180).",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "corrupt", "Measure accuracy on images with common corruptions: noise, blur, light, moves, drawings.",
            "Every corruption has five severities. All multipliers classify the same corrupted images, which --seed determines; "
                + "docs/robustness.md has the formulas. CE, the corruption error: the errors of a network, summed over the severities, "
                + "divided by those of the exact network; 1 means as many errors. mCE: the mean of CE over the corruptions under which the "
                + "exact network errs. Relative mCE: the same, of the errors beyond those on clean images. Both with the 95 % confidence "
                + "interval over images, paired by image. "
                + "With --json: network, dataset, split, count, layers, accumulate, seed, corruptions [{name, formula, amounts}], rows "
                + "[{multiplier, clean {accuracy, correct, interval}, meanAccuracy, mce, mceInterval, relativeMce, relativeMceInterval, "
                + "corruptions [{name, accuracy (the mean), ce, ceInterval, severities [{severity, accuracy, correct, interval}]}]}]; null "
                + "where there is no value; with --calibrate also calibrationImages, their number.");
        variant.AddTo(command, multipliers);
        foreach (Option option in (Option[])[first, only, seed, csv, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            if (parse.GetValue(csv) is string file)
                AtomicFile.Probe(file);
            (Network exact, Dataset images) = variant.Load(parse, parse.GetValue(first));
            Corruption[] corruptions = Fitting(parse.GetValue(only), images);
            IReadOnlyList<MultiplierChoice> compared = parse.GetValue(multipliers) ?? [variant.Default(parse, exact)];
            Multiplier[] multiplied = [.. compared.Select(item => variant.Find(parse, item, exact))];
            VariantOptions.Preparation preparation = variant.Prepare(parse, exact, images);
            Func<Multiplier, Network> on = variant.On(parse, exact, preparation, cancellation);

            Network reference = variant.Exact(parse, exact);
            Network[] rows = [.. multiplied.Select(
                item => preparation.Calibration is null && item == Multipliers.All[0] ? reference : on(item))];
            Network[] networks = [.. rows.Prepend(reference).Distinct()];
            double total = (double)networks.Length * images.Count * (1 + corruptions.Length * Corruption.Severities);
            IReadOnlyList<CorruptionErrors> measured = ProgressBar.While("classifying", total, progress => CorruptionErrors.Of(
                networks, images, corruptions, parse.GetValue(seed), count => progress(count), cancellation));
            CorruptionErrors[] errors = [.. rows.Select(row => measured[Array.IndexOf(networks, row)])];

            var table = new CorruptionTable([.. compared.Select(item => item.Given)], errors, measured[0]);
            if (parse.GetValue(csv) is string written)
                AtomicFile.WriteText(written, table.Csv());
            if (parse.GetValue(json))
            {
                JsonObject result = variant.Json(parse, exact, images);
                result["seed"] = parse.GetValue(seed);
                result["corruptions"] = new JsonArray([.. corruptions.Select(corruption => new JsonObject
                {
                    ["name"] = corruption.Name,
                    ["formula"] = corruption.Summary,
                    ["amounts"] = new JsonArray([.. corruption.Amounts.Select(amount => JsonValue.Create(amount))]),
                })]);
                result["rows"] = table.Json();
                variant.AddTo(result, parse, preparation, multiplied);
                Output.PrintJson(result);
            }
            else
            {
                Output.Print(variant.Heading(parse, exact, images, preparation));
                table.Print();
            }

            Output.NoteMantissas(multiplied);
            return Task.CompletedTask;
        });
        return command;
    }

    static Corruption[] Fitting(Corruption[]? asked, Dataset images)
    {
        if (asked is not { Length: > 0 })
            return [.. Corruption.All.Where(corruption => images.Channels > 1 || !corruption.NeedsColour)];
        if (images.Channels == 1 && asked.FirstOrDefault(corruption => corruption.NeedsColour) is Corruption coloured)
            throw new InputException($"{coloured.Name} needs colour, and the images of {images.Name} are grey; leave it out of --only");
        return asked;
    }
}
