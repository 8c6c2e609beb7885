using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// Runs an attack on many images at a time. The attack on each image runs until it awaits a query or ends; then the victim answers
/// a batch of queries, and the attacks resume.
/// </summary>
sealed class AttackLoop : IDisposable
{
    // Evaluations of the network in a round: enough to keep several threads busy, few enough for a short round when a gradient
    // takes thousands. It also bounds the memory; no result depends on it.
    const long MaxEvaluations = 1024;

    readonly CountdownEvent busy = new(1);

    public void Dispose() => busy.Dispose();

    /// <summary>An image's attack calls this when it awaits an answer and when it has ended.</summary>
    public void Rest() => busy.Signal();

    /// <summary>Runs the attack to its end.</summary>
    /// <param name="images">The images; each calls <see cref="Rest"/> when it awaits an answer.</param>
    /// <param name="attack">The attack on one image.</param>
    /// <param name="beforeRound">Called before each round of queries.</param>
    /// <param name="cancellation">Ends the attack before a round.</param>
    /// <returns>The reason why the attack on each image ended.</returns>
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
                Query query = images[i].Pending!;
                images[i].Pending = null;
                query.Resume();
            });
        }
    }

    /// <summary>The first waiting images that fit into the evaluations of a round; at least one.</summary>
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

    /// <summary>Resumes images on several threads until all of them wait or have ended.</summary>
    void Together(int[] images, Action<int> goOn)
    {
        // An attack may await something other than a query and resume on another thread; hence the count, not just the loop.
        busy.Reset(images.Length);
        Parallel.ForEach(images, goOn);
        busy.Wait();
    }

    static void Answer(Query[] queries)
    {
        foreach (IGrouping<(ILabelVictim Victim, bool LabelsOnly, bool), Query> group in
            queries.GroupBy(query => (query.Victim, query.LabelsOnly, query.Loss is null)))
            Answer(group.Key.Victim, [.. group]);
    }

    /// <summary>Sends queries of one kind to the victim.</summary>
    static void Answer(ILabelVictim victim, Query[] queries)
    {
        Query kind = queries[0];
        (Query Query, int Row)[] points =
            queries.SelectMany(query => Enumerable.Range(0, query.Points.Batch).Select(row => (query, row))).ToArray();
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
        foreach (Query query in queries)
        {
            int count = query.Points.Batch;
            query.Labels = labels is null ? Scores.Labels(logits!.Rows(first, count)) : labels[first..(first + count)];
            query.Logits = logits?.Rows(first, count);
            query.Gradients = gradients?.Rows(first, count);
            first += count;
        }
    }
}
