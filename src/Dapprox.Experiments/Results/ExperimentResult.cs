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
    /// <param name="text">The text.</param>
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
/// <param name="Caption">What it shows, on what.</param>
/// <param name="Columns">The columns' titles; the first column names the rows.</param>
/// <param name="Rows">The cells.</param>
public sealed record ResultTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<ResultCell>> Rows);

/// <summary>How a plot's series are drawn.</summary>
public enum PlotKind
{
    /// <summary>Lines through the points.</summary>
    Lines,

    /// <summary>Steps: cumulative distributions.</summary>
    Steps,

    /// <summary>Bars.</summary>
    Bars,

    /// <summary>Points with intervals, the vertical axis naming the series.</summary>
    Intervals,

    /// <summary>A map of colours.</summary>
    Map,
}

/// <summary>Numbers in a plot.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="X">The horizontal places; of a map the columns.</param>
/// <param name="Y">The vertical places; of a map the rows.</param>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The lower ends of intervals along the quantity, if there are.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper ends.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>The values of a map's cells.</summary>
    public IReadOnlyList<double>? Values { get; init; }

    /// <summary>Rates as percentages, with their intervals; NaN for a rate of no images.</summary>
    /// <param name="name">What the legend calls them.</param>
    /// <param name="x">The horizontal places.</param>
    /// <param name="rates">One rate for each horizontal position.</param>
    public static Series Of(string name, IReadOnlyList<double> x, IReadOnlyList<Proportion> rates) =>
        new(name, x, [.. rates.Select(rate => 100 * (rate.Value ?? double.NaN))])
        {
            Low = [.. rates.Select(rate => 100 * rate.Low)],
            High = [.. rates.Select(rate => 100 * rate.High)],
        };
}

/// <summary>A value of the paper in a plot.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Its horizontal place.</param>
/// <param name="Y">Its vertical place; null for a line across the plot.</param>
public sealed record PaperMark(string Name, double X, double? Y);

/// <summary>A plot.</summary>
/// <param name="Name">The name of its files.</param>
/// <param name="Title">What it shows, on what.</param>
/// <param name="Kind">How it is drawn.</param>
/// <param name="XTitle">The horizontal quantity and its unit.</param>
/// <param name="YTitle">The vertical quantity and its unit.</param>
/// <param name="Series">The numbers.</param>
public sealed record PlotData(string Name, string Title, PlotKind Kind, string XTitle, string YTitle, IReadOnlyList<Series> Series)
{
    /// <summary>The paper's values.</summary>
    public IReadOnlyList<PaperMark> Paper { get; init; } = [];

    /// <summary>The quantity and unit of a map's colours.</summary>
    public string? ValueTitle { get; init; }

    /// <summary>Whether a map is a picture: square cells, row 0 on top.</summary>
    public bool IsPicture { get; init; }

    /// <summary>Where a map's colours begin and end, the same in all maps that are compared; null for where its own values do.</summary>
    public IReadOnlyList<double>? ValueRange { get; init; }
}

/// <summary>A claim of the paper beside what came out here.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Paper">What the paper has, in words and numbers.</param>
/// <param name="Here">What came out.</param>
/// <param name="Verdict">How they compare; null where they cannot be compared.</param>
public sealed record Claim(string Name, string Paper, string Here, Verdict? Verdict);

/// <summary>What an experiment found.</summary>
public sealed record ExperimentResult
{
    /// <summary>The experiment's name: <c>table-2</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about.</summary>
    public required string Title { get; init; }

    /// <summary>Where in the paper.</summary>
    public required string Reference { get; init; }

    /// <summary>The data set; null for none.</summary>
    public string? Dataset { get; init; }

    /// <summary>The tolerance of the verdicts, in words; null without verdicts.</summary>
    public string? Rule { get; init; }

    /// <summary>What came out, in one to three sentences.</summary>
    public required string Finding { get; init; }

    /// <summary>The tables.</summary>
    public IReadOnlyList<ResultTable> Tables { get; init; } = [];

    /// <summary>The plots.</summary>
    public IReadOnlyList<PlotData> Plots { get; init; } = [];

    /// <summary>What the paper claims of it, beside what came out.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];

    /// <summary>The paper's data set, where <see cref="Dataset"/> stands in for it and nothing is judged; otherwise null.</summary>
    public string? StandsFor { get; init; }

    /// <summary>How many numbers of the paper have a verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    public int Count(Verdict verdict) => Numbers.Count(cell => cell.Verdict == verdict);

    /// <summary>How many numbers of the paper are judged.</summary>
    public int Judged() => Numbers.Count(cell => cell.Verdict is not null);

    // A judged text, or a claim without a number, is none of the paper's numbers.
    IEnumerable<ResultCell> Numbers => Tables.SelectMany(table => table.Rows).SelectMany(row => row).Where(cell => cell.Paper is not null);
}

/// <summary>The results of a run.</summary>
/// <param name="Scale">At which scale.</param>
/// <param name="Seed">The seed of its random numbers.</param>
/// <param name="Run">What it was run with.</param>
/// <param name="Results">What its experiments found.</param>
public sealed record RunResults(string Scale, ulong Seed, RunInfo Run, IReadOnlyList<ExperimentResult> Results);
