using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Units;

/// <summary>
/// The error of a multiplier. Columns: the multiplier, the operand law, and quantity, x, y, value, low, high: one row for each metric
/// (with its interval), for each bin of the histogram of relative errors (x its centre, value its share), and for each cell of the
/// density that anything fell into (x the exact product, y the error, value the number of products).
/// </summary>
/// <param name="Multiplier">Its name.</param>
/// <param name="Distribution">The law of the operands, by name.</param>
/// <param name="Samples">How many products the metrics come from.</param>
public sealed record NoiseUnit(string Multiplier, string Distribution, long Samples) : WorkUnit
{
    /// <inheritdoc/>
    public override string Kind => "noise";

    /// <inheritdoc/>
    public override double Seconds => 0.2 + Samples / 3e7;

    /// <inheritdoc/>
    public override string Title => $"noise of {Multiplier}, {Distribution}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{Multiplier}; {Distribution}; {Samples}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        NoiseProfile profile = NoiseProfile.Measure(Multipliers.Find(Multiplier), OperandDistribution.Find(Distribution), Samples, context.Seed, cancellation);
        ErrorMetrics metrics = profile.Metrics;
        var values = new List<object?[]>();
        Metric("mred", metrics.MeanRelativeError);
        Metric("nmed", metrics.NormalisedMeanError);
        Metric("bias", metrics.Bias);
        Metric("above", metrics.ShareAbove);
        ErrorHistogram histogram = metrics.RelativeErrors;
        double all = Math.Max(1, histogram.Counts.Sum() + histogram.Below + histogram.Above);
        for (int i = 0; i < histogram.Counts.Count; i++)
            Add("relative error", -histogram.Scale + (i + 0.5) * histogram.Width, null, histogram.Counts[i] / all);
        ErrorDensity density = profile.Density;
        int rows = density.Counts.GetLength(0), columns = density.Counts.GetLength(1);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (density.Counts[row, column] > 0)
                {
                    Add("density", Centre(density.ProductLow, density.ProductHigh, column, columns),
                        Centre(density.ErrorLow, density.ErrorHigh, row, rows), density.Counts[row, column]);
                }
            }
        }

        return new Rows(
            [new("multiplier", "VARCHAR"), new("law", "VARCHAR"), new("quantity", "VARCHAR"), new("x", "DOUBLE"), new("y", "DOUBLE"),
             new("value", "DOUBLE"), new("low", "DOUBLE"), new("high", "DOUBLE")],
            values);

        void Metric(string name, Estimate estimate) => values.Add([Multiplier, Distribution, name, null, null, estimate.Value, estimate.Low, estimate.High]);
        void Add(string name, double? x, double? y, double value) => values.Add([Multiplier, Distribution, name, x, y, value, null, null]);
    }

    static double Centre(double low, double high, int cell, int cells) => low + (cell + 0.5) / cells * (high - low);
}
