using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Runs attacks: selects the correctly classified images, and verifies every candidate by a fresh forward pass.</summary>
public static class AttackRunner
{
    /// <summary>Attacks images.</summary>
    /// <param name="attack">The attack with its settings.</param>
    /// <param name="victim">The attacked victim.</param>
    /// <param name="images"><c>[batch, channels, height, width]</c>, pixels in [0, 1]; not changed.</param>
    /// <param name="labels">The true classes.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="targets">The target classes; null for an untargeted attack.</param>
    /// <param name="positions">The positions of the images in their data set, which determine the random numbers; null for 0, 1, 2,
    /// …</param>
    /// <param name="maxQueries">
    /// The maximum number of queries per image; a query that would exceed it ends the attack on the image.
    /// </param>
    /// <param name="checkpoint">The checkpoint from which an interrupted attack resumes and to which it is saved; null for none.</param>
    /// <param name="progress">Receives the work done since the last call, in images; null for none.</param>
    /// <param name="cancellation">Ends the attack.</param>
    /// <returns>One record per image, in order.</returns>
    /// <exception cref="ArgumentException">
    /// The numbers of images and labels differ, a pixel is outside [0, 1], a label or target is not a class of the victim, or a
    /// target is the true class.
    /// </exception>
    /// <exception cref="InvalidOperationException">The attack's candidate is not an image in [0, 1].</exception>
    /// <exception cref="InputException">The checkpoint cannot be written, or its images have another size.</exception>
    /// <exception cref="OperationCanceledException">The attack was cancelled.</exception>
    public static AttackRecord[] Run<TVictim>(
        IAttack<TVictim> attack, TVictim victim, Tensor images, ReadOnlySpan<int> labels, ulong seed,
        int[]? targets = null, int[]? positions = null, long maxQueries = long.MaxValue,
        AttackCheckpoint? checkpoint = null, Action<double>? progress = null, CancellationToken cancellation = default)
        where TVictim : ILabelVictim
    {
        int count = images.Batch;
        if (labels.Length != count || (targets?.Length ?? count) != count || (positions?.Length ?? count) != count)
            throw new ArgumentException($"{count} images need as many labels, targets and positions.", nameof(labels));
        if (!IsImage(images.Data, images.Data.Length))
            throw new ArgumentException("Some pixels are outside [0, 1]; divide bytes by 255.", nameof(images));

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
                    attack.Norm, attack.Epsilon, attack.Confidence, maxQueries, loop.Rest);
            }
        }

        StopReason?[] reasons = Attack(loop, attack, victim, attacked, checkpoint, progress, cancellation);

        Tensor results = images.Clone();
        for (int i = 0; i < count; i++)
        {
            if (attacked[i] is not AttackedImage image)
                continue;
            float[] candidate = image.Best ?? image.Candidate;
            if (!IsImage(candidate, images.RowLength))
                throw new InvalidOperationException(
                    $"{attack.Name} did not return {images.RowLength} pixels in [0, 1] for each image.");
            candidate.CopyTo(results.Row(i));
        }

        Tensor? logits = (victim as IScoreVictim)?.Logits(results);
        int[] predictions = logits is null ? victim.Labels(results) : Scores.Labels(logits);
        // With scores, success requires the lead of the attack.
        int[] successes = Enumerable.Range(0, count)
            .Where(i => attacked[i] is AttackedImage image
                && (logits is null ? image.IsReached(predictions[i]) : image.IsReached(logits.Row(i))))
            .ToArray();
        bool[] survivors = SurviveRounding(victim, results.Gather(successes), successes.Select(i => attacked[i]!).ToArray());

        var records = new AttackRecord[count];
        for (int i = 0; i < count; i++)
        {
            int index = Array.BinarySearch(successes, i);
            records[i] = new AttackRecord
            {
                Image = positions?[i] ?? i,
                Label = truth[i],
                Target = targets?[i],
                CleanPrediction = clean[i],
                Prediction = predictions[i],
                Success = index >= 0,
                Reason = Reason(reasons[i] ?? StopReason.AlreadyMisclassified, index >= 0),
                Adversarial = results.Row(i).ToArray(),
                Distances = Distances.Between(images.Row(i), results.Row(i)),
                Margin = logits is null ? null : Scores.Margin(logits.Row(i), truth[i]),
                SurvivesRounding = index >= 0 ? survivors[index] : null,
                Queries = attacked[i]?.Queries ?? 0,
                QueriesToBest = index < 0 ? null : attacked[i]!.Best is null ? attacked[i]!.Queries : attacked[i]!.QueriesToBest,
                GradientCalls = attacked[i]?.GradientCalls ?? 0,
                BackwardPasses = (attacked[i]?.GradientCalls ?? 0) * ((victim as IGradientVictim)?.BackwardCost ?? 0),
            };
        }

        return records;
    }

    /// <summary>Attacks the images that are not null; returns why the attack on each ended.</summary>
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

    /// <summary>Whether adversarial images remain adversarial after their pixels are rounded to multiples of 1/255.</summary>
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

    /// <summary>The reason, corrected by the result of the fresh pass.</summary>
    static StopReason Reason(StopReason stated, bool success)
    {
        if (success)
            return StopReason.Found;
        return stated == StopReason.Found ? StopReason.BudgetSpent : stated;
    }
}
