using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Adds independent normal noise to every pixel; pixels may leave [0, 1], since clamping would shift their mean. With standard
/// deviation 0 the image stays bit-identical.
/// </summary>
/// <param name="standardDeviation">The standard deviation, in input units; finite and at least 0.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> is out of range.</exception>
public sealed class GaussianNoise(double standardDeviation) : RandomTransformation
{
    /// <summary>The standard deviation, in input units.</summary>
    public double StandardDeviation { get; } = double.IsFinite(standardDeviation) && standardDeviation >= 0
        ? standardDeviation
        : throw new ArgumentOutOfRangeException(
            nameof(standardDeviation), standardDeviation, "The standard deviation is a finite number of at least 0.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        image.CopyTo(result);
        // Adding 0 would turn −0 into +0.
        for (int i = 0; i < result.Length && StandardDeviation > 0; i++)
            result[i] = (float)(result[i] + StandardDeviation * random.NextNormal());
    }

    /// <inheritdoc/>
    /// <remarks>The Jacobian is the identity.</remarks>
    public override void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result) =>
        gradient.CopyTo(result);
}
