namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// Projected gradient descent in the L∞ ball: steps along the sign of the gradient of the cross-entropy, each followed by
/// a projection to the ball and to [0, 1]. (Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards Deep Learning Models
/// Resistant to Adversarial Attacks", ICLR 2018, section 2.1.)
/// </summary>
/// <remarks>
/// All steps are made, also after a success, since a point further inside the wrong class is the stronger example; the
/// attempt is the last iterate, or, should that one not succeed, the last one that did. Queries: one per step and one for
/// the last iterate. An image whose gradient shows no way keeps its place and asks no more.
/// </remarks>
/// <param name="epsilon">The largest change of a pixel, in input units.</param>
public sealed class Pgd(double epsilon) : FixedBudgetAttack<IGradientVictim>("pgd", epsilon)
{
    /// <summary>How many steps; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Steps
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "There is at least 1 step.");
    } = 40;

    /// <summary>The length of a step in every pixel, in input units; null, the default, is ε/30.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or not a finite number.</exception>
    public double? StepSize
    {
        get;
        init => field = value is null || (double.IsFinite(value.Value) && value >= 0)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A step is a finite number of at least 0.");
    }

    /// <summary>Whether to begin at a random point of the ball instead of the image itself.</summary>
    public bool RandomStart { get; init; }

    /// <inheritdoc/>
    public override Attempt[] Run(IGradientVictim victim, AttackBatch batch)
    {
        double step = (StepSize ?? Epsilon / 30) * batch.Direction;
        LInfBall[] balls = Enumerable.Range(0, batch.Count).Select(i => new LInfBall(batch.Images.Row(i), Epsilon)).ToArray();
        float[][] current = Enumerable.Range(0, batch.Count).Select(i => Start(batch, i, balls[i])).ToArray();
        var lastSuccess = new float[]?[batch.Count];
        var stopped = new StopReason?[batch.Count];

        int[] active = Enumerable.Range(0, batch.Count).ToArray();
        for (int iteration = 0; iteration <= Steps && active.Length > 0; iteration++)
        {
            Tensor images = Collect(batch, current, active);
            Tensor? gradient = null;
            Tensor logits;
            if (iteration < Steps)
                (logits, gradient) = GradientSign.Gradients(victim, batch, images, active);
            else
                logits = batch.Logits(victim, images, active);

            for (int i = 0; i < active.Length; i++)
            {
                int place = active[i];
                if (batch.IsReached(place, Scores.Label(logits.Row(i))))
                    lastSuccess[place] = (float[])current[place].Clone();
                if (gradient is null)
                    continue;
                stopped[place] = GradientSign.Step(current[place], logits.Row(i), gradient.Row(i), step);
                balls[place].Project(current[place]);
            }

            active = active.Where(place => stopped[place] is null).ToArray();
        }

        return Enumerable.Range(0, batch.Count)
            .Select(i => new Attempt(lastSuccess[i] ?? current[i], stopped[i] ?? StopReason.BudgetSpent))
            .ToArray();
    }

    float[] Start(AttackBatch batch, int place, LInfBall ball)
    {
        float[] image = batch.Images.Row(place).ToArray();
        if (RandomStart)
        {
            CounterRandom random = batch.Random(place);
            LInfBall.Randomise(batch.Images.Row(place), Epsilon, ref random, image);
            ball.Project(image);
        }

        return image;
    }

    static Tensor Collect(AttackBatch batch, float[][] images, int[] places)
    {
        Tensor result = Tensor.Zeros([places.Length, .. batch.Images.Shape[1..]]);
        for (int i = 0; i < places.Length; i++)
            images[places[i]].CopyTo(result.Row(i));
        return result;
    }
}
