using System.Globalization;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Results;

/// <summary>Numbers as texts, the same in all reports.</summary>
public static class NumberText
{
    const int FewImages = 200, ManyImages = 2000;

    /// <summary>A number: a percentage with up to two digits, or three significant digits.</summary>
    /// <param name="value">The number; a dash where there is none.</param>
    /// <param name="format">How it is written.</param>
    public static string Of(double? value, NumberFormat format)
    {
        if (value is not double number || double.IsNaN(number))
            return "–";
        string text = format == NumberFormat.Percent
            ? (100 * number).ToString("0.##", CultureInfo.InvariantCulture) + " %"
            : Math.Abs(number) is > 0 and < 1e-3 ? number.ToString("0.##e-0", CultureInfo.InvariantCulture)
            : Math.Abs(number) >= 1000 ? number.ToString("N0", CultureInfo.InvariantCulture)
            : number.ToString("G3", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }

    /// <summary>
    /// A rate as a percentage, with no more digits than the number of images supports: none for fewer than 200, one for fewer than 2,000.
    /// </summary>
    /// <param name="rate">The rate; a dash for one of no images.</param>
    public static string Of(Proportion rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return Percent(rate.Value, rate.Of);
    }

    /// <summary>A rate of some images as a percentage; a dash for no rate.</summary>
    static string Percent(double? value, int of)
    {
        int digits = of < FewImages ? 2 : of < ManyImages ? 3 : 4;
        return Of(value is double number ? Math.Round(number, digits, MidpointRounding.AwayFromZero) : null, NumberFormat.Percent);
    }

    /// <summary>A cell's number, without its interval.</summary>
    /// <param name="cell">A cell with a number.</param>
    public static string Value(ResultCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Of(cell, cell.Value);
    }

    static string Of(ResultCell cell, double? value) => cell.Of is int of ? Percent(value, of) : Of(value, cell.Format);

    /// <summary>An interval, without its unit: <c>67–80</c>; empty where there is none.</summary>
    /// <param name="cell">A cell with a number.</param>
    public static string Interval(ResultCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Low is not double low || cell.High is not double high)
            return "";
        return cell.Format == NumberFormat.Percent
            ? $"{Of(cell, low).Replace(" %", "", StringComparison.Ordinal)}–{Of(cell, high)}"
            : $"{Of(low, cell.Format)} to {Of(high, cell.Format)}";
    }

    /// <summary>A cell in one line of plain text.</summary>
    /// <param name="cell">A cell with a number.</param>
    public static string Line(ResultCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Text is not null)
            return cell.Text;
        string interval = Interval(cell);
        string text = Value(cell) + (interval.Length > 0 ? $" ({interval})" : "");
        if (cell.Paper is double paper)
            text += $"; paper {Of(paper, cell.Format)}";
        return cell.Verdict is Verdict verdict ? $"{text}: {Verdicts.Text(verdict)}" : text;
    }
}
