using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using SkiaSharp;

namespace Dapprox.Experiments.Figures;

/// <summary>The colours of a plot.</summary>
/// <param name="Paper">The background.</param>
/// <param name="Ink">The colour of text and axes.</param>
/// <param name="Faint">The colour of the grid.</param>
/// <param name="Series">The colours of series, in order; they repeat.</param>
sealed record PlotTheme(Color Paper, Color Ink, Color Faint, IReadOnlyList<Color> Series)
{
    /// <summary>The colours for light pages and for print.</summary>
    public static PlotTheme Light { get; } = Of(
        "#ffffff", "#1b1f24", "#e3e6ea",
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b5b00", "#4b4f54");

    /// <summary>The colours for dark pages.</summary>
    public static PlotTheme Dark { get; } = Of(
        "#14171b", "#e8ebee", "#39414a",
        "#6cbcf0", "#ff9a57", "#4fd1a5", "#e3a6c8", "#f0c04a", "#a9d7f5", "#c9b458", "#b8bfc7");

    /// <summary>The colours in the order of <see cref="PlotStyle.Variables"/>, as <c>#rrggbb</c>.</summary>
    public IEnumerable<string> Hex => new[] { Paper, Ink, Faint }.Concat(Series).Select(color => $"#{color.R:X2}{color.G:X2}{color.B:X2}");

    static PlotTheme Of(string paper, string ink, string faint, params string[] series) =>
        new(Color.FromHex(paper), Color.FromHex(ink), Color.FromHex(faint), [.. series.Select(Color.FromHex)]);
}

/// <summary>
/// The common style of all plots: own font, and colours that colour-blind readers can tell apart (M. Okabe,
/// K. Ito, "Color Universal Design", 2008).
/// </summary>
static class PlotStyle
{
    /// <summary>Image pixels per figure pixel, so that figures stay sharp on dense screens and in print.</summary>
    public const int PixelRatio = 2;

    public static readonly Color Ink = PlotTheme.Light.Ink, Faint = PlotTheme.Light.Faint, Blue = PlotTheme.Light.Series[0],
        Vermilion = PlotTheme.Light.Series[1];

    /// <summary>
    /// The names of the style sheet's variables for the colours of <see cref="PlotTheme.Hex"/>, so that figures follow the page's theme.
    /// </summary>
    public static readonly string[] Variables =
        ["--plot-paper", "--plot-ink", "--plot-faint", .. PlotTheme.Light.Series.Select((_, i) => $"--plot-{i}")];

    /// <summary>Figure pixels between two plots.</summary>
    public const int Gap = 20;

    // As zlib counts: 9 is the smallest.
    const int CompressionLevel = 6;

    const float TitleSize = 15, LabelSize = 13, TickSize = 12;

    static PlotStyle() => Fonts.FontResolvers.Insert(0, new FigureFont());

    /// <summary>An empty plot in this style.</summary>
    /// <param name="plot">The plot that is changed.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="horizontal">The quantity and unit of the horizontal axis.</param>
    /// <param name="vertical">The quantity and unit of the vertical axis.</param>
    /// <param name="theme">The colours; null for those of a light page.</param>
    public static void Apply(Plot plot, string title, string horizontal, string vertical, PlotTheme? theme = null)
    {
        theme ??= PlotTheme.Light;
        plot.FigureBackground.Color = theme.Paper;
        plot.DataBackground.Color = theme.Paper;
        plot.Axes.Color(theme.Ink);
        plot.Grid.MajorLineColor = theme.Faint;
        plot.Title(title);
        plot.Axes.Title.Label.FontSize = TitleSize;
        plot.XLabel(horizontal);
        plot.YLabel(vertical);
        plot.Axes.Bottom.Label.FontSize = plot.Axes.Left.Label.FontSize = LabelSize;
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = TickSize;
        plot.Axes.Top.FrameLineStyle.IsVisible = plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Font.Set(FigureFont.Name);
    }

    /// <summary>A drawing in light colours as an SVG element of a page, whose style sheet has the colours.</summary>
    /// <param name="svg">The drawing as SkiaSharp wrote it.</param>
    /// <param name="name">A name that no other picture of the page has.</param>
    /// <param name="width">The width of the drawing.</param>
    /// <param name="height">The height of the drawing.</param>
    /// <param name="attributes">Further attributes of the element, each with a blank before it.</param>
    public static string OnPage(string svg, string name, int width, int height, string attributes)
    {
        svg = SvgNames.Renumbered(svg, name);
        foreach ((string colour, string variable) in PlotTheme.Light.Hex.Zip(Variables))
            svg = svg.Replace($"\"{colour}\"", $"\"var({variable})\"", StringComparison.Ordinal);
        int end = svg.IndexOf('>', svg.IndexOf("<svg", StringComparison.Ordinal));
        string content = svg[end..].Replace("fill=\"white\"", "fill=\"var(--plot-paper)\"", StringComparison.Ordinal)
            .Replace("\t", "", StringComparison.Ordinal);
        return $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\"{attributes}{content}";
    }

    /// <summary>Adds a legend below the axes, where it covers nothing.</summary>
    /// <param name="plot">The plot that is changed.</param>
    /// <param name="theme">The colours of text and background.</param>
    /// <param name="items">The entries, with the markers of the plot.</param>
    public static void AddLegend(Plot plot, PlotTheme theme, IEnumerable<LegendItem> items)
    {
        plot.ShowLegend(Edge.Bottom);
        Legend legend = plot.Legend;
        legend.Orientation = Orientation.Horizontal;
        legend.TightHorizontalWrapping = true;
        legend.FontName = FigureFont.Name;
        legend.FontSize = TickSize;
        legend.FontColor = theme.Ink;
        legend.BackgroundColor = theme.Paper;
        legend.OutlineWidth = 0;
        legend.Margin = new PixelPadding(0);
        legend.ShadowColor = Colors.Transparent;
        legend.DisplayPlottableLegendItems = false;
        legend.ManualItems.AddRange(items);
    }

