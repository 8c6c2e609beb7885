using System.Globalization;
using System.Text;
using Dapprox.Search;
using ScottPlot;
using ScottPlot.Plottables;
using SkiaSharp;

namespace Dapprox.Experiments.Figures;

/// <summary>An axis of a <see cref="ParetoFigure"/>.</summary>
/// <param name="Label">The quantity, its unit, and the design to which it is relative.</param>
/// <param name="LargerIsBetter">Whether the quantity is maximised; otherwise it is minimised.</param>
/// <param name="IsLogarithmic">Whether the axis is logarithmic; designs with a 0 are then left out.</param>
public sealed record ParetoAxis(string Label, bool LargerIsBetter = false, bool IsLogarithmic = false)
{
    internal double Place(double value) => IsLogarithmic ? Math.Log10(value) : value;
}

/// <summary>A design in a <see cref="ParetoFigure"/>.</summary>
/// <param name="Name">The text beside its marker.</param>
/// <param name="Values">One number per axis.</param>
public sealed record ParetoPoint(string Name, IReadOnlyList<double> Values);

/// <summary>
/// Draws designs by two or more objectives: one plot of the first axis against each of the others, with the Pareto front of the two.
/// </summary>
public static class ParetoFigure
{
    /// <summary>The height of the plots; a PNG has twice as many pixels.</summary>
    public const int Height = 420;

    // More would be too wide for a page.
    const int MaxPlots = 4, SingleWidth = 640, Width = 460;

    // Beyond these many points names are left out where there is no room close by.
    const int MaxNamed = 30;

    const float NameSize = 12, NameHeight = 15, KeySize = 11, KeyHeight = 16, Margin = 12, MarkerSize = 9;

    static readonly SKColor Ink = new(PlotStyle.Ink.ARGB);

    // Directions from a mark in which its name is tried, to the right first, and how far away.
    static readonly (int X, int Y)[] Directions = [(1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)];
    static readonly float[] Distances = [8, 20, 36, 56, 80, 110];

