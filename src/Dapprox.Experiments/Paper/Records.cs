using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Paper;

/// <summary>Sums up the rows of an <see cref="AttackUnit"/>.</summary>
static class Records
{
    /// <summary>Of the attacked images, those that the attack turned.</summary>
    public static Proportion Success(Rows records) => new(Successes(records).Count(), records.Count);

    /// <summary>Of the examples that fool the source, of which the other network classifies the clean image right, those that fool it too.</summary>
    public static Proportion Transfer(Rows records, ModelVariant other, double overshoot = 1)
    {
        string column = AttackUnit.Fools(other, overshoot);
        bool[] answers = [.. Enumerable.Range(0, records.Count).Select(row => records.Boolean(row, column)).OfType<bool>()];
        return new(answers.Count(fooled => fooled), answers.Length);
    }

    /// <summary>A distance of the successful examples.</summary>
    public static double[] Distances(Rows records, string distance) =>
        [.. Successes(records).Select(row => records.Number(row, distance)).OfType<double>()];

    /// <summary>Its median; NaN of none.</summary>
    public static double Median(Rows records, string distance) => Estimate.Median(Distances(records, distance)).Value;

    /// <summary>The rows of successful examples.</summary>
    public static IEnumerable<int> Successes(Rows records) => Enumerable.Range(0, records.Count).Where(row => records.Boolean(row, "success") == true);

    /// <summary>Of the test images, those that a network classifies right.</summary>
    public static Proportion Accuracy(Rows predictions) =>
        new(Enumerable.Range(0, predictions.Count).Count(row => predictions.Int32(row, "label") == predictions.Int32(row, "prediction")), predictions.Count);
}
