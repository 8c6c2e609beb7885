using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Runs attacks: picks the images worth attacking, and checks every attempt by a fresh forward pass.</summary>
public static class AttackRunner
{
    /// <summary>Attacks images.</summary>
    /// <param name="attack">The attack with its settings.</param>
    /// <param name="victim">Who is asked.</param>
    /// <param name="images"><c>[batch, channels, height, width]</c>, pixels in [0, 1]; not changed.</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="targets">The classes to aim at, or null for any wrong one.</param>
    /// <param name="positions">The positions of the images in their data set, by which random numbers are drawn; null for 0, 1, 2 …</param>
    /// <param name="mostQueries">
    /// How often the attack may put each image to the victim; a question that would exceed it ends the attack on the image.
    /// </param>
    /// <param name="checkpoint">Where an interrupted attack goes on, and where it is kept; null to begin at the beginning.</param>
    /// <param name="progress">Told how many more images' worth of work is done, in fractions, if given.</param>
    /// <param name="cancellation">Ends the attack.</param>
    /// <returns>One record per image, in order.</returns>
    /// <exception cref="ArgumentException">
    /// Numbers of images and labels differ, a pixel is outside [0, 1], a label or target is no class of the victim, or a target
    /// is the true class.
    /// </exception>
    /// <exception cref="InvalidOperationException">The attack's attempt is no image in [0, 1].</exception>
    /// <exception cref="InputException">The checkpoint cannot be written, or its images have another size.</exception>
    /// <exception cref="OperationCanceledException">The attack was cancelled.</exception>
    public static AttackRecord[] Run<TVictim>(
        IAttack<TVictim> attack, TVictim victim, Tensor images, ReadOnlySpan<int> labels, ulong seed,
        int[]? targets = null, int[]? positions = null, long mostQueries = long.MaxValue,
        AttackCheckpoint? checkpoint = null, Action<double>? progress = null, CancellationToken cancellation = default)
        where TVictim : ILabelVictim
    {
        int count = images.Batch;
        if (labels.Length != count || (targets?.Length ?? count) != count || (positions?.Length ?? count) != count)
            throw new ArgumentException($"{count} images need as many labels, targets and positions.", nameof(labels));
        if (!IsImage(images.Data, images.Data.Length))
            throw new ArgumentException("Pixels lie in [0, 1], and some do not; divide bytes by 255.", nameof(images));

        int[] truth = labels.ToArray();
        if (truth.Concat(targets ?? []).Any(label => (uint)label >= (uint)victim.Classes))
            throw new ArgumentException(
                $"A label or target is no class of the victim; its classes are 0 to {victim.Classes - 1}.", nameof(labels));
        if (targets is not null && targets.Zip(truth).Any(pair => pair.First == pair.Second))
            throw new ArgumentException("The true class of an image cannot be its target.", nameof(targets));

        int[] clean = victim.Labels(images);
        using var loop = new AttackLoop();
        var attacked = new AttackedImage?[count];
        for (int i = 0; i < count; i++)
        {
            if (clean[i] == truth[i])
            {
                attacked[i] = new AttackedImage(
                    images.Row(i), images.Shape[1..], truth[i], targets?[i], positions?[i] ?? i, seed,
                    attack.Norm, attack.Epsilon, attack.Confidence, mostQueries, loop.Rest);
            }
        }

        StopReason?[] reasons = Attack(loop, attack, victim, attacked, checkpoint, progress, cancellation);

        Tensor results = images.Clone();
        for (int i = 0; i < count; i++)
        {
            if (attacked[i] is not AttackedImage image)
                continue;
            float[] attempt = image.Best ?? image.Candidate;
            if (!IsImage(attempt, images.RowLength))
                throw new InvalidOperationException(
                    $"{attack.Name} is to return {images.RowLength} pixels in [0, 1] for each image, and did not.");
            attempt.CopyTo(results.Row(i));
        }

        Tensor? logits = (victim as IScoreVictim)?.Logits(results);
        int[] predictions = logits is null ? victim.Labels(results) : Scores.Labels(logits);
        // With scores, the lead that the attack asks for is part of its success.
        int[] successes = Enumerable.Range(0, count)
            .Where(i => attacked[i] is AttackedImage image
                && (logits is null ? image.IsReached(predictions[i]) : image.IsReached(logits.Row(i))))
            .ToArray();
        bool[] survivors = SurviveRounding(victim, results.Gather(successes), successes.Select(i => attacked[i]!).ToArray());

        var records = new AttackRecord[count];
        for (int i = 0; i < count; i++)
        {
            int place = Array.BinarySearch(successes, i);
            records[i] = new AttackRecord
            {
                Image = positions?[i] ?? i,
                Label = truth[i],
                Target = targets?[i],
                CleanPrediction = clean[i],
                Prediction = predictions[i],
                Success = place >= 0,
                Reason = Reason(reasons[i] ?? StopReason.AlreadyMisclassified, place >= 0),
                Adversarial = results.Row(i).ToArray(),
                Distances = Distances.Between(images.Row(i), results.Row(i)),
                Margin = logits is null ? null : Scores.Margin(logits.Row(i), truth[i]),
                SurvivesRounding = place >= 0 ? survivors[place] : null,
                Queries = attacked[i]?.Queries ?? 0,
                QueriesToBest = place < 0 ? null : attacked[i]!.Best is null ? attacked[i]!.Queries : attacked[i]!.QueriesToBest,
                GradientCalls = attacked[i]?.GradientCalls ?? 0,
            };
        }

        return records;
    }

