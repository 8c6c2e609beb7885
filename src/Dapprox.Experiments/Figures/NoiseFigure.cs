using System.Globalization;
using Dapprox.Experiments.Results;
using Dapprox.Measurement;
using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.TickGenerators;

namespace Dapprox.Experiments.Figures;

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
    /// <param name="profile">The metrics and the density of the error.</param>
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

        PlotStyle.Apply(plot, $"{profile.Metrics.Multiplier}, {profile.Metrics.DistributionSummary}", "exact product y", "error ŷ − y");
        if (profile.Metrics.NotFinite == profile.Metrics.Samples)
            return;
        ColorBar bar = PlotStyle.AddMap(
            plot, shades, new CoordinateRect(density.ProductLow, density.ProductHigh, density.ErrorLow, density.ErrorHigh),
            "products in a cell");
        bar.Axis.TickGenerator = PowersOfTen();
        plot.Add.HorizontalLine(0, 1, PlotStyle.Ink);
    }

    static void DrawHistogram(Plot plot, ErrorMetrics metrics)
    {
        ErrorHistogram histogram = metrics.RelativeErrors;
        double all = histogram.Counts.Sum() + histogram.Below + histogram.Above;
        string title = double.IsNaN(metrics.ShareAbove.Value)
            ? "no product is a finite number"
            : $"{metrics.ShareAbove.Value.ToString("P1", CultureInfo.InvariantCulture)} of the products are too large";
        PlotStyle.Apply(
            plot, title, "relative error (ŷ − y) / y, %", "share of the products, %");
        PlotStyle.AddHistogram(
            plot, [.. histogram.Counts.Select((_, i) => 100 * (-histogram.Scale + (i + 0.5) * histogram.Width))],
            [.. histogram.Counts.Select(count => 100 * count / Math.Max(1, all))]);
    }

    static NumericManual PowersOfTen()
    {
        var ticks = new NumericManual();
        for (int power = 0; power <= 7; power++)
            ticks.AddMajor(power, Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture));
        return ticks;
    }
}
