using Dapprox.Foundation;
using Dapprox.Measurement;

namespace Dapprox.Search;

/// <summary>A metric of the error of a multiplier of integers that a search can bound.</summary>
public sealed class ErrorMetric
{
    readonly Func<IntegerMetrics, double> of;

    ErrorMetric(string name, string summary, Func<IntegerMetrics, double> of) => (Name, Summary, this.of) = (name, summary, of);

    /// <summary><c>mae</c>: the mean of |ŷ − y|.</summary>
    public static ErrorMetric Mae { get; } = new("mae", "the mean of |ŷ − y|", metrics => metrics.MeanAbsoluteError.Value);

    /// <summary><c>wce</c>: the largest |ŷ − y|.</summary>
    public static ErrorMetric Wce { get; } = new("wce", "the largest |ŷ − y|", metrics => metrics.WorstAbsolute.Error);

    /// <summary><c>mre</c>: the mean of |ŷ − y| / max(1, |y|), over all pairs.</summary>
    public static ErrorMetric Mre { get; } =
        new("mre", "the mean of |ŷ − y| / max(1, |y|) over all pairs", metrics => metrics.MeanRelativeErrorWithZeros.Value);

    /// <summary><c>mse</c>: the mean of (ŷ − y)².</summary>
    public static ErrorMetric Mse { get; } = new("mse", "the mean of (ŷ − y)²", metrics => metrics.MeanSquaredError.Value);

    /// <summary><c>ep</c>: the fraction of pairs with ŷ ≠ y.</summary>
    public static ErrorMetric Ep { get; } = new("ep", "the fraction of pairs with ŷ ≠ y", metrics => metrics.ErrorProbability.Value);

    /// <summary>All metrics.</summary>
    public static IReadOnlyList<ErrorMetric> All { get; } = [Mae, Wce, Mre, Mse, Ep];

    /// <summary>The name on the command line.</summary>
    public string Name { get; }

    /// <summary>The definition.</summary>
    public string Summary { get; }

    /// <summary>The metric of a multiplier that was measured.</summary>
    public double Of(IntegerMetrics metrics) => of(metrics);

    /// <summary>The metric with that name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">There is none; the message lists the names.</exception>
    public static ErrorMetric Find(string name) => Names.Find("error metric", name, All, metric => metric.Name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The weight of a pair in the sum that a search bounds.</summary>
    internal float Weight(double weight, long exact) => (float)(this == Mre ? weight / Math.Max(1, Math.Abs(exact)) : weight);

    /// <summary>What is summed of each error.</summary>
    internal ErrorTerm Term(double atMost) => new(
        this == Wce ? (uint)Math.Min(uint.MaxValue, Math.Floor(atMost)) : 0, this == Wce || this == Ep ? 1 : uint.MaxValue, this == Mse);

    /// <summary>The largest sum that is certain to keep the bound.</summary>
    /// <param name="atMost">The bound.</param>
    /// <param name="weight">The sum of the weights of all pairs.</param>
    internal double Limit(double atMost, double weight) => this == Wce ? 0 : atMost * weight * (1 - 2 * PairErrors.Precision);
}
