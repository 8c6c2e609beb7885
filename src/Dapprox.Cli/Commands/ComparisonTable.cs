using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Figures;
using Dapprox.Foundation;
using Dapprox.Networks;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary>The rows of <c>dapprox compare</c> as text, JSON, CSV and a figure.</summary>
/// <param name="names">The multipliers as given.</param>
/// <param name="rows">One row per multiplier.</param>
/// <param name="epsilon">The distance of the attacks; null for none.</param>
sealed class ComparisonTable(IReadOnlyList<string> names, IReadOnlyList<ComparisonRow> rows, Epsilon? epsilon)
{
    const double FemtojoulesPerPicojoule = 1e3, FemtojoulesPerNanojoule = 1e6;

    const string NoValue = "–";

    /// <summary>Whether the extension of a file name is a supported figure format.</summary>
    /// <param name="file">The name.</param>
    public static bool IsPlot(string file) => IsSvg(file) || file.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    /// <summary>One object per row.</summary>
    public JsonArray Json() => new([.. Columns().Zip(rows, (columns, row) =>
    {
        LogitNotes.AddNonFinite(columns, row.Accuracy.Logits!);
        return columns;
    })]);

    IEnumerable<JsonObject> Columns() => rows.Select((row, i) => new JsonObject
    {
        ["multiplier"] = names[i],
        ["accuracy"] = row.Accuracy.Accuracy,
        ["correct"] = row.Accuracy.Correct,
        ["interval"] = Interval(row.Accuracy),
        ["mred"] = row.RelativeDistance is double distance ? Output.Number(distance) : null,
        ["meanRelativeError"] = row.RelativeError is double error ? Output.Number(error) : null,
        ["energyPerImage"] = row.Price?.EnergyPerImage / FemtojoulesPerPicojoule,
        ["energyPerProduct"] = row.Price?.EnergyPerProduct / FemtojoulesPerPicojoule,
        ["relativeEnergy"] = row.Price?.RelativeEnergy,
        ["delay"] = row.Price?.Delay,
        ["relativeDelay"] = row.Price?.RelativeDelay,
        ["area"] = row.Price?.Area,
        ["relativeArea"] = row.Price?.RelativeArea,
        ["robustAccuracy"] = row.Robust?.Accuracy,
        ["robustInterval"] = Interval(row.Robust),
        ["reason"] = row.Reason,
        ["seconds"] = row.Seconds,
    });

    /// <summary>The same columns as CSV.</summary>
    public string Csv() => CsvText.Of([.. Columns()]);

    /// <summary>Prints two tables, and below them the texts too long for a cell.</summary>
    public void Print()
    {
        Print(
            ("accuracy", row => Output.Percent(row.Accuracy.Accuracy, row.Accuracy.Count)),
            ("95 % interval", row => Text(row.Accuracy.Interval)),
            ("MRED", row => row.RelativeDistance is double distance ? Small(distance) : NoValue),
            ("energy", row => Ratio(row.Price?.RelativeEnergy)),
            ("delay", row => Ratio(row.Price?.RelativeDelay)),
            ("time", row => $"{row.Seconds:F1} s"));
        Output.Print("Energy of an image and delay are relative to exact.");
        Console.WriteLine();
        Print(
            ("mean relative error", row => row.RelativeError is double error ? Output.Percent(WithoutMinus(error)) : NoValue),
            ("pJ a product", row => Text(row.Price?.EnergyPerProduct / FemtojoulesPerPicojoule, "F3")),
            ("nJ an image", row => Text(row.Price?.EnergyPerImage / FemtojoulesPerNanojoule, "N1")),
            ("delay, ps", row => Text(row.Price?.Delay, "N0")),
            ("area, µm²", row => Text(row.Price?.Area, "N0")));
        if (epsilon is not null)
        {
            Print(
                ($"robust at {epsilon}", row => Output.Percent(row.Robust!.Accuracy, row.Robust.Count)),
                ("95 % interval", row => Text(row.Robust!.Interval)),
                ("images", row => $"{row.Robust!.Correct} of {row.Robust.Count}"));
        }

        Output.PrintFields(MultiplierList.Key(names));
        Output.PrintFields(rows.Where(row => row.Reason is not null).Select(row => ("no cost", row.Reason!)));
    }

    void Print(params (string Title, Func<ComparisonRow, string> Cell)[] columns)
    {
        Output.PrintTable(
            ["multiplier", .. columns.Select(column => $">{column.Title}")],
            rows.Select((row, i) => (string[])[Short(i), .. columns.Select(column => column.Cell(row))]));
        Console.WriteLine();
    }

    /// <summary>Draws accuracy against energy.</summary>
    /// <param name="file">The file; its extension selects PNG or SVG.</param>
    /// <param name="title">The network and the images.</param>
    public void WritePlot(string file, string title)
    {
        ParetoAxis[] axes = [new("energy of the products of an image, relative to exact"), new("accuracy, %", LargerIsBetter: true)];
        ParetoPoint[] points = [.. Enumerable.Range(0, rows.Count)
            .Where(i => rows[i].Price is not null)
            .Select(i => new ParetoPoint(Short(i), [rows[i].Price!.RelativeEnergy, 100 * rows[i].Accuracy.Accuracy]))];
        if (points.Length < rows.Count)
            Output.Note(
                $"note: {rows.Count - points.Length} of {rows.Count} multipliers are not in the figure: their energy is unknown");
        if (IsSvg(file))
            AtomicFile.WriteText(file, ParetoFigure.Svg(title, axes, points, [.. Key()]));
        else
            AtomicFile.Write(file, stream => stream.Write(ParetoFigure.Png(title, axes, points, [.. Key()])));
    }

    /// <summary>A percentage; a small nonzero error is not printed as zero.</summary>
    static string Small(double error) =>
        error is > 0 and < 5e-5 ? string.Create(CultureInfo.InvariantCulture, $"{100 * error:0.#e-0} %") : Output.Percent(error);

    /// <summary>An error that is printed as zero has no sign.</summary>
    static double WithoutMinus(double error) => Math.Abs(error) < 5e-5 ? 0 : error;

    static bool IsSvg(string file) => file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);

    string Short(int row) => MultiplierList.Short(names, row);

    IEnumerable<string> Key() => MultiplierList.Key(names).Select(key => $"{key.Short}  {key.Name}");

    static JsonArray? Interval(Evaluation? evaluation) =>
        evaluation is null ? null : new(evaluation.Interval.Low, evaluation.Interval.High);

    static string Text((double Low, double High) interval) => $"{100 * interval.Low:F1}–{100 * interval.High:F1} %";

    static string Ratio(double? ratio) => Text(ratio, "F3");

    static string Text(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? NoValue;
}
