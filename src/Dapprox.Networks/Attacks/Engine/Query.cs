using System.Runtime.CompilerServices;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>A query of a victim about some points, made by the attack on one image, which awaits the answer.</summary>
public abstract class Query : ICriticalNotifyCompletion
{
    readonly AttackedImage image;
    Action? continuation;

    private protected Query(AttackedImage image, ILabelVictim victim, Tensor points)
    {
        this.image = image;
        Victim = victim;
        Points = points;
    }

    /// <summary>False: the answer comes with the batch.</summary>
    public bool IsCompleted => false;

    internal ILabelVictim Victim { get; }

    /// <summary>Variants of the image, <c>[points, channels, height, width]</c>; unchanged until the answer.</summary>
    internal Tensor Points { get; }

    /// <summary>The loss of the queried gradient; null for a query of scores or classes.</summary>
    internal LogitGradient? Loss { get; init; }

    /// <summary>Whether only classes are queried, without scores.</summary>
    internal bool LabelsOnly { get; init; }

    /// <summary>The number of queries before this one.</summary>
    internal long QueriesBefore { get; init; }

    /// <summary>The class of each point; set with the answer.</summary>
    internal int[] Labels { get; set; } = [];

    /// <summary>The logits <c>[points, classes]</c>, set with the answer if they were queried.</summary>
    internal Tensor? Logits { get; set; }

    /// <summary>The gradients, shaped like the points, set with the answer if they were queried.</summary>
    internal Tensor? Gradients { get; set; }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        this.continuation = continuation;
        image.Wait(this);
    }

    /// <summary>Resumes the attack after the answer.</summary>
    internal void Resume()
    {
        image.Observe(this);
        continuation!();
    }
}

/// <summary>A query that an attack awaits, once and before it makes the next.</summary>
/// <typeparam name="T">The answer.</typeparam>
public sealed class Query<T> : Query
{
    readonly Func<Query, T> answer;

    internal Query(AttackedImage image, ILabelVictim victim, Tensor points, Func<Query, T> answer)
        : base(image, victim, points)
    {
        this.answer = answer;
    }

    /// <summary>For <c>await</c>.</summary>
    public Query<T> GetAwaiter() => this;

    /// <summary>For <c>await</c>: the answer.</summary>
    public T GetResult() => answer(this);
}
