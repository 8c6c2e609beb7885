using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Corruptions;
using Dapprox.Networks.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Cli.Commands;

/// <summary>The results of <c>dapprox corrupt</c> as text, JSON and CSV.</summary>
/// <param name="names">The multipliers as given.</param>
/// <param name="rows">The errors with each multiplier.</param>
/// <param name="reference">The errors of the exact network.</param>
sealed class CorruptionTable(IReadOnlyList<string> names, IReadOnlyList<CorruptionErrors> rows, CorruptionErrors reference)
{
    const string NoValue = "–";

    IReadOnlyList<Corruption> Corruptions => reference.Corruptions;

    /// <summary>One object per multiplier.</summary>
    public JsonArray Json() => new([.. rows.Select((row, i) =>
    {
        var json = new JsonObject
        {
            ["multiplier"] = names[i],
            ["clean"] = Accuracy(new JsonObject(), row.Clean),
            ["meanAccuracy"] = row.MeanAccuracy,
        };
        AddEstimate(json, "mce", row.MeanError(reference));
        AddEstimate(json, "relativeMce", row.RelativeMeanError(reference));
        json["corruptions"] = new JsonArray([.. Corruptions.Select((corruption, c) =>
        {
            var one = new JsonObject
            {
                ["name"] = corruption.Name,
                ["accuracy"] = row.Accuracies[c].Average(severity => severity.Accuracy),
            };
            AddEstimate(one, "ce", row.ErrorOf(c, reference));
            one["severities"] = new JsonArray([.. row.Accuracies[c].Select((accuracy, s) =>
                Accuracy(new JsonObject { ["severity"] = s + 1 }, accuracy))]);
            return one;
        })]);
        return json;
    })]);

    /// <summary>One line per multiplier, corruption and severity.</summary>
    public string Csv() => CsvText.Of(
        from row in Enumerable.Range(0, rows.Count)
        from corruption in Enumerable.Range(0, Corruptions.Count)
        from severity in Enumerable.Range(0, Corruption.Severities)
        select Accuracy(
            new JsonObject
            {
                ["multiplier"] = names[row],
                ["corruption"] = Corruptions[corruption].Name,
                ["severity"] = severity + 1,
            },
            rows[row].Accuracies[corruption][severity]));

    /// <summary>Prints the accuracies of each corruption, the multipliers side by side, and the means below.</summary>
    public void Print()
    {
        Output.Print("Accuracy in % at severity 1, 2, 3, 4, 5, and CE, the error relative to the exact network:");
        Output.PrintTable(
            ["corruption", .. Enumerable.Range(0, rows.Count).SelectMany(
                i => (string[])[$">{MultiplierList.Short(names, i)}", ">CE"])],
            Corruptions.Select((corruption, c) => (string[])[corruption.Name, .. rows.SelectMany(row => (string[])
            [
                string.Join(' ', row.Accuracies[c].Select(accuracy => $"{100 * accuracy.Accuracy,3:F0}")),
                Text(row.ErrorOf(c, reference).Value),
            ])]));
        Console.WriteLine();
        Output.PrintTable(
            ["multiplier", ">clean", ">corrupted", ">mCE", ">95 % interval", ">relative mCE", ">95 % interval"],
            rows.Select((row, i) => (string[])
            [
                MultiplierList.Short(names, i),
                Output.Percent(row.Clean.Accuracy, row.Clean.Count),
                Output.Percent(row.MeanAccuracy, row.Clean.Count),
                .. Texts(row.MeanError(reference)),
                .. Texts(row.RelativeMeanError(reference)),
            ]));
        Output.PrintFields(MultiplierList.Key(names));
    }

    static string[] Texts(Estimate estimate) => [Text(estimate.Value), Interval(estimate)];

    static string Interval(Estimate estimate) =>
        double.IsFinite(estimate.Low) ? $"{Text(estimate.Low)}–{Text(estimate.High)}" : NoValue;

    static string Text(double ratio) => double.IsFinite(ratio) ? $"{ratio:F2}" : NoValue;

    static JsonObject Accuracy(JsonObject json, Evaluation accuracy)
    {
        json["accuracy"] = accuracy.Accuracy;
        json["correct"] = accuracy.Correct;
        json["interval"] = new JsonArray(accuracy.Interval.Low, accuracy.Interval.High);
        return json;
    }

    /// <summary>Null, also for the interval, where there is no value.</summary>
    static void AddEstimate(JsonObject json, string name, Estimate estimate)
    {
        Output.AddEstimate(json, name, estimate);
        if (!double.IsFinite(estimate.Low))
            json[name + "Interval"] = null;
    }
}
