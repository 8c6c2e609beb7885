using System.Runtime.CompilerServices;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Points about which a victim is asked, by one image's attack, which waits for the answer.</summary>
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

    /// <summary>False: an answer comes together with those of other images.</summary>
    public bool IsCompleted => false;

    internal ILabelVictim Victim { get; }

    /// <summary>Variants of the image, <c>[points, channels, height, width]</c>; they stay as they are until the answer.</summary>
    internal Tensor Points { get; }

    /// <summary>The loss whose gradient is asked for; null where only scores or classes are.</summary>
    internal LogitGradient? Loss { get; init; }

    /// <summary>Whether classes are asked for, without scores.</summary>
    internal bool LabelsOnly { get; init; }

    /// <summary>The count of queries before this question.</summary>
    internal long QueriesBefore { get; init; }

    /// <summary>The class of each point, given with the answer.</summary>
    internal int[] Labels { get; set; } = [];

    /// <summary>The logits <c>[points, classes]</c>, given with the answer where they were asked for.</summary>
    internal Tensor? Logits { get; set; }

    /// <summary>The gradients, shaped like the points, given with the answer where they were asked for.</summary>
    internal Tensor? Gradients { get; set; }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        this.continuation = continuation;
        image.Wait(this);
    }

    /// <summary>Goes on with the attack, now that the answer is there.</summary>
    internal void Resume()
    {
        image.Observe(this);
        continuation!();
    }
}

/// <summary>A question that an attack awaits, once and before it asks the next.</summary>
/// <typeparam name="T">What the attack is told.</typeparam>
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
