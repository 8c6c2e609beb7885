using Dapprox.Experiments.Results;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Numbers in the texts of an audit.</summary>
static class AuditText
{
    /// <summary>The images that are not broken.</summary>
    public static Proportion Rest(Proportion broken) => new(broken.Of - broken.Count, broken.Of);

    /// <summary>A rate with its interval; a dash of no images.</summary>
    public static string Rate(Proportion rate) =>
        rate.Value is null ? "–" : $"{NumberText.Of(rate)} ({NumberText.Interval(ResultCell.Rate(rate))})";

    /// <summary>A difference of rates in percentage points, without the unit.</summary>
    public static string Points(double difference) => NumberText.Of(Math.Round(100 * difference, 1), NumberFormat.Number);

    /// <summary>A difference with its interval: <c>3.5 percentage points (−1 to 8)</c>.</summary>
    public static string Points(PairedDifference difference)
    {
        Estimate interval = difference.Interval;
        return $"{Points(interval.Value)} percentage points ({Points(interval.Low)} to {Points(interval.High)})";
    }

    /// <summary>Rates by name, separated by commas: <c>NAME RATE, NAME RATE</c>.</summary>
    public static string List(IEnumerable<(string Name, Proportion Rate)> rates, string separator = ", ") =>
        string.Join(separator, rates.Select(one => $"{one.Name} {NumberText.Of(one.Rate)}"));
}
