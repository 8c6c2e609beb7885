namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// Natural evolution strategies with antithetic samples: <c>g = Σ uₖ·(f(x + σ·uₖ) − f(x − σ·uₖ)) / 2σn</c>, each uₖ standard
/// normal; the gradient of f smoothed by a normal law of deviation σ. (Ilyas, Engstrom, Athalye, Lin, "Black-box Adversarial
/// Attacks with Limited Queries and Information", ICML 2018, section 2.1; their population is 2n.)
/// </summary>
public sealed class Nes : GradientEstimator
{
    /// <summary>The deviation σ, in input units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is not a finite number above 0.</exception>
    public override double Step { get; init => field = Positive(value); } = 0.05;

    /// <summary>How many antithetic pairs, n; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Samples { get; init => field = AtLeastOne(value); } = 500;

    /// <summary>One per pair.</summary>
    /// <param name="pixels">The numbers of an image.</param>
    public override int Directions(int pixels) => Samples;

    /// <summary>1/n.</summary>
    /// <param name="pixels">The numbers of an image.</param>
    public override double Scale(int pixels) => 1.0 / Samples;

    /// <inheritdoc/>
    public override void Draw(int index, CounterRandom random, Span<float> direction)
    {
        foreach (ref float number in direction)
            number = (float)random.NextNormal();
    }
}
