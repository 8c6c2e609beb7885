using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Results;

/// <summary>How a number is written.</summary>
public enum NumberFormat
{
    /// <summary>A rate as a percentage.</summary>
    Percent,

    /// <summary>Three significant digits.</summary>
    Number,
}

/// <summary>A cell of a table: a text, or a number of ours with its interval, the paper's beside it, and the verdict.</summary>
public sealed record ResultCell
{
    /// <summary>The text; null for a number.</summary>
    public string? Text { get; init; }

    /// <summary>Our number; null for a text, or where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The lower end of its 95 % interval; null for no interval.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end of its 95 % interval; null for no interval.</summary>
    public double? High { get; init; }

    /// <summary>The number of images of a rate; null for other numbers.</summary>
    public int? Of { get; init; }

    /// <summary>The paper's number; null where it has none.</summary>
    public double? Paper { get; init; }

    /// <summary>How numbers of this cell are written.</summary>
    public NumberFormat Format { get; init; }

    /// <summary>How our number compares with the paper's; null where they are not compared.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>A cell with a text.</summary>
    /// <param name="text">The text, without markup.</param>
    public static ResultCell OfText(string text) => new() { Text = text };

    /// <summary>A cell with a rate and its interval.</summary>
    /// <param name="rate">Our rate.</param>
    /// <param name="paper">The paper's rate; null where it has none.</param>
    /// <param name="judge">Compares our rate with the paper's; null for no verdict.</param>
    public static ResultCell Rate(Proportion rate, double? paper = null, Func<Proportion, double, Verdict>? judge = null)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return new()
        {
            Value = rate.Value,
            Low = rate.Value is null ? null : rate.Low,
            High = rate.Value is null ? null : rate.High,
            Of = rate.Of,
            Paper = paper,
            Format = NumberFormat.Percent,
            Verdict = paper is double theirs && judge is not null ? judge(rate, theirs) : null,
        };
    }

    /// <summary>A cell with a number without an interval.</summary>
    /// <param name="value">Our number; none where it is not finite.</param>
    /// <param name="paper">The paper's number; null where it has none.</param>
    /// <param name="verdict">How they compare; null where they are not compared.</param>
    /// <param name="format">How both are written.</param>
    public static ResultCell Number(
        double? value, double? paper = null, Verdict? verdict = null, NumberFormat format = NumberFormat.Number) =>
        new() { Value = Finite(value), Paper = paper, Verdict = verdict, Format = format };

    /// <summary>A cell with a number and its interval.</summary>
    /// <param name="estimate">Our number; what is not finite of it is left out.</param>
    /// <param name="paper">The paper's number; null where it has none.</param>
    /// <param name="verdict">How they compare; null where they are not compared.</param>
    /// <param name="format">How both are written.</param>
    public static ResultCell Estimate(
        Estimate estimate, double? paper = null, Verdict? verdict = null, NumberFormat format = NumberFormat.Number) =>
        new()
        {
            Value = Finite(estimate.Value),
            Low = Finite(estimate.Low),
            High = Finite(estimate.High),
            Paper = paper,
            Verdict = verdict,
            Format = format,
        };

    static double? Finite(double? value) => value is double number && double.IsFinite(number) ? number : null;
}

/// <summary>A table.</summary>
/// <param name="Caption">The subject and the data, and what one row is.</param>
/// <param name="Columns">The titles of the columns, of which the first names the rows.</param>
/// <param name="Rows">The cells of each row, one per column.</param>
public sealed record ResultTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<ResultCell>> Rows);

/// <summary>The kind of a plot.</summary>
public enum PlotKind
{
    /// <summary>Lines through the points.</summary>
    Lines,

    /// <summary>Steps, as of cumulative distributions.</summary>
    Steps,

    /// <summary>Bars, as in a histogram.</summary>
    Bars,

    /// <summary>Points with horizontal intervals, one line per series.</summary>
    Intervals,

    /// <summary>A heat map.</summary>
    Map,
}

