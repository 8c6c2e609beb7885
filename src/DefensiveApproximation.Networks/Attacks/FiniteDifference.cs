namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// Central differences, pixel by pixel: <c>g[i] = (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h</c>. The step has to be larger than the
/// stairs of an approximate multiplier.
/// </summary>
public sealed class FiniteDifference : GradientEstimator
{
    /// <summary>The step h in one pixel, in input units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not a finite number above 0.</exception>
    public override double Step { get; init => field = Positive(value); } = 0.05;

    /// <summary>One per pixel.</summary>
    /// <param name="pixels">The numbers of an image.</param>
    public override int Directions(int pixels) => pixels;

    /// <summary>1.</summary>
    /// <param name="pixels">The numbers of an image.</param>
    public override double Scale(int pixels) => 1;

    /// <inheritdoc/>
    public override void Draw(int index, CounterRandom random, Span<float> direction)
    {
        direction.Clear();
        direction[index] = 1;
    }
}