    /// <summary>Adds a heat map and its colour bar, and limits the axes to its extent.</summary>
    /// <param name="plot">The plot that is changed.</param>
    /// <param name="cells">The values, <c>[row, column]</c>, from top to bottom; a cell with NaN stays white.</param>
    /// <param name="extent">The edges of the map in the units of the axes.</param>
    /// <param name="label">The quantity and unit of the values.</param>
    /// <param name="range">The values of the first and the last colour; null for the smallest and the largest value.</param>
    /// <returns>The colour bar.</returns>
    public static ColorBar AddMap(Plot plot, double[,] cells, CoordinateRect extent, string label, (double Low, double High)? range = null)
    {
        Heatmap map = plot.Add.Heatmap(cells);
        map.Extent = Middles(extent, cells);
        map.Colormap = new ScottPlot.Colormaps.Viridis().Reversed();
        map.NaNCellColor = Colors.Transparent;
        if (range is (double low, double high))
            map.ManualRange = new ScottPlot.Range(low, high);
        plot.Axes.SetLimits(extent.Left, extent.Right, extent.Bottom, extent.Top);
        return AddColorBar(plot, map, label);
    }

    /// <summary>The extent from the centres of the first cells to those of the last ones, as a heat map takes it.</summary>
    /// <param name="extent">The outer edges of the cells.</param>
    /// <param name="cells">The values, <c>[row, column]</c>.</param>
    public static CoordinateRect Middles(CoordinateRect extent, double[,] cells)
    {
        double width = extent.Width / cells.GetLength(1) / 2, height = extent.Height / cells.GetLength(0) / 2;
        return new CoordinateRect(extent.Left + width, extent.Right - width, extent.Bottom + height, extent.Top - height);
    }

    /// <summary>Adds the colour bar of a heat map.</summary>
    /// <param name="plot">The plot that is changed.</param>
    /// <param name="map">A heat map in the plot.</param>
    /// <param name="label">The quantity and unit of the colours.</param>
    public static ColorBar AddColorBar(Plot plot, Heatmap map, string label)
    {
        // That of the other axes.
        Color ink = plot.Axes.Bottom.Label.ForeColor;
        ColorBar bar = plot.Add.ColorBar(map);
        bar.LabelStyle.ForeColor = bar.Axis.TickLabelStyle.ForeColor = ink;
        bar.Axis.FrameLineStyle.Color = bar.Axis.MajorTickStyle.Color = bar.Axis.MinorTickStyle.Color = ink;
        bar.Label = label;
        bar.LabelStyle.FontName = FigureFont.Name;
        bar.LabelStyle.FontSize = LabelSize;
        bar.LabelStyle.Bold = false;
        bar.Axis.TickLabelStyle.FontName = FigureFont.Name;
        bar.Axis.TickLabelStyle.FontSize = TickSize;
        return bar;
    }

    /// <summary>Adds a histogram around 0, with two colours for the bins below and above 0.</summary>
    /// <param name="plot">The plot that is changed.</param>
    /// <param name="centres">The centres of the bins, at equal distances.</param>
    /// <param name="values">The heights of the bars.</param>
    public static void AddHistogram(Plot plot, IReadOnlyList<double> centres, IReadOnlyList<double> values)
    {
        double width = centres.Count > 1 ? centres[1] - centres[0] : 1;
        plot.Add.Bars(centres.Select((centre, i) => new Bar
        {
            Position = centre,
            Value = values[i],
            Size = width,
            FillColor = centre < 0 ? Vermilion : Blue,
            LineWidth = 0,
        }).ToArray());
        plot.Add.VerticalLine(0, 1, Ink);
        plot.Axes.SetLimits(centres[0] - width / 2, centres[^1] + width / 2, 0, 1.08 * Math.Max(1e-9, values.Max()));
    }

    /// <summary>Renders plots side by side.</summary>
    /// <param name="plots">The plots, from left to right, with their widths in figure pixels.</param>
    /// <param name="height">The height in figure pixels.</param>
    /// <returns>A PNG of <see cref="PixelRatio"/> times as many pixels each way.</returns>
    public static byte[] Png(IReadOnlyList<(Plot Plot, int Width)> plots, int height)
    {
        int total = plots.Sum(plot => plot.Width) + Gap * (plots.Count - 1);
        using var surface = SKSurface.Create(new SKImageInfo(total * PixelRatio, height * PixelRatio));
        surface.Canvas.Clear(new SKColor(plots[0].Plot.FigureBackground.Color.ARGB));
        int left = 0;
        foreach ((Plot plot, int width) in plots)
        {
            // Each on its own: a scaled plot cannot be rendered at an offset.
            plot.ScaleFactor = PixelRatio;
            using var part = SKSurface.Create(new SKImageInfo(width * PixelRatio, height * PixelRatio));
            plot.Render(part);
            surface.Canvas.DrawSurface(part, left, 0);
            left += (width + Gap) * PixelRatio;
        }

        using SKPixmap pixels = surface.PeekPixels() ?? throw new InvalidOperationException("A surface in memory has pixels.");
        // Filters are for photographs: of areas of one colour they make larger files, and more slowly.
        using var png = new MemoryStream();
        pixels.Encode(png, new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, CompressionLevel));
        return png.ToArray();
    }
}
