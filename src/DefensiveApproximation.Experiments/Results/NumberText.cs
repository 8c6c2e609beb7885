using System.Globalization;

namespace DefensiveApproximation.Experiments.Results;

/// <summary>Numbers as readers want them, the same in all reports.</summary>
public static class NumberText
{
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

    /// <summary>An interval, without its unit: <c>67–80</c>; empty where there is none.</summary>
    /// <param name="cell">The cell.</param>
    public static string Interval(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Low is not double low || cell.High is not double high)
            return "";
        return cell.Format == NumberFormat.Percent
            ? $"{Of(low, cell.Format).Replace(" %", "", StringComparison.Ordinal)}–{Of(high, cell.Format)}"
            : $"{Of(low, cell.Format)} to {Of(high, cell.Format)}";
    }

    /// <summary>A cell in one line of plain text.</summary>
    /// <param name="cell">The cell.</param>
    public static string Line(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Text is not null)
            return cell.Text;
        string interval = Interval(cell);
        string text = Of(cell.Value, cell.Format) + (interval.Length > 0 ? $" ({interval})" : "");
        if (cell.Paper is double paper)
            text += $"; paper {Of(paper, cell.Format)}";
        return cell.Verdict is Verdict verdict ? $"{text}: {Verdicts.Words(verdict)}" : text;
    }
}
