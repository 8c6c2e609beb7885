using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Simultaneous perturbation stochastic approximation: <c>g = Σ vₖ·(f(x + δ·vₖ) − f(x − δ·vₖ)) / 2δn</c>, each pixel of vₖ
/// +1 or −1 with equal probability. (Uesato, O'Donoghue, van den Oord, Kohli, "Adversarial Risk and the Dangers of Evaluating
/// Against Weak Attacks", ICML 2018, algorithm 1.)
/// </summary>
/// <remarks>
/// The defaults are those of <see cref="Nes"/>, with its standard deviation as δ; its cosines for 0.05 and 0.1 differ by at most 0.01.
/// </remarks>
public sealed class Spsa : ZerothOrderEstimator
{
    /// <summary>The step δ in every pixel, in input units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not a finite number above 0.</exception>
    public override double Step { get; init => field = Legal.Positive(value, nameof(Step)); } = 0.1;

    /// <summary>The number of pairs of points, n; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Samples { get; init => field = Legal.AtLeast(1, value, nameof(Samples)); } = 1500;

    /// <summary>One direction per pair.</summary>
    /// <param name="pixels">The number of pixels of an image, channels included.</param>
    public override int Directions(int pixels) => Samples;

    /// <summary>1/n.</summary>
    /// <param name="pixels">The number of pixels of an image, channels included.</param>
    public override double Scale(int pixels) => 1.0 / Samples;

    /// <inheritdoc/>
    public override void Draw(int index, CounterRandom random, Span<float> direction)
    {
        foreach (ref float number in direction)
            number = (random.NextUInt32() & 1) == 0 ? 1 : -1;
    }
}
