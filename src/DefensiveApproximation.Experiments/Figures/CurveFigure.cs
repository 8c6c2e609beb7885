using ScottPlot;

namespace DefensiveApproximation.Experiments.Figures;

/// <summary>Draws how the accuracy falls as adversarial images may be further away.</summary>
public static class CurveFigure
{
    const int Width = 640, Height = 400;

    // How far beyond the farthest adversarial image the curve goes on.
    const double Margin = 1.08;

    /// <summary>Draws a step function.</summary>
    /// <param name="title">What was attacked.</param>
    /// <param name="norm">The norm of ε, as the axis names it: <c>L2</c>.</param>
    /// <param name="curve">The accuracy, 0 to 1, from each ε on; ε grows from 0.</param>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(string title, string norm, IReadOnlyList<(double Epsilon, double Accuracy)> curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        using var plot = new Plot();
        PlotStyle.Apply(plot, title, $"{norm} distance, pixels from 0 to 1", "robust accuracy, %");
        double end = curve[^1].Epsilon > 0 ? Margin * curve[^1].Epsilon : 1;
        var xs = new List<double>();
        var ys = new List<double>();
        for (int i = 0; i < curve.Count; i++)
        {
            double next = i + 1 < curve.Count ? curve[i + 1].Epsilon : end;
            xs.AddRange([curve[i].Epsilon, next]);
            ys.AddRange([100 * curve[i].Accuracy, 100 * curve[i].Accuracy]);
        }

        ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(xs.ToArray(), ys.ToArray(), PlotStyle.Blue);
        line.LineWidth = 2;
        plot.Axes.SetLimits(0, end, 0, 100);
        return PlotStyle.Png([(plot, Width)], Height);
    }
}
