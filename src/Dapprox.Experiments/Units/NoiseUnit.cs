using System.ComponentModel.DataAnnotations.Schema;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Measurement;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Units;

/// <summary>A number about the error of a multiplier: a metric, a bin of a histogram or a cell of a density.</summary>
/// <param name="Multiplier">The name of the multiplier.</param>
/// <param name="Distribution">The name of the distribution of the operands.</param>
/// <param name="Quantity">What the number is: one of the constants here.</param>
/// <param name="X">The centre of the bin, or the exact product at the centre of the cell; null for a metric.</param>
/// <param name="Y">The error at the centre of the cell; null for others.</param>
/// <param name="Value">The metric, the fraction of the products in the bin, or the number of products in the cell.</param>
/// <param name="Low">The lower end of the 95 % interval of a metric; null for others.</param>
/// <param name="High">The upper end of that interval.</param>
public sealed record NoiseRow(
    string Multiplier, [property: Column("law")] string Distribution, string Quantity,
    double? X, double? Y, double Value, double? Low, double? High)
{
    /// <summary>
    /// The metrics: mean relative error, normalised mean error, mean error, fraction of the products above the exact ones.
    /// </summary>
    public const string Mred = "mred", Nmed = "nmed", Bias = "bias", Above = "above";

    /// <summary>A bin of the histogram of relative errors, and a cell of the density of error against exact product.</summary>
    public const string RelativeError = "relative error", Density = "density";
}

/// <summary>
/// The error of a multiplier: its metrics, the histogram of relative errors, and the cells of the density that are not empty.
/// </summary>
/// <param name="Multiplier">The name of the multiplier.</param>
/// <param name="Distribution">The name of the distribution of the operands.</param>
/// <param name="Samples">The number of random products on which the metrics are measured.</param>
public sealed record NoiseUnit(string Multiplier, string Distribution, long Samples) : WorkUnit<NoiseRow>
{
    /// <inheritdoc/>
    public override string Kind => "noise";

    /// <inheritdoc/>
    public override double Seconds => 0.2 + Samples / 3e7;

    /// <inheritdoc/>
    public override string Title => $"noise of {Multiplier}, {Distribution}";

    /// <inheritdoc/>
    public override IReadOnlyList<NoiseRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        NoiseProfile profile = NoiseProfile.Measure(
            Multipliers.Find(Multiplier), OperandDistribution.Find(Distribution), Samples, context.Seed, cancellation);
        ErrorMetrics metrics = profile.Metrics;
        var rows = new List<NoiseRow>();
        Metric(NoiseRow.Mred, metrics.MeanRelativeError);
        Metric(NoiseRow.Nmed, metrics.NormalisedMeanError);
        Metric(NoiseRow.Bias, metrics.Bias);
        Metric(NoiseRow.Above, metrics.ShareAbove);
        ErrorHistogram histogram = metrics.RelativeErrors;
        double all = Math.Max(1, histogram.Counts.Sum() + histogram.Below + histogram.Above);
        for (int i = 0; i < histogram.Counts.Count; i++)
            Add(NoiseRow.RelativeError, -histogram.Scale + (i + 0.5) * histogram.Width, null, histogram.Counts[i] / all);
        ErrorDensity density = profile.Density;
        int errors = density.Counts.GetLength(0), products = density.Counts.GetLength(1);
        for (int error = 0; error < errors; error++)
        {
            for (int product = 0; product < products; product++)
            {
                if (density.Counts[error, product] > 0)
                {
                    Add(NoiseRow.Density, Centre(density.ProductLow, density.ProductHigh, product, products),
                        Centre(density.ErrorLow, density.ErrorHigh, error, errors), density.Counts[error, product]);
                }
            }
        }

        return rows;

        void Metric(string name, Estimate estimate) =>
            rows.Add(new NoiseRow(Multiplier, Distribution, name, null, null, estimate.Value, estimate.Low, estimate.High));

        void Add(string name, double? x, double? y, double value) =>
            rows.Add(new NoiseRow(Multiplier, Distribution, name, x, y, value, null, null));
    }

    static double Centre(double low, double high, int cell, int cells) => low + (cell + 0.5) / cells * (high - low);
}
