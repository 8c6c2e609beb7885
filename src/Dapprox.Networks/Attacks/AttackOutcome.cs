using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Statistics;

namespace Dapprox.Networks.Attacks;

/// <summary>The records of some images under an attack, and the transfer of the adversarial images to other networks.</summary>
/// <param name="Records">The record of each image, in order.</param>
/// <param name="Fooled">
/// For each of the other networks, in order, and each image: whether the adversarial image fools it; null if the attack failed or
/// that network misclassifies the clean image.
/// </param>
public sealed record AttackOutcome(IReadOnlyList<AttackRecord> Records, IReadOnlyList<IReadOnlyList<bool?>> Fooled)
{
    /// <summary>The summary over all images.</summary>
    public AttackSummary Summary => AttackSummary.Of(Records);

    /// <summary>
    /// For each of the other networks the transfer rate: how many adversarial images fool it, of those whose clean image it classifies
    /// correctly.
    /// </summary>
    public IReadOnlyList<Proportion> Transfer =>
        [.. Fooled.Select(answers => new Proportion(answers.Count(answer => answer == true), answers.Count(answer => answer is not null)))];

    /// <summary>
    /// The worst case of several attacks on the same images: for each image the nearest success, or the first candidate if none
    /// succeeded.
    /// </summary>
    /// <param name="attacks">The attacks; at least one.</param>
    /// <param name="norm">The norm of the distance.</param>
    /// <returns>Each record counts the queries and gradients of all the attacks.</returns>
    public static AttackOutcome Worst(IReadOnlyList<AttackOutcome> attacks, Norm norm)
    {
        int[] choice = Enumerable.Range(0, attacks[0].Records.Count)
            .Select(image => Enumerable.Range(0, attacks.Count).MinBy(attack => Distance(attacks[attack].Records[image])))
            .ToArray();
        AttackRecord[] records = choice
            .Select((attack, image) => attacks[attack].Records[image] with
            {
                Queries = attacks.Sum(one => one.Records[image].Queries),
                GradientCalls = attacks.Sum(one => one.Records[image].GradientCalls),
                BackwardPasses = attacks.Sum(one => one.Records[image].BackwardPasses),
                QueriesToBest = attacks[attack].Records[image].QueriesToBest + attacks.Take(attack).Sum(one => one.Records[image].Queries),
            })
            .ToArray();
        return new AttackOutcome(
            records,
            [.. attacks[0].Fooled.Select((_, other) => choice.Select((attack, image) => attacks[attack].Fooled[other][image]).ToArray())]);

        double Distance(AttackRecord record) => record.Success ? record.Distances.In(norm) : double.PositiveInfinity;
    }
}
