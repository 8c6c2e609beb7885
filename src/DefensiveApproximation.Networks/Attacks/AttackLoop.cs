namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// Runs an attack on many images at a time. Each goes on until it has a question or has ended; then all questions are put to
/// the victim together, and so on. Images that have ended take no part any more.
/// </summary>
sealed class AttackLoop : IDisposable
{
    // Bounds the memory of one question to the victim; no result depends on it.
    const int MostPoints = 1024;

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
        IReadOnlyList<AttackedImage> images, Func<AttackedImage, Task<StopReason>> attack, Action beforeRound, CancellationToken cancellation)
    {
        var attacks = new Task<StopReason>[images.Count];
        Together(Enumerable.Range(0, images.Count).ToArray(), i =>
        {
            attacks[i] = attack(images[i]);
            attacks[i].ContinueWith(_ => Rest(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
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
            Question[] questions = Array.ConvertAll(waiting, i => images[i].Pending!);
            Answer(questions);
            Together(waiting, i =>
            {
                Question question = images[i].Pending!;
                images[i].Pending = null;
                question.Resume();
            });
        }
    }

    /// <summary>Lets images go on, on several threads, until all of them rest.</summary>
    void Together(int[] images, Action<int> goOn)
    {
        // Where an attack goes on after an await of its own making is up to the runtime; hence the count, not just the loop.
        busy.Reset(images.Length);
        Parallel.ForEach(images, goOn);
        busy.Wait();
    }

    static void Answer(Question[] questions)
    {
        foreach (IGrouping<(ILabelVictim Victim, bool LabelsOnly, bool), Question> group in questions.GroupBy(question => (question.Victim, question.LabelsOnly, question.Loss is null)))
        {
            int classes = group.Key.Victim.Classes;
            foreach (Question question in group)
            {
                question.Labels = new int[question.Points.Batch];
                question.Logits = question.LabelsOnly ? null : Tensor.Zeros(question.Points.Batch, classes);
                question.Gradients = question.Loss is null ? null : Tensor.Zeros(question.Points.Shape);
            }

            (Question Question, int Row)[] points = group.SelectMany(question => Enumerable.Range(0, question.Points.Batch).Select(row => (question, row))).ToArray();
            int next;
            for (int first = 0; first < points.Length; first = next)
            {
                next = Math.Min(first + MostPoints, points.Length);
                // The losses of one point stay together, so that the victim can use its evaluations for all of them.
                while (next < points.Length && points[next].Question.Loss is not null && points[next].Row > 0)
                    next++;
                Answer(points[first..next]);
            }
        }
    }

    /// <summary>Puts points of one kind of question to the victim.</summary>
    static void Answer((Question Question, int Row)[] points)
    {
        Question kind = points[0].Question;
        Tensor batch = Tensor.Unfilled([points.Length, .. kind.Points.Shape[1..]]);
        for (int i = 0; i < points.Length; i++)
            points[i].Question.Points.Row(points[i].Row).CopyTo(batch.Row(i));

        int[]? labels = null;
        Tensor? logits = null, gradients = null;
        if (kind.LabelsOnly)
            labels = kind.Victim.Labels(batch);
        else if (kind.Loss is null)
            logits = ((IScoreVictim)kind.Victim).Logits(batch);
        else
            (logits, gradients) = ((IGradientVictim)kind.Victim).InputGradient(batch, (i, scores, gradient) => points[i].Question.Loss!(points[i].Row, scores, gradient));

        for (int i = 0; i < points.Length; i++)
        {
            (Question question, int row) = points[i];
            question.Labels[row] = labels is null ? Scores.Label(logits!.Row(i)) : labels[i];
            logits?.Row(i).CopyTo(question.Logits!.Row(row));
            gradients?.Row(i).CopyTo(question.Gradients!.Row(row));
        }
    }
}
