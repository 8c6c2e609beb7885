using DefensiveApproximation.Networks.Data;

namespace DefensiveApproximation.Networks.Attacks;

/// <summary>An attack on one network whose successful adversarial images are tried on others.</summary>
/// <param name="Records">The record of each image, in order.</param>
/// <param name="Transfer">
/// For each of the other networks, in order: of the successful images whose clean image it classifies right, the share
/// that fools it; null where there are none.
/// </param>
public sealed record TransferAttack(IReadOnlyList<AttackRecord> Records, IReadOnlyList<double?> Transfer)
{
    // Bounds the memory of the passes, and says how often progress shows; no result depends on it.
    const int BatchSize = 250;

    /// <summary>Attacks the images, some hundreds at a time. An image's random numbers depend on its position in its data set only.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="target">The network to attack.</param>
    /// <param name="others">The networks to try the successful images on.</param>
    /// <param name="data">The images.</param>
    /// <param name="places">Which of them to attack.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="progress">Told how many more images are done, if given.</param>
    /// <param name="cancellation">Ends the attack.</param>
    /// <exception cref="InputException">The images do not fit a network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static TransferAttack Run(
        Attack<IGradientVictim> attack, Network target, IReadOnlyList<Network> others, Dataset data, ReadOnlySpan<int> places, ulong seed,
        Action<int>? progress = null, CancellationToken cancellation = default)
    {
        foreach (Network network in others.Append(target))
            Evaluation.ThrowIfUnfit(network, data);
        var victim = new NetworkVictim(target);
        var records = new List<AttackRecord>(places.Length);
        var clean = others.Select(_ => new List<int>()).ToArray();
        var adversarial = others.Select(_ => new List<int>()).ToArray();
        while (records.Count < places.Length)
        {
            ReadOnlySpan<int> batch = places.Slice(records.Count, Math.Min(BatchSize, places.Length - records.Count));
            Tensor images = data.Images(batch);
            AttackRecord[] done = AttackRunner.Run(
                attack, victim, images, Labels(data, batch), seed, targets: null, Positions(data, batch), cancellation);
            records.AddRange(done);

            int[] successful = Enumerable.Range(0, done.Length).Where(i => done[i].Success).ToArray();
            Tensor before = images.Gather(successful);
            Tensor after = Stack(before, [.. successful.Select(i => done[i])]);
            for (int i = 0; i < others.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                clean[i].AddRange(Scores.Labels(others[i].Forward(before)));
                adversarial[i].AddRange(Scores.Labels(others[i].Forward(after)));
            }

            progress?.Invoke(done.Length);
        }

        AttackRecord[] successes = records.Where(record => record.Success).ToArray();
        return new TransferAttack(records, [.. others.Select((_, i) => AttackSummary.Transfer(successes, clean[i], adversarial[i]))]);
    }

    static Tensor Stack(Tensor like, AttackRecord[] records)
    {
        Tensor images = Tensor.Zeros(like.Shape);
        for (int i = 0; i < records.Length; i++)
            records[i].Adversarial.CopyTo(images.Row(i));
        return images;
    }

    static byte[] Labels(Dataset data, ReadOnlySpan<int> places)
    {
        byte[] labels = new byte[places.Length];
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
