using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Statistics;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>The summary of an attack on many images. A mean over no images is null.</summary>
/// <param name="Count">The number of images.</param>
/// <param name="CleanCorrect">The number of images that the victim classified correctly before the attack: only these are attacked.</param>
/// <param name="Successes">The number of adversarial images found.</param>
/// <param name="MeanL2">The mean L2 distance of the successful adversarial images.</param>
/// <param name="MedianL2">The median of the same; of an even number, the mean of the two in the middle.</param>
/// <param name="MeanLInf">The mean L∞ distance of the successful adversarial images.</param>
/// <param name="MedianLInf">The median of the same.</param>
/// <param name="MeanL1">The mean L1 distance of the successful adversarial images.</param>
/// <param name="MedianL1">The median of the same.</param>
/// <param name="MeanL0">The mean L0 distance of the successful adversarial images.</param>
/// <param name="MedianL0">The median of the same.</param>
/// <param name="MeanQueries">The mean number of queries of the attacked images, successful or not.</param>
/// <param name="MeanQueriesToBest">The mean number of queries after which the successful adversarial images were found.</param>
/// <param name="SurvivesRounding">The fraction of the adversarial images that remain adversarial with pixels rounded to 8 bits.</param>
/// <param name="Reasons">For each reason why an attack ended, the number of images.</param>
public sealed record AttackSummary(
    int Count, int CleanCorrect, int Successes, double? MeanL2, double? MedianL2, double? MeanLInf, double? MedianLInf,
    double? MeanL1, double? MedianL1, double? MeanL0, double? MedianL0, double? MeanQueries, double? MeanQueriesToBest,
    double? SurvivesRounding, IReadOnlyList<(StopReason Reason, int Images)> Reasons)
{
    /// <summary>The mean number of gradients of the attacked images, each of one loss at one point.</summary>
    public double? MeanGradientCalls { get; init; }

    /// <summary>The mean number of backward passes of the attacked images.</summary>
    public double? MeanBackwardPasses { get; init; }

    /// <summary>The images that are classified correctly before and after the attack, of all.</summary>
    public Proportion RobustAccuracy => new(CleanCorrect - Successes, Count);

    /// <summary>The images for which the attack succeeded, of the attacked ones.</summary>
    public Proportion Success => new(Successes, CleanCorrect);

    /// <summary>Summarises the records of one attack.</summary>
    /// <param name="records">One for each image.</param>
    public static AttackSummary Of(IReadOnlyCollection<AttackRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        AttackRecord[] attacked = records.Where(record => record.CleanCorrect).ToArray();
        AttackRecord[] successes = attacked.Where(record => record.Success).ToArray();
        Distances[] distances = successes.Select(record => record.Distances).ToArray();
        return new AttackSummary(
            records.Count,
            attacked.Length,
            distances.Length,
            Mean(In(Norm.L2)),
            Median(In(Norm.L2)),
            Mean(In(Norm.LInf)),
            Median(In(Norm.LInf)),
            Mean(In(Norm.L1)),
            Median(In(Norm.L1)),
            Mean(In(Norm.L0)),
            Median(In(Norm.L0)),
            Mean(attacked.Select(record => (double)record.Queries)),
            Mean(successes.Select(record => (double)record.QueriesToBest!)),
            Mean(successes.Select(record => record.SurvivesRounding == true ? 1.0 : 0)),
            [.. records.GroupBy(Reason).OrderBy(group => group.Key).Select(group => (group.Key, group.Count()))])
        {
            MeanGradientCalls = Mean(attacked.Select(record => (double)record.GradientCalls)),
            MeanBackwardPasses = Mean(attacked.Select(record => (double)record.BackwardPasses)),
        };

        IEnumerable<double> In(Norm norm) => distances.Select(distance => distance.In(norm));
    }

    /// <summary>The median distance of the successful adversarial images in one norm.</summary>
    /// <param name="norm">One of the four norms.</param>
    public double? Median(Norm norm) => norm switch
    {
        Norm.L0 => MedianL0,
        Norm.L1 => MedianL1,
        Norm.L2 => MedianL2,
        _ => MedianLInf,
    };

    static double? Median(IEnumerable<double> values)
    {
        double[] ordered = values.Order().ToArray();
        return ordered.Length == 0 ? null : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    /// <summary>Why the attack ended; a victim without an answer for the clean image has not misclassified it.</summary>
    static StopReason Reason(AttackRecord record) => record.CleanPrediction < 0 ? StopReason.NonFinite : record.Reason;

    static double? Mean(IEnumerable<double> values)
    {
        double[] all = values.ToArray();
        return all.Length == 0 ? null : all.Average();
    }
}
