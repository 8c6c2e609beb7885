using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using SkiaSharp;

namespace DefensiveApproximation.Experiments.Figures;

/// <summary>
/// The one look of all plots: light background, own font, and colours that colour-blind readers can tell apart (M. Okabe,
/// K. Ito, "Color Universal Design", 2008).
/// </summary>
static class PlotStyle
{
    /// <summary>Image pixels per figure pixel, so that figures stay sharp on dense screens and in print.</summary>
    public const int PixelRatio = 2;

    public static readonly Color Ink = Color.FromHex("#1b1f24");
    public static readonly Color Faint = Color.FromHex("#e3e6ea");
    public static readonly Color Blue = Color.FromHex("#0072B2");
    public static readonly Color Vermilion = Color.FromHex("#D55E00");

    /// <summary>The colours of series, in order.</summary>
    public static readonly Color[] Series =
    [
        Blue, Vermilion, Color.FromHex("#009E73"), Color.FromHex("#CC79A7"), Color.FromHex("#E69F00"), Color.FromHex("#56B4E9"), Color.FromHex("#6b5b00"), Ink,
    ];

    /// <summary>Figure pixels between two plots.</summary>
    public const int Gap = 20;

    const float TitleSize = 15, LabelSize = 13, TickSize = 12;

    static PlotStyle() => Fonts.FontResolvers.Insert(0, new FigureFont());

    /// <summary>An empty plot in this style.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="horizontal">The quantity and unit of the horizontal axis.</param>
    /// <param name="vertical">The quantity and unit of the vertical axis.</param>
    public static void Apply(Plot plot, string title, string horizontal, string vertical)
    {
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Faint;
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

    /// <summary>Adds a map and the scale of its colours, and ends the axes where it ends.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="cells">The cells' values, from above to below; NaN leaves one white.</param>
    /// <param name="extent">Where the map is.</param>
    /// <param name="label">The quantity and unit of the values.</param>
    /// <returns>The scale.</returns>
    public static ColorBar AddMap(Plot plot, double[,] cells, CoordinateRect extent, string label)
    {
        Heatmap map = plot.Add.Heatmap(cells);
        map.Extent = extent;
        map.Colormap = new ScottPlot.Colormaps.Viridis().Reversed();
        map.NaNCellColor = Colors.Transparent;
        plot.Axes.SetLimits(extent.Left, extent.Right, extent.Bottom, extent.Top);
        return AddColorBar(plot, map, label);
    }

    /// <summary>Adds the scale of a heat map's colours.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="map">The heat map in it.</param>
    /// <param name="label">The quantity and unit.</param>
    public static ColorBar AddColorBar(Plot plot, Heatmap map, string label)
    {
        ColorBar bar = plot.Add.ColorBar(map);
        bar.Label = label;
        bar.LabelStyle.FontName = FigureFont.Name;
        bar.LabelStyle.FontSize = LabelSize;
        bar.LabelStyle.Bold = false;
        bar.Axis.TickLabelStyle.FontName = FigureFont.Name;
        bar.Axis.TickLabelStyle.FontSize = TickSize;
        return bar;
    }

    /// <summary>Adds a histogram around 0, what is below and above in two colours.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="centres">The middles of the bins, at equal distances.</param>
    /// <param name="values">The heights.</param>
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
        using var surface = SKSurface.Create(new SKImageInfo((plots.Sum(plot => plot.Width) + Gap * (plots.Count - 1)) * PixelRatio, height * PixelRatio));
        surface.Canvas.Clear(SKColors.White);
        int left = 0;
        foreach ((Plot plot, int width) in plots)
        {
            // Each on its own: a scaled plot cannot be rendered at an offset.
            plot.ScaleFactor = PixelRatio;
            byte[] png = plot.GetImageBytes(width * PixelRatio, height * PixelRatio, ImageFormat.Png);
            using SKImage part = SKImage.FromEncodedData(png);
            surface.Canvas.DrawImage(part, left, 0);
            left += (width + Gap) * PixelRatio;
        }

        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}
