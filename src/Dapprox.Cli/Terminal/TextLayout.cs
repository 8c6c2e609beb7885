using System.Text;
using System.Text.RegularExpressions;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// Lays out text for a given screen width without cutting anything: prose is wrapped between words, and nothing else is broken. A
/// word wider than the screen, such as a path, is not broken.
/// </summary>
static partial class TextLayout
{
    /// <summary>The unbounded width of output that is not a screen.</summary>
    public const int Unbounded = int.MaxValue;

    const string Gap = "  ";

    // Narrower prose columns are harder to read than a row written as lines.
    const int MinProse = 22;

    /// <summary>Wraps a text between words, never between a number and its unit.</summary>
    /// <param name="text">The text; line breaks in it stay.</param>
    /// <param name="width">The maximum number of characters of a line.</param>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        foreach (string paragraph in text.Split('\n'))
        {
            var line = new StringBuilder();
            foreach (string word in BetweenWords().Split(paragraph))
            {
                if (line.Length > 0 && (long)line.Length + 1 + word.Length > width)
                {
                    lines.Add(line.ToString());
                    line.Clear();
                }

                line.Append(line.Length > 0 ? " " : "").Append(word);
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    /// <summary>Names and values, one per line; a long value continues below itself.</summary>
    /// <param name="fields">The names with their values; those without a value are left out.</param>
    /// <param name="width">The width of the screen.</param>
    /// <param name="indent">The indentation in characters.</param>
    public static IEnumerable<string> Fields(IEnumerable<(string Name, string Value)> fields, int width, int indent = 0)
    {
        (string Name, string Value)[] shown = [.. fields.Where(field => field.Value.Length > 0)];
        int names = shown.Select(field => field.Name.Length).DefaultIfEmpty().Max();
        int left = indent + names + Gap.Length;
        foreach ((string name, string value) in shown)
        {
            string begin = new string(' ', indent) + name.PadRight(names) + Gap;
            foreach (string line in Wrap(value, width - left))
            {
                yield return begin + line;
                begin = new string(' ', left);
            }
        }
    }

    /// <summary>
    /// A table. If it is too wide for the screen, its titles are wrapped between words, then its prose; finally every row is
    /// written as <see cref="Fields"/> below its first cell.
    /// </summary>
    /// <param name="titles">The titles of the columns. One that begins with &gt; stands over numbers, to the right; one with ~ over
    /// prose.</param>
    /// <param name="rows">A cell for each column.</param>
    /// <param name="width">The width of the screen.</param>
    public static IEnumerable<string> Table(IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        Column[] columns = [.. titles.Select((title, i) => new Column(title, [.. rows.Select(row => row[i])]))];
        if (columns.Sum(column => column.Natural) + Gap.Length * (columns.Length - 1L) <= width)
            return Lines(columns, Array.ConvertAll(columns, column => column.Natural), rows.Count, width);
        int[]? widths = Fit(columns, width - Gap.Length * (columns.Length - 1));
        return widths is null ? Records(columns, rows, width) : Lines(columns, widths, rows.Count, width);
    }

    /// <summary>The widths of the columns with wrapped titles and prose in the remaining width; null if that is too little.</summary>
    static int[]? Fit(Column[] columns, int width)
    {
        int[] widths = Array.ConvertAll(columns, column => column.IsProse ? 0 : column.Min);
        int left = width - widths.Sum();
        Column[] prose = [.. columns.Where(column => column.IsProse)];
        if (left < 0 || left < prose.Sum(column => Math.Min(column.Natural, Math.Max(column.Min, MinProse))))
            return null;
        // The narrowest first: the others share the width that it does not need.
        int others = prose.Length;
        foreach (Column column in prose.OrderBy(column => column.Natural))
        {
            int given = Math.Max(Math.Min(column.Natural, left / others), column.Min);
            widths[Array.IndexOf(columns, column)] = given;
            left -= given;
            others--;
        }

        return left < 0 ? null : widths;
    }

    static IEnumerable<string> Lines(Column[] columns, int[] widths, int rows, int width)
    {
        foreach (string line in Row(columns, widths, column => column.Title))
            yield return line;
        if (width != Unbounded)
            yield return new string('─', widths.Sum() + Gap.Length * (widths.Length - 1));
        for (int row = 0; row < rows; row++)
        {
            foreach (string line in Row(columns, widths, column => column.Cells[row]))
                yield return line;
        }
    }

    static IEnumerable<string> Row(Column[] columns, int[] widths, Func<Column, string> cell)
    {
        IReadOnlyList<string>[] cells = [.. columns.Zip(widths, (column, width) => Wrap(cell(column), width))];
        for (int i = 0; i < cells.Max(lines => lines.Count); i++)
        {
            yield return string.Join(Gap, cells.Select((lines, j) =>
            {
                string text = i < lines.Count ? lines[i] : "";
                return columns[j].IsNumber ? text.PadLeft(widths[j]) : text.PadRight(widths[j]);
            })).TrimEnd();
        }
    }

    static IEnumerable<string> Records(Column[] columns, IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        foreach (IReadOnlyList<string> row in rows)
        {
            foreach (string line in Fields([(columns[0].Title, row[0])], width))
                yield return line.TrimStart();
            foreach (string line in Fields(columns.Skip(1).Select((column, i) => (column.Title, row[i + 1])), width, Gap.Length))
                yield return line;
        }
    }

    /// <summary>A column with its natural and minimum widths.</summary>
    sealed class Column
    {
        public Column(string title, string[] cells)
        {
            Title = title.TrimStart('>', '~');
            IsNumber = title.StartsWith('>');
            IsProse = title.StartsWith('~');
            Cells = cells;
            Natural = cells.Append(Title).SelectMany(text => text.Split('\n')).Max(line => line.Length);
            // Prose and titles can be as narrow as their longest word; other cells are never broken.
            IEnumerable<string> whole = IsProse ? cells.SelectMany(cell => BetweenWords().Split(cell)) : cells;
            Min = whole.Concat(BetweenWords().Split(Title)).SelectMany(text => text.Split('\n')).Max(word => word.Length);
        }

        public string Title { get; }

        public bool IsNumber { get; }

        public bool IsProse { get; }

        public string[] Cells { get; }

        public int Natural { get; }

        public int Min { get; }
    }

    /// <summary>The blanks at which a line may be broken: all but those between a number and its unit or sign.</summary>
    [GeneratedRegex(@" (?!%|fJ\b|pJ\b|nJ\b|ps\b|nW\b|µm²|s\b|[×=≤≥<>−/] )(?<![×=≤≥<>−/ε] )")]
    private static partial Regex BetweenWords();
}