    /// <summary>Attacks the images that are not null, and says for each why the attack on it ended.</summary>
    static StopReason?[] Attack<TVictim>(
        AttackLoop loop, IAttack<TVictim> attack, TVictim victim, AttackedImage?[] attacked,
        AttackCheckpoint? checkpoint, Action<double>? progress, CancellationToken cancellation)
        where TVictim : ILabelVictim
    {
        AttackedImage[] images = attacked.OfType<AttackedImage>().ToArray();
        foreach (AttackedImage image in images)
        {
            if (checkpoint?.Find(image.Id, image.Clean.Length) is SavedImage saved)
                image.Restore(saved);
        }

        double reported = 0;
        try
        {
            StopReason[] reasons = loop.Run(images, AttackOne, beforeRound: () =>
            {
                Report(attacked.Length - images.Length + images.Sum(image => image.Progress));
                checkpoint?.SaveNowAndThen(images);
            }, cancellation);
            Report(attacked.Length);
            int next = 0;
            return Array.ConvertAll(attacked, image => image is null ? (StopReason?)null : reasons[next++]);
        }
        finally
        {
            checkpoint?.Save(images);
        }

        void Report(double done)
        {
            progress?.Invoke(done - reported);
            reported = done;
        }

        async Task<StopReason> AttackOne(AttackedImage image)
        {
            StopReason reason;
            if (image.Saved?.Ended is StopReason before)
            {
                image.Candidate = image.Saved.State!.Point;
                reason = before;
            }
            else
            {
                try
                {
                    reason = await attack.Run(victim, image).ConfigureAwait(false);
                }
                catch (QueryBudgetException)
                {
                    reason = StopReason.BudgetSpent;
                }
            }

            image.End(reason);
            return reason;
        }
    }

    /// <summary>Whether adversarial images are still of a class that the attack wants when their pixels are multiples of 1/255.</summary>
    static bool[] SurviveRounding(ILabelVictim victim, Tensor adversarial, AttackedImage[] images)
    {
        foreach (ref float pixel in adversarial.Data.AsSpan())
            pixel = MathF.Round(255 * pixel) / 255;
        int[] predictions = images.Length == 0 ? [] : victim.Labels(adversarial);
        return images.Zip(predictions, (image, prediction) => image.IsReached(prediction)).ToArray();
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
}
