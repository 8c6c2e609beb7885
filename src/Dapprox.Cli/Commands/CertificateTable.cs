using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Data;
using Dapprox.Networks.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Cli.Commands;

/// <summary>The results of <c>dapprox certify</c> as text and JSON.</summary>
/// <param name="names">The multipliers as given.</param>
/// <param name="rows">The certificates of the images with each multiplier.</param>
/// <param name="radii">The radii at which certified accuracy is stated.</param>
sealed class CertificateTable(
    IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<Certificate>> rows, Dataset images, IReadOnlyList<double> radii)
{
    /// <summary>One object per multiplier.</summary>
    public JsonArray Json() => new([.. rows.Select((row, i) => new JsonObject
    {
        ["multiplier"] = names[i],
        ["accuracy"] = Accuracy(row),
        ["abstained"] = row.Count(one => one.Prediction < 0),
        ["meanRadius"] = MeanRadius(row),
        ["certified"] = new JsonArray([.. radii.Select(radius => new JsonObject
        {
            ["radius"] = radius,
            ["accuracy"] = Certified(row, radius).Value,
            ["correct"] = Certified(row, radius).Count,
            ["interval"] = new JsonArray(Certified(row, radius).Low, Certified(row, radius).High),
        })]),
        ["images"] = new JsonArray([.. row.Select((one, image) => new JsonObject
        {
            ["image"] = images.Offset + image,
            ["label"] = images.Labels[image],
            ["prediction"] = one.Prediction < 0 ? null : one.Prediction,
            ["certified"] = one.Certified < 0 ? null : one.Certified,
            ["radius"] = one.Radius,
            ["lowerBound"] = one.LowerBound,
        })]),
    })]);

    /// <summary>Prints the accuracies, one row per multiplier.</summary>
    public void Print()
    {
        Output.PrintTable(
            ["multiplier", ">smoothed accuracy", ">abstained", ">mean radius"],
            rows.Select((row, i) => (string[])
            [
                MultiplierList.Short(names, i), Output.Percent(Accuracy(row), row.Count), $"{row.Count(one => one.Prediction < 0)}",
                $"{MeanRadius(row):F3}",
            ]));
        Console.WriteLine();
        Output.PrintTable(
            ["certified at L2", .. names.Select((_, i) => $">{MultiplierList.Short(names, i)}").SelectMany(
                name => (string[])[name, ">95 % interval"])],
            radii.Select(radius => (string[])
            [
                $"{radius:G6}", .. rows.SelectMany(row =>
                {
                    Proportion certified = Certified(row, radius);
                    return (string[])
                        [Output.Percent(certified.Value, row.Count), $"{100 * certified.Low:F1}–{100 * certified.High:F1} %"];
                }),
            ]));
        Output.PrintFields(MultiplierList.Key(names));
    }

    double Accuracy(IReadOnlyList<Certificate> row) =>
        row.Where((one, image) => one.Prediction == images.Labels[image]).Count() / (double)row.Count;

    double MeanRadius(IReadOnlyList<Certificate> row) =>
        row.Select((one, image) => one.Certified == images.Labels[image] ? one.Radius : 0).Average();

    Proportion Certified(IReadOnlyList<Certificate> row, double radius) =>
        new(row.Where((one, image) => one.Certified == images.Labels[image] && one.Radius >= radius).Count(), row.Count);
}
