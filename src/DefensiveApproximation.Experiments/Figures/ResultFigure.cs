using System.Globalization;
using System.Text;
using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Networks.Formats;
using ScottPlot;
using ScottPlot.Plottables;

namespace DefensiveApproximation.Experiments.Figures;

/// <summary>Draws the plots of experiments, and writes their numbers.</summary>
public static class ResultFigure
{
    /// <summary>The width of a figure; a PNG has twice as many pixels.</summary>
    public const int Width = 640;

    /// <summary>The height of a figure; a PNG has twice as many pixels.</summary>
    public const int Height = 420;

    const float LineWidth = 2, MarkerSize = 8;

    const int Marks = 6;

    static readonly MarkerShape[] Shapes =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.Cross];

    /// <summary>As SVG.</summary>
    /// <param name="data">What to draw.</param>
    public static string Svg(PlotData data)
    {
        using Plot plot = Draw(data);
        return SvgClips.Renumbered(plot.GetSvgXml(Width, Height));
    }

    /// <summary>As PNG.</summary>
    /// <param name="data">What to draw.</param>
    public static byte[] Png(PlotData data)
    {
        using Plot plot = Draw(data);
        return PlotStyle.Png([(plot, Width)], Height);
    }

    /// <summary>The numbers as CSV: series, x, y, and the ends of intervals or the value of a cell where there are.</summary>
    /// <param name="data">What is drawn.</param>
    public static string Csv(PlotData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var csv = new StringBuilder("series,x,y,low,high,value\n");
        foreach (Series series in data.Series)
        {
            for (int i = 0; i < series.X.Count; i++)
                csv.Append(CultureInfo.InvariantCulture, $"{Quoted(series.Name)},{Text(series.X, i)},{Text(series.Y, i)},{Text(series.Low, i)},{Text(series.High, i)},{Text(series.Values, i)}\n");
        }

        foreach (PaperMark mark in data.Paper)
            csv.Append(CultureInfo.InvariantCulture, $"{Quoted(mark.Name)},{mark.X},{mark.Y},,,\n");
        return csv.ToString();
    }

    /// <summary>Writes it as SVG, PNG and CSV, each in one step.</summary>
    /// <param name="path">Where the files go, without their endings.</param>
    /// <param name="data">What to draw.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static void Save(string path, PlotData data)
    {
        AtomicFile.WriteText(path + ".svg", Svg(data));
        AtomicFile.Write(path + ".png", stream => stream.Write(Png(data)));
        AtomicFile.WriteText(path + ".csv", Csv(data));
    }
    static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Text(IReadOnlyList<double>? numbers, int place) =>
        numbers is null || !double.IsFinite(numbers[place]) ? "" : numbers[place].ToString(CultureInfo.InvariantCulture);

    static Plot Draw(PlotData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var plot = new Plot();
        PlotStyle.Apply(plot, data.Title, data.XTitle, data.YTitle);
        switch (data.Kind)
        {
            case PlotKind.Map:
                DrawMap(plot, data);
                break;
            case PlotKind.Intervals:
                DrawIntervals(plot, data);
                break;
            case PlotKind.Bars:
                PlotStyle.AddHistogram(plot, data.Series[0].X, data.Series[0].Y);
                break;
            default:
                DrawLines(plot, data);
                break;
        }

        if (data.Kind is not PlotKind.Map and not PlotKind.Intervals)
            DrawMarks(plot, data);
        if (data.Kind != PlotKind.Map && (data.Series.Count > 1 || data.Paper.Count > 0))
        {
            plot.ShowLegend(data.Kind == PlotKind.Steps ? Alignment.LowerRight : Alignment.UpperRight);
            plot.Legend.FontName = FigureFont.Name;
            plot.Legend.FontSize = 12;
        }

        return plot;
    }

    static void DrawLines(Plot plot, PlotData data)
    {
        for (int i = 0; i < data.Series.Count; i++)
        {
            Series series = data.Series[i];
            if (series.X.Count == 0)
                continue;
            Scatter line = plot.Add.Scatter(series.X.ToArray(), series.Y.ToArray(), PlotStyle.Series[i % PlotStyle.Series.Length]);
            line.LineWidth = LineWidth;
            line.MarkerSize = 0;
            if (data.Kind == PlotKind.Steps)
                line.ConnectStyle = ConnectStyle.StepHorizontal;
            line.LegendText = series.Name;
            // Not by colour alone: a few marks of a shape of its own. SVG here knows no dashes.
            for (int mark = 1; mark <= Marks; mark++)
            {
                int place = data.Kind == PlotKind.Lines ? (mark - 1) * (series.X.Count - 1) / (Marks - 1) : mark * (series.X.Count - 1) / (Marks + 1);
                plot.Add.Marker(series.X[place], series.Y[place], Shapes[i % Shapes.Length], MarkerSize, PlotStyle.Series[i % PlotStyle.Series.Length]);
            }
        }

        if (data.Kind == PlotKind.Steps)
            plot.Axes.SetLimitsY(0, 102);
    }

    /// <summary>One line for each series, from above to below, each with its interval and the paper's mark.</summary>
    static void DrawIntervals(Plot plot, PlotData data)
    {
        int count = data.Series.Count;
        for (int i = 0; i < count; i++)
        {
            Series series = data.Series[i];
            double y = count - 1 - i;
            if (series.Low is { Count: > 0 } low && series.High is { Count: > 0 } high && double.IsFinite(series.X[0]))
            {
                LinePlot interval = plot.Add.Line(low[0], y, high[0], y);
                interval.LineColor = PlotStyle.Blue;
                interval.LineWidth = 5;
                Marker value = plot.Add.Marker(series.X[0], y, MarkerShape.FilledCircle, MarkerSize + 3, PlotStyle.Ink);
                if (i == 0)
                    (value.LegendText, interval.LegendText) = ("here", "95 % interval");
            }
        }

        for (int i = 0; i < data.Paper.Count; i++)
        {
            PaperMark mark = data.Paper[i];
            Marker paper = plot.Add.Marker(mark.X, count - 1 - mark.Y!.Value, MarkerShape.FilledDiamond, MarkerSize + 4, PlotStyle.Vermilion);
            if (i == 0)
                paper.LegendText = mark.Name;
        }

        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, count).Select(i => (double)(count - 1 - i))], [.. data.Series.Select(series => series.Name)]);
        plot.Axes.SetLimits(-2, 102, -0.7, count - 0.3);
    }

    static void DrawMarks(Plot plot, PlotData data)
    {
        foreach (PaperMark mark in data.Paper)
        {
            if (mark.Y is double y)
            {
                Marker marker = plot.Add.Marker(mark.X, y, MarkerShape.FilledDiamond, MarkerSize + 4, mark.Name.EndsWith("exact", StringComparison.Ordinal) ? PlotStyle.Ink : PlotStyle.Vermilion);
                marker.LegendText = mark.Name;
            }
            else
            {
                VerticalLine line = plot.Add.VerticalLine(mark.X, 3, PlotStyle.Ink);
                line.LegendText = mark.Name;
            }
        }
    }

    static void DrawMap(Plot plot, PlotData data)
    {
        Series series = data.Series[0];
        double[] columns = [.. series.X.Distinct().Order()], rows = [.. series.Y.Distinct().Order()];
        if (columns.Length < 2 || rows.Length < 2)
            return;
        // Cells that nothing fell into are missing: the smallest step is a cell.
        double width = columns.Zip(columns.Skip(1), (a, b) => b - a).Min(), height = rows.Zip(rows.Skip(1), (a, b) => b - a).Min();
        int across = (int)Math.Round((columns[^1] - columns[0]) / width) + 1, down = (int)Math.Round((rows[^1] - rows[0]) / height) + 1;
        double[,] cells = new double[down, across];
        for (int row = 0; row < down; row++)
        {
            for (int column = 0; column < across; column++)
                cells[row, column] = double.NaN;
        }

        for (int i = 0; i < series.X.Count; i++)
            cells[down - 1 - (int)Math.Round((series.Y[i] - rows[0]) / height), (int)Math.Round((series.X[i] - columns[0]) / width)] = series.Values![i];
        PlotStyle.AddMap(
            plot, cells, new CoordinateRect(columns[0] - width / 2, columns[^1] + width / 2, rows[0] - height / 2, rows[^1] + height / 2), data.ValueTitle ?? "");
    }
}
