namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// The images that an attack works on, what it is to achieve with each, and the count of what it asked the victim. All
/// of them were classified right when the attack began.
/// </summary>
public sealed class AttackBatch
{
    readonly int[] labels;
    readonly int[]? targets;
    readonly int[] ids;
    readonly ulong seed;

    internal AttackBatch(Tensor images, int[] labels, int[]? targets, int[] ids, ulong seed, CancellationToken cancellation)
    {
        Images = images;
        this.labels = labels;
        this.targets = targets;
        this.ids = ids;
        this.seed = seed;
        Cancellation = cancellation;
        Queries = new long[images.Batch];
        GradientCalls = new long[images.Batch];
    }

    /// <summary>The clean images, <c>[batch, channels, height, width]</c>; not to be changed.</summary>
    public Tensor Images { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Images.Batch;

    /// <summary>Ends the attack early, with an exception.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>How often each image was put to the victim, for its class, scores or gradient.</summary>
    internal long[] Queries { get; }

    /// <summary>How often the gradient of each image was asked for; each is a query too.</summary>
    internal long[] GradientCalls { get; }

    /// <summary>The class whose score decides: the target, or, untargeted, the true class.</summary>
    /// <param name="place">The place of the image in the batch.</param>
    public int Class(int place) => targets is null ? labels[place] : targets[place];

    /// <summary>+1 where the loss of <see cref="Class"/> is to grow (untargeted), −1 where it is to fall (targeted).</summary>
    public int Direction => targets is null ? 1 : -1;

    /// <summary>Whether a prediction is what the attack wants: the target, or, untargeted, any class but the true one.</summary>
    /// <param name="place">The place of the image in the batch.</param>
    /// <param name="label">The predicted class; −1, no answer, is never a success.</param>
    public bool IsReached(int place, int label) =>
        label >= 0 && (targets is null ? label != labels[place] : label == targets[place]);

    /// <summary>Random numbers for one image, the same whatever batch it is in.</summary>
    /// <param name="place">The place of the image in the batch.</param>
    /// <param name="purpose">Keeps draws for different ends apart.</param>
    public CounterRandom Random(int place, ulong purpose = 0) => new(seed, (ulong)ids[place], purpose);

    /// <summary>Asks for classes, and counts.</summary>
    /// <param name="victim">The victim.</param>
    /// <param name="images">Variants of images of this batch.</param>
    /// <param name="places">Which image each is a variant of.</param>
    /// <exception cref="ArgumentException">There are not as many places as images.</exception>
    /// <exception cref="OperationCanceledException">The attack was cancelled.</exception>
    public int[] Labels(ILabelVictim victim, Tensor images, ReadOnlySpan<int> places)
    {
        CountQueries(images, places);
        return victim.Labels(images);
    }

    /// <summary>Asks for scores, and counts.</summary>
    /// <param name="victim">The victim.</param>
    /// <param name="images">Variants of images of this batch.</param>
    /// <param name="places">Which image each is a variant of.</param>
    /// <exception cref="ArgumentException">There are not as many places as images.</exception>
    /// <exception cref="OperationCanceledException">The attack was cancelled.</exception>
    public Tensor Logits(IScoreVictim victim, Tensor images, ReadOnlySpan<int> places)
    {
        CountQueries(images, places);
        return victim.Logits(images);
    }

    /// <summary>Asks for gradients, and counts.</summary>
    /// <param name="victim">The victim.</param>
    /// <param name="images">Variants of images of this batch.</param>
    /// <param name="places">Which image each is a variant of.</param>
    /// <param name="loss">The loss; its first argument counts in <paramref name="images"/>.</param>
    /// <exception cref="ArgumentException">There are not as many places as images.</exception>
    /// <exception cref="OperationCanceledException">The attack was cancelled.</exception>
    public (Tensor Logits, Tensor Gradient) InputGradient(
        IGradientVictim victim, Tensor images, ReadOnlySpan<int> places, LogitGradient loss)
    {
        CountQueries(images, places);
        foreach (int place in places)
            GradientCalls[place]++;
        return victim.InputGradient(images, loss);
    }

    void CountQueries(Tensor images, ReadOnlySpan<int> places)
    {
        if (images.Batch != places.Length)
            throw new ArgumentException($"{images.Batch} images need as many places, not {places.Length}.", nameof(places));
        Cancellation.ThrowIfCancellationRequested();
        foreach (int place in places)
            Queries[place]++;
    }
}
