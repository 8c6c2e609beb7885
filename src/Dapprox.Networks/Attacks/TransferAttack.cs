using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks;

/// <summary>An attack on one network whose successful adversarial images are tried on others.</summary>
/// <param name="Records">The record of each image, in order.</param>
/// <param name="Fooled">
/// For each of the other networks, in order, and each image: whether the adversarial image fools it; null where the attack
/// had no success, or that network gets the clean image wrong.
/// </param>
public sealed record TransferAttack(IReadOnlyList<AttackRecord> Records, IReadOnlyList<IReadOnlyList<bool?>> Fooled)
{
    // Bounds the memory of the passes, and says how often progress shows; no result depends on it.
    const int BatchSize = 250;

    /// <summary>Attacks the images, some hundreds at a time. An image's random numbers depend on its position in its data set only.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="victim">The victim.</param>
    /// <param name="others">The networks to try the successful images on.</param>
    /// <param name="data">The images.</param>
    /// <param name="places">Which of them to attack.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="target">The class to aim at for an image of a class; null for any wrong one.</param>
    /// <param name="mostQueries">How often the attack may put each image to the victim.</param>
    /// <param name="checkpoint">Where an interrupted attack goes on, and where it is kept; null to begin at the beginning.</param>
    /// <param name="progress">Told how many more images' worth of work is done, in fractions, if given.</param>
    /// <param name="cancellation">Ends the attack.</param>
    /// <exception cref="InputException">The images do not fit the victim or a network, or the checkpoint cannot be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static TransferAttack Run<TVictim>(
        IAttack<TVictim> attack, TVictim victim, IReadOnlyList<Network> others, Dataset data, ReadOnlySpan<int> places, ulong seed,
        Func<int, int>? target = null, long mostQueries = long.MaxValue, AttackCheckpoint? checkpoint = null,
        Action<double>? progress = null, CancellationToken cancellation = default)
        where TVictim : ILabelVictim
    {
        Evaluation.ThrowIfUnfit("the victim", victim.InputShape, victim.Classes, data);
        foreach (Network network in others)
            Evaluation.ThrowIfUnfit(network, data);
        var records = new List<AttackRecord>(places.Length);
        List<bool?>[] fooled = others.Select(_ => new List<bool?>()).ToArray();
        while (records.Count < places.Length)
        {
            ReadOnlySpan<int> batch = places.Slice(records.Count, Math.Min(BatchSize, places.Length - records.Count));
            Tensor images = data.Images(batch);
            int[] labels = Labels(data, batch);
            int[]? targets = target is null ? null : Array.ConvertAll(labels, label => target(label));
            AttackRecord[] done = AttackRunner.Run(
                attack, victim, images, labels, seed, targets, Positions(data, batch), mostQueries, checkpoint, progress, cancellation);
            records.AddRange(done);

            int[] successful = Enumerable.Range(0, done.Length).Where(i => done[i].Success).ToArray();
            Tensor before = images.Gather(successful);
            Tensor after = Stack(before, [.. successful.Select(i => done[i])]);
            for (int i = 0; i < others.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                int[] clean = Scores.Labels(others[i].Forward(before)), adversarial = Scores.Labels(others[i].Forward(after));
                bool?[] some = new bool?[done.Length];
                for (int j = 0; j < successful.Length; j++)
                {
                    int label = labels[successful[j]];
                    some[successful[j]] = clean[j] == label ? adversarial[j] != label : null;
                }

                fooled[i].AddRange(some);
            }
        }

        return new TransferAttack(records, fooled);
    }

    /// <summary>
    /// For each of the other networks: of the successful images whose clean image it classifies right, how many fool it, and
    /// how many there are.
    /// </summary>
    public IReadOnlyList<(int Fooled, int Of)> Counts =>
        [.. Fooled.Select(answers => (answers.Count(answer => answer == true), answers.Count(answer => answer is not null)))];

    /// <summary>The same as shares; null where there are no such images.</summary>
    public IReadOnlyList<double?> Transfer => [.. Counts.Select(count => count.Of == 0 ? null : (double?)count.Fooled / count.Of)];

    /// <summary>The worst of several attacks on the same images: for each image the nearest success, or else the first attempt.</summary>
    /// <param name="attacks">The attacks; at least one.</param>
    /// <param name="norm">The norm in which the nearest is looked for.</param>
    /// <returns>Each record counts the queries and gradients of all the attacks.</returns>
    public static TransferAttack Worst(IReadOnlyList<TransferAttack> attacks, Norm norm)
    {
        int[] choice = Enumerable.Range(0, attacks[0].Records.Count)
            .Select(image => Enumerable.Range(0, attacks.Count).MinBy(attack => attacks[attack].Records[image] is { Success: true } record ? record.Distances.In(norm) : double.PositiveInfinity))
            .ToArray();
        AttackRecord[] records = choice
            .Select((attack, image) => attacks[attack].Records[image] with
            {
                Queries = attacks.Sum(one => one.Records[image].Queries),
                GradientCalls = attacks.Sum(one => one.Records[image].GradientCalls),
                QueriesToBest = attacks[attack].Records[image].QueriesToBest + attacks.Take(attack).Sum(one => one.Records[image].Queries),
            })
            .ToArray();
        return new TransferAttack(records, [.. attacks[0].Fooled.Select((_, other) => choice.Select((attack, image) => attacks[attack].Fooled[other][image]).ToArray())]);
    }

    static Tensor Stack(Tensor like, AttackRecord[] records)
    {
        Tensor images = Tensor.Zeros(like.Shape);
        for (int i = 0; i < records.Length; i++)
            records[i].Adversarial.CopyTo(images.Row(i));
        return images;
    }

    static int[] Labels(Dataset data, ReadOnlySpan<int> places)
    {
        int[] labels = new int[places.Length];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = data.Labels[places[i]];
        return labels;
    }

    static int[] Positions(Dataset data, ReadOnlySpan<int> places)
    {
        int[] positions = places.ToArray();
        for (int i = 0; i < positions.Length; i++)
            positions[i] += data.Offset;
        return positions;
    }
}
