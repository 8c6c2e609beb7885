using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// An image under attack: what is to be achieved, the way to ask the victim, the count of what was asked, and the best
/// adversarial image among all that was asked about.
/// </summary>
/// <remarks>
/// The best is the nearest in the attack's norm or, under a fixed budget, the last within it, which as a rule lies deepest
/// in the wrong class. Points outside [0, 1] may be asked about, and are never the best.
/// </remarks>
public sealed class AttackedImage
{
    readonly float[] clean;
    readonly int[] shape;
    readonly int label;
    readonly int? target;
    readonly int id;
    readonly ulong seed;
    readonly Norm norm;
    readonly double? epsilon;
    readonly double confidence;
    readonly long mostQueries;
    readonly Action wait;
    double nearest = double.PositiveInfinity;
    bool asking;

    internal AttackedImage(
        ReadOnlySpan<float> clean, ReadOnlySpan<int> shape, int label, int? target, int id, ulong seed,
        Norm norm, double? epsilon, double confidence, long mostQueries, Action wait)
    {
        this.clean = clean.ToArray();
        this.shape = shape.ToArray();
        this.label = label;
        this.target = target;
        this.id = id;
        this.seed = seed;
        this.norm = norm;
        this.epsilon = epsilon;
        this.confidence = confidence;
        this.mostQueries = mostQueries;
        this.wait = wait;
        Candidate = this.clean;
    }

    /// <summary>The clean image, all its numbers in a row; not to be changed.</summary>
    public ReadOnlySpan<float> Clean => clean;

    /// <summary>The shape of the image, <c>[channels, height, width]</c>.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The class whose score decides: the target, or, untargeted, the true class.</summary>
    public int Class => target ?? label;

    /// <summary>Whether a certain class is aimed at, and not any wrong one.</summary>
    public bool IsTargeted => target is not null;

    /// <summary>+1 where the loss of <see cref="Class"/> is to grow (untargeted), −1 where it is to fall (targeted).</summary>
    public int Direction => target is null ? 1 : -1;

    /// <summary>The position of the image in its data set.</summary>
    internal int Id => id;

    /// <summary>How often the image was put to the victim, for its class, scores or gradient, in evaluations of the network.</summary>
    public long Queries { get; private set; }

    /// <summary>How many gradients were asked for, each of one loss, whatever one costs.</summary>
    public long GradientCalls { get; private set; }

    /// <summary>The best adversarial image so far; null before the first.</summary>
    public float[]? Best { get; private set; }

    /// <summary>The number of queries with which <see cref="Best"/> was found; 0 before the first.</summary>
    public long QueriesToBest { get; private set; }

    /// <summary>What the attack has to show where nothing was adversarial; the clean image unless it says otherwise.</summary>
    public float[] Candidate { get; set; }

    /// <summary>How much of its work the attack has done on this image, from 0 to 1; the attack says so, for those who watch.</summary>
    public double Progress { get; set => field = Part.From + (Part.To - Part.From) * value; }

    /// <summary>Which part of all the work <see cref="Progress"/> speaks of, where one attack is made of others.</summary>
    internal (double From, double To) Part { get; set; } = (0, 1);

    /// <summary>
    /// Where an attack that was interrupted is to go on from; null at the start. An attack sets it at the end of each
    /// iteration from which it can go on, if it can.
    /// </summary>
    public AttackState? State
    {
        get => Saved?.State;
        set => Saved = new SavedImage(value, null, Queries, GradientCalls, Best, QueriesToBest);
    }

    /// <summary>The state and the counts that belong to it.</summary>
    internal SavedImage? Saved { get; private set; }

    /// <summary>What the attack waits for; null while it computes, and when it has ended.</summary>
    internal Query? Pending { get; set; }

    /// <summary>Whether a prediction is what the attack wants: the target, or, untargeted, any class but the true one.</summary>
    /// <param name="prediction">The predicted class; −1, no answer, is never a success.</param>
    public bool IsReached(int prediction) => prediction >= 0 && (target is null ? prediction != label : prediction == target);

    /// <summary>Whether logits are what the attack wants, with the lead that it asks for.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    public bool IsReached(ReadOnlySpan<float> logits) =>
        IsReached(Scores.Label(logits)) && (confidence == 0 || -Direction * Scores.Margin(logits, Class) >= confidence);

    /// <summary>Random numbers for this image.</summary>
    /// <param name="purpose">Keeps draws for different ends apart.</param>
    public CounterRandom Random(ulong purpose = 0) => new(seed, (ulong)id, purpose);

    /// <summary>Asks for the class of a point; −1 where the victim has no answer.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="point">As many numbers as the image has.</param>
    /// <exception cref="QueryBudgetException">The budget of queries does not allow it.</exception>
    public Query<int> Label(ILabelVictim victim, float[] point) =>
        new(this, victim, Points(point), question => question.Labels[0]) { LabelsOnly = true, QueriesBefore = Count(1, victim.QueryCost) };

    /// <summary>Asks for the classes of points; −1 where the victim has no answer.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="points"><c>[points, channels, height, width]</c>.</param>
    /// <exception cref="QueryBudgetException">The budget of queries does not allow it; none is asked about.</exception>
    public Query<int[]> Labels(ILabelVictim victim, Tensor points) =>
        new(this, victim, Checked(points), question => question.Labels)
        {
            LabelsOnly = true,
            QueriesBefore = Count(points.Batch, victim.QueryCost),
        };

