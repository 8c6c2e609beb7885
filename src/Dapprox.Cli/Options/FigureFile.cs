using System.Globalization;
using Dapprox.Foundation;
using nietras.SeparatedValues;

namespace Dapprox.Cli.Options;

/// <summary>Figures of circuits from a CSV file: the first column names a circuit, and further columns are figures if they are
/// numbers.</summary>
/// <param name="Columns">The titles of the columns that have numbers.</param>
/// <param name="Figures">Of each circuit, by name, its figures; NaN where there is none.</param>
sealed record FigureFile(IReadOnlyList<string> Columns, IReadOnlyDictionary<string, double[]> Figures)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It cannot be read, or has no numbers.</exception>
    public static FigureFile Load(string path) => InputFile.Read(path, stream =>
    {
        try
        {
            using SepReader reader = Sep.Reader(options => options with { Unescape = true }).From(stream);
            string[] titles = [.. reader.Header.ColNames];
            var rows = new Dictionary<string, double[]>(StringComparer.OrdinalIgnoreCase);
            foreach (SepReader.Row row in reader)
            {
                double[] figures = new double[titles.Length - 1];
                for (int column = 1; column < titles.Length; column++)
                {
                    figures[column - 1] = double.TryParse(
                        row[column].Span, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                        ? number
                        : double.NaN;
                }

                rows[row[0].ToString()] = figures;
            }

            int[] numbers = [.. Enumerable.Range(0, Math.Max(0, titles.Length - 1)).Where(column =>
                rows.Values.Any(figures => !double.IsNaN(figures[column])))];
            return numbers.Length == 0
                ? throw new InputException(
                    $"'{path}' has no column of numbers after the first, which names circuits; give a table with a title row")
                : new FigureFile(
                    [.. numbers.Select(column => titles[column + 1])],
                    rows.ToDictionary(row => row.Key, row => numbers.Select(column => row.Value[column]).ToArray(), rows.Comparer));
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"'{path}' is no table of comma-separated values: {InputFile.OneLine(e.Message, 200)}", e);
        }
    });
}
