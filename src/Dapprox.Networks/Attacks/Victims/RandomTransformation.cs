using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A random map t of images to images of the same shape, over which <see cref="AveragingVictim"/> averages. The map depends only on
/// the random numbers, not on the image.
/// </summary>
/// <remarks>
/// The random numbers are passed by value: for the same map <see cref="Apply"/> and <see cref="PullBack"/> get the same numbers and
/// draw them in the same order.
/// </remarks>
public abstract class RandomTransformation
{
    /// <summary>Computes t(image).</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="shape"><c>[channels, height, width]</c>.</param>
    /// <param name="random">Chooses the map.</param>
    /// <param name="result">Receives the transformed pixels, which may lie outside [0, 1].</param>
    public abstract void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result);

    /// <summary>
    /// The gradient with respect to the image: the transposed Jacobian of t times the gradient with respect to t(image).
    /// </summary>
    /// <param name="gradient">The gradient with respect to t(image).</param>
    /// <param name="shape"><c>[channels, height, width]</c>.</param>
    /// <param name="random">Chooses the map.</param>
    /// <param name="result">Receives the gradient with respect to the image.</param>
    public abstract void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result);
}
