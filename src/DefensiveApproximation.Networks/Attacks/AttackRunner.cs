namespace DefensiveApproximation.Networks.Attacks;

/// <summary>Runs attacks: picks the images worth attacking, and checks every attempt by a fresh forward pass.</summary>
public static class AttackRunner
{
    /// <summary>Attacks images.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="victim">The victim.</param>
    /// <param name="images"><c>[batch, channels, height, width]</c>, pixels in [0, 1]; not changed.</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="targets">The classes to aim at, or null for any wrong one.</param>
    /// <param name="positions">The positions of the images in their data set, by which random numbers are drawn; null for 0, 1, 2 …</param>
    /// <param name="cancellation">Ends the attack.</param>
    /// <returns>One record per image, in order.</returns>
    /// <exception cref="ArgumentException">Numbers of images and labels differ, a pixel is outside [0, 1], a label or target is no class of the victim, or a target is the true class.</exception>
    /// <exception cref="InvalidOperationException">The attack returned something else than one image in [0, 1] per image.</exception>
    /// <exception cref="OperationCanceledException">The attack was cancelled.</exception>
    public static AttackRecord[] Run<TVictim>(
        Attack<TVictim> attack, TVictim victim, Tensor images, ReadOnlySpan<byte> labels, ulong seed,
        int[]? targets = null, int[]? positions = null, CancellationToken cancellation = default)
        where TVictim : ILabelVictim
    {
        int count = images.Batch;
        if (labels.Length != count || (targets?.Length ?? count) != count || (positions?.Length ?? count) != count)
            throw new ArgumentException($"{count} images need as many labels, targets and positions.", nameof(labels));
        if (!IsImage(images.Data, images.Data.Length))
            throw new ArgumentException("Pixels lie in [0, 1], and some do not; divide bytes by 255.", nameof(images));

        int[] truth = labels.ToArray().Select(label => (int)label).ToArray();
        if (truth.Concat(targets ?? []).Any(label => (uint)label >= (uint)victim.Classes))
            throw new ArgumentException($"A label or target is no class of the victim; its classes are 0 to {victim.Classes - 1}.", nameof(labels));
        if (targets is not null && targets.Zip(truth).Any(pair => pair.First == pair.Second))
            throw new ArgumentException("The true class of an image cannot be its target.", nameof(targets));
        int[] clean = victim.Labels(images);
        int[] attacked = Enumerable.Range(0, count)
            .Where(i => clean[i] == truth[i])
            .ToArray();
        var batch = new AttackBatch(
            images.Gather(attacked), Select(truth, attacked), targets is null ? null : Select(targets, attacked),
            Select(positions ?? Enumerable.Range(0, count).ToArray(), attacked), seed, cancellation);
        Attempt[] attempts = batch.Count == 0 ? [] : attack.Run(victim, batch);

        if (attempts.Length != batch.Count || attempts.Any(attempt => !IsImage(attempt.Image, images.RowLength)))
            throw new InvalidOperationException($"{attack.Name} is to return {batch.Count} images of {images.RowLength} pixels in [0, 1], and did not.");

        Tensor results = images.Clone();
        for (int i = 0; i < attacked.Length; i++)
            attempts[i].Image.CopyTo(results.Row(attacked[i]));
        Tensor? logits = (victim as IScoreVictim)?.Logits(results);
        int[] predictions = logits is null ? victim.Labels(results) : Scores.Labels(logits);

        var records = new AttackRecord[count];
        for (int i = 0; i < count; i++)
        {
            int place = Array.BinarySearch(attacked, i);
            bool success = place >= 0 && batch.IsReached(place, predictions[i]);
            records[i] = new AttackRecord
            {
                Image = positions?[i] ?? i,
                Label = truth[i],
                Target = targets?[i],
                CleanPrediction = clean[i],
                Prediction = predictions[i],
                Success = success,
                Reason = Reason(place < 0 ? StopReason.AlreadyMisclassified : attempts[place].Reason, success),
                Adversarial = results.Row(i).ToArray(),
                Distances = Distances.Between(images.Row(i), results.Row(i)),
                Margin = logits is null ? null : Scores.Margin(logits.Row(i), truth[i]),
                Queries = place < 0 ? 0 : batch.Queries[place],
                GradientCalls = place < 0 ? 0 : batch.GradientCalls[place],
            };
        }

        return records;
    }

    static bool IsImage(ReadOnlySpan<float> pixels, int length)
    {
        foreach (float pixel in pixels)
        {
            // A NaN fails as well.
            if (!(pixel >= 0 && pixel <= 1))
                return false;
        }

        return pixels.Length == length;
    }

    /// <summary>The fresh pass has the last word on whether something was found.</summary>
    static StopReason Reason(StopReason stated, bool success)
    {
        if (success)
            return StopReason.Found;
        return stated == StopReason.Found ? StopReason.BudgetSpent : stated;
    }

    static int[] Select(int[] values, int[] places) => places.Select(place => values[place]).ToArray();
}
