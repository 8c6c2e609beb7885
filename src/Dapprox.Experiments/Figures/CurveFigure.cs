using ScottPlot;
using ScottPlot.Plottables;

namespace Dapprox.Experiments.Figures;

/// <summary>Draws robust accuracy against ε.</summary>
public static class CurveFigure
{
    const int Width = 640, Height = 400;

    // How far beyond the farthest adversarial image the axis goes on.
    const double Margin = 1.08;

    /// <summary>Draws a step function where the accuracy is known at every ε, and otherwise the measured points.</summary>
    /// <param name="title">The network and the attack.</param>
    /// <param name="norm">The norm of ε, as the axis names it: <c>L2</c>.</param>
    /// <param name="curve">The accuracy, 0 to 1, at each ε; ε grows from 0.</param>
    /// <param name="isContinuous">Whether each accuracy holds up to the next ε, as after an attack for the nearest example.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(string title, string norm, IReadOnlyList<(double Epsilon, double Accuracy)> curve, bool isContinuous)
    {
        ArgumentNullException.ThrowIfNull(curve);
        using var plot = new Plot();
        PlotStyle.Apply(plot, title, $"ε: {norm} distance, pixels from 0 to 1", "robust accuracy, % of all attacked images");
        double end = curve[^1].Epsilon > 0 ? Margin * curve[^1].Epsilon : 1;
        double[] xs = [.. curve.Select(point => point.Epsilon)], ys = [.. curve.Select(point => 100 * point.Accuracy)];
        if (isContinuous)
        {
            Scatter line = plot.Add.ScatterLine((double[])[.. xs, end], (double[])[.. ys, ys[^1]], PlotStyle.Blue);
            line.ConnectStyle = ConnectStyle.StepHorizontal;
            line.LineWidth = 2;
        }
        else
        {
            Scatter points = plot.Add.ScatterPoints(xs, ys, PlotStyle.Blue);
            points.MarkerSize = 10;
        }

        plot.Axes.SetLimits(isContinuous ? 0 : end - Margin * end, end, -2, 102);
        return PlotStyle.Png([(plot, Width)], Height);
    }
}
