using Dapprox.Experiments.Runs;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Units;

/// <summary>Rates and distances of the rows of units.</summary>
static class Records
{
    /// <summary>The success rate of an attack.</summary>
    public static Proportion Success(IReadOnlyList<AttackRow> rows) => new(rows.Count(row => row.Record.Success), rows.Count);

    /// <summary>The transfer rate: of the examples whose clean image the other network classifies correctly, those that fool it.</summary>
    public static Proportion Transfer(IReadOnlyList<AttackRow> rows, ModelVariant other, double factor = 1)
    {
        var trial = new Trial(other, factor);
        bool[] answers = [.. rows.Select(row => row.Fooled[trial]).OfType<bool>()];
        return new(answers.Count(fooled => fooled), answers.Length);
    }

    /// <summary>The records of the successful examples.</summary>
    public static IEnumerable<AttackRecordRow> Successes(IReadOnlyList<AttackRow> rows) =>
        rows.Select(row => row.Record).Where(record => record.Success);

    /// <summary>A distance of each successful example; examples that have none are left out.</summary>
    public static double[] Distances(IReadOnlyList<AttackRow> rows, Func<AttackRecordRow, double?> distance) =>
        [.. Successes(rows).Select(distance).OfType<double>()];

    /// <summary>The median of such a distance; NaN for no examples.</summary>
    public static double Median(IReadOnlyList<AttackRow> rows, Func<AttackRecordRow, double?> distance) =>
        Estimate.Median(Distances(rows, distance)).Value;

    /// <summary>The accuracy of a network.</summary>
    public static Proportion Accuracy(IReadOnlyList<PredictionRow> rows) =>
        new(rows.Count(row => row.Prediction == row.Label), rows.Count);

    /// <summary>The accuracy of a network minus that of another on the same images, in percentage points.</summary>
    public static Estimate Difference(IReadOnlyList<PredictionRow> rows, IReadOnlyList<PredictionRow> others)
    {
        Dictionary<int, bool> correct = others.ToDictionary(row => row.Image, row => row.Prediction == row.Label);
        return Estimate.Mean(
            [.. rows.Select(row => 100.0 * ((row.Prediction == row.Label ? 1 : 0) - (correct[row.Image] ? 1 : 0)))]);
    }
}