    /// <summary>Asks for the logits of a point.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="point">As many numbers as the image has.</param>
    /// <returns><c>[classes]</c>.</returns>
    /// <exception cref="QueryBudgetException">The budget of queries does not allow it.</exception>
    public Query<float[]> Logits(IScoreVictim victim, float[] point) =>
        new(this, victim, Points(point), question => question.Logits!.Data) { QueriesBefore = Count(1, victim.QueryCost) };

    /// <summary>Asks for the logits of points.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="points"><c>[points, channels, height, width]</c>.</param>
    /// <returns><c>[points, classes]</c>.</returns>
    /// <exception cref="QueryBudgetException">The budget of queries does not allow it; none is asked about.</exception>
    public Query<Tensor> Logits(IScoreVictim victim, Tensor points) =>
        new(this, victim, Checked(points), question => question.Logits!) { QueriesBefore = Count(points.Batch, victim.QueryCost) };

    /// <summary>Asks for the logits of a point and the gradient of a loss there.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="point">As many numbers as the image has.</param>
    /// <param name="loss">The loss; its first argument is 0.</param>
    /// <returns>Logits <c>[classes]</c>, and the gradient, as long as the image.</returns>
    /// <exception cref="QueryBudgetException">The budget of queries does not allow it.</exception>
    public Query<(float[] Logits, float[] Gradient)> Gradient(IGradientVictim victim, float[] point, LogitGradient loss) =>
        new(this, victim, Points(point), question => (question.Logits!.Data, question.Gradients!.Data))
        {
            Loss = loss,
            QueriesBefore = CountGradients(1, victim.GradientCost),
        };

    /// <summary>Asks for the logits of a point and the gradients of several losses there.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="point">As many numbers as the image has.</param>
    /// <param name="losses">How many losses; at least 1.</param>
    /// <param name="loss">The losses; the first argument is the number of one.</param>
    /// <returns>Logits <c>[classes]</c>, and the gradients <c>[losses, channels, height, width]</c>.</returns>
    /// <exception cref="QueryBudgetException">The budget of queries does not allow it; nothing is asked.</exception>
    public Query<(float[] Logits, Tensor Gradients)> Gradients(IGradientVictim victim, float[] point, int losses, LogitGradient loss) =>
        new(this, victim, Copies(point, losses), question => (question.Logits!.Row(0).ToArray(), question.Gradients!))
        {
            Loss = loss,
            QueriesBefore = CountGradients(losses, victim.CostOfGradients(losses)),
        };

    /// <summary>
    /// Forgets the adversarial images that were found, where they were to prepare the attack and are none of its own. What was
    /// asked to find them still counts.
    /// </summary>
    internal void Forget()
    {
        (Best, nearest, QueriesToBest) = (null, double.PositiveInfinity, 0);
        Candidate = clean;
    }

    internal void Wait(Query question)
    {
        Pending = question;
        wait();
    }

    /// <summary>Goes back to what was saved of an interrupted attack.</summary>
    internal void Restore(SavedImage saved)
    {
        Saved = saved;
        (Queries, GradientCalls, QueriesToBest) = (saved.Queries, saved.GradientCalls, saved.QueriesToBest);
        if (saved.Best is not null)
        {
            Best = saved.Best;
            nearest = Distances.Between(clean, saved.Best).In(norm);
        }
    }

    /// <summary>Saves that the attack has ended.</summary>
    internal void End(StopReason reason)
    {
        Part = (0, 1);
        Progress = 1;
        Saved = new SavedImage(new AttackState(0, Candidate, []), reason, Queries, GradientCalls, Best, QueriesToBest);
    }

    /// <summary>Looks for adversarial images among the points of an answered question.</summary>
    internal void Observe(Query question)
    {
        asking = false;
        // The points of a question for gradients are one point.
        long cost = question.Loss is null ? question.Victim.QueryCost : Queries - question.QueriesBefore;
        for (int i = 0; i < question.Points.Batch; i++)
        {
            bool reached = question.Logits is null ? IsReached(question.Labels[i]) : IsReached(question.Logits.Row(i));
            if (reached && Keep(question.Points.Row(i)))
                QueriesToBest = question.QueriesBefore + (i + 1) * cost;
        }
    }

    bool Keep(ReadOnlySpan<float> point)
    {
        foreach (float pixel in point)
        {
            // A NaN fails as well.
            if (!(pixel >= 0 && pixel <= 1))
                return false;
        }

        double distance = Distances.Between(clean, point).In(norm);
        if (epsilon is double most ? distance > most : distance >= nearest)
            return false;
        nearest = distance;
        Best = point.ToArray();
        return true;
    }

    Tensor Points(float[] point) => Checked(new Tensor(point, [1, .. shape]));

    Tensor Checked(Tensor points) => points.Shape[1..].SequenceEqual(shape)
        ? points
        : throw new ArgumentException(
            $"Points have the shape [{string.Join(", ", shape)}], not [{string.Join(", ", points.Shape[1..].ToArray())}].", nameof(points));

    Tensor Copies(float[] point, int count)
    {
        Tensor points = Tensor.Unfilled([count, .. shape]);
        for (int i = 0; i < count; i++)
            point.CopyTo(points.Row(i));
        return points;
    }

    long CountGradients(int losses, long cost)
    {
        long before = Count(1, cost);
        GradientCalls += losses;
        return before;
    }

    long Count(int points, long cost)
    {
        if (asking)
            throw new InvalidOperationException("An attack awaits the answer to one question before it asks the next.");
        long before = Queries;
        if (points * cost > mostQueries - before)
            throw new QueryBudgetException();
        Queries += points * cost;
        asking = true;
        return before;
    }
}
