using System.Globalization;
using System.Text;
using Dapprox.Arithmetic;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Measurement;
using Dapprox.Search;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Reports;

/// <summary>A multiplier of integers in a data sheet.</summary>
/// <param name="Name">Its name, as given.</param>
/// <param name="Label">A short name for figures.</param>
/// <param name="Multiplier">What is measured, of operands of any width.</param>
/// <param name="Metrics">Its errors, operands being uniform.</param>
/// <param name="Cost">Its cost relative to the exact array of its width and sign; null if no circuit of it is known.</param>
/// <param name="MappedArea">The area of its gates mapped to standard cells, in the library's unit; null for none.</param>
/// <param name="Accuracy">The accuracy of the network with it; null without a network.</param>
/// <param name="Source">Where it is from, or how it was made; null if that is not known.</param>
public sealed record DataSheetRow(
    string Name, string Label, IntegerMultiplier Multiplier, IntegerMetrics Metrics, DesignCost? Cost, double? MappedArea,
    Proportion? Accuracy, string? Source);

/// <summary>
/// A data sheet of multipliers of integers: errors, prices, the accuracy of a network, and pictures of the errors, as one HTML page that
/// needs no other file. The same multipliers give the same bytes.
/// </summary>
/// <param name="Rows">The multipliers, at least one.</param>
/// <param name="Cells">The name of the standard-cell library of <see cref="DataSheetRow.MappedArea"/>; null for none.</param>
/// <param name="Network">The network, its images and its quantisation in words; null for none.</param>
/// <param name="Exact">The accuracy of that network with exact products; null for none.</param>
public sealed record DataSheet(IReadOnlyList<DataSheetRow> Rows, string? Cells, string? Network, Proportion? Exact)
{
    /// <summary>The page as HTML.</summary>
    public string Html()
    {
        var page = new StringBuilder();
        string title = Rows.Count == 1 ? $"Data sheet of {Rows[0].Name}" : $"Data sheet of {Rows.Count} multipliers";
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Reports.Html.Text(title)}</h1>\n");
        if (Network is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"answer\">Accuracy: {Reports.Html.Text(Network)}. ");
            page.Append(CultureInfo.InvariantCulture, $"With exact products it is {Reports.Html.Text(NumberText.Of(Exact!))}.</p>\n");
        }

        page.Append(Table());
        page.Append(Fronts());
        page.Append(Maps());
        page.Append(Definitions());
        return Reports.Html.Page(title, page.ToString(), "Made by dapprox.");
    }

    string Table()
    {
        bool hasCells = Cells is not null, hasAccuracy = Network is not null;
        string[] columns =
        [
            "|multiplier", "|operands", .. hasAccuracy ? (string[])["accuracy"] : [], ">EP", ">MAE", ">MRED", ">MRE₀", ">WCE", ">bias",
            ">energy", ">delay", ">area", .. hasCells ? (string[])[">mapped"] : [],
        ];
        return Reports.Html.Table("One row is a multiplier", columns, Rows.Select(row => (string[])
        [
            Reports.Html.Text(row.Name), Operands(row.Multiplier),
            .. hasAccuracy ? (string[])[Reports.Html.Cell(ResultCell.Rate(row.Accuracy!))] : [],
            Percent(row.Metrics.ErrorProbability), Number(row.Metrics.MeanAbsoluteError.Value), Percent(row.Metrics.MeanRelativeError),
            Percent(row.Metrics.MeanRelativeErrorWithZeros), Number(row.Metrics.WorstAbsolute.Error), Number(row.Metrics.Bias.Value),
            Ratio(row.Cost?.Energy), Ratio(row.Cost?.Delay), Ratio(row.Cost?.Area),
            .. hasCells ? (string[])[Fixed(row.MappedArea, "F1")] : [],
        ]));
    }

    /// <summary>Error, mapped area and accuracy against energy.</summary>
    string Fronts()
    {
        var energy = new ParetoAxis("energy, relative to the exact array");
        (string Name, ParetoAxis Axis, Func<DataSheetRow, double?> Of)[] plots =
        [
            ("error", new("MRE₀, %", IsLogarithmic: true), row => 100 * row.Metrics.MeanRelativeErrorWithZeros.Value),
            .. Network is null ? ((string, ParetoAxis, Func<DataSheetRow, double?>)[])[]
                : [("accuracy", new("accuracy, %", LargerIsBetter: true), row => 100 * row.Accuracy?.Value)],
        ];
        var html = new StringBuilder("<h2>Against energy</h2>\n<div class=\"plots\">\n");
        foreach ((string name, ParetoAxis axis, Func<DataSheetRow, double?> of) in plots)
        {
            ParetoPoint[] points = [.. Rows
                .Where(row => row.Cost is not null && of(row) is double value && (value > 0 || !axis.IsLogarithmic))
                .Select(row => new ParetoPoint(row.Label, [row.Cost!.Value.Energy, of(row)!.Value]))];
            if (points.Length == 0)
                continue;
            string left = points.Length == Rows.Count ? ""
                : $" {Rows.Count - points.Length} of {Rows.Count} are not shown: exact, or without a circuit.";
            string caption = $"{axis.Label} against energy; the line is the Pareto front.{left}";
            string label = Reports.Html.Text($"{caption} {string.Join(", ", points.Select(point => point.Name))}.");
            string svg = ParetoFigure.OnPage([energy, axis], points, $"front-{name}", $" aria-label=\"{label}\"");
            html.Append(CultureInfo.InvariantCulture, $"<figure>{svg}<figcaption>{Reports.Html.Text(caption)}</figcaption></figure>\n");
        }

        return html.Append("</div>\n").ToString();
    }

    /// <summary>The maps of all that have errors.</summary>
    string Maps()
    {
        DataSheetRow[] wrong = [.. Rows.Where(row => row.Metrics.ErrorProbability.Value > 0)];
        if (wrong.Length == 0)
            return "";
        string exact = wrong.Length == Rows.Count ? "" : $" {Rows.Count - wrong.Length} of {Rows.Count} are exact and have no map.";
        return "<h2>Errors by operands</h2>\n<p>Blue: the product is too large. Vermilion: it is too small. White: it is exact. Each map "
            + "has a scale of its own; the largest hundredth of the errors of single pairs, and all above "
            + $"{ErrorMapFigure.MostPercent}&#8239;%, have its deepest colours.{exact}</p>\n<div class=\"plots\">\n"
            + string.Concat(wrong.Select((row, i) => Map(row, $"map-{i}"))) + "</div>\n";
    }

    static string Map(DataSheetRow row, string id)
    {
        IntegerMultiplier multiplier = row.Multiplier;
        bool isWhole = Math.Max(multiplier.FirstWidth, multiplier.SecondWidth) <= ErrorMapFigure.MaxBits;
        string what = isWhole
            ? "(ŷ − y) / max(1, |y|) of every pair of operands, in per cent"
            : $"the mean of ŷ − y by the highest bits of the operands, in per cent of the largest product, over {Pairs(row.Metrics)}";
        string label = $" aria-label=\"{Reports.Html.Text($"Map of the errors of {row.Name}: {what}. Horizontal: second operand b. "
            + $"Vertical: first operand a. MRED {NumberText.Of(row.Metrics.MeanRelativeError.Value, NumberFormat.Percent)}.")}\"";
        string svg = isWhole ? ErrorMapFigure.Svg(multiplier, id, label) : ErrorMapFigure.Svg(row.Metrics, id, label);
        string source = row.Source is null ? "" : $"<br>{Reports.Html.Text(row.Source)}";
        string worst = row.Metrics.WorstAbsolute is { Error: > 0 } pair
            ? $"; worst: {pair.A} · {pair.B} gives {pair.Product}".Replace('-', '−')
            : "";
        return $"<figure>{svg}<figcaption><b>{Reports.Html.Text(row.Name)}</b>, {Reports.Html.Text(what + worst)}{source}</figcaption>"
            + "</figure>\n";
    }

    string Definitions()
    {
        IEnumerable<string> pairs = Rows.Select(row => Pairs(row.Metrics)).Distinct();
        string mapped = Cells is null ? ""
            : $"<dt>mapped</dt><dd>area of its gates after mapping to {Reports.Html.Text(Cells)} by Yosys and ABC, in the unit of that "
                + "library, mostly µm²</dd>\n";
        return $"""
            <h2>Definitions</h2>
            <p>ŷ is the product that the multiplier gives, y = a·b the exact one. Operands are uniform: {string.Join("; ", pairs)}.</p>
            <dl>
            <dt>EP</dt><dd>fraction of pairs with ŷ ≠ y</dd>
            <dt>MAE</dt><dd>mean of |ŷ − y|</dd>
            <dt>MRED</dt><dd>mean of |ŷ − y| / |y| over the pairs with y ≠ 0</dd>
            <dt>MRE₀</dt><dd>mean of |ŷ − y| / max(1, |y|) over all pairs: with zeros</dd>
            <dt>WCE</dt><dd>largest |ŷ − y|; of a sample a lower bound</dd>
            <dt>bias</dt><dd>mean of ŷ − y</dd>
            <dt>energy, delay, area</dt><dd>of the circuit in its normal form, transistors of the 45 nm model, without wires and glitches,
            relative to the exact array of its width and sign; a dash where no circuit is known</dd>
            {mapped}</dl>

            """;
    }

    static string Pairs(IntegerMetrics metrics) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(metrics.Seed is null ? "all" : "a sample of")} {metrics.Samples:N0} pairs");

    static string Operands(IntegerMultiplier multiplier)
    {
        string kind = multiplier.IsSigned ? "int" : "uint";
        return multiplier.FirstWidth == multiplier.SecondWidth
            ? $"{kind}{multiplier.FirstWidth}"
            : $"{kind}{multiplier.FirstWidth} × {kind}{multiplier.SecondWidth}";
    }

    static string Percent(Estimate estimate) => Reports.Html.Text(NumberText.Of(estimate.Value, NumberFormat.Percent));

    static string Number(double number) => NumberText.Of(number, NumberFormat.Number);

    static string Ratio(double? ratio) => Fixed(ratio, "F3");

    static string Fixed(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
