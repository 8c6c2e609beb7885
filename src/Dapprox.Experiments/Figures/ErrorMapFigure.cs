using System.Globalization;
using Dapprox.Measurement;
using ScottPlot;
using ScottPlot.Plottables;

namespace Dapprox.Experiments.Figures;

/// <summary>Draws the error of a circuit against its operands.</summary>
public static class ErrorMapFigure
{
    /// <summary>The width of the figure; the PNG has twice as many pixels.</summary>
    public const int Width = 660;

    /// <summary>The height of the figure; the PNG has twice as many pixels.</summary>
    public const int Height = 540;

    /// <summary>
    /// Draws the figure. Products that are too large are blue, those that are too small vermilion; a larger error is deeper in colour.
    /// </summary>
    /// <param name="metrics">The error metrics of the circuit, with the map of its errors.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(IntegerMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        using var plot = new Plot();
        ErrorMap map = metrics.Map;
        int rows = map.MeanErrors.GetLength(0), columns = map.MeanErrors.GetLength(1);
        double[,] percent = new double[rows, columns];
        double most = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                // The picture's first row is its highest.
                double error = 100 * map.MeanErrors[rows - 1 - row, column] / metrics.Normaliser;
                percent[row, column] = error;
                most = Math.Max(most, double.IsNaN(error) ? 0 : Math.Abs(error));
            }
        }

        PlotStyle.Apply(plot, Title(metrics), "second operand b", "first operand a");
        Heatmap picture = plot.Add.Heatmap(percent);
        picture.Extent = PlotStyle.Middles(new CoordinateRect(map.Second.Low, map.Second.High, map.First.Low, map.First.High), percent);
        picture.Colormap = new ScottPlot.Colormaps.CustomInterpolated([PlotStyle.Vermilion, Colors.White, PlotStyle.Blue]);
        picture.NaNCellColor = PlotStyle.Faint;
        // Without errors any range will do.
        double end = most > 0 ? most : 1;
        picture.ManualRange = new ScottPlot.Range(-end, end);
        PlotStyle.AddColorBar(plot, picture, "mean error ŷ − y, % of the largest product");
        plot.Axes.SetLimits(map.Second.Low, map.Second.High, map.First.Low, map.First.High);
        return PlotStyle.Png([(plot, Width)], Height);
    }

    static string Title(IntegerMetrics metrics)
    {
        // Lists of cells can be longer than the picture is wide.
        const int Most = 48;
        string name = metrics.Multiplier.Length <= Most ? metrics.Multiplier : metrics.Multiplier[..(Most - 1)] + "…";
        return string.Create(CultureInfo.InvariantCulture, $"{name}, NMED {100 * metrics.NormalisedMeanError.Value:G3} %");
    }
}
