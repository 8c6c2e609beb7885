using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// An image under attack: the goal, the queries to the victim with their counts, and the best adversarial image among all queried points.
/// </summary>
/// <remarks>
/// Without a budget the best image is the nearest in the attack's norm; with a budget it is the last one within it, which usually
/// lies deepest in the wrong class. Points outside [0, 1] may be queried and are never the best.
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
    readonly long maxQueries;
    readonly Action wait;
    double nearest = double.PositiveInfinity;
    bool asking;

    internal AttackedImage(
        ReadOnlySpan<float> clean, ReadOnlySpan<int> shape, int label, int? target, int id, ulong seed,
        Norm norm, double? epsilon, double confidence, long maxQueries, Action wait)
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
        this.maxQueries = maxQueries;
        this.wait = wait;
        Candidate = this.clean;
    }

    /// <summary>The clean image, flattened; it must not be changed.</summary>
    public ReadOnlySpan<float> Clean => clean;

    /// <summary>The shape of the image, <c>[channels, height, width]</c>.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The class whose score decides: the target class or, untargeted, the true class.</summary>
    public int Class => target ?? label;

    /// <summary>Whether the attack is targeted.</summary>
    public bool IsTargeted => target is not null;

    /// <summary>+1 if the loss of <see cref="Class"/> has to grow (untargeted), −1 if it has to fall (targeted).</summary>
    public int Direction => target is null ? 1 : -1;

    /// <summary>The position of the image in its data set.</summary>
    internal int Id => id;

    /// <summary>The number of queries for a class, scores or a gradient, in evaluations of the network.</summary>
    public long Queries { get; private set; }

    /// <summary>The number of gradients, each of one loss, whatever its cost.</summary>
    public long GradientCalls { get; private set; }

    /// <summary>The best adversarial image so far; null before the first.</summary>
    public float[]? Best { get; private set; }

    /// <summary>The number of queries with which <see cref="Best"/> was found; 0 before the first.</summary>
    public long QueriesToBest { get; private set; }

    /// <summary>The result if no queried point is adversarial; initially the clean image.</summary>
    public float[] Candidate { get; set; }

    /// <summary>The fraction of the work on this image that is done, 0 to 1, as reported by the attack.</summary>
    public double Progress { get; set => field = Part.From + (Part.To - Part.From) * value; }

    /// <summary>The part of the work that <see cref="Progress"/> covers in an attack composed of others.</summary>
    internal (double From, double To) Part { get; set; } = (0, 1);

    /// <summary>
    /// The state from which an interrupted attack resumes; null at the start. An attack that can resume sets it at the end of each
    /// iteration.
    /// </summary>
    public AttackState? State
    {
        get => Saved?.State;
        set => Saved = new SavedImage(value, null, Queries, GradientCalls, Best, QueriesToBest);
    }

    /// <summary>The state with its counts.</summary>
    internal SavedImage? Saved { get; private set; }

    /// <summary>The query that the attack awaits; null while it computes and after it has ended.</summary>
    internal Query? Pending { get; set; }

    /// <summary>Whether a prediction is a success: the target or, untargeted, any class but the true one.</summary>
    /// <param name="prediction">The predicted class; −1, no answer, is never a success.</param>
    public bool IsReached(int prediction) => prediction >= 0 && (target is null ? prediction != label : prediction == target);

    /// <summary>Whether logits are a success with the lead that the attack requires; never if one is NaN or infinite.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    public bool IsReached(ReadOnlySpan<float> logits) =>
        Scores.AreFinite(logits) && IsReached(Scores.Label(logits))
        && (confidence == 0 || -Direction * Scores.Margin(logits, Class) >= confidence);

    /// <summary>Random numbers for this image.</summary>
    /// <param name="purpose">Separates draws for different purposes.</param>
    public CounterRandom Random(ulong purpose = 0) => new(seed, (ulong)id, purpose);

    /// <summary>Queries the class of a point; −1 if the victim has no answer.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="point">The point, as long as the image.</param>
    /// <exception cref="QueryBudgetException">The query budget does not cover it.</exception>
    public Query<int> Label(ILabelVictim victim, float[] point) =>
        new(this, victim, Points(point), query => query.Labels[0]) { LabelsOnly = true, QueriesBefore = Count(1, victim.QueryCost) };

    /// <summary>Queries the classes of points; −1 if the victim has no answer.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="points"><c>[points, channels, height, width]</c>.</param>
    /// <exception cref="QueryBudgetException">The query budget does not cover all points; none is queried.</exception>
    public Query<int[]> Labels(ILabelVictim victim, Tensor points) =>
        new(this, victim, Checked(points), query => query.Labels)
        {
            LabelsOnly = true,
            QueriesBefore = Count(points.Batch, victim.QueryCost),
        };

    /// <summary>Queries the logits of a point.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="point">The point, as long as the image.</param>
    /// <returns><c>[classes]</c>.</returns>
    /// <exception cref="QueryBudgetException">The query budget does not cover it.</exception>
    public Query<float[]> Logits(IScoreVictim victim, float[] point) =>
        new(this, victim, Points(point), query => query.Logits!.Data) { QueriesBefore = Count(1, victim.QueryCost) };

    /// <summary>Queries the logits of points.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="points"><c>[points, channels, height, width]</c>.</param>
    /// <returns><c>[points, classes]</c>.</returns>
    /// <exception cref="QueryBudgetException">The query budget does not cover all points; none is queried.</exception>
    public Query<Tensor> Logits(IScoreVictim victim, Tensor points) =>
        new(this, victim, Checked(points), query => query.Logits!) { QueriesBefore = Count(points.Batch, victim.QueryCost) };

    /// <summary>Queries the logits of a point and the gradient of a loss there.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="point">The point, as long as the image.</param>
    /// <param name="loss">The loss; its first argument is 0.</param>
    /// <returns>Logits <c>[classes]</c>, and the gradient, as long as the image.</returns>
    /// <exception cref="QueryBudgetException">The query budget does not cover it.</exception>
    public Query<(float[] Logits, float[] Gradient)> Gradient(IGradientVictim victim, float[] point, LogitGradient loss) =>
        new(this, victim, Points(point), query => (query.Logits!.Data, query.Gradients!.Data))
        {
            Loss = loss,
            QueriesBefore = CountGradients(1, victim.GradientCost),
        };

    /// <summary>Queries the logits of a point and the gradients of several losses there.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="point">The point, as long as the image.</param>
    /// <param name="losses">The number of losses; at least 1.</param>
    /// <param name="loss">The losses; the first argument is the index of the loss.</param>
    /// <returns>Logits <c>[classes]</c>, and the gradients <c>[losses, channels, height, width]</c>.</returns>
    /// <exception cref="QueryBudgetException">The query budget does not cover it; nothing is queried.</exception>
    public Query<(float[] Logits, Tensor Gradients)> Gradients(IGradientVictim victim, float[] point, int losses, LogitGradient loss) =>
        new(this, victim, Copies(point, losses), query => (query.Logits!.Row(0).ToArray(), query.Gradients!))
        {
            Loss = loss,
            QueriesBefore = CountGradients(losses, victim.CostOfGradients(losses)),
        };

    /// <summary>
    /// Discards the adversarial images found in a preparatory search, which are not results of the attack. The queries of the
    /// search still count.
    /// </summary>
    internal void Forget()
    {
        (Best, nearest, QueriesToBest) = (null, double.PositiveInfinity, 0);
        Candidate = clean;
    }

    internal void Wait(Query query)
    {
        Pending = query;
        wait();
    }

    /// <summary>Restores the saved state of an interrupted attack.</summary>
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

    /// <summary>Records that the attack has ended.</summary>
    internal void End(StopReason reason)
    {
        Part = (0, 1);
        Progress = 1;
        Saved = new SavedImage(new AttackState(0, Candidate, []), reason, Queries, GradientCalls, Best, QueriesToBest);
    }

    /// <summary>Searches the points of an answered query for adversarial images.</summary>
    internal void Observe(Query query)
    {
        asking = false;
        // All points of a gradient query are the same point.
        long cost = query.Loss is null ? query.Victim.QueryCost : Queries - query.QueriesBefore;
        for (int i = 0; i < query.Points.Batch; i++)
        {
            bool reached = query.Logits is null ? IsReached(query.Labels[i]) : IsReached(query.Logits.Row(i));
            if (reached && Keep(query.Points.Row(i)))
                QueriesToBest = query.QueriesBefore + (i + 1) * cost;
        }
    }

    bool Keep(ReadOnlySpan<float> point)
    {
        foreach (float pixel in point)
        {
            // A NaN fails too.
            if (!(pixel >= 0 && pixel <= 1))
                return false;
        }

        double distance = Distances.Between(clean, point).In(norm);
        if (epsilon is double max ? distance > max : distance >= nearest)
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
            throw new InvalidOperationException("An attack must await the answer to one query before it makes the next.");
        long before = Queries;
        if (points * cost > maxQueries - before)
            throw new QueryBudgetException();
        Queries += points * cost;
        asking = true;
        return before;
    }
}
