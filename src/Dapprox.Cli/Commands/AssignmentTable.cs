using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Figures;
using Dapprox.Foundation;
using Dapprox.Networks;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;

namespace Dapprox.Cli.Commands;

/// <summary>The front of <c>dapprox assign</c> as text, JSON, CSV, a figure and files of assignments.</summary>
/// <param name="multipliers">The multipliers as given, the exact one first.</param>
/// <param name="layers">The layers that are assigned.</param>
/// <param name="front">The assignments: for each layer the index of its multiplier.</param>
/// <param name="rows">What was measured of them.</param>
/// <param name="exact">The exact multiplier in all layers.</param>
/// <param name="single">The best single multiplier in all layers.</param>
/// <param name="most">The accuracy that may be lost, as a fraction.</param>
/// <param name="folder">The folder of the files.</param>
/// <param name="epsilon">The distance of the attacks; null for none.</param>
sealed class AssignmentTable(
    IReadOnlyList<string> multipliers, IReadOnlyList<string> layers, byte[][] front, ComparisonRow[] rows, ComparisonRow exact,
    ComparisonRow single, double most, string folder, Epsilon? epsilon)
{
    const double FemtojoulesPerPicojoule = 1e3, FemtojoulesPerNanojoule = 1e6;

    readonly string?[] models = new string?[front.Length];

    /// <summary>The place of the least energy within the loss; null for none.</summary>
    int? Best => Enumerable.Range(0, rows.Length).Where(i => Loss(rows[i]) <= most).OrderBy(i => rows[i].Price!.RelativeEnergy)
        .Cast<int?>().FirstOrDefault();

    /// <summary>Writes the files.</summary>
    /// <param name="network">The name of the network.</param>
    /// <param name="title">The title of the figure.</param>
    /// <param name="fitted">The quantised networks with numbers of their own; null where they have the network's.</param>
    public void Save(string network, string title, Func<ComparisonRow, Network>? fitted)
    {
        Directory.CreateDirectory(folder);
        // Those of an earlier search are not of this front.
        for (int i = 0; System.IO.File.Exists(File(i)) && AssignmentFile.TryRead(File(i)) is not null; i++)
        {
            if (i >= front.Length)
                System.IO.File.Delete(File(i));
            if (i >= front.Length || fitted is null)
                System.IO.File.Delete(Path.ChangeExtension(File(i), ".onnx"));
        }

        for (int i = 0; fitted is not null && i < front.Length; i++)
        {
            models[i] = Path.ChangeExtension(File(i), ".onnx");
            OnnxModels.Save(models[i]!, fitted(rows[i]));
        }

        for (int i = 0; i < front.Length; i++)
        {
            AssignmentFile.Write(
                File(i), network, exact.Multiplier.MultipliesIntegers,
                front[i].Zip(layers, (choice, layer) => (layer, multipliers[choice])));
        }

        AtomicFile.WriteText(Path.Combine(folder, "front.csv"), CsvText.Of([.. Enumerable.Range(0, rows.Length).Select(Columns)]));
        ParetoAxis[] axes = [new("energy of the products of an image, relative to exact"), new("accuracy, %", LargerIsBetter: true)];
        ParetoPoint[] points =
        [
            .. rows.Select((row, i) => new ParetoPoint($"{i + 1}", Values(row))),
            new("exact", Values(exact)),
            .. single == exact ? (ParetoPoint[])[] : [new("single", Values(single))],
        ];
        byte[] png = ParetoFigure.Png(title, axes, points, single == exact ? [] : [$"single  {single.Multiplier.Name} in all layers"]);
        AtomicFile.Write(Path.Combine(folder, "front.png"), stream => stream.Write(png));

        static double[] Values(ComparisonRow row) => [row.Price!.RelativeEnergy, 100 * row.Accuracy.Accuracy];
    }

    /// <summary>Adds the results to an object.</summary>
    public void AddTo(JsonObject values)
    {
        values["exact"] = new JsonObject
        {
            ["accuracy"] = exact.Accuracy.Accuracy,
            ["energyPerImage"] = exact.Price!.EnergyPerImage / FemtojoulesPerPicojoule,
        };
        values["front"] = new JsonArray([.. Enumerable.Range(0, rows.Length).Select(i =>
        {
            JsonObject row = Columns(i);
            row["layers"] = new JsonArray([.. front[i].Zip(layers, (choice, layer) => new JsonObject
            {
                ["layer"] = layer,
                ["multiplier"] = multipliers[choice],
            })]);
            return row;
        })]);
        values["best"] = Best is int best ? best + 1 : null;
        values["single"] = new JsonObject
        {
            ["multiplier"] = single.Multiplier.Name,
            ["energy"] = single.Price!.RelativeEnergy,
            ["accuracy"] = single.Accuracy.Accuracy,
            ["loss"] = 100 * Loss(single),
        };
    }

    /// <summary>Prints the front, and the best assignment layer by layer.</summary>
    /// <param name="seconds">The time of all the work.</param>
    public void Print(double seconds)
    {
        Output.PrintTable(
            [
                "~assignment", ">energy", ">accuracy", ">95 % interval", ">points lost",
                .. epsilon is null ? (string[])[] : [$">robust at {epsilon}"],
            ],
            [
                Row("exact in all layers", exact),
                .. rows.Select((row, i) => Row(File(i), row)),
                .. single == exact ? (string[][])[] : [Row($"{single.Multiplier.Name} in all layers", single)],
            ]);
        Output.Print($"Energy of an image is relative to exact ({exact.Price!.EnergyPerImage / FemtojoulesPerNanojoule:N1} nJ)."
            + (single == exact ? "" : " The single multiplier is the best that loses no more than allowed."));
        Console.WriteLine();
        if (Best is not int best)
        {
            Output.Print(
                $"no assignment loses at most {Points(most)} percentage points; allow more with --loss, or give other multipliers");
        }
        else
        {
            Output.Print(
                $"{File(best)} loses {Points(Loss(rows[best]))} percentage points and takes {rows[best].Price!.RelativeEnergy:F3} of "
                    + "the energy:");
            Output.PrintTable(
                ["layer", "~multiplier"], front[best].Zip(layers, (choice, layer) => (string[])[layer, multipliers[choice]]));
        }

        Output.PrintFields(
            ("table", Path.Combine(folder, "front.csv")), ("figure", Path.Combine(folder, "front.png")), ("time", $"{seconds:F0} s"));

        string[] Row(string name, ComparisonRow row) =>
        [
            name, $"{row.Price!.RelativeEnergy:F3}", Output.Percent(row.Accuracy.Accuracy, row.Accuracy.Count),
            $"{100 * row.Accuracy.Interval.Low:F1}–{100 * row.Accuracy.Interval.High:F1} %", Points(Loss(row)),
            .. epsilon is null ? (string[])[] : [Output.Percent(row.Robust!.Accuracy, row.Robust.Count)],
        ];
    }

    JsonObject Columns(int i) => new()
    {
        ["file"] = File(i),
        ["model"] = models[i],
        ["energy"] = rows[i].Price!.RelativeEnergy,
        ["accuracy"] = rows[i].Accuracy.Accuracy,
        ["correct"] = rows[i].Accuracy.Correct,
        ["interval"] = new JsonArray(rows[i].Accuracy.Interval.Low, rows[i].Accuracy.Interval.High),
        ["loss"] = 100 * Loss(rows[i]),
        ["robustAccuracy"] = rows[i].Robust?.Accuracy,
    };

    /// <summary>The accuracy that a row loses, as a fraction; from counts, so that 2 of 200 images are 0.01.</summary>
    public static double Loss(ComparisonRow row, ComparisonRow exact) =>
        (double)(exact.Accuracy.Correct - row.Accuracy.Correct) / exact.Accuracy.Count;

    double Loss(ComparisonRow row) => Loss(row, exact);

    string File(int i) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i + 1}{AssignmentFile.Extension}"));

    static string Points(double loss) => string.Create(CultureInfo.InvariantCulture, $"{100 * loss:F2}");
}
