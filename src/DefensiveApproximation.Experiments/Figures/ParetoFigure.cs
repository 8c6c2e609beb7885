using ScottPlot;
using ScottPlot.Plottables;

namespace DefensiveApproximation.Experiments.Figures;

/// <summary>Draws designs by their figures: the first figure against each of the others.</summary>
public static class ParetoFigure
{
    /// <summary>The width of one plot; the PNG has twice as many pixels.</summary>
    public const int Width = 460;

    /// <summary>The height; the PNG has twice as many pixels.</summary>
    public const int Height = 400;

    // What is wider is no picture for a page.
    const int MostPlots = 4;

    /// <summary>Draws the figure.</summary>
    /// <param name="title">What was searched.</param>
    /// <param name="figures">The names of the figures, at least two.</param>
    /// <param name="front">The designs that no other is better than: a number for each figure.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(string title, IReadOnlyList<string> figures, IReadOnlyList<double[]> front)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(figures.Count, 2);
        var plots = new List<(Plot, int)>();
        try
        {
            for (int other = 1; other < Math.Min(figures.Count, MostPlots + 1); other++)
            {
                var plot = new Plot();
                plots.Add((plot, Width));
                PlotStyle.Apply(plot, other == 1 ? title : "", figures[0], figures[other]);
                Scatter points = plot.Add.ScatterPoints(
                    front.Select(values => values[0]).ToArray(), front.Select(values => values[other]).ToArray(), PlotStyle.Blue);
                points.MarkerSize = 7;
                plot.Axes.Margins(0.08, 0.08);
            }

            return PlotStyle.Png(plots, Height);
        }
        finally
        {
            foreach ((Plot plot, _) in plots)
                plot.Dispose();
        }
    }
}
