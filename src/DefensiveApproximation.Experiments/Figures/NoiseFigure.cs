using System.Globalization;
using DefensiveApproximation.Arithmetic;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace DefensiveApproximation.Experiments.Figures;

/// <summary>
/// The noise of a multiplier in one picture, after figure 3 of "Defensive Approximation": on the left the error of the
/// product against the exact product, on the right the distribution of the relative error.
/// </summary>
public static class NoiseFigure
{
    /// <summary>The width of the figure; the PNG has twice as many pixels.</summary>
    public const int Width = 1140;

    /// <summary>The height of the figure; the PNG has twice as many pixels.</summary>
    public const int Height = 460;

    const int DensityWidth = 600;

    /// <summary>Draws the figure.</summary>
    /// <param name="profile">What was measured.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(NoiseProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var density = new Plot();
        using var histogram = new Plot();
        DrawDensity(density, profile);
        DrawHistogram(histogram, profile.Metrics);
        return PlotStyle.Png([(density, DensityWidth), (histogram, Width - DensityWidth - PlotStyle.Gap)], Height);
    }

    static void DrawDensity(Plot plot, NoiseProfile profile)
    {
        ErrorDensity density = profile.Density;
        int rows = density.Counts.GetLength(0), columns = density.Counts.GetLength(1);
        double[,] shades = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int count = density.Counts[rows - 1 - row, column];
                // Cells that nothing fell into stay white; the others span orders of magnitude.
                shades[row, column] = count == 0 ? double.NaN : Math.Log10(count);
            }
        }

        PlotStyle.Apply(plot, $"{profile.Metrics.Multiplier}, {profile.Metrics.LawSummary}", "exact product y", "error ŷ − y");
        if (profile.Metrics.NotFinite == profile.Metrics.Samples)
            return;
        Heatmap map = plot.Add.Heatmap(shades);
        map.Extent = new CoordinateRect(density.ProductLow, density.ProductHigh, density.ErrorLow, density.ErrorHigh);
        map.Colormap = new ScottPlot.Colormaps.Viridis().Reversed();
        map.NaNCellColor = Colors.Transparent;
        PlotStyle.AddColorBar(plot, map, "products in a cell").Axis.TickGenerator = PowersOfTen();
        plot.Add.HorizontalLine(0, 1, PlotStyle.Ink);
        plot.Axes.SetLimits(density.ProductLow, density.ProductHigh, density.ErrorLow, density.ErrorHigh);
    }

    static void DrawHistogram(Plot plot, ErrorMetrics metrics)
    {
        ErrorHistogram histogram = metrics.RelativeErrors;
        double all = histogram.Counts.Sum() + histogram.Below + histogram.Above;
        var bars = new List<Bar>();
        for (int i = 0; i < histogram.Counts.Count; i++)
        {
            double centre = -histogram.Scale + (i + 0.5) * histogram.Width;
            Color colour = centre < 0 ? PlotStyle.Vermilion : PlotStyle.Blue;
            bars.Add(new Bar
            {
                Position = 100 * centre,
                Value = 100 * histogram.Counts[i] / Math.Max(1, all),
                Size = 100 * histogram.Width,
                FillColor = colour,
                LineWidth = 0,
            });
        }

        string title = double.IsNaN(metrics.ShareAbove.Value)
            ? "no product is a finite number"
            : $"{metrics.ShareAbove.Value.ToString("P1", CultureInfo.InvariantCulture)} of the products are too large";
        PlotStyle.Apply(
            plot, title, "relative error (ŷ − y) / y, %", "share of the products, %");
        plot.Add.Bars(bars.ToArray());
        plot.Add.VerticalLine(0, 1, PlotStyle.Ink);
        plot.Axes.SetLimits(-100 * histogram.Scale, 100 * histogram.Scale, 0, 1.08 * Math.Max(1e-9, bars.Max(bar => bar.Value)));
    }

    static NumericManual PowersOfTen()
    {
        var ticks = new NumericManual();
        for (int power = 0; power <= 7; power++)
            ticks.AddMajor(power, Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture));
        return ticks;
    }
}
