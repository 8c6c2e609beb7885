using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A random map t of images to images of the same shape, over which <see cref="AveragingVictim"/> averages. Which map it is
/// depends on the random numbers only, not on the image.
/// </summary>
/// <remarks>
/// The random numbers are passed by value: <see cref="Apply"/> and <see cref="PullBack"/> are given the same ones for the
/// same map, and draw them in the same order.
/// </remarks>
public abstract class RandomTransformation
{
    /// <summary>Computes t(image).</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="shape"><c>[channels, height, width]</c>.</param>
    /// <param name="random">Chooses the map.</param>
    /// <param name="result">Receives as many pixels, which may lie outside [0, 1].</param>
    public abstract void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result);

    /// <summary>
    /// The gradient with respect to the image, given the one with respect to t(image): the transposed Jacobian of t times it.
    /// </summary>
    /// <param name="gradient">The gradient with respect to t(image).</param>
    /// <param name="shape"><c>[channels, height, width]</c>.</param>
    /// <param name="random">Chooses the map.</param>
    /// <param name="result">Receives as many numbers.</param>
    public abstract void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result);
}
