using System.Globalization;
using System.Text;
using Dapprox.Experiments.Results;
using Dapprox.Foundation;
using ScottPlot;
using ScottPlot.Plottables;

namespace Dapprox.Experiments.Figures;

/// <summary>Draws the plots of experiments, and writes their numbers.</summary>
public static class ResultFigure
{
    /// <summary>The width of a figure; a PNG has twice as many pixels.</summary>
    public const int Width = 520;

    /// <summary>The height of a figure; a PNG has twice as many pixels.</summary>
    public const int Height = 380;

    const float LineWidth = 2, MarkerSize = 8, PaperSize = 12;

    // Of more points, only some have a marker.
    const int MaxMarks = 12, Marks = 6;

    static readonly MarkerShape[] Shapes =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp,
        MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.Cross,
    ];

    /// <summary>
    /// Draws a plot as an SVG element of a page, whose style sheet has the colours. The attribute <c>data-places</c> has the horizontal
    /// positions of the points with markers, <c>data-height</c> those of the upper and the lower end of the axes.
    /// </summary>
    /// <param name="data">The numbers and titles of the plot.</param>
    /// <param name="name">A name that no other picture of the page has.</param>
    /// <param name="attributes">Further attributes of the element, each with a blank before it.</param>
    public static string Svg(PlotData data, string name, string attributes = "")
    {
        ArgumentNullException.ThrowIfNull(data);
        using Plot plot = Draw(data, PlotTheme.Light);
        string svg = plot.GetSvgXml(Width, Height);
        string places = data.Kind == PlotKind.Lines && data.Series is [{ X.Count: <= MaxMarks } first, ..]
            ? Places(plot, first)
            : "";
        return PlotStyle.OnPage(svg, name, Width, Height, places + attributes);
    }

    static string Places(Plot plot, Series series)
    {
        IEnumerable<string> places =
            series.X.Select(x => plot.GetPixel(new Coordinates(x, 0)).X.ToString("0.#", CultureInfo.InvariantCulture));
        PixelRect area = plot.RenderManager.LastRender.DataRect;
        return string.Create(
            CultureInfo.InvariantCulture, $" data-places=\"{string.Join(' ', places)}\" data-height=\"{area.Top:0.#} {area.Bottom:0.#}\"");
    }

    /// <summary>Draws a plot as PNG.</summary>
    /// <param name="data">The numbers and titles of the plot.</param>
    public static byte[] Png(PlotData data) => Png([data], isDark: false);

    /// <summary>Draws plots side by side as PNG.</summary>
    /// <param name="data">The numbers and titles of the plots, from left to right.</param>
    /// <param name="isDark">Whether to use the colours for a dark page.</param>
    public static byte[] Png(IReadOnlyList<PlotData> data, bool isDark)
    {
        (Plot Plot, int Width)[] plots = [.. data.Select(one => (Draw(one, isDark ? PlotTheme.Dark : PlotTheme.Light), Width))];
        try
        {
            return PlotStyle.Png(plots, Height);
        }
        finally
        {
            foreach ((Plot plot, _) in plots)
                plot.Dispose();
        }
    }

    /// <summary>The numbers of a plot as CSV: series, x, y, the ends of intervals, and the value of a cell.</summary>
    /// <param name="data">The numbers and titles of the plot.</param>
    public static string Csv(PlotData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var csv = new StringBuilder("series,x,y,low,high,value\n");
        foreach (Series series in data.Series)
        {
            for (int i = 0; i < series.X.Count; i++)
            {
                IReadOnlyList<double>?[] columns = [series.X, series.Y, series.Low, series.High, series.Values];
                IEnumerable<string> numbers = columns.Select(column => Text(column, i));
                csv.Append(CultureInfo.InvariantCulture, $"{Quoted(series.Name)},{string.Join(',', numbers)}\n");
            }
        }

        foreach (PaperMark mark in data.Paper)
            csv.Append(CultureInfo.InvariantCulture, $"{Quoted(mark.Name)},{mark.X},{mark.Y},,,\n");
        return csv.ToString();
    }

    /// <summary>Writes a plot as PNG and CSV, each in one step.</summary>
    /// <param name="path">The path of the files, without the extensions.</param>
    /// <param name="data">The numbers and titles of the plot.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static void Save(string path, PlotData data)
    {
        AtomicFile.Write(path + ".png", stream => stream.Write(Png(data)));
        AtomicFile.WriteText(path + ".csv", Csv(data));
    }

    static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Text(IReadOnlyList<double>? numbers, int index) =>
        numbers is null || !double.IsFinite(numbers[index]) ? "" : numbers[index].ToString(CultureInfo.InvariantCulture);

    static Plot Draw(PlotData data, PlotTheme theme)
    {
        ArgumentNullException.ThrowIfNull(data);
        var plot = new Plot();
        PlotStyle.Apply(plot, data.Title, data.XTitle, data.YTitle, theme);
        switch (data.Kind)
        {
            case PlotKind.Map:
                DrawMap(plot, data);
                break;
            case PlotKind.Intervals:
                DrawIntervals(plot, data, theme);
                break;
            case PlotKind.Bars:
                PlotStyle.AddHistogram(plot, data.Series[0].X, data.Series[0].Y);
                break;
            default:
                DrawLines(plot, data, theme);
                break;
        }

        return plot;
    }

    static void DrawLines(Plot plot, PlotData data, PlotTheme theme)
    {
        var legend = new List<LegendItem>();
        for (int i = 0; i < data.Series.Count; i++)
        {
            Series series = data.Series[i];
            if (series.X.Count == 0)
                continue;
            Color color = theme.Series[i % theme.Series.Count];
            // Series differ in the shape of their markers, not only in colour.
            MarkerShape shape = Shapes[i % Shapes.Length];
            if (series.X.Count <= MaxMarks && series.Low is not null && series.High is not null)
            {
                for (int point = 0; point < series.X.Count; point++)
                    AddLine(plot, series.X[point], series.Low[point], series.High[point], color.WithAlpha(0.5));
            }

            Scatter line = plot.Add.Scatter(series.X.ToArray(), series.Y.ToArray(), color);
            line.LineWidth = LineWidth;
            line.MarkerSize = 0;
            if (data.Kind == PlotKind.Steps)
                line.ConnectStyle = ConnectStyle.StepHorizontal;
            IEnumerable<int> marked = series.X.Count <= MaxMarks
                ? Enumerable.Range(0, series.X.Count)
                : Enumerable.Range(1, Marks).Select(mark => mark * (series.X.Count - 1) / (Marks + 1));
            foreach (int point in marked)
                plot.Add.Marker(series.X[point], series.Y[point], shape, MarkerSize, color);
            legend.Add(Item(series.Name, color, shape, MarkerSize, LineWidth));
        }

        foreach (PaperMark mark in data.Paper)
        {
            if (mark.Y is double y)
                plot.Add.Marker(mark.X, y, MarkerShape.FilledDiamond, PaperSize, theme.Ink);
            else
                plot.Add.VerticalLine(mark.X, LineWidth, theme.Ink);
            legend.Add(mark.Y is null
                ? Item(mark.Name, theme.Ink, MarkerShape.None, 0, LineWidth)
                : Item(mark.Name, theme.Ink, MarkerShape.FilledDiamond, PaperSize, 0));
        }

        // Percentages of images.
        if (data.YTitle.EndsWith('%'))
            plot.Axes.SetLimitsY(-2, 102);
        if (legend.Count > 1)
            PlotStyle.AddLegend(plot, theme, legend);
    }

    static void AddLine(Plot plot, double x, double low, double high, Color color)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high))
            return;
        LinePlot interval = plot.Add.Line(x, low, x, high);
        interval.LineColor = color;
        interval.LineWidth = LineWidth;
    }

    static LegendItem Item(string name, Color color, MarkerShape shape, float size, float width) => new()
    {
        LabelText = name,
        LineColor = color,
        LineWidth = width,
        MarkerStyle = new MarkerStyle(shape, size, color),
    };

    /// <summary>One line for each series, from top to bottom, with its interval and the paper's value.</summary>
    static void DrawIntervals(Plot plot, PlotData data, PlotTheme theme)
    {
        int count = data.Series.Count;
        for (int i = 0; i < count; i++)
        {
            Series series = data.Series[i];
            double y = count - 1 - i;
            if (series.Low is { Count: > 0 } low && series.High is { Count: > 0 } high && double.IsFinite(series.X[0]))
            {
                LinePlot interval = plot.Add.Line(low[0], y, high[0], y);
                interval.LineColor = theme.Series[0];
                interval.LineWidth = 5;
                plot.Add.Marker(series.X[0], y, MarkerShape.FilledCircle, PaperSize, theme.Ink);
            }
        }

        foreach (PaperMark mark in data.Paper)
            plot.Add.Marker(mark.X, count - 1 - mark.Y!.Value, MarkerShape.FilledDiamond, PaperSize, theme.Series[1]);
        plot.Axes.Left.SetTicks(
            [.. Enumerable.Range(0, count).Select(i => (double)(count - 1 - i))], [.. data.Series.Select(series => series.Name)]);
        plot.Axes.SetLimits(-2, 102, -0.7, count - 0.3);
        LegendItem[] legend =
        [
            Item("here, 95 % interval", theme.Ink, MarkerShape.FilledCircle, PaperSize, 0),
            Item("paper", theme.Series[1], MarkerShape.FilledDiamond, PaperSize, 0),
        ];
        PlotStyle.AddLegend(plot, theme, data.Paper.Count > 0 ? legend : legend[..1]);
    }

    static void DrawMap(Plot plot, PlotData data)
    {
        Series series = data.Series[0];
        // Row 0 of a picture is at the top.
        double[] y = [.. series.Y.Select(row => data.IsPicture ? -row : row)];
        double[] columns = [.. series.X.Distinct().Order()], rows = [.. y.Distinct().Order()];
        if (columns.Length < 2 || rows.Length < 2)
            return;
        // Empty cells are missing, so the smallest step is the size of a cell.
        double width = columns.Zip(columns.Skip(1), (a, b) => b - a).Min(), height = rows.Zip(rows.Skip(1), (a, b) => b - a).Min();
        int across = (int)Math.Round((columns[^1] - columns[0]) / width) + 1, down = (int)Math.Round((rows[^1] - rows[0]) / height) + 1;
        double[,] cells = new double[down, across];
        for (int row = 0; row < down; row++)
        {
            for (int column = 0; column < across; column++)
                cells[row, column] = double.NaN;
        }

        for (int i = 0; i < series.X.Count; i++)
        {
            int row = down - 1 - (int)Math.Round((y[i] - rows[0]) / height), column = (int)Math.Round((series.X[i] - columns[0]) / width);
            cells[row, column] = series.Values![i];
        }

        PlotStyle.AddMap(
            plot, cells, new CoordinateRect(columns[0] - width / 2, columns[^1] + width / 2, rows[0] - height / 2, rows[^1] + height / 2),
            data.ValueTitle ?? "",
            data.ValueRange is [double low, double high] ? (low, high) : null);
        if (data.IsPicture)
        {
            plot.Axes.SquareUnits();
            double[] even = [.. rows.Where(row => -row % 2 == 0)];
            plot.Axes.Left.SetTicks(even, [.. even.Select(row => (-row).ToString(CultureInfo.InvariantCulture))]);
        }
    }
}
