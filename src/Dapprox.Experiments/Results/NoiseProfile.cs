using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Measurement;

namespace Dapprox.Experiments.Results;

/// <summary>The density of the error against the exact product.</summary>
/// <param name="Counts">The number of products in each cell, <c>[error, product]</c>, both ascending.</param>
/// <param name="ProductLow">The smallest exact product, the left edge.</param>
/// <param name="ProductHigh">The largest exact product, the right edge.</param>
/// <param name="ErrorLow">The smallest error ŷ − y, the lower edge.</param>
/// <param name="ErrorHigh">The largest error, the upper edge.</param>
public sealed record ErrorDensity(int[,] Counts, double ProductLow, double ProductHigh, double ErrorLow, double ErrorHigh);

/// <summary>
/// The noise of a multiplier, the data of figure 3 of "Defensive Approximation": its error metrics, and the error against
/// the exact product.
/// </summary>
/// <param name="Metrics">The metrics, with the histogram of relative errors.</param>
/// <param name="Density">The error against the exact product, on a smaller sample with the same distribution.</param>
public sealed record NoiseProfile(ErrorMetrics Metrics, ErrorDensity Density)
{
    // Enough for every cell that can be reached to be reached, and few enough to be kept.
    const long DensitySamples = 2_000_000;

    const int Rows = 150, Columns = 200;

    // Not a number of a block of the metrics' sample.
    const ulong DensityPurpose = 1;

    /// <summary>Measures a multiplier.</summary>
    /// <param name="multiplier">The multiplier that is measured.</param>
    /// <param name="distribution">The distribution of the operands.</param>
    /// <param name="samples">The number of products on which the metrics are measured.</param>
    /// <param name="seed">Determines the sample.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public static NoiseProfile Measure(
        FloatMultiplier multiplier, OperandDistribution distribution, long samples, ulong seed, CancellationToken cancellation = default) =>
        Measure(
            ErrorMeasurement.Sample(multiplier, distribution, samples, seed, cancellation: cancellation),
            multiplier, distribution, seed);

    /// <summary>Adds the density to metrics that are known already.</summary>
    /// <param name="metrics">The metrics of the sample with that distribution and seed.</param>
    /// <param name="multiplier">The multiplier that is measured.</param>
    /// <param name="distribution">The distribution of the operands.</param>
    /// <param name="seed">Determines the sample.</param>
    public static NoiseProfile Measure(ErrorMetrics metrics, FloatMultiplier multiplier, OperandDistribution distribution, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(distribution);
        int count = (int)Math.Min(metrics.Samples, DensitySamples);
        float[] activations = new float[count], weights = new float[count], products = new float[count];
        var random = new CounterRandom(seed, purpose: DensityPurpose);
        distribution.Fill(ref random, activations, weights);
        BulkMultiply.Run(multiplier, activations, weights, products);

        double[] exact = new double[count], errors = new double[count];
        for (int i = 0; i < count; i++)
        {
            exact[i] = (double)activations[i] * weights[i];
            errors[i] = float.IsFinite(products[i]) ? products[i] - exact[i] : double.NaN;
        }

        return new NoiseProfile(metrics, Count(exact, errors));
    }

    static ErrorDensity Count(double[] exact, double[] errors)
    {
        (double left, double right) = Range(exact);
        (double bottom, double top) = Range(errors.Where(double.IsFinite));
        int[,] counts = new int[Rows, Columns];
        for (int i = 0; i < exact.Length; i++)
        {
            if (double.IsFinite(errors[i]))
                counts[Cell(errors[i], bottom, top, Rows), Cell(exact[i], left, right, Columns)]++;
        }

        return new ErrorDensity(counts, left, right, bottom, top);
    }

    static (double Low, double High) Range(IEnumerable<double> values)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        // No values, or all the same: a range of some width, so that there is something to draw.
        if (low > high)
            return (-1, 1);
        return low < high ? (low, high) : (low - 1, high + 1);
    }

    static int Cell(double value, double low, double high, int cells) =>
        Math.Min((int)((value - low) / (high - low) * cells), cells - 1);
}