/// <summary>A series of points in a plot.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">The horizontal positions; of a heat map those of the cells.</param>
/// <param name="Y">The vertical positions; of a heat map those of the cells.</param>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The lower ends of the intervals; null for none.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper ends of the intervals; null for none.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>The values of the cells of a heat map; null for other plots.</summary>
    public IReadOnlyList<double>? Values { get; init; }

    /// <summary>Rates as percentages, with their intervals; NaN for a rate of no images.</summary>
    /// <param name="name">The name in the legend.</param>
    /// <param name="x">The horizontal positions.</param>
    /// <param name="rates">One rate for each horizontal position.</param>
    public static Series Of(string name, IReadOnlyList<double> x, IReadOnlyList<Proportion> rates) =>
        new(name, x, [.. rates.Select(rate => 100 * (rate.Value ?? double.NaN))])
        {
            Low = [.. rates.Select(rate => 100 * rate.Low)],
            High = [.. rates.Select(rate => 100 * rate.High)],
        };
}

/// <summary>A value of the paper in a plot.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">The horizontal position.</param>
/// <param name="Y">The vertical position; null for a vertical line.</param>
public sealed record PaperMark(string Name, double X, double? Y);

/// <summary>A plot.</summary>
/// <param name="Name">The name of its files, without the extensions.</param>
/// <param name="Title">The subject and the data.</param>
/// <param name="Kind">How the series are drawn.</param>
/// <param name="XTitle">The horizontal quantity and its unit.</param>
/// <param name="YTitle">The vertical quantity and its unit.</param>
/// <param name="Series">The numbers, one series per curve.</param>
public sealed record PlotData(string Name, string Title, PlotKind Kind, string XTitle, string YTitle, IReadOnlyList<Series> Series)
{
    /// <summary>The paper's values.</summary>
    public IReadOnlyList<PaperMark> Paper { get; init; } = [];

    /// <summary>The quantity and unit of the colours of a heat map; null for other plots.</summary>
    public string? ValueTitle { get; init; }

    /// <summary>Whether a heat map is a picture, with square cells and row 0 at the top.</summary>
    public bool IsPicture { get; init; }

    /// <summary>The values of the first and the last colour of a heat map, so that maps can be compared; null for its own range.</summary>
    public IReadOnlyList<double>? ValueRange { get; init; }
}

/// <summary>A claim of the paper and our result.</summary>
/// <param name="Name">The subject of the claim.</param>
/// <param name="Paper">The paper's result, in words and numbers.</param>
/// <param name="Here">Our result, in words and numbers.</param>
/// <param name="Verdict">How they compare; null where they cannot be compared.</param>
public sealed record Claim(string Name, string Paper, string Here, Verdict? Verdict);

/// <summary>The result of an experiment.</summary>
public sealed record ExperimentResult
{
    /// <summary>The name of the experiment on the command line: <c>table-2</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The subject, as a heading.</summary>
    public required string Title { get; init; }

    /// <summary>The table or figure of the paper.</summary>
    public required string Reference { get; init; }

    /// <summary>The name of the data set; null for none.</summary>
    public string? Dataset { get; init; }

    /// <summary>The tolerance of the verdicts, in words; null without verdicts.</summary>
    public string? Rule { get; init; }

    /// <summary>The finding, in one to three sentences.</summary>
    public required string Finding { get; init; }

    /// <summary>Its tables, in the order of a report.</summary>
    public IReadOnlyList<ResultTable> Tables { get; init; } = [];

    /// <summary>Its plots, in the order of a report.</summary>
    public IReadOnlyList<PlotData> Plots { get; init; } = [];

    /// <summary>The paper's claims and our results.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];

    /// <summary>The paper's data set, where <see cref="Dataset"/> is a substitute for it and nothing is judged; otherwise null.</summary>
    public string? StandsFor { get; init; }

    /// <summary>Counts the numbers of the paper with a verdict.</summary>
    /// <param name="verdict">The verdict that is counted.</param>
    public int Count(Verdict verdict) => Numbers.Count(cell => cell.Verdict == verdict);

    /// <summary>Counts the numbers of the paper with any verdict.</summary>
    public int Judged() => Numbers.Count(cell => cell.Verdict is not null);

    // A judged text, or a claim without a number, is none of the paper's numbers.
    IEnumerable<ResultCell> Numbers => Tables.SelectMany(table => table.Rows).SelectMany(row => row).Where(cell => cell.Paper is not null);
}

/// <summary>The results of a run.</summary>
/// <param name="Scale">The name of the scale.</param>
/// <param name="Seed">Determines every random number.</param>
/// <param name="Run">The program and the machine of the judgement.</param>
/// <param name="Results">The results of the experiments, in the order of a report.</param>
public sealed record RunResults(string Scale, ulong Seed, RunInfo Run, IReadOnlyList<ExperimentResult> Results);
