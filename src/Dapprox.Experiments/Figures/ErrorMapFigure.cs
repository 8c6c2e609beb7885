using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Measurement;
using ScottPlot;
using ScottPlot.Plottables;

namespace Dapprox.Experiments.Figures;

/// <summary>
/// Draws the error of a multiplier of integers against its operands. Products that are too large are blue, those that are too small
/// vermilion; a larger error is deeper in colour.
/// </summary>
public static class ErrorMapFigure
{
    /// <summary>The width of the figure; the PNG has twice as many pixels.</summary>
    public const int Width = 660;

    /// <summary>The height of the figure; the PNG has twice as many pixels.</summary>
    public const int Height = 540;

    /// <summary>The widest operands of which every pair has a cell of its own.</summary>
    public const int MaxBits = 8;

    /// <summary>The largest relative error that has a colour of its own, in per cent: larger ones would fade all others.</summary>
    public const int MostPercent = 100;

    // Of the errors that are not 0, those above this fraction have the deepest colours, for the same reason.
    const double Deepest = 0.99;

    /// <summary>Draws the mean error of parts of the operands, in per cent of the largest product.</summary>
    /// <param name="metrics">The error metrics of the multiplier, with the map of its errors.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(IntegerMetrics metrics)
    {
        using Plot plot = Means(metrics, Title(metrics));
        return PlotStyle.Png([(plot, Width)], Height);
    }

    /// <summary>Draws the same as an SVG element of a page, whose style sheet has the colours.</summary>
    /// <param name="metrics">The error metrics of the multiplier, with the map of its errors.</param>
    /// <param name="name">A name that no other picture of the page has.</param>
    /// <param name="attributes">Further attributes of the element, each with a blank before it.</param>
    internal static string Svg(IntegerMetrics metrics, string name, string attributes)
    {
        using Plot plot = Means(metrics, "");
        return PlotStyle.OnPage(plot.GetSvgXml(Width, Height), name, Width, Height, attributes);
    }

    /// <summary>
    /// Draws (ŷ − y) / max(1, |y|) of every pair of operands, in per cent, as an SVG element of a page, whose style sheet has the colours.
    /// </summary>
    /// <param name="multiplier">A multiplier of operands of at most <see cref="MaxBits"/> bits.</param>
    /// <param name="name">A name that no other picture of the page has.</param>
    /// <param name="attributes">Further attributes of the element, each with a blank before it.</param>
    internal static string Svg(IntegerMultiplier multiplier, string name, string attributes)
    {
        int rows = 1 << multiplier.FirstWidth, columns = 1 << multiplier.SecondWidth;
        ulong[] a = new ulong[rows * columns], b = new ulong[rows * columns];
        for (int pair = 0; pair < a.Length; pair++)
            (a[pair], b[pair]) = ((ulong)(pair / columns), (ulong)(pair % columns));
        var products = new UInt128[a.Length];
        multiplier.Multiply(a, b, products);
        (int lowA, int lowB) = multiplier.IsSigned ? (-rows / 2, -columns / 2) : (0, 0);
        double[,] percent = new double[rows, columns];
        for (int pair = 0; pair < a.Length; pair++)
        {
            long first = Number(a[pair], multiplier.FirstWidth), second = Number(b[pair], multiplier.SecondWidth), exact = first * second;
            double error = (double)Number(products[pair], multiplier.ProductWidth) - exact;
            // The picture's first row is its highest.
            percent[rows - 1 - (int)(first - lowA), second - lowB] = 100 * error / Math.Max(1, Math.Abs(exact));
        }

        double[] sizes = [.. percent.Cast<double>().Where(error => error != 0).Select(Math.Abs).Order()];
        double end = sizes.Length == 0 ? 0 : Math.Min(MostPercent, sizes[(int)(Deepest * (sizes.Length - 1))]);
        using Plot plot = Map(
            percent, new CoordinateRect(lowB - 0.5, lowB + columns - 0.5, lowA - 0.5, lowA + rows - 0.5), end, "",
            "(ŷ − y) / max(1, |y|), %");
        return PlotStyle.OnPage(plot.GetSvgXml(Width, Height), name, Width, Height, attributes);

        long Number(UInt128 bits, int width) => (long)(multiplier.IsSigned ? IntegerMultiplier.Signed(bits, width) : (Int128)bits);
    }

    static Plot Means(IntegerMetrics metrics, string title)
    {
        ArgumentNullException.ThrowIfNull(metrics);
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

        return Map(
            percent, new CoordinateRect(map.Second.Low, map.Second.High, map.First.Low, map.First.High), most, title,
            "mean error ŷ − y, % of the largest product");
    }

    /// <summary>A map of cells, with the deepest colours at −end and end; of a map without errors, any end will do.</summary>
    static Plot Map(double[,] cells, CoordinateRect extent, double end, string title, string label)
    {
        var plot = new Plot();
        PlotStyle.Apply(plot, title, "second operand b", "first operand a");
        Heatmap picture = plot.Add.Heatmap(cells);
        picture.Extent = PlotStyle.Middles(extent, cells);
        picture.Colormap = new ScottPlot.Colormaps.CustomInterpolated([PlotStyle.Vermilion, Colors.White, PlotStyle.Blue]);
        picture.NaNCellColor = PlotStyle.Faint;
        picture.ManualRange = end > 0 ? new ScottPlot.Range(-end, end) : new ScottPlot.Range(-1, 1);
        PlotStyle.AddColorBar(plot, picture, label);
        plot.Axes.SetLimits(extent.Left, extent.Right, extent.Bottom, extent.Top);
        return plot;
    }

    static string Title(IntegerMetrics metrics)
    {
        // Lists of cells can be longer than the picture is wide.
        const int Most = 48;
        string name = metrics.Multiplier.Length <= Most ? metrics.Multiplier : metrics.Multiplier[..(Most - 1)] + "…";
        return string.Create(CultureInfo.InvariantCulture, $"{name}, NMED {100 * metrics.NormalisedMeanError.Value:G3} %");
    }
}
