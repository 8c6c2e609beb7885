using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// Runs an attack on many images at a time. Each goes on until it has a question or has ended; then as many questions as make
/// a round are put to the victim together, and so on. Images that have ended take no part any more.
/// </summary>
sealed class AttackLoop : IDisposable
{
    // Evaluations of the network in a round: enough to keep several threads busy, and few enough that a round is over soon
    // where a gradient takes thousands of them. It bounds the memory too; no result depends on it.
    const long MaxEvaluations = 1024;

    readonly CountdownEvent busy = new(1);

    public void Dispose() => busy.Dispose();

    /// <summary>Called by an image's attack when it waits for an answer, and when it has ended.</summary>
    public void Rest() => busy.Signal();

    /// <summary>Runs the attack to its end.</summary>
    /// <param name="images">The images; each calls <see cref="Rest"/> when it waits.</param>
    /// <param name="attack">The attack on one image.</param>
    /// <param name="beforeRound">Called before each round of questions.</param>
    /// <param name="cancellation">Ends the attack before a round.</param>
    /// <returns>For each image why the attack on it ended.</returns>
    public StopReason[] Run(
        IReadOnlyList<AttackedImage> images, Func<AttackedImage, Task<StopReason>> attack, Action beforeRound,
        CancellationToken cancellation)
    {
        var attacks = new Task<StopReason>[images.Count];
        Together(Enumerable.Range(0, images.Count).ToArray(), i =>
        {
            attacks[i] = attack(images[i]);
            attacks[i].ContinueWith(
                _ => Rest(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        });
        while (true)
        {
            foreach (Task<StopReason> failed in attacks.Where(task => task.IsFaulted))
                failed.GetAwaiter().GetResult();
            int[] waiting = Enumerable.Range(0, images.Count).Where(i => images[i].Pending is not null).ToArray();
            if (waiting.Length == 0)
                return Array.ConvertAll(attacks, task => task.GetAwaiter().GetResult());

            cancellation.ThrowIfCancellationRequested();
            beforeRound();
            int[] asking = Round(images, waiting);
            Answer(Array.ConvertAll(asking, i => images[i].Pending!));
            Together(asking, i =>
            {
                Query question = images[i].Pending!;
                images[i].Pending = null;
                question.Resume();
            });
        }
    }

    /// <summary>The first of the waiting images: as many as a round has evaluations for, and at least one.</summary>
    static int[] Round(IReadOnlyList<AttackedImage> images, int[] waiting)
    {
        int count = 0;
        for (long evaluations = 0; count < waiting.Length; count++)
        {
            AttackedImage image = images[waiting[count]];
            evaluations += image.Queries - image.Pending!.QueriesBefore;
            if (evaluations > MaxEvaluations && count > 0)
                break;
        }

        return waiting[..count];
    }

    /// <summary>Lets images go on, on several threads, until all of them rest.</summary>
    void Together(int[] images, Action<int> goOn)
    {
        // Where an attack goes on after an await of its own making is up to the runtime; hence the count, not just the loop.
        busy.Reset(images.Length);
        Parallel.ForEach(images, goOn);
        busy.Wait();
    }

    static void Answer(Query[] questions)
    {
        foreach (IGrouping<(ILabelVictim Victim, bool LabelsOnly, bool), Query> group in
            questions.GroupBy(question => (question.Victim, question.LabelsOnly, question.Loss is null)))
            Answer(group.Key.Victim, [.. group]);
    }

    /// <summary>Puts questions of one kind to the victim.</summary>
    static void Answer(ILabelVictim victim, Query[] questions)
    {
        Query kind = questions[0];
        (Query Query, int Row)[] points =
            questions.SelectMany(question => Enumerable.Range(0, question.Points.Batch).Select(row => (question, row))).ToArray();
        Tensor batch = Tensor.Unfilled([points.Length, .. kind.Points.Shape[1..]]);
        for (int i = 0; i < points.Length; i++)
            points[i].Query.Points.Row(points[i].Row).CopyTo(batch.Row(i));

        int[]? labels = null;
        Tensor? logits = null, gradients = null;
        if (kind.LabelsOnly)
            labels = victim.Labels(batch);
        else if (kind.Loss is null)
            logits = ((IScoreVictim)victim).Logits(batch);
        else
            (logits, gradients) = ((IGradientVictim)victim).InputGradient(
                batch, (i, scores, gradient) => points[i].Query.Loss!(points[i].Row, scores, gradient));

        int first = 0;
        foreach (Query question in questions)
        {
            int count = question.Points.Batch;
            question.Labels = labels is null ? Scores.Labels(logits!.Rows(first, count)) : labels[first..(first + count)];
            question.Logits = logits?.Rows(first, count);
            question.Gradients = gradients?.Rows(first, count);
            first += count;
        }
    }
}