    /// <summary>Draws the figure as PNG.</summary>
    /// <param name="title">The subject of the comparison.</param>
    /// <param name="axes">The objectives, at least two.</param>
    /// <param name="points">The designs, each with one value per axis.</param>
    /// <param name="key">Lines below the plots that explain short names; long lines are broken.</param>
    public static byte[] Png(
        string title, IReadOnlyList<ParetoAxis> axes, IReadOnlyList<ParetoPoint> points, IReadOnlyList<string>? key = null)
    {
        (int width, int height, string[] lines) = Layout(axes, key);
        using var surface = SKSurface.Create(new SKImageInfo(width * PlotStyle.PixelRatio, height * PlotStyle.PixelRatio));
        surface.Canvas.Scale(PlotStyle.PixelRatio);
        Draw(surface.Canvas, title, axes, points, lines);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>Draws the figure as SVG.</summary>
    /// <param name="title">The subject of the comparison.</param>
    /// <param name="axes">The objectives, at least two.</param>
    /// <param name="points">The designs, each with one value per axis.</param>
    /// <param name="key">Lines below the plots that explain short names; long lines are broken.</param>
    public static string Svg(
        string title, IReadOnlyList<ParetoAxis> axes, IReadOnlyList<ParetoPoint> points, IReadOnlyList<string>? key = null) =>
        SvgNames.Renumbered(Drawing(title, axes, points, key).Svg, "pareto");

    /// <summary>Draws the figure as an SVG element of a page, whose style sheet has the colours.</summary>
    /// <param name="axes">The objectives, at least two.</param>
    /// <param name="points">The designs, each with one value per axis.</param>
    /// <param name="name">A name that no other picture of the page has.</param>
    /// <param name="attributes">Further attributes of the element, each with a blank before it.</param>
    internal static string OnPage(
        IReadOnlyList<ParetoAxis> axes, IReadOnlyList<ParetoPoint> points, string name, string attributes)
    {
        (string svg, int width, int height) = Drawing("", axes, points, key: null);
        return PlotStyle.OnPage(svg, name, width, height, attributes);
    }

    static (string Svg, int Width, int Height) Drawing(
        string title, IReadOnlyList<ParetoAxis> axes, IReadOnlyList<ParetoPoint> points, IReadOnlyList<string>? key)
    {
        (int width, int height, string[] lines) = Layout(axes, key);
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream))
            Draw(canvas, title, axes, points, lines);
        return (Encoding.UTF8.GetString(stream.ToArray()), width, height);
    }

    static int PlotWidth(IReadOnlyList<ParetoAxis> axes) => axes.Count == 2 ? SingleWidth : Width;

    static (int Width, int Height, string[] Key) Layout(IReadOnlyList<ParetoAxis> axes, IReadOnlyList<string>? key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(axes.Count, 2);
        int plots = Math.Min(axes.Count - 1, MaxPlots), width = plots * (PlotWidth(axes) + PlotStyle.Gap) - PlotStyle.Gap;
        using var font = new SKFont(FigureFont.Regular, KeySize);
        string[] lines = [.. (key ?? []).SelectMany(line => Broken(line, width - 2 * Margin, font))];
        return (width, Height + (lines.Length > 0 ? (int)(lines.Length * KeyHeight + Margin) : 0), lines);
    }

    static IEnumerable<string> Broken(string line, float width, SKFont font)
    {
        for (int start = 0, length; start < line.Length; start += length)
        {
            length = line.Length - start;
            while (length > 1 && font.MeasureText(line.AsSpan(start, length)) > width)
                length--;
            yield return line.Substring(start, length);
        }
    }

    static void Draw(SKCanvas canvas, string title, IReadOnlyList<ParetoAxis> axes, IReadOnlyList<ParetoPoint> points, string[] key)
    {
        canvas.Clear(SKColors.White);
        int width = PlotWidth(axes);
        for (int other = 1; other <= Math.Min(axes.Count - 1, MaxPlots); other++)
        {
            (ParetoPoint Point, Coordinates At)[] marks = [.. points
                .Select(point => (point, new Coordinates(axes[0].Place(point.Values[0]), axes[other].Place(point.Values[other]))))
                .Where(mark => double.IsFinite(mark.Item2.X) && double.IsFinite(mark.Item2.Y))];
            using Plot plot = Plot(
                other == 1 ? title : "", axes[0], axes[other], [.. marks.Select(mark => mark.At)], out IReadOnlyList<Coordinates> front);
            float left = (other - 1) * (width + PlotStyle.Gap);
            plot.RenderManager.ClearCanvasBeforeEachRender = false;
            plot.Render(canvas, new PixelRect(left, left + width, Height, 0));
            PixelRect area = plot.RenderManager.LastRender.DataRect;
            DrawNames(
                canvas, SKRect.Create(area.Left, area.Top, area.Width, area.Height),
                [.. marks.Select(mark => (mark.Point.Name, Pixel(mark.At)))], [.. front.Select(Pixel)]);

            SKPoint Pixel(Coordinates at)
            {
                Pixel pixel = plot.GetPixel(at);
                return new SKPoint(pixel.X, pixel.Y);
            }
        }

        using var font = new SKFont(FigureFont.Regular, KeySize);
        using var ink = new SKPaint { Color = Ink, IsAntialias = true };
        for (int line = 0; line < key.Length; line++)
            canvas.DrawText(key[line], Margin, Height + (line + 1) * KeyHeight, font, ink);
    }

    /// <summary>A plot of the marks and of the front, which is given as the corners of its steps.</summary>
    static Plot Plot(string title, ParetoAxis horizontal, ParetoAxis vertical, Coordinates[] marks, out IReadOnlyList<Coordinates> steps)
    {
        var plot = new Plot();
        PlotStyle.Apply(plot, title, horizontal.Label, vertical.Label);
        HashSet<Coordinates> front = Front(horizontal, vertical, marks);
        steps = Steps(front, vertical);
        if (steps.Count > 1)
        {
            Scatter line = plot.Add.ScatterLine(steps.ToArray(), PlotStyle.Vermilion);
            line.LineWidth = 1.5f;
            line.LegendText = "Pareto front";
        }

        AddMarks([.. marks.Where(front.Contains)], MarkerShape.FilledCircle, "Pareto-optimal");
        AddMarks([.. marks.Where(mark => !front.Contains(mark))], MarkerShape.OpenCircle, "dominated");
        if (vertical.IsLogarithmic)
            plot.Axes.Left.TickGenerator = Powers();
        if (horizontal.IsLogarithmic)
            plot.Axes.Bottom.TickGenerator = Powers();
        // Room for names beside the marks at the edges.
        plot.Axes.Margins(0.18, 0.12);
        plot.ShowLegend(Edge.Bottom);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontName = FigureFont.Name;
        plot.Legend.FontColor = PlotStyle.Ink;
        plot.Legend.BackgroundColor = PlotTheme.Light.Paper;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        return plot;

        void AddMarks(Coordinates[] some, MarkerShape shape, string name)
        {
            if (some.Length == 0)
                return;
            Scatter made = plot.Add.ScatterPoints(some, PlotStyle.Blue);
            (made.MarkerShape, made.MarkerSize, made.LegendText) = (shape, MarkerSize, name);
            made.MarkerStyle.LineWidth = 1.5f;
        }
    }

    static ScottPlot.TickGenerators.NumericAutomatic Powers() => new()
    {
        IntegerTicksOnly = true,
        LabelFormatter = exponent => Math.Pow(10, exponent).ToString("#,0.#########", CultureInfo.InvariantCulture),
    };

    static HashSet<Coordinates> Front(ParetoAxis horizontal, ParetoAxis vertical, Coordinates[] marks) =>
        [.. ParetoFront.Of(marks.Select((mark, i) => new Candidate(
                [], [horizontal.LargerIsBetter ? -mark.X : mark.X, vertical.LargerIsBetter ? -mark.Y : mark.Y])))
            .Select(candidate => new Coordinates(
                horizontal.LargerIsBetter ? -candidate.Values[0] : candidate.Values[0],
                vertical.LargerIsBetter ? -candidate.Values[1] : candidate.Values[1]))];

    /// <summary>
    /// The front as steps. Between two of its members it takes the worse values of both, which one can have by choosing either.
    /// </summary>
    static List<Coordinates> Steps(IEnumerable<Coordinates> front, ParetoAxis vertical)
    {
        var steps = new List<Coordinates>();
        foreach (Coordinates next in front.OrderBy(mark => mark.X))
        {
            if (steps.Count > 0)
            {
                Coordinates last = steps[^1];
                bool lastIsWorse = vertical.LargerIsBetter == last.Y < next.Y;
                steps.Add(lastIsWorse ? new Coordinates(next.X, last.Y) : new Coordinates(last.X, next.Y));
            }

            steps.Add(next);
        }

        return steps;
    }

    /// <summary>Draws each name as close to its marker as it covers no marker, line or other name.</summary>
    static void DrawNames(SKCanvas canvas, SKRect area, (string Name, SKPoint At)[] marks, SKPoint[] line)
    {
        using var font = new SKFont(FigureFont.Regular, NameSize) { Subpixel = true };
        using var ink = new SKPaint { Color = Ink, IsAntialias = true };
        using var leader = new SKPaint { Color = Ink.WithAlpha(0x80), IsAntialias = true, StrokeWidth = 0.8f, Style = SKPaintStyle.Stroke };
        List<SKRect> taken =
            [.. marks.Select(mark => SKRect.Create(mark.At.X - MarkerSize / 2, mark.At.Y - MarkerSize / 2, MarkerSize, MarkerSize))];
        for (int i = 1; i < line.Length; i++)
        {
            SKRect segment = SKRect.Create(line[i - 1], new SKSize(line[i].X - line[i - 1].X, line[i].Y - line[i - 1].Y)).Standardized;
            segment.Inflate(1, 1);
            taken.Add(segment);
        }

        foreach ((string name, SKPoint at) in marks)
        {
            float width = font.MeasureText(name);
            IEnumerable<(SKRect Box, float Distance)> candidates =
                from distance in marks.Length > MaxNamed ? Distances[..1] : Distances
                from direction in Directions
                let middle = new SKPoint(at.X + direction.X * (distance + width / 2), at.Y + direction.Y * (distance + NameHeight / 2))
                select (SKRect.Create(middle.X - width / 2, middle.Y - NameHeight / 2, width, NameHeight), distance);
            (SKRect box, float far) = candidates.FirstOrDefault(
                candidate => area.Contains(candidate.Box) && !taken.Any(other => other.IntersectsWith(candidate.Box)));
            if (box.IsEmpty)
                continue;
            taken.Add(box);
            canvas.DrawText(name, box.Left, box.Bottom - 3.5f, font, ink);
            if (far > Distances[0])
                canvas.DrawLine(at, new SKPoint(Math.Clamp(at.X, box.Left, box.Right), Math.Clamp(at.Y, box.Top, box.Bottom)), leader);
        }
    }
}
