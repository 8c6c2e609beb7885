using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Adds independent normal noise to every pixel; pixels may leave [0, 1], since clamping would shift their mean. With
/// deviation 0 the image stays what it is, to the bit.
/// </summary>
/// <param name="deviation">The standard deviation, in input units; finite and at least 0.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="deviation"/> is out of its range.</exception>
public sealed class GaussianNoise(double deviation) : RandomTransformation
{
    /// <summary>The standard deviation, in input units.</summary>
    public double Deviation { get; } = double.IsFinite(deviation) && deviation >= 0
        ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The deviation is a finite number of at least 0.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        image.CopyTo(result);
        // Adding 0 would turn −0 into +0.
        for (int i = 0; i < result.Length && Deviation > 0; i++)
            result[i] = (float)(result[i] + Deviation * random.NextNormal());
    }

    /// <inheritdoc/>
    /// <remarks>The Jacobian is the identity.</remarks>
    public override void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result) =>
        gradient.CopyTo(result);
}
